import type { Database } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { Face, State } from './faces.js';
import { searched, type Condition } from './search.data.js';

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
  const key = keyOf(filter);
  const ascending = (key === 'due_at') !== position.backwards;
  const query = filtered(db, filter, await searched(db, filter.search), key, ascending).limit(PAGE_SIZE + 1);
  if (position.cursor) void query.whereRaw(after(key, ascending), [position.cursor.at, position.cursor.id]);
  return pageOf(await query, (row) => row[key]!, position);
}

/** So many lines a query of an export. */
const MANY = 1000;

/** All that matches, in the order of the desk, a part at a time. */
export async function* walkDesk(db: Database, filter: DeskFilter): AsyncGenerator<DeskRow[]> {
  const key = keyOf(filter);
  const ascending = key === 'due_at';
  const found = await searched(db, filter.search);
  let cursor: Position['cursor'] = null;
  for (;;) {
    const query = filtered(db, filter, found, key, ascending).limit(MANY);
    if (cursor) void query.whereRaw(after(key, ascending), [cursor.at, cursor.id]);
    const rows: DeskRow[] = await query;
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < MANY) return;
    cursor = { at: last[key]!, id: last.id };
  }
}

type Key = 'due_at' | 'created_at';
const keyOf = ({ show }: DeskFilter): Key => (show === 'turn' ? 'due_at' : 'created_at');

const AFTER = {
  due_at: { up: '(c.due_at, c.id) > (?, ?)', down: '(c.due_at, c.id) < (?, ?)' },
  created_at: { up: '(c.created_at, c.id) > (?, ?)', down: '(c.created_at, c.id) < (?, ?)' },
} as const;
const after = (key: Key, ascending: boolean) => AFTER[key][ascending ? 'up' : 'down'];

function filtered(
  db: Database,
  { face, show, kind, organisation, assignee, free }: DeskFilter,
  found: Condition,
  key: Key,
  ascending: boolean,
) {
  const order = ascending ? 'asc' : 'desc';
  const query = db('conversations as c')
    .join('conversation_kinds as k', 'k.id', 'c.kind_id')
    .join('accounts as a', 'a.id', 'c.author_id')
    .leftJoin('organisations as o', 'o.id', 'c.organisation_id')
    .leftJoin('accounts as s', 's.id', 'c.assignee_id')
    .orderBy([
      { column: `c.${key}`, order },
      { column: 'c.id', order },
    ])
    .select<DeskRow[]>(
      ...['c.id', 'c.face', 'c.number', 'c.subject', 'c.state', 'c.created_at', 'c.due_at', 'c.rating'],
      ...['k.name as kind', 'o.name as organisation'],
      db.raw("a.surname || ' ' || a.name as author"),
      db.raw("s.surname || ' ' || s.name as assignee"),
    );
  if (show === 'turn') void query.whereNotNull('c.due_at');
  else if (show !== 'all') void query.whereIn('c.state', SHOWN[show]);
  if (face) void query.where('c.face', face);
  if (kind) void query.where('c.kind_id', kind);
  if (organisation) void query.where('c.organisation_id', organisation);
  if (assignee) void query.where('c.assignee_id', assignee);
  if (free) void query.whereNull('c.assignee_id');
  if (found) void query.whereRaw(found.sql, found.values);
  return query;
}

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
