import type { Database, Transaction } from '../../db/knex.js';
import { firstRows } from '../../db/paging.js';
import type { InvoiceLineRow, InvoiceRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { Invalid, NotFound } from '../../lib/errors.js';
import type { Payer } from '../payments/payers.data.js';
import { nameOfInn } from '../people/people.data.js';

/** An invoice with its lines and what its page says of it. */
export interface Invoice extends InvoiceRow {
  organisation_id: string | null;
  organisation: string | null;
  /** How the company's people call the payer: the organisation, or «Частное лицо» with the name where it is known. */
  payer: string;
  /** The payer's: the organisation's, or the private person's own. */
  inn: string;
  kpp: string | null;
  contract: string | null;
  lines: InvoiceLineRow[];
}

/** What the company's people call a payer `p` whose organisation is `o`. */
export const payerNamed = (db: Database) =>
  db.raw("coalesce(o.name, concat_ws(': ', 'Частное лицо', (?))) as payer", [nameOfInn(db, 'p.inn')]);

/** Invoices `i` with their payers' names, to be narrowed. */
export const withNames = (db: Database) =>
  db('invoices as i')
    .join('payers as p', 'p.id', 'i.payer_id')
    .leftJoin('organisations as o', 'o.id', 'p.organisation_id')
    .leftJoin('contracts as c', 'c.id', 'i.contract_id')
    .select<Omit<Invoice, 'lines'>[]>(
      'i.*',
      'p.organisation_id',
      'o.name as organisation',
      payerNamed(db),
      db.raw('coalesce(o.inn, p.inn) as inn'),
      'o.kpp',
      'c.number as contract',
    );

async function withLines(db: Database, row: Omit<Invoice, 'lines'> | undefined): Promise<Invoice> {
  if (!row) throw new NotFound();
  const lines = await db('invoice_lines').where({ invoice_id: row.id }).orderBy('position');
  return { ...row, lines };
}

/** @throws NotFound when it is not this payer's, or was never issued: a draft, or what was cancelled as one */
export async function getInvoice(db: Database, payer: Payer, id: string): Promise<Invoice> {
  const query = withNames(db).where('i.id', id).whereNotNull('i.issued_at');
  void query.where('inn' in payer ? { 'p.inn': payer.inn } : { 'p.organisation_id': payer.organisation });
  return withLines(db, (await query)[0]);
}

/** Any of them, for the company's own people and for what comes from outside. @throws NotFound */
export async function getAnyInvoice(db: Database, id: string): Promise<Invoice> {
  return withLines(db, (await withNames(db).where('i.id', id))[0]);
}

/** Locks an invoice for a change; its payer, where his money moves, is locked before. @throws NotFound */
export async function lockInvoice(trx: Transaction, id: string): Promise<InvoiceRow> {
  const row = await trx('invoices').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** What a payer has to pay, what is due first before; by that day, if one is given. */
export async function owedBy(
  db: Database,
  payer_id: string,
  until?: Day,
): Promise<{ id: string; payer_id: string }[]> {
  const query = db('invoices').where({ payer_id, state: 'issued' }).whereRaw('allocated < total');
  if (until) void query.where('due_on', '<=', until);
  return query.orderBy(['due_on', 'dated_on', 'issued_at', 'id']).select('id', 'payer_id');
}

/** @throws Invalid at the field whose value another invoice has */
export async function insertInvoice(
  trx: Transaction,
  row: InvoiceRow,
  lines: InvoiceLineRow[],
): Promise<void> {
  await unlessTaken(trx('invoices').insert(row));
  await trx('invoice_lines').insert(lines);
}

/** @throws Invalid at the field whose value another invoice has */
export async function updateInvoice(
  trx: Transaction,
  id: string,
  change: Partial<InvoiceRow>,
): Promise<void> {
  await unlessTaken(trx('invoices').where({ id }).update(change));
}

export async function replaceLines(trx: Transaction, id: string, lines: InvoiceLineRow[]): Promise<void> {
  await trx('invoice_lines').where({ invoice_id: id }).delete();
  await trx('invoice_lines').insert(lines);
}

const TAKEN: Record<string, Record<string, string>> = {
  invoices_number_dated_on_key: { number: 'Счёт с таким номером и датой уже есть' },
  invoices_external_id_key: { external_id: 'Этот код уже у другого счёта' },
};

async function unlessTaken(write: PromiseLike<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    const taken = TAKEN[(error as { constraint?: string }).constraint ?? ''];
    throw taken ? new Invalid(taken) : error;
  }
}

/** How many are overdue, stops at 100; for the statement that every page begins with. `whose` is over `payers p`. */
export const overdueCount = (whose: string, today: string) =>
  `(select count(*)::int from (select from payers p join invoices i on i.payer_id = p.id
    where ${whose} and i.state = 'issued' and i.allocated < i.total and i.due_on < ${today}
    limit ${firstRows(100)}) o)`;
