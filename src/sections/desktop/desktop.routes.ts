import { unreadAnswers } from '../../domain/conversations/attention.data.js';
import { documentsToMend } from '../../domain/documents/attention.data.js';
import { invoicesToPay } from '../../domain/invoices/attention.data.js';
import { offersTo } from '../../domain/memberships/handovers.data.js';
import { invitationsFor } from '../../domain/memberships/invitations.data.js';
import { unreadInProfiles } from '../../domain/notifications/board.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { dayOf } from '../../lib/dates.js';
import { view } from '../../web/answer.js';
import { own, section } from '../section.js';
import {
  answerLines,
  attentionLines,
  gravestFirst,
  invoiceLines,
  noticeLines,
  wordLines,
} from './attention.view.js';

const UNREAD = [
  'непрочитанное уведомление',
  'непрочитанных уведомления',
  'непрочитанных уведомлений',
] as const;

/** «Рабочий стол», manual 4.1.1: what wants attention first, then the ways on. */
export const desktopSection = section({
  path: '/desktop',
  area: 'own',
  load: own,
  nav: {
    label: 'Рабочий стол',
    menu: 'top',
    order: 10,
    counter: { name: 'notifications', words: UNREAD },
  },
});

desktopSection.page('/', peoplePolicy.own, async ({ db, scope, now, visit }) => {
  const [documents, boards, answers, invoices, offers, invitations] = await Promise.all([
    documentsToMend(db, scope.id, now),
    unreadInProfiles(db, scope.id, now),
    unreadAnswers(db, scope.id),
    invoicesToPay(db, scope.id, dayOf(now)),
    offersTo(db, scope.id),
    invitationsFor(db, scope.email, now),
  ]);
  const unread = visit.counters.notifications ?? 0;
  return view('desktop/index', {
    title: 'Рабочий стол',
    greeting: [scope.name, scope.patronymic].filter(Boolean).join(' '),
    unread,
    answered: visit.counters.requests ?? 0,
    attention: gravestFirst([
      ...wordLines(offers, invitations),
      ...answerLines(answers),
      ...noticeLines(unread, boards),
      ...invoiceLines(invoices),
      ...attentionLines(documents),
    ]),
  });
});
