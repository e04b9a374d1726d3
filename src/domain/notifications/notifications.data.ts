import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { NotificationRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import type { NotificationState } from './notification.js';

/** The chosen ones, by the audience: ids of organisations, names of buildings, addresses of people. */
export interface Targets {
  organisations: { id: string; name: string }[];
  buildings: string[];
  accounts: { id: string; email: string }[];
}

export interface NotificationDetails extends NotificationRow {
  author: string;
  targets: Targets;
}

/** A row of the editor's list. */
export type ListedNotification = Omit<NotificationRow, 'text'> & { author: string };

/** The editor's list, the last written first; narrowed to a state. */
export async function listNotifications(
  db: Database,
  state: NotificationState | null,
  { backwards, cursor }: Position,
  now: Date,
): Promise<Page<ListedNotification>> {
  const order = backwards ? 'asc' : 'desc';
  const query = db('notifications as n')
    .join('accounts as a', 'a.id', 'n.created_by')
    .orderBy([
      { column: 'n.created_at', order },
      { column: 'n.id', order },
    ])
    .limit(PAGE_SIZE + 1)
    .select<ListedNotification[]>('n.*', db.raw("a.surname || ' ' || a.name as author"));
  if (cursor) {
    const edge = [cursor.at, cursor.id];
    void query.whereRaw(backwards ? '(n.created_at, n.id) > (?, ?)' : '(n.created_at, n.id) < (?, ?)', edge);
  }
  if (state) within(query, state, now);
  return pageOf(await query, (row) => row.created_at, { backwards, cursor });
}

/** The states of `notification.ts`, as a question to the database. */
function within(query: Knex.QueryBuilder, state: NotificationState, now: Date): void {
  if (state === 'withdrawn') return void query.whereNotNull('n.withdrawn_at');
  void query.whereNull('n.withdrawn_at');
  if (state === 'draft') return void query.whereNull('n.published_at');
  void query.whereNotNull('n.published_at').where('n.goes_at', state === 'over' ? '<=' : '>', now);
  if (state !== 'over') void query.where('n.appears_at', state === 'planned' ? '>' : '<=', now);
}

/** @throws NotFound */
export async function getNotification(db: Database, id: string): Promise<NotificationDetails> {
  const row = await db('notifications as n')
    .join('accounts as a', 'a.id', 'n.created_by')
    .where('n.id', id)
    .first<(NotificationRow & { author: string }) | undefined>(
      'n.*',
      db.raw("a.surname || ' ' || a.name as author"),
    );
  if (!row) throw new NotFound();
  const [organisations, buildings, accounts] = await Promise.all([
    db('organisations as o')
      .join('notification_organisations as x', 'o.id', 'x.organisation_id')
      .where('x.notification_id', id)
      .orderBy('o.name')
      .select<Targets['organisations']>('o.id', 'o.name'),
    db('notification_buildings').where({ notification_id: id }).orderBy('building').pluck('building'),
    db('accounts as a')
      .join('notification_accounts as x', 'a.id', 'x.account_id')
      .where('x.notification_id', id)
      .orderBy('a.email')
      .select<Targets['accounts']>('a.id', 'a.email'),
  ]);
  return { ...row, targets: { organisations, buildings, accounts } };
}

/** A notification's row, locked until the transaction ends. @throws NotFound */
export async function lockNotification(trx: Transaction, id: string): Promise<NotificationRow> {
  const row = await trx('notifications').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** The chosen ones as ids and names alone. */
export interface Chosen {
  organisations: string[];
  buildings: string[];
  accounts: string[];
}

/** Writes a notification with whom it is for; what was chosen before is gone. */
export async function saveNotification(
  trx: Transaction,
  row: NotificationRow,
  chosen: Chosen,
): Promise<void> {
  const notification_id = row.id;
  await trx('notifications').insert(row).onConflict('id').merge();
  for (const table of [
    'notification_organisations',
    'notification_buildings',
    'notification_accounts',
  ] as const) {
    await trx(table).where({ notification_id }).delete();
  }
  const organisations = chosen.organisations.map((organisation_id) => ({ notification_id, organisation_id }));
  const buildings = chosen.buildings.map((building) => ({ notification_id, building }));
  const accounts = chosen.accounts.map((account_id) => ({ notification_id, account_id }));
  if (organisations.length > 0) await trx('notification_organisations').insert(organisations);
  if (buildings.length > 0) await trx('notification_buildings').insert(buildings);
  if (accounts.length > 0) await trx('notification_accounts').insert(accounts);
}

export async function updateNotification(
  trx: Transaction,
  id: string,
  change: Partial<NotificationRow>,
): Promise<void> {
  await trx('notifications').where({ id }).update(change);
}

export async function deleteNotification(trx: Transaction, id: string): Promise<void> {
  await trx('notifications').where({ id }).delete();
}

/** The oldest notification that is shown by now and of which no letters were written; nobody else takes it meanwhile. */
export async function takeUnmailed(trx: Transaction, now: Date): Promise<NotificationRow | null> {
  const row = await trx('notifications')
    .whereNotNull('published_at')
    .whereNull('withdrawn_at')
    .whereNull('mailed_at')
    .where('appears_at', '<=', now)
    .orderBy('appears_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .first();
  return row ?? null;
}
