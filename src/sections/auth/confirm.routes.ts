import { confirmAddress, lookAtLink, refuseRegistration } from '../../domain/people/registration.actions.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { people, section, visitor, type FormCtx } from '../section.js';
import { letterLink } from './letter-link.js';
import { confirmForm } from './auth.forms.js';
import type { Visit } from '../../web/visit.js';

/** The page behind the letter's link. The link itself changes nothing: mail scanners open it too. */
export const confirmSection = section({ path: '/auth/confirm', area: 'auth', load: visitor, visitors: true });

const link = letterLink(confirmSection, 'confirm');

async function show(ctx: FormCtx<Visit>): Promise<Answer> {
  const found = await lookAtLink(ctx.db, link.of(ctx.cookies), ctx.now);
  const registration = found.state === 'pending' ? found.registration : null;
  return view('auth/confirm', {
    title: 'Подтверждение адреса',
    layout: 'auth',
    form: ctx.form,
    state: found.state,
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
    const outcome = await confirmAddress(people(ctx), link.of(ctx.cookies), proof, ctx.actor, ctx.now);
    if (outcome === 'gone') return redirect('/auth/confirm');
    link.forget(ctx.cookies);
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
    await refuseRegistration(ctx.db, link.of(ctx.cookies), ctx.actor, ctx.now);
    link.forget(ctx.cookies);
    return redirect('/auth/login', 'Регистрация удалена, введённые данные стёрты.');
  },
  { limit },
);
