import type { Knex } from 'knex';
import type { Database } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, TOP, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import { readableBy, type Reader } from './conversations.data.js';
import { CONVERSATION_READERS } from './conversations.policy.js';
import type { Face, State } from './faces.js';
import { firstOf, ordered, searched, type Order } from './search.data.js';

/** What a tenant's list is narrowed to. */
export interface ListFilter {
  search: string;
  /** Still under way, over, or with an answer that he has not read. */
  show: 'open' | 'over' | 'unread' | null;
}

/** A line of «Мои заявки», «Служба сервиса» or «Сообщения». */
export interface ListedConversation {
  id: string;
  number: string;
  subject: string;
  state: State;
  kind: string;
  organisation: string | null;
  author_id: string;
  author: string;
  created_at: Date;
  unread: boolean;
}

const COLUMNS = `c.id, c.number, c.subject, c.state, k.name as kind, o.name as organisation, c.author_id,
  a.surname || ' ' || a.name as author, c.created_at`;
const JOINS = `join conversation_kinds k on k.id = c.kind_id
  join accounts a on a.id = c.author_id
  left join organisations o on o.id = c.organisation_id`;

// One plan for everybody: as in the list of documents, the values stand where the planner does not look.
const ACCOUNT = '(select $1::uuid)';
const FACE = '(select $2::text)';
const ORGANISATION = '(select $3::uuid)';
const EDGE = '((select $4::timestamptz), (select $5::uuid))';

const ROLES = CONVERSATION_READERS.map((role) => `'${role}'`).join(', ');
const READABLE = `array(select organisation_id from memberships where account_id = ${ACCOUNT} and ended_at is null
  and roles && array[${ROLES}]::text[])`;

interface Way {
  comparison: '<' | '>';
  order: Order;
}

/**
 * A person's own, found along the index of who takes part: everywhere, or in one organisation. For `coalesce` the planner
 * has no estimate; with one it would expect hardly a row, and rather read and sort all that a person has.
 */
const ownText =
  (place: string) =>
  ({ comparison, order }: Way) => `
  with page as materialized (
    select conversation_id as id, unread_at from conversation_people
    where account_id = ${ACCOUNT} and face = ${FACE} and coalesce(${place}, false) and (created_at, conversation_id) ${comparison} ${EDGE}
    order by created_at ${order}, conversation_id ${order} limit ${firstRows(PAGE_SIZE + 1)}
  )
  select ${COLUMNS}, page.unread_at is not null as unread
  from page join conversations c on c.id = page.id ${JOINS}
  order by c.created_at ${order}, c.id ${order}`;

/** All of an organisation. */
const allText = ({ comparison, order }: Way) => `
  with page as materialized (
    select id from conversations
    where organisation_id = ${ORGANISATION} and face = ${FACE} and (created_at, id) ${comparison} ${EDGE}
    order by created_at ${order}, id ${order} limit ${firstRows(PAGE_SIZE + 1)}
  )
  select ${COLUMNS}, p.unread_at is not null as unread
  from page join conversations c on c.id = page.id ${JOINS}
  left join conversation_people p on p.conversation_id = c.id and p.account_id = ${ACCOUNT}
  order by c.created_at ${order}, c.id ${order}`;

const bothWays = (name: string, text: (way: Way) => string) => ({
  forwards: prepared<ListedConversation>(name, text({ comparison: '<', order: 'desc' })),
  backwards: prepared<ListedConversation>(`${name}-back`, text({ comparison: '>', order: 'asc' })),
});

const everywhere = `(organisation_id is null or organisation_id = any (${READABLE})) and ${ORGANISATION} is null`;
const LISTS = {
  own: bothWays('conversations-own', ownText(everywhere)),
  mine: bothWays('conversations-mine', ownText(`organisation_id = ${ORGANISATION}`)),
  all: bothWays('conversations-all', allText),
};

/** One page of what a tenant sees of a face, newest first: one round trip unless it is searched. */
export async function listConversations(
  db: Database,
  reader: Reader,
  face: Face,
  filter: ListFilter,
  position: Position,
): Promise<Page<ListedConversation>> {
  const rows =
    filter.search || filter.show
      ? await narrowed(db, reader, face, filter, position)
      : await unfiltered(db, reader, face, position);
  return pageOf(rows, (row) => row.created_at, position);
}

function unfiltered(db: Database, reader: Reader, face: Face, { backwards, cursor }: Position) {
  const { account, organisation, seesAll } = reader;
  const list = LISTS[organisation === null ? 'own' : seesAll ? 'all' : 'mine'];
  const from = cursor ? [cursor.at, cursor.id] : TOP;
  return list[backwards ? 'backwards' : 'forwards'](db, [account, face, organisation, ...from]);
}

async function narrowed(
  db: Database,
  reader: Reader,
  face: Face,
  { search, show }: ListFilter,
  position: Position,
): Promise<ListedConversation[]> {
  const words = search ? await searched(db, search) : null;
  if (search && words === null) return [];
  const order = position.backwards ? 'asc' : 'desc';
  const list = () => chosen(db, reader, face, show, position.cursor, order);
  return firstOf(db, list, words, { order, size: PAGE_SIZE + 1 }, (page) => rowsOf(db, reader, page, order));
}

const AFTER = {
  all: { asc: '(c.created_at, c.id) > (?, ?)', desc: '(c.created_at, c.id) < (?, ?)' },
  own: {
    asc: '(p.created_at, p.conversation_id) > (?, ?)',
    desc: '(p.created_at, p.conversation_id) < (?, ?)',
  },
} as const;

/** Those that a filter leaves, from the cursor on: of a person's own along the index of who takes part. */
function chosen(
  db: Database,
  { account, organisation, seesAll }: Reader,
  face: Face,
  show: ListFilter['show'],
  cursor: Position['cursor'],
  order: Order,
): Knex.QueryBuilder {
  const all = organisation !== null && seesAll;
  const query = db('conversations as c')
    .select(db.raw(all ? 'c.id, c.created_at as at' : 'p.conversation_id as id, p.created_at as at'))
    .where(all ? 'c.face' : 'p.face', face);
  if (!all || show === 'unread')
    void query.join('conversation_people as p', (on) =>
      on.on('p.conversation_id', 'c.id').andOnVal('p.account_id', account),
    );
  if (organisation !== null) void query.where(all ? 'c.organisation_id' : 'p.organisation_id', organisation);
  else
    void query.where((any) => {
      void any.whereNull('p.organisation_id').orWhereIn('p.organisation_id', readableBy(db, account));
    });
  if (show === 'unread') void query.whereNotNull('p.unread_at');
  if (show === 'open') void query.whereNotIn('c.state', ['closed', 'rejected', 'withdrawn']);
  if (show === 'over') void query.whereIn('c.state', ['closed', 'rejected', 'withdrawn']);
  if (cursor) void query.whereRaw(AFTER[all ? 'all' : 'own'][order], [cursor.at, cursor.id]);
  return query;
}

const rowsOf = (db: Database, { account }: Reader, page: Knex.QueryBuilder, order: Order) =>
  db
    .from(page.as('page'))
    .join('conversations as c', 'c.id', 'page.id')
    .joinRaw(JOINS)
    .leftJoin('conversation_people as p', (on) =>
      on.on('p.conversation_id', 'c.id').andOnVal('p.account_id', account),
    )
    .orderBy([
      { column: 'page.at', order },
      { column: 'page.id', order },
    ])
    .select<ListedConversation[]>(db.raw(`${COLUMNS}, p.unread_at is not null as unread`));

/** So many lines a query of an export. */
const MANY = 1000;

/** All that matches, newest first, a part at a time. */
export async function* walkConversations(
  db: Database,
  reader: Reader,
  face: Face,
  { search, show }: ListFilter,
): AsyncGenerator<ListedConversation[]> {
  const words = search ? await searched(db, search) : null;
  if (search && words === null) return;
  let cursor: Position['cursor'] = null;
  for (;;) {
    const page = ordered(chosen(db, reader, face, show, cursor, 'desc'), 'desc', MANY);
    if (words !== null) void page.whereRaw('c.words @@ ?::tsquery', words);
    const rows: ListedConversation[] = await rowsOf(db, reader, page, 'desc');
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < MANY) return;
    cursor = { at: last.created_at, id: last.id };
  }
}

/** Whether a tenant has any of a face yet. */
export async function hasConversations(db: Database, account: string, face: Face): Promise<boolean> {
  return !!(await db('conversation_people').where({ account_id: account, face }).first('account_id'));
}
