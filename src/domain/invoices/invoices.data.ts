import type { Database, Transaction } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import type { InvoiceLineRow, InvoiceRow, Kopecks } from '../../db/rows.js';
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

/** A line of «Мои счета» or «Счета». */
export type ListedInvoice = Pick<
  InvoiceRow,
  'id' | 'number' | 'dated_on' | 'period' | 'due_on' | 'state' | 'total' | 'allocated'
> & {
  /** Where it stands in a list: the newest day first, within a day by number as a person counts. */
  place: string;
};

/** What a tenant's list is narrowed to. */
export interface InvoiceFilter {
  search: string;
  show: 'unpaid' | 'overdue' | 'paid' | 'cancelled' | null;
  /** The month that they are for, `2026-11`. */
  period: string | null;
}

/** What a payer owes in all, what of it is overdue, and what he has paid ahead. */
export interface Totals {
  left: Kopecks;
  overdue: Kopecks;
  advance: Kopecks;
}

/** The first and the last month that a payer has invoices for; null: none has a month. */
export interface Months {
  first: string | null;
  last: string | null;
}

const COLUMNS = 'id, number, dated_on, period, due_on, state, total, allocated, place';

const MONTHS =
  "from invoices where payer_id = (select id from payer) and state <> 'draft' and issued_at is not null";

// One statement for the whole page, and one plan for every payer, as in the other lists: the values stand where the
// planner does not look, and the rows come as JSON.
const listText = (comparison: '<' | '>', order: 'asc' | 'desc') => `
  with payer as materialized (
    select id, advance from payers where organisation_id = $1::uuid or inn = $2::text
  ), page as materialized (
    select ${COLUMNS} from invoices
    where payer_id = (select id from payer) and state <> 'draft' and issued_at is not null
      and (place, id) ${comparison} ((select $3::text), (select $4::uuid))
    order by place ${order}, id ${order} limit ${firstRows(PAGE_SIZE + 1)}
  ), owed as (
    select coalesce(sum(total - allocated), 0)::bigint as left,
      coalesce(sum(total - allocated) filter (where due_on < (select $5::date)), 0)::bigint as overdue
    from invoices where payer_id = (select id from payer) and state = 'issued' and allocated < total
  )
  select owed.left, owed.overdue, coalesce((select advance from payer), 0) as advance,
    (select id from payer) as payer,
    (select min(period) ${MONTHS}) as first, (select max(period) ${MONTHS}) as last,
    (select coalesce(json_agg(p order by p.place ${order}, p.id ${order}), '[]') from page p) as rows
  from owed`;

type ListAnswer = Totals & Months & { payer: string | null; rows: ListedInvoice[] };
const forwards = prepared<ListAnswer>('invoices-list', listText('>', 'asc'));
const backwards = prepared<ListAnswer>('invoices-list-back', listText('<', 'desc'));

/** Where a list begins: above every place and id. */
const TOP = ['', '00000000-0000-0000-0000-000000000000'];

const keysOf = (payer: Payer): [string | null, string | null] =>
  'inn' in payer ? [null, payer.inn] : [payer.organisation, null];

/** One page of a payer's invoices, what he owes in all and for which months: one round trip unless it is narrowed. */
export async function listInvoices(
  db: Database,
  payer: Payer,
  filter: InvoiceFilter,
  position: Position<string>,
  today: Day,
): Promise<Page<ListedInvoice> & { totals: Totals; months: Months }> {
  const { cursor } = position;
  const from = cursor ? [cursor.at, cursor.id] : TOP;
  const [answer] = await (position.backwards ? backwards : forwards)(db, [...keysOf(payer), ...from, today]);
  const { rows, payer: id, first, last, ...totals } = answer!;
  const narrow = filter.search || filter.show || filter.period;
  const shown = narrow && id ? await narrowed(db, id, filter, position, today) : rows;
  return { totals, months: { first, last }, ...pageOf(shown, (row) => row.place, position) };
}

/** By the id of the payer: told whose they are, the planner knows how many he has. */
function narrowed(
  db: Database,
  payer: string,
  { search, show, period }: InvoiceFilter,
  { backwards, cursor }: Position<string>,
  today: Day,
): Promise<ListedInvoice[]> {
  const order = backwards ? 'desc' : 'asc';
  const query = db('invoices as i')
    .where('i.payer_id', payer)
    .whereNot('i.state', 'draft')
    .whereNotNull('i.issued_at')
    .orderBy([
      { column: 'i.place', order },
      { column: 'i.id', order },
    ])
    .limit(PAGE_SIZE + 1)
    .select<ListedInvoice[]>(
      ...['i.id', 'i.number', 'i.dated_on', 'i.period', 'i.due_on', 'i.state', 'i.total', 'i.allocated'],
      'i.place',
    );
  if (period) void query.where('i.period', period);
  if (show === 'cancelled') void query.where('i.state', 'cancelled');
  if (show === 'paid') void query.where('i.state', 'issued').whereRaw('i.allocated >= i.total');
  if (show === 'unpaid' || show === 'overdue')
    void query.where('i.state', 'issued').whereRaw('i.allocated < i.total');
  if (show === 'overdue') void query.where('i.due_on', '<', today);
  if (search) void query.whereILike('i.number', `%${search.replace(/[\\%_]/g, '\\$&')}%`);
  if (cursor)
    void query.whereRaw(backwards ? '(i.place, i.id) < (?, ?)' : '(i.place, i.id) > (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return query;
}

/** How many are overdue, stops at 100; for the statement that every page begins with. `whose` is over `payers p`. */
export const overdueCount = (whose: string, today: string) =>
  `(select count(*)::int from (select from payers p join invoices i on i.payer_id = p.id
    where ${whose} and i.state = 'issued' and i.allocated < i.total and i.due_on < ${today}
    limit ${firstRows(100)}) o)`;
