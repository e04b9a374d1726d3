import type { Database, Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import type { InvoiceLineRow, InvoiceRow } from '../../db/rows.js';
import { grouped } from '../../lib/groups.js';
import { withNames, type Invoice } from './invoices.data.js';

/** An organisation that may be meant, with its contracts. */
export interface BooksPayer {
  id: string;
  name: string;
  inn: string;
  kpp: string | null;
  contracts: { id: string; number: string }[];
}

/** An invoice that may be meant, as it is compared. */
export type BooksInvoice = Invoice;

/** What invoices of a file are known by. */
export interface Keys {
  codes: string[];
  numbers: string[];
  inns: string[];
}

/** The organisations of these ИНН, with the contracts of each. */
export async function booksPayers(db: Database, { inns }: Keys): Promise<BooksPayer[]> {
  const organisations = await db('organisations')
    .whereRaw('inn = any (?)', [inns])
    .orderBy('id')
    .select('id', 'name', 'inn', 'kpp');
  const contracts = await db('contracts')
    .whereRaw('organisation_id = any (?)', [organisations.map(({ id }) => id)])
    .orderBy(['number', 'id'])
    .select('id', 'number', 'organisation_id');
  const byOwner = grouped(contracts, ({ organisation_id }) => organisation_id);
  return organisations.map((one) => ({ ...one, contracts: byOwner.get(one.id) ?? [] }));
}

/** Which of them it is: by the code, or by the number. */
const meant = (db: Database, { codes, numbers }: Keys) =>
  db('invoices').whereRaw('external_id = any (?)', [codes]).orWhereRaw('number = any (?)', [numbers]);

/** The invoices that a file may be about, with their lines; later ones of the same code come later. */
export async function booksInvoices(db: Database, keys: Keys): Promise<BooksInvoice[]> {
  const rows = await withNames(db)
    .whereIn('i.id', meant(db, keys).select('id'))
    .orderBy(['i.created_at', 'i.id']);
  const lines = await db('invoice_lines')
    .whereRaw('invoice_id = any (?)', [rows.map(({ id }) => id)])
    .orderBy(['invoice_id', 'position']);
  const byInvoice = grouped(lines, ({ invoice_id }) => invoice_id);
  return rows.map((row) => ({ ...row, lines: byInvoice.get(row.id) ?? [] }));
}

/**
 * Locks what a file may be about: the payers' money first, then the invoices, each in one order. What was compared stays
 * so until it is written.
 */
export async function lockBooks(trx: Transaction, keys: Keys): Promise<void> {
  const organisations = trx('organisations').whereRaw('inn = any (?)', [keys.inns]).select('id');
  await trx('payers')
    .whereIn('organisation_id', organisations)
    .orWhereRaw('inn = any (?)', [keys.inns])
    .orWhereIn('id', meant(trx, keys).select('payer_id'))
    .orderBy('id')
    .forUpdate()
    .select('id');
  await trx('invoices').whereIn('id', meant(trx, keys).select('id')).orderBy('id').forUpdate().select('id');
}

const WRITTEN = [
  'payer_id',
  'contract_id',
  'number',
  'dated_on',
  'period',
  'due_on',
  'total',
  'state',
  'issued_at',
  'revision',
] as const;

/** Writes invoices and their lines; of those that are there, what an import says. */
export async function writeInvoices(
  trx: Transaction,
  rows: InvoiceRow[],
  lines: InvoiceLineRow[],
): Promise<void> {
  await inParts(rows, (part) =>
    trx('invoices')
      .insert(part)
      .onConflict('id')
      .merge([...WRITTEN]),
  );
  await trx('invoice_lines')
    .whereRaw('invoice_id = any (?)', [rows.map(({ id }) => id)])
    .delete();
  await inParts(lines, (part) => trx('invoice_lines').insert(part));
}

/** These invoices, by date and number. */
export async function namedInvoices(db: Database, ids: string[]): Promise<Omit<Invoice, 'lines'>[]> {
  return withNames(db).whereRaw('i.id = any (?)', [ids]).orderBy(['i.dated_on', 'i.place', 'i.id']);
}
