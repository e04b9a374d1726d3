import type { Database } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, TOP, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import { NotFound } from '../../lib/errors.js';
import type { Kind } from './notification.js';

/** Whose board: one's own, or that of an organisation which one reads as its member. */
export interface Board {
  account: string;
  organisation: string | null;
}

/** A notification as its reader sees it. */
export interface BoardItem {
  id: string;
  kind: Kind;
  title: string;
  text: string;
  appears_at: Date;
  read_at: Date | null;
}

// The rule of who sees what stands here once, as SQL over `notifications n`; the arguments are expressions.

const shown = (now: string) =>
  `n.published_at is not null and n.withdrawn_at is null and n.appears_at <= ${now} and n.goes_at > ${now}`;

/** On the desktop: what is for everyone, or for this very person. */
const forPerson = (account: string) =>
  `(n.audience = 'everyone' or (n.audience = 'accounts' and exists (
    select from notification_accounts x where x.notification_id = n.id and x.account_id = ${account})))`;

/** In the profile: what is for the organisation, or for a building where it rents, as of now. */
const forOrganisation = (organisation: string, now: string) =>
  `((n.audience = 'organisations' and exists (
      select from notification_organisations x
      where x.notification_id = n.id and x.organisation_id = ${organisation}))
    or (n.audience = 'buildings' and exists (
      select from notification_buildings x
      join premises p on p.building = x.building
      join contracts c on c.id = p.contract_id and c.organisation_id = ${organisation}
        and (c.ends_on is null or c.ends_on >= (${now} at time zone 'Europe/Moscow')::date)
      where x.notification_id = n.id)))`;

const unread = (account: string) =>
  `not exists (select from notification_reads r where r.notification_id = n.id and r.account_id = ${account})`;

/** How many unread ones a menu has to tell of; stops at 100. For the statement that every page begins with. */
export const unreadCount = {
  person: (account: string, now: string) =>
    `(select count(*)::int from (select from notifications n
      where ${shown(now)} and ${forPerson(account)} and ${unread(account)} limit 100) u)`,
  organisation: (account: string, organisation: string, now: string) =>
    `(select count(*)::int from (select from notifications n
      where ${shown(now)} and ${forOrganisation(organisation, now)} and ${unread(account)} limit 100) u)`,
};

// $1 account, $2 now, $3 organisation (null: one's own).
const onBoard = `${shown('$2::timestamptz')} and case when $3::uuid is null
  then ${forPerson('$1::uuid')} else ${forOrganisation('$3::uuid', '$2::timestamptz')} end`;

const listText = (comparison: '<' | '>', order: 'asc' | 'desc') =>
  `select n.id, n.kind, n.title, n.text, n.appears_at, r.read_at
   from notifications n
   left join notification_reads r on r.notification_id = n.id and r.account_id = $1::uuid
   where ${onBoard} and (n.appears_at, n.id) ${comparison} ($4::timestamptz, $5::uuid)
   order by n.appears_at ${order}, n.id ${order} limit ${PAGE_SIZE + 1}`;

const forwards = prepared<BoardItem>('board', listText('<', 'desc'));
const backwards = prepared<BoardItem>('board-back', listText('>', 'asc'));

/** One page of a board, newest first. */
export async function listBoard(
  db: Database,
  board: Board,
  position: Position,
  now: Date,
): Promise<Page<BoardItem>> {
  const from = position.cursor ? [position.cursor.at, position.cursor.id] : TOP;
  const rows = await (position.backwards ? backwards : forwards)(db, [...values(board, now), ...from]);
  return pageOf(rows, (row) => row.appears_at, position);
}

const markOne = prepared<{ found: boolean }>(
  'board-read-one',
  `with n as (select n.id from notifications n where n.id = $4::uuid and ${onBoard}),
   marked as (insert into notification_reads (notification_id, account_id, read_at)
     select id, $1::uuid, $2::timestamptz from n on conflict do nothing)
   select exists (select from n) as found`,
);

/** «Пометить как прочитанное»; a mark is the person's own, and the first one stays. @throws NotFound off this board */
export async function markRead(db: Database, board: Board, id: string, now: Date): Promise<void> {
  const [answer] = await markOne(db, [...values(board, now), id]);
  if (!answer!.found) throw new NotFound();
}

const markAll = prepared(
  'board-read-all',
  `insert into notification_reads (notification_id, account_id, read_at)
   select n.id, $1::uuid, $2::timestamptz from notifications n where ${onBoard} and ${unread('$1::uuid')}
   on conflict do nothing`,
);

/** «Прочитать все»: all of the board that the person has not read. */
export async function markAllRead(db: Database, board: Board, now: Date): Promise<void> {
  await markAll(db, values(board, now));
}

const values = ({ account, organisation }: Board, now: Date) => [account, now, organisation];

const organisationsText = `
  select o.id as organisation, o.name, ${unreadCount.organisation('$1::uuid', 'o.id', '$2::timestamptz')} as unread
  from memberships m join organisations o on o.id = m.organisation_id
  where m.account_id = $1::uuid and m.ended_at is null order by o.name, o.id`;
const unreadOfOrganisations = prepared<{ organisation: string; name: string; unread: number }>(
  'board-unread-organisations',
  organisationsText,
);

/** Where a person's organisations have unread notifications, and how many; by their names. */
export async function unreadInProfiles(db: Database, account: string, now: Date) {
  const rows = await unreadOfOrganisations(db, [account, now]);
  return rows.filter(({ unread }) => unread > 0);
}
