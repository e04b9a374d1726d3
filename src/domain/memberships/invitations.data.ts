import type { Database, Transaction } from '../../db/knex.js';
import type { InvitationRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** An invitation as its list shows it. */
export interface ListedInvitation extends InvitationRow {
  organisation: string;
  inviter: string;
}

const withNames = (db: Database) =>
  db('invitations as i')
    .join('organisations as o', 'o.id', 'i.organisation_id')
    .join('accounts as a', 'a.id', 'i.invited_by')
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
