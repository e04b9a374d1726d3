import { askForEmail } from '../../domain/people/email-change.actions.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view } from '../../web/answer.js';
import { own, people, section } from '../section.js';
import { emailForm } from './desktop.forms.js';

/** Asking for another address: the password again, a link to the new one, a notice to the old one. */
export const emailSection = section({ path: '/desktop/email', area: 'own', load: own });

emailSection.form('/', peoplePolicy.own, {
  schema: emailForm,
  limit: { name: 'email-change', points: 30, seconds: 3600, by: 'account' },
  show: ({ scope, form }) =>
    view('desktop/email', {
      title: 'Смена адреса E-mail',
      crumbs: [
        { label: 'Рабочий стол', href: '/desktop' },
        { label: 'Личные данные', href: '/desktop/personal' },
      ],
      form,
      present: scope.email,
    }),
  async save(ctx, typed) {
    await askForEmail(people(ctx), ctx.scope, typed, ctx.actor, ctx.now);
    return redirect(
      '/desktop/personal',
      `На ${typed.email} отправлено письмо со ссылкой. Адрес изменится, когда вы её откроете и подтвердите.`,
    );
  },
});
