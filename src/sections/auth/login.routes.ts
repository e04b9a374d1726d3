import { createHmac, randomUUID } from 'node:crypto';
import { askUs } from '../../domain/organisations/company.js';
import { findRegistration } from '../../domain/people/registrations.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { repeatLetter } from '../../domain/people/registration.actions.js';
import { checkSignIn, type SignIn } from '../../domain/people/sign-in.actions.js';
import { Invalid } from '../../lib/errors.js';
import { isOwnPath, redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import { anyone } from '../../web/section.js';
import type { Visit } from '../../web/visit.js';
import { people, section, visitor, type Ctx, type FormCtx } from '../section.js';
import { loginForm } from './auth.forms.js';
import { homeOf } from '../home.js';

/** «Авторизация», manual 3.2. */
export const loginSection = section({ path: '/auth/login', area: 'auth', load: visitor, visitors: true });

/** This browser has signed in to that account before; strangers' failures do not slow it down. */
const DEVICE = 'device';
const UNCONFIRMED = 'unconfirmed';
const YEAR = 365 * 24 * 3_600_000;

const REFUSED = 'Адрес или пароль не подходят. Проверьте раскладку клавиатуры и Caps Lock';

loginSection.form('/', anyone, {
  schema: loginForm,
  show,
  async save(ctx, { email, remember, next }) {
    const outcome = await ctx.session.authenticate((_email, password) =>
      checkSignIn(
        people(ctx),
        { email, password, device: deviceOf(ctx, email), browser: ctx.browser() },
        ctx.actor,
        ctx.now,
      ),
    );
    return answer(ctx, outcome, { remember, next });
  },
});

function show({ form, query, visit }: FormCtx<Visit>): Answer {
  if (visit.account) return redirect(homeOf(visit.account));
  const next = form.values.next ?? query.get('next') ?? '';
  return view('auth/login', {
    title: 'Авторизация',
    layout: 'auth',
    form,
    next,
    returning: next !== '' && next !== '/',
    typed: ['kept', 'lost'].find((one) => query.has(one)) ?? null,
  });
}

async function answer(
  ctx: Ctx<Visit>,
  outcome: SignIn | null,
  wish: { remember: boolean; next: string | undefined },
): Promise<Answer> {
  if (outcome?.outcome === 'unconfirmed') {
    ctx.cookies.set(UNCONFIRMED, outcome.registration.id, { maxAge: 600_000 });
    return redirect('/auth/login/confirmation');
  }
  if (outcome?.outcome === 'blocked') {
    const ask = askUs(ctx.parts.company.current());
    throw new Invalid({ password: `Аккаунт заблокирован. Чтобы узнать почему, ${ask}` }, 401);
  }
  if (outcome?.outcome !== 'in') throw new Invalid({ password: REFUSED }, 401);
  const { account } = outcome;
  await ctx.session.signIn({
    account: account.id,
    staff: peoplePolicy.isStaff(account),
    remember: wish.remember,
  });
  ctx.cookies.set(DEVICE, `${randomUUID()}.${ownerMark(ctx, account.email)}`, { maxAge: YEAR });
  const { next } = wish;
  return redirect(
    next && next !== '/' && isOwnPath(next) && !next.startsWith('/auth/') ? next : homeOf(account),
  );
}

function deviceOf(ctx: Ctx<Visit>, email: string): string | null {
  const [device, owner] = (ctx.cookies.get(DEVICE) ?? '').split('.');
  return device && owner === ownerMark(ctx, email) ? device : null;
}

// Which account the browser knows, without telling whoever reads its cookies.
const ownerMark = ({ config }: Ctx<Visit>, email: string) =>
  createHmac('sha256', config.sessionSecret)
    .update(`device:${email.trim().toLowerCase()}`)
    .digest('base64url')
    .slice(0, 22);

/** «Подтвердите e-mail»: shown only after a right password. */
loginSection.form('/confirmation', anyone, {
  schema: buttonOnly,
  limit: { name: 'letter-again', points: 5, seconds: 3600, by: 'address' },
  async show({ db, cookies }) {
    const registration = await findRegistration(db, cookies.get(UNCONFIRMED) ?? randomUUID());
    if (!registration || registration.confirmed_at) return redirect('/auth/login');
    return view('auth/unconfirmed', {
      title: 'Подтвердите адрес E-mail',
      layout: 'auth',
      email: registration.email,
    });
  },
  async save({ db, cookies, now }) {
    const registration = await findRegistration(db, cookies.get(UNCONFIRMED) ?? randomUUID());
    if (!registration || registration.confirmed_at) return redirect('/auth/login');
    await repeatLetter(db, registration, now);
    return redirect('/auth/login', `Письмо со ссылкой отправлено ещё раз на ${registration.email}.`);
  },
});
