import { inParts } from '../../db/parts.js';
import type { Database, Transaction } from '../../db/knex.js';
import type { InvitationRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { recordAll, type Actor } from '../audit/audit.data.js';
import { updateOrganisation } from '../organisations/organisations.data.js';
import { expectSeen } from '../../lib/seen.js';
import { register, type Registering } from '../organisations/registering.js';
import { postInvitations, newInvitation } from './invitations.actions.js';
import { endInvitations, insertInvitations, openInvitationsOf } from './invitations.data.js';
import { managedOf } from './administrators.data.js';
import { lockOrganisation, membersNamed } from './memberships.data.js';
import type { Role } from './memberships.policy.js';

const ADMINISTRATOR = { roles: ['administrator'] as Role[], sees_all: true };

/** An organisation whose responsible address was changed: what it was and what it is. */
export interface Renamed {
  organisation: string;
  before: string | null;
  after: string | null;
}

/** Who has changed it: one of the company's own people, or the server's command line (`by` null). */
export interface Renaming {
  by: string | null;
  actor: Actor;
  now: Date;
  /** What else the journal says of it, such as the file that it came from. */
  about?: Record<string, unknown>;
}

/**
 * Says to whom the organisation is written to while it has no administrator; null: to nobody. The owner of the address
 * is then invited to become one. Answers whether he was.
 *
 * @throws Conflict when a colleague has changed it since, Invalid when the owner is a member already, NotFound
 */
export function setResponsible(
  registering: Registering,
  id: string,
  seen: string,
  responsible_email: string | null,
): Promise<boolean> {
  const { staff, actor, now } = registering;
  return register(registering, async (trx) => {
    const { responsible_email: before } = await lockOrganisation(trx, id);
    expectSeen(seen, { responsible_email: before });
    if (responsible_email && (await notToBeInvited(trx, [id], [responsible_email])).size > 0)
      throw new Invalid({ email: ALREADY_A_MEMBER });
    await updateOrganisation(trx, id, { responsible_email });
    const renamed = { organisation: id, before, after: responsible_email };
    const invited = await followResponsible(trx, [renamed], { by: staff.id, actor, now });
    return invited.has(id);
  });
}

export const ALREADY_A_MEMBER = 'Этот человек уже участник профиля: назначьте его администратором';

export const placeOf = (organisation: string, email: string) => `${organisation}/${email}`;

/**
 * Addresses that cannot become an organisation's responsible one, as `placeOf` writes them: nobody manages its profile,
 * and their owner is a member already.
 */
export async function notToBeInvited(
  db: Database,
  organisations: string[],
  emails: string[],
): Promise<Set<string>> {
  const managed = await managedOf(db, organisations);
  const members = await membersNamed(db, organisations, emails);
  const without = members.filter(({ organisation_id }) => !managed.has(organisation_id));
  return new Set(without.map(({ organisation_id, email }) => placeOf(organisation_id, email)));
}

/**
 * What follows when responsible addresses have changed, by a form or by an import of thousands: journal entries; whoever
 * was named before is no longer meant, so his invitation is withdrawn; whoever is named now is invited to become the
 * administrator where there is none. The organisations are locked. Answers which of them have sent an invitation.
 */
export async function followResponsible(
  trx: Transaction,
  renamed: Renamed[],
  { by, actor, now, about = {} }: Renaming,
): Promise<Set<string>> {
  const invited = new Set<string>();
  await inParts(renamed, async (part) => {
    const entries = part.map(({ organisation, before, after }) => ({
      action: 'organisation.responsible',
      subject: organisation,
      organisation,
      details: { ...about, before, after },
    }));
    await recordAll(trx, actor, now, entries);
    const ids = part.map(({ organisation }) => organisation);
    const managed = await managedOf(trx, ids);
    await withdrawOld(trx, part, managed, { actor, now });
    const emails = part.flatMap(({ after }) => after ?? []);
    const members = await membersNamed(trx, ids, emails);
    const settled = new Set(members.map((one) => placeOf(one.organisation_id, one.email)));
    const rows = part.flatMap(({ organisation, after }) =>
      after && !managed.has(organisation) && !settled.has(placeOf(organisation, after))
        ? [newInvitation(organisation, after, ADMINISTRATOR, { by, now })]
        : [],
    );
    await insertInvitations(trx, rows);
    await postInvitations(trx, rows, { actor, now });
    for (const { organisation_id } of rows) invited.add(organisation_id);
  });
  return invited;
}

/**
 * Ends the invitations of those who were named, and older ones of those who are named now: they may give less, or their
 * time may be over. Where the profile has an administrator, what he has sent himself stays.
 */
async function withdrawOld(
  trx: Transaction,
  part: Renamed[],
  managed: Set<string>,
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const addressed = part.flatMap(({ organisation, before, after }) =>
    [...new Set([before, after])].flatMap((email) => (email ? [{ organisation, email }] : [])),
  );
  const ended = (await openInvitationsOf(trx, addressed)).filter(
    (row) => row.of_the_company || !managed.has(row.organisation_id),
  );
  await endInvitations(
    trx,
    ended.map(({ id }) => id),
    now,
  );
  await recordAll(trx, actor, now, ended.map(withdrawal));
}

const withdrawal = ({ id, organisation_id, email }: InvitationRow) => ({
  action: 'invitation.withdrawn',
  subject: id,
  organisation: organisation_id,
  details: { email },
});
