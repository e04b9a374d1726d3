import { ownerOfLink, setPassword } from '../../domain/people/password-link.actions.js';
import { redirect, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { people, section, visitor } from '../section.js';
import { letterLink } from './letter-link.js';
import { passwordForm } from './auth.forms.js';

/** Setting a password by a one-time link: how staff accounts begin. */
export const passwordSection = section({
  path: '/auth/password',
  area: 'auth',
  load: visitor,
  visitors: true,
});

const link = letterLink(passwordSection, 'password');

passwordSection.form('/', anyone, {
  schema: passwordForm,
  limit: { name: 'password', points: 30, seconds: 3600, by: 'address' },
  async show(ctx) {
    const owner = await ownerOfLink(people(ctx), link.of(ctx.cookies), ctx.now);
    return view('auth/password', {
      title: owner ? 'Восстановление доступа' : 'Ссылка не действует',
      layout: 'auth',
      form: ctx.form,
      email: owner?.email,
    });
  },
  async save(ctx, { password }) {
    await setPassword(people(ctx), link.of(ctx.cookies), password, ctx.actor, ctx.now);
    link.forget(ctx.cookies);
    return redirect('/auth/login', 'Пароль обновлён. Теперь можно войти.');
  },
});
