import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { StatementLineRow, StatementRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import type { Unpaid } from './matching.js';

export async function insertStatement(trx: Transaction, row: StatementRow): Promise<void> {
  await trx('statements').insert(row);
}

/** Writes the lines that no statement has brought before. Answers how many. */
export async function insertLines(trx: Transaction, rows: StatementLineRow[]): Promise<number> {
  const MANY = 500;
  let added = 0;
  for (let at = 0; at < rows.length; at += MANY) {
    const part = rows.slice(at, at + MANY);
    added += (await trx('statement_lines').insert(part).onConflict('source').ignore().returning('id')).length;
  }
  return added;
}

/** @throws NotFound */
export async function getStatement(db: Database, id: string): Promise<StatementRow> {
  const row = await db('statements').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** A statement of the list, with how much of it is still to be decided. */
export interface ListedStatement extends StatementRow {
  lines: number;
  open: number;
}

/** One page of the statements, the newest first. */
export async function listStatements(
  db: Database,
  { backwards, cursor }: Position,
): Promise<Page<ListedStatement>> {
  const order = backwards ? 'asc' : 'desc';
  const query = db('statements as s')
    .orderBy([
      { column: 's.loaded_at', order },
      { column: 's.id', order },
    ])
    .limit(PAGE_SIZE + 1)
    .select<ListedStatement[]>(
      's.*',
      db.raw('(select count(*)::int from statement_lines l where l.statement_id = s.id) as lines'),
      db.raw(
        "(select count(*)::int from statement_lines l where l.statement_id = s.id and l.state in ('matched', 'waiting')) as open",
      ),
    );
  if (cursor)
    void query.whereRaw(backwards ? '(s.loaded_at, s.id) > (?, ?)' : '(s.loaded_at, s.id) < (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.loaded_at, { backwards, cursor });
}

/** A line with the invoice that it pays, or may pay. */
export interface ListedLine extends StatementLineRow {
  invoice_number: string | null;
}

/** Some of a statement's lines, from a position on. */
export async function listStatementLines(
  db: Database,
  statement: string,
  after: number,
  limit: number,
): Promise<ListedLine[]> {
  return db('statement_lines as l')
    .leftJoin('invoices as i', 'i.id', 'l.invoice_id')
    .where('l.statement_id', statement)
    .where('l.position', '>', after)
    .orderBy('l.position')
    .limit(limit)
    .select<ListedLine[]>('l.*', 'i.number as invoice_number');
}

/** How many lines of a statement stand in each state. */
export async function countLines(
  db: Database,
  statement: string,
): Promise<Record<StatementLineRow['state'], number>> {
  const rows = await db('statement_lines')
    .where({ statement_id: statement })
    .groupBy('state')
    .select<{ state: StatementLineRow['state']; n: number }[]>('state', db.raw('count(*)::int as n'));
  const counts = { matched: 0, waiting: 0, done: 0, ignored: 0 };
  for (const { state, n } of rows) counts[state] = n;
  return counts;
}

/** The lines whose invoice is known, in their order. */
export async function matchedLines(db: Database, statement: string): Promise<string[]> {
  return db('statement_lines')
    .where({ statement_id: statement, state: 'matched' })
    .orderBy('position')
    .pluck('id');
}

/** @throws NotFound */
export async function getLine(db: Database, statement: string, id: string): Promise<StatementLineRow> {
  const row = await db('statement_lines').where({ id, statement_id: statement }).first();
  if (!row) throw new NotFound();
  return row;
}

/** @throws NotFound */
export async function lockLine(trx: Transaction, id: string): Promise<StatementLineRow> {
  const row = await trx('statement_lines').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

export async function updateLine(
  trx: Transaction,
  id: string,
  change: Partial<StatementLineRow>,
): Promise<void> {
  await trx('statement_lines').where({ id }).update(change);
}

/** A payer of an ИНН with his unpaid invoices, the oldest first. */
export interface PayerOfInn {
  id: string;
  inn: string;
  unpaid: Unpaid[];
}

/** The payers of these ИНН; an organisation with branches has one for each. */
export async function payersOfInns(db: Database, inns: string[]): Promise<PayerOfInn[]> {
  const payers = await db('payers as p')
    .leftJoin('organisations as o', 'o.id', 'p.organisation_id')
    .whereRaw('coalesce(o.inn, p.inn) = any (?)', [inns])
    .orderBy('p.id')
    .select<{ id: string; inn: string }[]>('p.id', db.raw('coalesce(o.inn, p.inn) as inn'));
  const invoices = await db('invoices')
    .whereRaw('payer_id = any (?)', [payers.map(({ id }) => id)])
    .where('state', 'issued')
    .whereRaw('allocated < total')
    .orderBy(['due_on', 'id'])
    .select<(Unpaid & { payer_id: string })[]>(
      'id',
      'number',
      'payer_id',
      db.raw('total - allocated as left'),
    );
  return payers.map((payer) => ({ ...payer, unpaid: invoices.filter((one) => one.payer_id === payer.id) }));
}
