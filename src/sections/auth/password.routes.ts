import { ownerOfLink, setPassword } from '../../domain/people/password-link.actions.js';
import { redirect, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { people, section, visitor } from '../section.js';
import { passwordForm } from './auth.forms.js';

/** Setting a password by a one-time link: how staff accounts begin. */
export const passwordSection = section({
  path: '/auth/password',
  area: 'auth',
  load: visitor,
  visitors: true,
});

const COOKIE = 'password';

passwordSection.form('/', anyone, {
  schema: passwordForm,
  limit: { name: 'password', points: 30, seconds: 3600, by: 'address' },
  async show(ctx) {
    const owner = await ownerOfLink(people(ctx), ctx.cookies.get(COOKIE) ?? '', ctx.now);
    return view('auth/password', {
      title: 'Новый пароль',
      layout: 'auth',
      form: ctx.form,
      email: owner?.email,
    });
  },
  async save(ctx, { password }) {
    await setPassword(people(ctx), ctx.cookies.get(COOKIE) ?? '', password, ctx.actor, ctx.now);
    ctx.cookies.clear(COOKIE);
    return redirect('/auth/login', 'Пароль обновлён. Теперь можно войти.');
  },
});

passwordSection.page('/:token', anyone, ({ params, cookies }) => {
  cookies.set(COOKIE, params.token!, { maxAge: 3_600_000 });
  return redirect('/auth/password');
});
