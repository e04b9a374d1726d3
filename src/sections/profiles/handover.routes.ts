import { answerHandover } from '../../domain/memberships/handovers.actions.js';
import { findHandover } from '../../domain/memberships/handovers.data.js';
import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { NotFound } from '../../lib/errors.js';
import { redirect, view } from '../../web/answer.js';
import { profile, section } from '../section.js';
import { managing } from './managing.js';

/** Where the named member takes the management of the profile, or declines it (manual 4.2.9). */
export const handoverSection = section({
  path: '/profiles/:organisation/handover',
  area: 'profile',
  load: profile,
});

handoverSection.page('/', membershipPolicy.information, async ({ db, scope }) => {
  const open = await findHandover(db, scope.organisation.id);
  if (open?.to_id !== scope.id || !open.stands) throw new NotFound();
  return view('profiles/accounts/handover', {
    title: 'Управление профилем организации',
    from: open.from,
    organisation: scope.organisation.name,
    path: `/profiles/${scope.organisation.id}/handover`,
  });
});

handoverSection.action('/acceptance', membershipPolicy.information, async (ctx) => {
  await answerHandover(managing(ctx), true);
  return redirect(`/profiles/${ctx.scope.organisation.id}/accounts`, 'Теперь профилем управляете вы.');
});

handoverSection.action('/refusal', membershipPolicy.information, async (ctx) => {
  await answerHandover(managing(ctx), false);
  return redirect(`/profiles/${ctx.scope.organisation.id}/information`, 'Вы отказались от управления.');
});
