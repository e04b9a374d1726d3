import { confirmEmail, lookAtEmailChange } from '../../domain/people/email-change.actions.js';
import { redirect, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';
import { letterLink } from './letter-link.js';
import { buttonOnly } from '../../web/form.js';

/** The page behind the link to a new address. The link itself changes nothing: mail scanners open it too. */
export const emailConfirmSection = section({
  path: '/auth/email',
  area: 'auth',
  load: visitor,
  visitors: true,
});

const link = letterLink(emailConfirmSection, 'email');

emailConfirmSection.form('/', anyone, {
  schema: buttonOnly,
  limit: { name: 'email-confirm', points: 60, seconds: 3600, by: 'address' },
  async show({ db, cookies, now }) {
    const change = await lookAtEmailChange(db, link.of(cookies), now);
    return view('auth/email', { title: 'Новый адрес E-mail', layout: 'auth', email: change?.email });
  },
  async save({ db, cookies, actor, now }) {
    await confirmEmail(db, link.of(cookies), actor, now);
    link.forget(cookies);
    return redirect('/auth/login', 'Адрес изменён. Войдите с новым адресом.');
  },
});
