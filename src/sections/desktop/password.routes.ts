import { changePassword } from '../../domain/people/own-account.actions.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view } from '../../web/answer.js';
import { own, people, section } from '../section.js';
import { passwordForm } from './desktop.forms.js';

/** «Смена пароля», manual 4.1.1.2. */
export const passwordChangeSection = section({ path: '/desktop/password', area: 'own', load: own });

passwordChangeSection.form('/', peoplePolicy.own, {
  schema: passwordForm,
  limit: { name: 'password-change', points: 30, seconds: 3600, by: 'account' },
  show: ({ form }) =>
    view('desktop/password', {
      title: 'Смена пароля',
      crumbs: [{ label: 'Рабочий стол', href: '/desktop' }],
      form,
    }),
  async save(ctx, { old_password, password }) {
    const passwords = { old: old_password, new: password };
    await changePassword(people(ctx), ctx.scope, passwords, ctx.actor, ctx.now);
    await ctx.session.renew();
    return redirect('/desktop', 'Пароль успешно изменён. Остальные сеансы завершены.');
  },
});
