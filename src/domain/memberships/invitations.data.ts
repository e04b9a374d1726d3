import type { Database, Transaction } from '../../db/knex.js';
import type { InvitationRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** An invitation as its list shows it. */
export interface ListedInvitation extends InvitationRow {
  organisation: string;
  /** Null: the company. */
  inviter: string | null;
}

const withNames = (db: Database) =>
  db('invitations as i')
    .join('organisations as o', 'o.id', 'i.organisation_id')
    .leftJoin('accounts as a', 'a.id', 'i.invited_by')
    .select<ListedInvitation[]>(
      'i.*',
      'o.name as organisation',
      db.raw("a.surname || ' ' || a.name as inviter"),
    );

/** The open invitations of an organisation, the newest first; those whose time is over too: they can be repeated. */
export function listInvitations(
  db: Database,
  { organisation }: { organisation: { id: string } },
): Promise<ListedInvitation[]> {
  return withNames(db)
    .where({ 'i.organisation_id': organisation.id, 'i.state': 'open' })
    .orderBy('i.created_at', 'desc')
    .limit(100);
}

/** What waits for the owner of this address. */
export function invitationsFor(db: Database, email: string, now: Date): Promise<ListedInvitation[]> {
  return withNames(db)
    .where({ 'i.email': email, 'i.state': 'open' })
    .where('i.expires_at', '>', now)
    .orderBy('i.created_at');
}

/** An open invitation of the organisation. @throws NotFound */
export async function getInvitation(
  db: Database,
  { organisation }: { organisation: { id: string } },
  id: string,
): Promise<ListedInvitation> {
  const [row] = await withNames(db).where({
    'i.id': id,
    'i.organisation_id': organisation.id,
    'i.state': 'open',
  });
  if (!row) throw new NotFound();
  return row;
}

/** An open invitation of the address that still holds. @throws NotFound */
export async function getInvitationFor(
  db: Database,
  email: string,
  id: string,
  now: Date,
): Promise<InvitationRow> {
  const row = await db('invitations')
    .where({ id, email, state: 'open' })
    .where('expires_at', '>', now)
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** Where an invitation to this address stands, if it is his; null: there is none. */
export async function findInvitationTo(
  db: Database,
  email: string,
  id: string,
): Promise<InvitationRow | null> {
  return (await db('invitations').where({ id, email }).first()) ?? null;
}

/** An invitation, for its letter. */
export async function findInvitation(db: Database, id: string): Promise<ListedInvitation | null> {
  const [row] = await withNames(db).where('i.id', id);
  return row ?? null;
}

/** Adds the invitation; false when the address has one open there. */
export async function insertInvitation(trx: Transaction, row: InvitationRow): Promise<boolean> {
  const added = await trx('invitations')
    .insert(row)
    .onConflict(trx.raw("(organisation_id, email) where state = 'open'"))
    .ignore()
    .returning('id');
  return added.length === 1;
}

/** Adds invitations of addresses that have none open there. */
export async function insertInvitations(trx: Transaction, rows: InvitationRow[]): Promise<void> {
  if (rows.length > 0) await trx('invitations').insert(rows);
}

/**
 * The open invitations of these addresses, each to its organisation, locked; `of_the_company`: whoever invited has never
 * been a member there.
 */
export async function openInvitationsOf(
  trx: Transaction,
  addressed: { organisation: string; email: string }[],
): Promise<(InvitationRow & { of_the_company: boolean })[]> {
  const { rows } = await trx.raw<{ rows: (InvitationRow & { of_the_company: boolean })[] }>(
    `select i.*, not exists (select from memberships m
       where m.organisation_id = i.organisation_id and m.account_id = i.invited_by) as of_the_company
     from invitations i join unnest(?::uuid[], ?::text[]) as w (organisation_id, email) using (organisation_id, email)
     where i.state = 'open' order by i.created_at, i.id for update of i`,
    [addressed.map(({ organisation }) => organisation), addressed.map(({ email }) => email)],
  );
  return rows;
}

export async function endInvitations(trx: Transaction, ids: string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await trx('invitations').whereRaw('id = any (?)', [ids]).update({ state: 'withdrawn', ended_at: now });
}

export async function updateInvitation(
  trx: Transaction,
  id: string,
  change: Partial<InvitationRow>,
): Promise<void> {
  await trx('invitations').where({ id }).update(change);
}

/** The open invitation of an address to an organisation, whether or not its time is over. */
export async function findOpenInvitation(
  trx: Transaction,
  organisation_id: string,
  email: string,
): Promise<InvitationRow | null> {
  return (await trx('invitations').where({ organisation_id, email, state: 'open' }).first()) ?? null;
}
