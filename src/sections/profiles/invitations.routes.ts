import { answerInvitation } from '../../domain/memberships/invitations.actions.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { own, section, type Ctx } from '../section.js';

/** Invitations to one's own address, as «Профили» shows them. */
export const invitationsSection = section({ path: '/profiles/invitations', area: 'own', load: own });

invitationsSection.action('/:invitation/acceptance', peoplePolicy.own, async (ctx) => {
  const { organisation, again } = await answer(ctx, true);
  return again
    ? redirect(`/profiles/${organisation}/information`, 'Приглашение уже принято.')
    : redirect('/profiles', 'Организация успешно добавлена.');
});

invitationsSection.action('/:invitation/refusal', peoplePolicy.own, async (ctx) => {
  await answer(ctx, false);
  return redirect('/profiles', 'Приглашение отклонено.');
});

const answer = ({ db, scope, actor, now, params }: Ctx<Account>, accepts: boolean) =>
  answerInvitation({ db, own: scope, actor, now }, params.invitation!, accepts);
