import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { AccessRequestRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** A request with the person who asks. */
export interface AccessRequest extends AccessRequestRow {
  surname: string;
  name: string;
  patronymic: string | null;
  email: string;
  organisation: string;
}

const withPerson = (db: Database) =>
  db('access_requests as r')
    .join('accounts as a', 'a.id', 'r.account_id')
    .join('organisations as o', 'o.id', 'r.organisation_id')
    .select<AccessRequest[]>(
      'r.*',
      'a.surname',
      'a.name',
      'a.patronymic',
      'a.email',
      'o.name as organisation',
    );

/** What one has asked for and where it stands: open ones, and those decided since a moment; the newest first. */
export function listOwnRequests(db: Database, account: string, since: Date): Promise<AccessRequest[]> {
  return withPerson(db)
    .where('r.account_id', account)
    .where((either) => {
      void either.where('r.state', 'open');
      void either.orWhere((decided) => {
        void decided.whereIn('r.state', ['granted', 'refused']).where('r.decided_at', '>', since);
      });
    })
    .orderBy('r.created_at', 'desc')
    .limit(20);
}

/** The open requests of an organisation, the oldest first. */
export function listOpenRequests(
  db: Database,
  { organisation }: { organisation: { id: string } },
): Promise<AccessRequest[]> {
  return withPerson(db)
    .where({ 'r.organisation_id': organisation.id, 'r.state': 'open' })
    .orderBy('r.created_at')
    .limit(100);
}

/** A request to an organisation, whatever its state. @throws NotFound elsewhere */
export async function getRequest(
  db: Database,
  { organisation }: { organisation: { id: string } },
  id: string,
): Promise<AccessRequest> {
  const [row] = await withPerson(db).where({ 'r.id': id, 'r.organisation_id': organisation.id });
  if (!row) throw new NotFound();
  return row;
}

/** Any organisation's request, for the company's own people. @throws NotFound */
export async function getAnyRequest(db: Database, id: string): Promise<AccessRequest> {
  const [row] = await withPerson(db).where('r.id', id);
  if (!row) throw new NotFound();
  return row;
}

/** One's own request, whatever its state. @throws NotFound */
export async function getOwnRequest(db: Database, account_id: string, id: string): Promise<AccessRequestRow> {
  const row = await db('access_requests').where({ id, account_id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** How many wait in the company's own queue; stops at 100. For the statement that every page begins with. */
export const ORPHANED_COUNT = `(select count(*)::int from (select from access_requests r
  where r.state = 'open' and not exists (select from memberships m
    join accounts x on x.id = m.account_id and x.blocked_at is null
    where m.organisation_id = r.organisation_id and m.ended_at is null and 'administrator' = any (m.roles))
  limit 100) o)`;

/** One page of the requests that nobody in their organisation can decide, the oldest first. */
export async function listOrphanedRequests(db: Database, position: Position): Promise<Page<AccessRequest>> {
  const { backwards, cursor } = position;
  const order = backwards ? 'desc' : 'asc';
  const query = withPerson(db)
    .where('r.state', 'open')
    .whereNotExists(
      db('memberships as m')
        .join('accounts as x', 'x.id', 'm.account_id')
        .whereRaw('m.organisation_id = r.organisation_id')
        .whereNull('m.ended_at')
        .whereNull('x.blocked_at')
        .whereRaw("'administrator' = any (m.roles)"),
    )
    .orderBy([
      { column: 'r.created_at', order },
      { column: 'r.id', order },
    ])
    .limit(PAGE_SIZE + 1);
  if (cursor)
    void query.whereRaw(backwards ? '(r.created_at, r.id) < (?, ?)' : '(r.created_at, r.id) > (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.created_at, position);
}

/** The open request of an account to an organisation. */
export async function findOpenRequest(
  trx: Transaction,
  organisation_id: string,
  account_id: string,
): Promise<AccessRequestRow | null> {
  return (await trx('access_requests').where({ organisation_id, account_id, state: 'open' }).first()) ?? null;
}

/** Adds the request; false when the person has one open there. */
export async function insertRequest(trx: Transaction, row: AccessRequestRow): Promise<boolean> {
  const added = await trx('access_requests')
    .insert(row)
    .onConflict(trx.raw("(account_id, organisation_id) where state = 'open'"))
    .ignore()
    .returning('id');
  return added.length === 1;
}

export async function updateRequest(
  trx: Transaction,
  id: string,
  change: Partial<AccessRequestRow>,
): Promise<void> {
  await trx('access_requests').where({ id }).update(change);
}
