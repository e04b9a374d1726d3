import { askForRecovery, recoverByCode } from '../../domain/people/recovery.actions.js';
import { redirect, view } from '../../web/answer.js';
import type { Cookies } from '../../web/cookies.js';
import { anyone } from '../../web/section.js';
import { people, section, visitor } from '../section.js';
import { recoveryCodeForm, recoveryForm } from './auth.forms.js';

/** «Восстановление доступа», manual 3.3. Whatever is typed, the next page is the same for everybody who typed that. */
export const recoverySection = section({
  path: '/auth/recovery',
  area: 'auth',
  load: visitor,
  visitors: true,
});

/** Which request this browser made: a code is good for that one alone (ASVS 6.6.2). With the number that was typed. */
const COOKIE = 'recovery';
const HOUR = 3_600_000;
const TITLE = 'Восстановление доступа';

recoverySection.form('/', anyone, {
  schema: recoveryForm,
  captcha: true,
  limit: { name: 'recovery', points: 20, seconds: 3600, by: 'address' },
  show: ({ form }) => view('auth/recovery', { title: TITLE, layout: 'auth', form }),
  async save({ db, actor, now, cookies }, input) {
    const request = await askForRecovery(db, input, actor, now);
    const phone = 'phone' in input.contact ? input.contact.phone : '';
    cookies.set(COOKIE, `${request} ${phone}`, { maxAge: HOUR });
    return redirect('/auth/recovery/done');
  },
});

recoverySection.page('/done', anyone, ({ cookies }) =>
  view('auth/recovery-asked', { title: TITLE, layout: 'auth', byPhone: asked(cookies).phone !== '' }),
);

recoverySection.form('/code', anyone, {
  schema: recoveryCodeForm,
  limit: { name: 'recovery-code', points: 30, seconds: 3600, by: 'address' },
  show: ({ fill, cookies }) => {
    const { phone } = asked(cookies);
    return view('auth/recovery-code', { title: TITLE, layout: 'auth', form: fill({ phone, code: '' }) });
  },
  async save(ctx, { password_again: _again, ...typed }) {
    const { request } = asked(ctx.cookies);
    await recoverByCode(people(ctx), { ...typed, request }, ctx.actor, ctx.now);
    ctx.cookies.clear(COOKIE);
    return redirect('/auth/login', 'Пароль обновлён. Теперь можно войти.');
  },
});

const NOBODYS = '00000000-0000-0000-0000-000000000000';

function asked(cookies: Cookies): { request: string; phone: string } {
  const [request, phone] = (cookies.get(COOKIE) ?? '').split(' ');
  return { request: request || NOBODYS, phone: phone ?? '' };
}
