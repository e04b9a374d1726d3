import { register } from '../../domain/people/registration.actions.js';
import { anyone } from '../../web/section.js';
import { redirect, view } from '../../web/answer.js';
import { people, section, visitor } from '../section.js';
import { registerForm } from './auth.forms.js';

/** «Регистрация клиента», manual 3.1. */
export const registerSection = section({
  path: '/auth/register',
  area: 'auth',
  load: visitor,
  visitors: true,
});

registerSection.form('/', anyone, {
  schema: registerForm,
  captcha: true,
  limit: { name: 'register', points: 30, seconds: 3600, by: 'address' },
  show: ({ form }) => view('auth/register', { title: 'Регистрация клиента', layout: 'auth', form }),
  async save(ctx, { password_again: _again, consent: _given, ...person }) {
    const origin = { browser: ctx.browser(), user_agent: ctx.userAgent, form: ctx.path };
    await register(people(ctx), person, origin, ctx.actor, ctx.now);
    return redirect('/auth/register/done');
  },
});

registerSection.page('/done', anyone, () =>
  view('auth/registered', { title: 'Вы зарегистрированы в Личном кабинете', layout: 'auth' }),
);
