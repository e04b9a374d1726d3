import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { OrganisationRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { findOpenRequest, updateRequest } from './access-requests.data.js';
import { closeHandover, findHandover } from './handovers.data.js';
import { findOpenInvitation, updateInvitation } from './invitations.data.js';
import {
  confirmMember,
  findMembership,
  getMember,
  hasLeft,
  insertMembership,
  lockOrganisation,
  updateMembership,
  type ListedMember,
  type Member,
} from './memberships.data.js';
import { membershipPolicy, type Role } from './memberships.policy.js';

/** An administrator of the organisation at work. */
export interface Managing {
  db: Database;
  member: Member;
  actor: Actor;
  now: Date;
}

/** What somebody may do in an organisation. */
export interface Rights {
  roles: Role[];
  sees_all: boolean;
}

/** One transaction with the organisation's people locked, in which the member still is its administrator. */
export function manage<T>(
  { db, member }: Pick<Managing, 'db' | 'member'>,
  work: (trx: Transaction, organisation: OrganisationRow) => Promise<T>,
): Promise<T> {
  return transaction(db, async (trx) => {
    const organisation = await lockOrganisation(trx, member.organisation.id);
    await confirmMember(trx, member, membershipPolicy.manage);
    return work(trx, organisation);
  });
}

/**
 * Changes what a member may do.
 *
 * @param seen the rights that the administrator saw
 * @throws Conflict when they have changed since, Invalid at `roles` when the last administrator would lose the role,
 * NotFound
 */
export function changeRights(managing: Managing, id: string, seen: Rights, rights: Rights): Promise<void> {
  return manage(managing, async (trx, organisation) => {
    const row = await getMember(trx, managing.member, id);
    if (!same(row, seen))
      throw new Conflict('Права тем временем изменил другой администратор. Проверьте их.');
    if (same(row, rights)) return;
    await updateMembership(trx, id, { ...rights });
    const details = { member: named(row), before: rightsOf(row), after: rights };
    await log(trx, managing, 'membership.changed', row, details);
    // Who manages no more has nothing to hand over.
    if (!membershipPolicy.manage(rights)) await endHandover(trx, row, ['from_id'], managing);
    await tell(trx, managing.now, 'membership.changed', row, organisation, { ...rights });
  });
}

/**
 * Ends a membership: refused from the member's very next click on. What he uploaded stays readable.
 *
 * @throws Invalid at `roles` for the last administrator, Conflict for one who has left, NotFound
 */
export function endMembership(managing: Managing, id: string): Promise<ListedMember> {
  return manage(managing, async (trx, organisation) => {
    const row = await getPresent(trx, managing.member, id);
    await dismiss(trx, organisation, row, managing);
    return row;
  });
}

/** The member whose membership is to end. @throws Conflict when somebody else has ended it meanwhile, NotFound */
export async function getPresent(
  trx: Transaction,
  scope: { organisation: { id: string } },
  id: string,
): Promise<ListedMember> {
  if (await hasLeft(trx, scope, id)) throw new Conflict('Этот участник уже не связан с профилем.');
  return getMember(trx, scope, id);
}

/**
 * Ends a membership, within the transaction of whoever decides; the organisation's people are locked.
 *
 * @param why the reason, where one is given: it stands in the journal and in the member's letter
 * @throws Invalid at `roles` for the last administrator, unless it is the company that acts
 */
export async function dismiss(
  trx: Transaction,
  organisation: OrganisationRow,
  row: ListedMember,
  { actor, now }: { actor: Actor; now: Date },
  why: { reason?: string } = {},
): Promise<void> {
  await updateMembership(trx, row.id, { ended_at: now });
  await log(trx, { actor, now }, 'membership.ended', row, { member: named(row), ...why });
  await endHandover(trx, row, ['from_id', 'to_id'], { actor, now });
  await tell(trx, now, 'membership.ended', row, organisation, why);
}

/** An offer of the management ends with the part that a member has in it. */
async function endHandover(
  trx: Transaction,
  { id, organisation_id }: { id: string; organisation_id: string },
  parts: ('from_id' | 'to_id')[],
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const open = await findHandover(trx, organisation_id);
  if (!open || !parts.some((part) => open[part] === id)) return;
  await closeHandover(trx, open.id, 'withdrawn', now);
  await log(trx, { actor, now }, 'handover.withdrawn', open, { to: open.to });
}

export const IS_MEMBER = 'Этот человек уже связан с профилем организации';

/** Somebody who becomes a member. */
interface Newcomer {
  id: string;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
}

/**
 * Makes somebody a member, within the transaction of whatever led to it; the organisation's people are locked.
 *
 * @param how the way in, for the letter and the journal
 * @throws Invalid at the field `email` when he belongs to it already
 */
export async function admit(
  trx: Transaction,
  organisation: OrganisationRow,
  newcomer: Newcomer,
  rights: Rights,
  { by, actor, now }: { by: string | null; actor: Actor; now: Date },
): Promise<void> {
  if (await findMembership(trx, organisation.id, newcomer.id)) throw new Invalid({ email: IS_MEMBER });
  const id = randomUUID();
  const row = { id, organisation_id: organisation.id, account_id: newcomer.id, ...rights };
  await insertMembership(trx, { ...row, given_by: by, since: now, ended_at: null });
  const details = { member: named(newcomer), after: rights };
  await log(trx, { actor, now }, 'membership.began', { id, organisation_id: organisation.id }, details);
  await settle(trx, organisation, newcomer, { by, actor, now });
  await tell(trx, now, 'membership.began', newcomer, organisation, { ...rights });
}

/** What a new member has asked for, or was invited to, is no longer open. */
export async function settle(
  trx: Transaction,
  organisation: { id: string },
  newcomer: Newcomer,
  { by, actor, now }: { by: string | null; actor: Actor; now: Date },
): Promise<void> {
  const request = await findOpenRequest(trx, organisation.id, newcomer.id);
  if (request) {
    await updateRequest(trx, request.id, { state: 'granted', decided_at: now, decided_by: by });
    await log(trx, { actor, now }, 'access.granted', request, { who: named(newcomer) });
  }
  const invitation = await findOpenInvitation(trx, organisation.id, newcomer.email);
  if (!invitation) return;
  await updateInvitation(trx, invitation.id, { state: 'withdrawn', ended_at: now });
  await log(trx, { actor, now }, 'invitation.withdrawn', invitation, { email: newcomer.email });
}

/** Writes a change of an organisation's people into its journal. */
export function log(
  trx: Transaction,
  { actor, now }: { actor: Actor; now: Date },
  action: string,
  row: { id: string; organisation_id: string },
  details: Record<string, unknown>,
): Promise<void> {
  return record(trx, actor, now, { action, subject: row.id, organisation: row.organisation_id, details });
}

/** A letter to somebody about his place in an organisation. */
export function tell(
  trx: Transaction,
  now: Date,
  letter: string,
  person: { email: string; name: string; patronymic: string | null },
  organisation: { id: string; name: string },
  facts: Record<string, unknown>,
): Promise<void> {
  const { email, name, patronymic } = person;
  const about = { organisation: organisation.id, organisation_name: organisation.name };
  return post(trx, now, [{ letter, recipient: email, data: { name, patronymic, ...about, ...facts } }]);
}

/** Who it was, for a journal that outlives the account's data. */
export const named = ({ surname, name, email }: { surname: string; name: string; email: string }) =>
  `${surname} ${name} (${email})`;

const rightsOf = ({ roles, sees_all }: { roles: string[]; sees_all: boolean }) => ({ roles, sees_all });
const same = (one: { roles: string[]; sees_all: boolean }, other: { roles: string[]; sees_all: boolean }) =>
  one.sees_all === other.sees_all && [...one.roles].sort().join() === [...other.roles].sort().join();
