import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import { inParts } from '../../db/parts.js';
import type { ImportLineRow, ImportRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { PAST_DUE } from './invoices.plan.js';
import { KIND_NAMES, type ImportKind, type Line } from './layouts.js';
import type { Planned, Verdict } from './plan.js';

/** One import at a time changes the register: what was compared stays so until it is written. */
export async function lockImports(trx: Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtext('imports'))");
}

export async function insertImport(trx: Transaction, row: ImportRow, plan: Planned<object>[]): Promise<void> {
  await trx('imports').insert(row);
  await insertLines(trx, row.id, plan);
}

/** Replaces what was said of the lines. */
export async function replaceLines(
  trx: Transaction,
  { id, ...said }: Pick<ImportRow, 'id' | 'counts' | 'digest' | 'new_buildings'>,
  plan: Planned<object>[],
): Promise<void> {
  await trx('imports').where({ id }).update(said);
  await trx('import_rows').where({ import_id: id }).delete();
  await insertLines(trx, id, plan);
}

function insertLines(trx: Transaction, import_id: string, plan: Planned<object>[]): Promise<void> {
  const lines = plan.map(({ line, verdict, cells, changes, reason }) => ({
    import_id,
    line,
    verdict,
    reason,
    cells: JSON.stringify(cells),
    changes: JSON.stringify(changes),
  }));
  return inParts(lines, (part) => trx('import_rows').insert(part as never));
}

/** An import of these kinds. @throws NotFound */
export async function getImport(
  db: Database,
  id: string,
  kinds: ImportKind[] = KIND_NAMES,
): Promise<ImportRow> {
  const row = await db('imports').where({ id }).whereIn('kind', kinds).first();
  if (!row) throw new NotFound();
  return row;
}

/** An import, locked against being applied twice. @throws NotFound */
export async function lockImport(trx: Transaction, id: string): Promise<ImportRow> {
  const row = await trx('imports').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** All lines of an import as they were read. */
export async function linesOfImport(db: Database, import_id: string): Promise<Line[]> {
  return db('import_rows').where({ import_id }).orderBy('line').select('line', 'cells');
}

/** The next lines with this verdict, after a line. */
export async function listLines(
  db: Database,
  import_id: string,
  verdict: Verdict,
  after: number,
  limit: number,
): Promise<ImportLineRow[]> {
  return db('import_rows')
    .where({ import_id, verdict })
    .where('line', '>', after)
    .orderBy('line')
    .limit(limit);
}

/** How many invoices of an import, of those that it writes, are to be paid until a day that is over. */
export async function countPastDue(db: Database, import_id: string): Promise<number> {
  const row = await db('import_rows')
    .where({ import_id })
    .whereIn('verdict', ['added', 'changed'])
    .whereLike('reason', `%${PAST_DUE}`)
    .count<{ n: number }[]>({ n: '*' });
  return Number(row[0]!.n);
}

/** One page of the imports, the newest first. */
export async function listImports(
  db: Database,
  kinds: ImportKind[],
  position: Position,
): Promise<Page<ImportRow>> {
  const { backwards, cursor } = position;
  const order = backwards ? 'asc' : 'desc';
  const query = db('imports')
    .whereIn('kind', kinds)
    .orderBy([
      { column: 'created_at', order },
      { column: 'id', order },
    ])
    .limit(PAGE_SIZE + 1);
  if (cursor)
    void query.whereRaw(backwards ? '(created_at, id) > (?, ?)' : '(created_at, id) < (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.created_at, position);
}

export async function markApplied(trx: Transaction, id: string, now: Date): Promise<void> {
  await trx('imports').where({ id }).update({ applied_at: now });
}

/** Forgets what was looked at and never applied. */
export async function forgetUnapplied(db: Database, before: Date): Promise<void> {
  await db('imports').whereNull('applied_at').where('created_at', '<', before).delete();
}
