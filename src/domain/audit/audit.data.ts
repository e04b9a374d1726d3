import type { Database, Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { AuditRow } from '../../db/rows.js';

/** Who acts, and from where. Jobs act as nobody. */
export interface Actor {
  account_id: string | null;
  ip: string;
  request_id: string;
}

/** What a job is in the audit. */
export const clockwork = (job: string): Actor => ({ account_id: null, ip: '', request_id: `job:${job}` });

/** What was done. */
export interface Entry {
  action: string;
  organisation?: string;
  subject?: string;
  details?: Record<string, unknown>;
}

/** Writes what was done, in the change's own transaction. Rows are final: the database refuses to change them. */
export async function record(trx: Transaction, actor: Actor, now: Date, entry: Entry): Promise<void> {
  await recordAll(trx, actor, now, [entry]);
}

/** The same of many changes at once, in their order. */
export function recordAll(trx: Transaction, actor: Actor, now: Date, entries: Entry[]): Promise<void> {
  const { account_id, ip, request_id } = actor;
  return inParts(entries, (part) =>
    trx('audit').insert(
      part.map(({ action, organisation = null, subject = null, details = {} }) => ({
        at: now,
        account_id,
        organisation_id: organisation,
        action,
        subject_id: subject,
        details,
        ip,
        request_id,
      })),
    ),
  );
}

/** An entry with the name of whoever acted. */
export interface ListedEntry extends AuditRow {
  who: string | null;
}

/**
 * One page of an organisation's journal, the newest first.
 *
 * @param actions which entries, by their names
 */
export async function listJournal(
  db: Database,
  organisation: string,
  actions: string[],
  { backwards, cursor }: Position,
): Promise<Page<ListedEntry>> {
  const query = db('audit as e')
    .leftJoin('accounts as a', 'a.id', 'e.account_id')
    .where('e.organisation_id', organisation)
    .whereIn('e.action', actions)
    .orderBy('e.id', backwards ? 'asc' : 'desc')
    .limit(PAGE_SIZE + 1)
    .select<ListedEntry[]>('e.*', db.raw("a.surname || ' ' || a.name as who"));
  if (cursor) void query.where('e.id', backwards ? '>' : '<', cursor.id);
  return pageOf(await query, (row) => row.at, { backwards, cursor });
}
