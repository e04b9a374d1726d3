import { chooseMail } from '../../domain/people/mail-choices.actions.js';
import { wantedTopics } from '../../domain/people/mail-choices.data.js';
import { MAIL_TOPICS, TOPIC_NAMES } from '../../domain/people/mail-choices.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view } from '../../web/answer.js';
import { own, section } from '../section.js';
import { lettersForm } from './desktop.forms.js';

/** Which letters a person gets by mail, beside those that always come. */
export const lettersSection = section({ path: '/desktop/letters', area: 'own', load: own });

lettersSection.form('/', peoplePolicy.own, {
  schema: lettersForm,
  async show({ db, scope, form }) {
    // A box that was unticked is not sent: where something was typed, that decides alone.
    const touched = Object.keys(form.errors).length > 0 || form.restored;
    const topics = touched ? form.values.topics : await wantedTopics(db, scope.id);
    return view('desktop/letters', {
      title: 'Письма',
      crumbs: [{ label: 'Рабочий стол', href: '/desktop' }],
      form: { ...form, values: { topics: topics ?? [] } },
      email: scope.email,
      options: TOPIC_NAMES.map((value) => ({ value, ...MAIL_TOPICS[value] })),
    });
  },
  async save({ db, scope, actor, now }, { topics }) {
    await chooseMail(db, scope, topics, actor, now);
    return redirect('/desktop/letters', 'Выбор писем сохранён.');
  },
});
