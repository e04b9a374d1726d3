import type { Database } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { InvoiceRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { innsOfNamed } from '../people/people.data.js';
import { payerNamed } from './invoices.data.js';

/** What the accountant's list is narrowed to. */
export interface BooksFilter {
  /** A number, a part of a payer's name, or his ИНН. */
  search: string;
  show: 'draft' | 'unpaid' | 'overdue' | 'paid' | 'cancelled' | null;
}

/** A line of the accountant's list. */
export interface BooksRow extends Pick<
  InvoiceRow,
  'id' | 'number' | 'dated_on' | 'period' | 'due_on' | 'state' | 'total' | 'allocated' | 'external_id'
> {
  place: string;
  payer: string;
  inn: string;
}

/** One page of all invoices: the newest day first, within a day by number as a person counts. */
export async function listBooks(
  db: Database,
  filter: BooksFilter,
  position: Position<string>,
  today: Day,
): Promise<Page<BooksRow>> {
  const rows = await filtered(db, filter, position, today).limit(PAGE_SIZE + 1);
  return pageOf(rows, (row) => row.place, position);
}

function filtered(
  db: Database,
  { search, show }: BooksFilter,
  { backwards, cursor }: Position<string>,
  today: Day,
) {
  const order = backwards ? 'desc' : 'asc';
  const query = db('invoices as i')
    .join('payers as p', 'p.id', 'i.payer_id')
    .leftJoin('organisations as o', 'o.id', 'p.organisation_id')
    .orderBy([
      { column: 'i.place', order },
      { column: 'i.id', order },
    ])
    .select<BooksRow[]>(
      ...['i.id', 'i.number', 'i.dated_on', 'i.period', 'i.due_on', 'i.state', 'i.total', 'i.allocated'],
      ...['i.external_id', 'i.place'],
      payerNamed(db),
      db.raw('coalesce(o.inn, p.inn) as inn'),
    );
  if (show === 'draft' || show === 'cancelled') void query.where('i.state', show);
  if (show === 'paid') void query.where('i.state', 'issued').whereRaw('i.allocated >= i.total');
  if (show === 'unpaid' || show === 'overdue')
    void query.where('i.state', 'issued').whereRaw('i.allocated < i.total');
  if (show === 'overdue') void query.where('i.due_on', '<', today);
  if (search) {
    const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) => {
      void any.whereILike('i.number', like);
      void any.orWhereIn('i.payer_id', payersLike(db, search, like));
    });
  }
  if (cursor)
    void query.whereRaw(backwards ? '(i.place, i.id) < (?, ?)' : '(i.place, i.id) > (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return query;
}

/** The payers of that name or ИНН; a private one's name is that of the person whose ИНН it has been confirmed to be. */
const payersLike = (db: Database, search: string, like: string) =>
  db('payers as x')
    .leftJoin('organisations as y', 'y.id', 'x.organisation_id')
    .where((any) => {
      void any.whereRaw('y.name_small like lower(?)', [like]);
      void any.orWhereIn('x.inn', innsOfNamed(db, search));
      if (/^\d{4,12}$/.test(search)) void any.orWhereLike('y.inn', like).orWhereLike('x.inn', like);
    })
    .select('x.id');

/** So many lines a query of an export. */
const MANY = 1000;

/** All that matches, in the order of the list, a part at a time. */
export async function* walkBooks(db: Database, filter: BooksFilter, today: Day): AsyncGenerator<BooksRow[]> {
  let cursor: Position<string>['cursor'] = null;
  for (;;) {
    const rows: BooksRow[] = await filtered(db, filter, { backwards: false, cursor }, today).limit(MANY);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < MANY) return;
    cursor = { at: last.place, id: last.id };
  }
}
