import type { Knex } from 'knex';
import type { Database } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { Face, State } from './faces.js';
import { firstOf, ordered, searched, type Order } from './search.data.js';

/** What the staff's desk is narrowed to. */
export interface DeskFilter {
  face: Face | null;
  /** The company's turn (what is late on top); the tenant's; over; everything. The last three come newest first. */
  show: 'turn' | 'waiting' | 'over' | 'all';
  kind: string | null;
  organisation: string | null;
  /** Whose: somebody of the staff, or nobody yet. */
  assignee: string | null;
  free: boolean;
  search: string;
}

/** A line of the desk. */
export interface DeskRow {
  id: string;
  face: Face;
  number: string;
  subject: string;
  state: State;
  kind: string;
  organisation: string | null;
  author: string;
  assignee: string | null;
  created_at: Date;
  due_at: Date | null;
  rating: number | null;
}

const SHOWN: Record<'waiting' | 'over', State[]> = {
  waiting: ['waiting', 'done', 'answered'],
  over: ['closed', 'rejected', 'withdrawn'],
};

/** One page of the desk: what is the company's turn by its time, everything else newest first. */
export async function listDesk(db: Database, filter: DeskFilter, position: Position): Promise<Page<DeskRow>> {
  const words = filter.search ? await searched(db, filter.search) : null;
  const key = keyOf(filter);
  const order = (key === 'due_at') !== position.backwards ? 'asc' : 'desc';
  const list = () => chosen(db, filter, position.cursor, order);
  const read = (page: Knex.QueryBuilder) => rowsOf(db, page, order);
  const nothing = filter.search && words === null;
  const rows = nothing ? [] : await firstOf(db, list, words, { order, size: PAGE_SIZE + 1 }, read);
  return pageOf(rows, (row) => row[key]!, position);
}

/** So many lines a query of an export. */
const MANY = 1000;

/** All that matches, in the order of the desk, a part at a time. */
export async function* walkDesk(db: Database, filter: DeskFilter): AsyncGenerator<DeskRow[]> {
  const words = filter.search ? await searched(db, filter.search) : null;
  if (filter.search && words === null) return;
  const key = keyOf(filter);
  const order = key === 'due_at' ? 'asc' : 'desc';
  let cursor: Position['cursor'] = null;
  for (;;) {
    const page = ordered(chosen(db, filter, cursor, order), order, MANY);
    if (words !== null) void page.whereRaw('c.words @@ ?::tsquery', words);
    const rows: DeskRow[] = await rowsOf(db, page, order);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < MANY) return;
    cursor = { at: last[key]!, id: last.id };
  }
}

type Key = 'due_at' | 'created_at';
const keyOf = ({ show }: DeskFilter): Key => (show === 'turn' ? 'due_at' : 'created_at');

const AFTER = {
  due_at: { asc: '(c.due_at, c.id) > (?, ?)', desc: '(c.due_at, c.id) < (?, ?)' },
  created_at: { asc: '(c.created_at, c.id) > (?, ?)', desc: '(c.created_at, c.id) < (?, ?)' },
} as const;

/** Those that a filter leaves, from the cursor on. */
function chosen(
  db: Database,
  filter: DeskFilter,
  cursor: Position['cursor'],
  order: Order,
): Knex.QueryBuilder {
  const { face, show, kind, organisation, assignee, free } = filter;
  const key = keyOf(filter);
  const query = db('conversations as c').select('c.id', `c.${key} as at`);
  if (show === 'turn') void query.whereNotNull('c.due_at');
  else if (show !== 'all') void query.whereIn('c.state', SHOWN[show]);
  if (face) void query.where('c.face', face);
  if (kind) void query.where('c.kind_id', kind);
  if (organisation) void query.where('c.organisation_id', organisation);
  if (assignee) void query.where('c.assignee_id', assignee);
  if (free) void query.whereNull('c.assignee_id');
  if (cursor) void query.whereRaw(AFTER[key][order], [cursor.at, cursor.id]);
  return query;
}

const rowsOf = (db: Database, page: Knex.QueryBuilder, order: Order) =>
  db
    .from(page.as('page'))
    .join('conversations as c', 'c.id', 'page.id')
    .join('conversation_kinds as k', 'k.id', 'c.kind_id')
    .join('accounts as a', 'a.id', 'c.author_id')
    .leftJoin('organisations as o', 'o.id', 'c.organisation_id')
    .leftJoin('accounts as s', 's.id', 'c.assignee_id')
    .orderBy([
      { column: 'page.at', order },
      { column: 'page.id', order },
    ])
    .select<DeskRow[]>(
      ...['c.id', 'c.face', 'c.number', 'c.subject', 'c.state', 'c.created_at', 'c.due_at', 'c.rating'],
      ...['k.name as kind', 'o.name as organisation'],
      db.raw("a.surname || ' ' || a.name as author"),
      db.raw("s.surname || ' ' || s.name as assignee"),
    );

/** How many are the company's turn, and how many of them are late; each stops at 100. */
export async function deskCounts(db: Database, now: Date): Promise<{ open: number; late: number }> {
  const few = (late: boolean) => {
    const rows = db('conversations').whereNotNull('due_at').limit(100).select(db.raw('1')).as('few');
    if (late) void rows.where('due_at', '<', now);
    return db.count<{ n: number }[]>({ n: '*' }).from(rows);
  };
  const [[open], [late]] = await Promise.all([few(false), few(true)]);
  return { open: open!.n, late: late!.n };
}

/** For the menu: how many are late, stops at 100. */
export const lateConversations = (now: string) =>
  `(select count(*)::int from (select from conversations where due_at < ${now} limit ${firstRows(100)}) l)`;

/** Some of what is done or answered since before that moment, the oldest first. */
export async function listToClose(db: Database, before: Date): Promise<string[]> {
  return db('conversations')
    .whereIn('state', ['done', 'answered'])
    .where('done_at', '<=', before)
    .orderBy('done_at')
    .limit(200)
    .pluck('id');
}
