import type { Database } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import type { InvoiceRow, Kopecks } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import type { Payer } from '../payments/payers.data.js';

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
