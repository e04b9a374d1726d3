import { confirmAddress, lookAtLink, refuseRegistration } from '../../domain/people/registration.actions.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { people, section, visitor, type FormCtx } from '../section.js';
import { confirmForm } from './auth.forms.js';
import type { Visit } from '../../web/visit.js';

/** The page behind the letter's link. The link itself changes nothing: mail scanners open it too. */
export const confirmSection = section({ path: '/auth/confirm', area: 'auth', load: visitor, visitors: true });

const COOKIE = 'confirm';

async function show(ctx: FormCtx<Visit>): Promise<Answer> {
  const link = await lookAtLink(ctx.db, ctx.cookies.get(COOKIE) ?? '', ctx.now);
  const registration = link.state === 'pending' ? link.registration : null;
  return view('auth/confirm', {
    title: 'Подтверждение адреса',
    layout: 'auth',
    form: ctx.form,
    state: link.state,
    email: registration?.email,
    asksPassword: registration !== null && registration.browser !== ctx.browser(),
  });
}

const limit = { name: 'confirm', points: 60, seconds: 3600, by: 'address' } as const;

confirmSection.form('/', anyone, {
  schema: confirmForm,
  limit,
  show,
  async save(ctx, { password }) {
    const proof = { browser: ctx.browser(), password: password ?? null };
    const outcome = await confirmAddress(
      people(ctx),
      ctx.cookies.get(COOKIE) ?? '',
      proof,
      ctx.actor,
      ctx.now,
    );
    if (outcome === 'gone') return redirect('/auth/confirm');
    ctx.cookies.clear(COOKIE);
    return redirect(
      '/auth/login',
      outcome === 'confirmed'
        ? 'Адрес подтверждён. Теперь можно войти.'
        : 'Адрес уже подтверждён. Можно войти.',
    );
  },
});

confirmSection.action(
  '/refusal',
  anyone,
  async (ctx) => {
    await refuseRegistration(ctx.db, ctx.cookies.get(COOKIE) ?? '', ctx.actor, ctx.now);
    ctx.cookies.clear(COOKIE);
    return redirect('/auth/login', 'Регистрация удалена, введённые данные стёрты.');
  },
  { limit },
);

// The token goes from the address into a cookie at once: addresses are kept in histories and sent to other sites.
confirmSection.page('/:token', anyone, ({ params, cookies }) => {
  cookies.set(COOKIE, params.token!, { maxAge: 3_600_000 });
  return redirect('/auth/confirm');
});
