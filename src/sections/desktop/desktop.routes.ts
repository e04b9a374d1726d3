import { documentsToMend } from '../../domain/documents/attention.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { view } from '../../web/answer.js';
import { own, section } from '../section.js';
import { attentionLines } from './attention.view.js';

/** «Рабочий стол», manual 4.1.1: what wants attention first, then the ways on. */
export const desktopSection = section({
  path: '/desktop',
  area: 'own',
  load: own,
  nav: { label: 'Рабочий стол', menu: 'top', order: 10 },
});

desktopSection.page('/', peoplePolicy.own, async ({ db, scope, now }) =>
  view('desktop/index', {
    title: 'Рабочий стол',
    greeting: [scope.name, scope.patronymic].filter(Boolean).join(' '),
    attention: attentionLines(await documentsToMend(db, scope.id, now)),
  }),
);
