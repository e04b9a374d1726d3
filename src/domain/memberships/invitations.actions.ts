import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { AccountRow, InvitationRow } from '../../db/rows.js';
import { Invalid, NotFound } from '../../lib/errors.js';
import { recordAll, type Actor } from '../audit/audit.data.js';
import { register, type Registering } from '../organisations/registering.js';
import { isUnderWay, post } from '../outbox/outbox.data.js';
import { findAccountByEmail, foldEmail, getAccount } from '../people/accounts.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import {
  findInvitationTo,
  getInvitation,
  getInvitationFor,
  insertInvitation,
  updateInvitation,
} from './invitations.data.js';
import { admit, IS_MEMBER, log, manage, type Managing, type Rights } from './memberships.actions.js';
import { findMembership, lockOrganisation, type Scope } from './memberships.data.js';
import type { Role } from './memberships.policy.js';

/** How long an invitation holds, in milliseconds. */
const INVITATION_TIME = 14 * 24 * 3_600_000;
/** So long after a letter another one may go, in milliseconds. */
const REPEAT_AFTER = 600_000;
const until = (now: Date) => new Date(now.getTime() + INVITATION_TIME);

/**
 * Adds whoever has this address (manual 4.2.9): a registered and confirmed account becomes a member at once, any other
 * address gets an invitation that waits until it registers, for 14 days. Answers which.
 *
 * The company's own people are asked like strangers: nobody makes them a tenant's member without their word, nor learns
 * who works for the company. So is who is blocked; his letter is not written.
 *
 * @throws Invalid when he is a member, or is invited already
 */
export function addPerson(managing: Managing, email: string, rights: Rights): Promise<'added' | 'invited'> {
  const { member, actor, now } = managing;
  const by = member.account_id;
  return manage(managing, async (trx, organisation) => {
    const account = await findAccountByEmail(trx, email);
    if (account && (await findMembership(trx, organisation.id, account.id)))
      throw new Invalid({ email: IS_MEMBER });
    if (account && !account.blocked_at && !peoplePolicy.isStaff(account)) {
      await admit(trx, organisation, account, rights, { by, actor, now });
      return 'added';
    }
    if (!(await invite(trx, organisation, email, rights, { by, actor, now })))
      throw new Invalid({ email: 'Этот адрес уже приглашён. Приглашение можно отправить ещё раз' });
    return 'invited';
  });
}

/**
 * Invites an address, within the transaction of whoever decides; the organisation's people are locked. False when the
 * address has an open invitation there.
 */
async function invite(
  trx: Transaction,
  organisation: { id: string },
  email: string,
  rights: Rights,
  { by, actor, now }: { by: string; actor: Actor; now: Date },
): Promise<boolean> {
  const row = newInvitation(organisation.id, email, rights, { by, now });
  if (!(await insertInvitation(trx, row))) return false;
  await postInvitations(trx, [row], { actor, now });
  return true;
}

/** What an invitation begins as; `by` null: the company itself invites. */
export const newInvitation = (
  organisation: string,
  email: string,
  { roles, sees_all }: Rights,
  { by, now }: { by: string | null; now: Date },
): InvitationRow => ({
  id: randomUUID(),
  organisation_id: organisation,
  email: foldEmail(email),
  roles,
  sees_all,
  invited_by: by,
  created_at: now,
  expires_at: until(now),
  state: 'open',
  ended_at: null,
});

/** The journal's entries and the letters of new invitations. */
export async function postInvitations(
  trx: Transaction,
  rows: InvitationRow[],
  { actor, now }: { actor: Actor; now: Date },
): Promise<void> {
  const entries = rows.map(({ id, organisation_id, email, roles, sees_all }) => ({
    action: 'invitation.sent',
    subject: id,
    organisation: organisation_id,
    details: { email, after: { roles, sees_all } },
  }));
  await recordAll(trx, actor, now, entries);
  await post(trx, now, rows.map(letterOf));
}

/** Who has an invitation sent again or takes it back: the organisation's administrator, or the company's. */
interface Inviting {
  actor: Actor;
  now: Date;
}

/**
 * Sends the invitation once more; it holds for 14 days from now. While its letter waits, and for ten minutes after it
 * went, nothing is sent or written: `sent` tells.
 *
 * @throws NotFound when it is not open
 */
export const repeatInvitation = (managing: Managing, id: string) =>
  manage(managing, (trx, organisation) => repeat(trx, { organisation }, id, managing));

/** The same, by the company. */
export const repeatInvitationForStaff = (registering: Registering, organisation: string, id: string) =>
  register(registering, async (trx) =>
    repeat(trx, { organisation: await lockOrganisation(trx, organisation) }, id, registering),
  );

async function repeat(trx: Transaction, scope: Scope, id: string, by: Inviting) {
  const row = await getInvitation(trx, scope, id);
  const { email, expires_at } = row;
  const letter = letterOf(row);
  const since = new Date(by.now.getTime() - REPEAT_AFTER);
  if (expires_at > by.now && (await isUnderWay(trx, letter.key, since))) return { email, sent: false };
  await updateInvitation(trx, id, { expires_at: until(by.now) });
  await log(trx, by, 'invitation.repeated', row, { email });
  await post(trx, by.now, [letter]);
  return { email, sent: true };
}

/** Takes an invitation back; answers whose. @throws NotFound when it is not open */
export const withdrawInvitation = (managing: Managing, id: string) =>
  manage(managing, (trx, organisation) => withdraw(trx, { organisation }, id, managing));

/** The same, by the company. */
export const withdrawInvitationForStaff = (registering: Registering, organisation: string, id: string) =>
  register(registering, async (trx) =>
    withdraw(trx, { organisation: await lockOrganisation(trx, organisation) }, id, registering),
  );

async function withdraw(trx: Transaction, scope: Scope, id: string, by: Inviting): Promise<string> {
  const row = await getInvitation(trx, scope, id);
  await updateInvitation(trx, id, { state: 'withdrawn', ended_at: by.now });
  await log(trx, by, 'invitation.withdrawn', row, { email: row.email });
  return row.email;
}

const letterOf = ({ id, email }: Pick<InvitationRow, 'id' | 'email'>) => ({
  letter: 'invitation',
  recipient: email,
  data: { invitation: id },
  key: `invitation:${id}`,
});

/** A person who answers an invitation to his own, proved address. */
export interface Invited {
  db: Database;
  own: { id: string };
  actor: Actor;
  now: Date;
}

/**
 * Accepts or declines what one's address was invited to. Of any number at the same instant one is heard; who accepts what
 * he has accepted already is told so (`again`), as after a double click.
 *
 * @throws NotFound when it is another's, was withdrawn or answered otherwise, or its time is over; Invalid for a member
 */
export function answerInvitation(
  { db, own, actor, now }: Invited,
  id: string,
  accepts: boolean,
): Promise<{ organisation: string; again: boolean }> {
  return transaction(db, async (trx) => {
    // Not locked: whoever decides about an organisation locks it first and its people's accounts never.
    const account = await getAccount(trx, own.id);
    const invitation = await findInvitationTo(trx, account.email, id);
    if (!invitation) throw new NotFound();
    const organisation = await lockOrganisation(trx, invitation.organisation_id);
    // Now that nobody else can answer or withdraw it.
    if (accepts && (await isAccepted(trx, account, id)))
      return { organisation: organisation.id, again: true };
    const row = await getInvitationFor(trx, account.email, id, now);
    await updateInvitation(trx, id, { state: accepts ? 'accepted' : 'declined', ended_at: now });
    await log(trx, { actor, now }, accepts ? 'invitation.accepted' : 'invitation.declined', row, {
      email: row.email,
    });
    const rights = { roles: row.roles as Role[], sees_all: row.sees_all };
    if (accepts) await admit(trx, organisation, account, rights, { by: row.invited_by, actor, now });
    return { organisation: organisation.id, again: false };
  });
}

/** Whether he has accepted this one and still belongs to the organisation. */
async function isAccepted(trx: Transaction, { id, email }: AccountRow, invitation: string): Promise<boolean> {
  const row = await findInvitationTo(trx, email, invitation);
  return row?.state === 'accepted' && (await findMembership(trx, row.organisation_id, id)) !== null;
}
