import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { StatementLineRow, StatementRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { payerNamed } from '../invoices/invoices.data.js';
import type { Unpaid } from './matching.js';

export async function insertStatement(trx: Transaction, row: StatementRow): Promise<void> {
  await trx('statements').insert(row);
}

/** Those of the sources that a statement has brought before. */
export async function knownSources(db: Database, sources: string[]): Promise<Set<string>> {
  return new Set(await db('statement_lines').whereRaw('source = any (?)', [sources]).pluck('source'));
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

const withInvoices = (db: Database, statement: string) =>
  db('statement_lines as l')
    .leftJoin('invoices as i', 'i.id', 'l.invoice_id')
    .where('l.statement_id', statement)
    .select<ListedLine[]>('l.*', 'i.number as invoice_number');

/** Some of a statement's lines, from a position on; `waiting`: of those that somebody has to decide. */
export async function listStatementLines(
  db: Database,
  statement: string,
  { after, waiting }: { after: number; waiting: boolean },
  limit: number,
): Promise<ListedLine[]> {
  const query = withInvoices(db, statement).where('l.position', '>', after);
  if (waiting) void query.where('l.state', 'waiting');
  return query.orderBy('l.position').limit(limit);
}

/** An invoice that a payment may pay, as somebody chooses among several. */
export interface Candidate extends Unpaid {
  payer: string;
  inn: string;
}

/** So many are offered to choose from. */
const CANDIDATES = 30;

/** The invoices of these payers that are not paid, the oldest first; and all that have this number, whosever they are. */
export async function candidates(
  db: Database,
  payers: string[],
  number: string | null,
): Promise<Candidate[]> {
  const issued = () =>
    db('invoices as i')
      .join('payers as p', 'p.id', 'i.payer_id')
      .leftJoin('organisations as o', 'o.id', 'p.organisation_id')
      .where('i.state', 'issued')
      .orderBy(['i.due_on', 'i.id'])
      .limit(CANDIDATES)
      .select<Candidate[]>(
        ...['i.id', 'i.number', 'i.dated_on', payerNamed(db)],
        db.raw('i.total - i.allocated as left'),
        db.raw('coalesce(o.inn, p.inn) as inn'),
      );
  const [own, numbered] = await Promise.all([
    issued().whereRaw('i.payer_id = any (?)', [payers]).whereRaw('i.allocated < i.total'),
    number === null ? [] : issued().where('i.number', number),
  ]);
  return [...own, ...numbered.filter(({ id }) => own.every((one) => one.id !== id))];
}

/** The payer of a payment of which no payer is known. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Of payments that name no unpaid invoice, those whose payer has a paid one of a number that stands in the purpose. */
export async function paidAlready(
  db: Database,
  lines: Pick<StatementLineRow, 'id' | 'payer_id' | 'purpose'>[],
): Promise<Map<string, string>> {
  const { rows } = await db.raw<{ rows: { id: string; number: string }[] }>(
    `select distinct on (l.id) l.id, i.number from unnest(?::uuid[], ?::uuid[], ?::text[]) as l (id, payer_id, purpose)
     join invoices i on i.payer_id = l.payer_id and i.state = 'issued' and i.allocated = i.total
       and length(i.number) > 1 and position(lower(i.number) in lower(l.purpose)) > 0
     order by l.id, length(i.number) desc`,
    [
      lines.map(({ id }) => id),
      lines.map((line) => line.payer_id ?? NOBODY),
      lines.map(({ purpose }) => purpose),
    ],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
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
      'dated_on',
      'payer_id',
      db.raw('total - allocated as left'),
    );
  return payers.map((payer) => ({ ...payer, unpaid: invoices.filter((one) => one.payer_id === payer.id) }));
}
