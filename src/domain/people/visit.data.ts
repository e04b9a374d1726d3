import { prepared } from '../../db/prepared.js';
import type { Database } from '../../db/knex.js';
import { addDays, dayOf } from '../../lib/dates.js';
import { ENDING_DAYS } from '../documents/document-status.js';
import { documentPolicy } from '../documents/documents.policy.js';
import { ORPHANED_COUNT } from '../memberships/access-requests.data.js';
import { membershipPolicy } from '../memberships/memberships.policy.js';
import { unreadCount } from '../notifications/board.data.js';
import { peoplePolicy } from './people.policy.js';

interface Row {
  sess: Record<string, unknown>;
  expire: Date;
  id: string | null;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  inn: string | null;
  staff_roles: string[];
  seen_at: Date | null;
  membership_id: string | null;
  roles: string[];
  organisation_id: string;
  organisation_name: string;
  organisation_inn: string;
  organisation_kpp: string | null;
  drafts: boolean;
  documents: number | null;
  queue: number | null;
  notifications: number | null;
  board: number | null;
  access: number | null;
  orphaned: number | null;
}

// All that a page behind the sign-in needs to know of its reader, in one round trip. Counters stop at 100: the menu
// says «99+» then, and a large organisation's page costs no more than a small one's.
const visitStatement = prepared<Row>(
  'visit',
  `select s.sess, s.expire, a.id, a.email, a.surname, a.name, a.patronymic, a.phone, a.inn, a.staff_roles, a.seen_at,
     m.id as membership_id, m.roles, o.id as organisation_id, o.name as organisation_name,
     o.inn as organisation_inn, o.kpp as organisation_kpp,
     exists (select from drafts where account_id = a.id) as drafts,
     case when m.id is not null then
       (select count(*)::int from (select from documents where organisation_id = m.organisation_id
          and removed_at is null and status = 'rejected' limit 100) r)
       + (select count(*)::int from (select from documents where organisation_id = m.organisation_id
          and removed_at is null and status = 'accepted' and valid_until <= $3 limit 100) e)
     end as documents,
     case when $4 and a.staff_roles <> '{}' then
       (select count(*)::int from (select from documents where removed_at is null and status = 'sent' limit 100) q)
     end as queue,
     case when a.id is not null and not $4 then ${unreadCount.person('a.id', '$5::timestamptz')} end as notifications,
     case when m.id is not null then
       ${unreadCount.organisation('a.id', 'm.organisation_id', '$5::timestamptz')}
     end as board,
     case when 'administrator' = any (m.roles) then
       (select count(*)::int from (select from access_requests
          where organisation_id = m.organisation_id and state = 'open' limit 100) r)
     end as access,
     case when $4 and 'administrator' = any (a.staff_roles) then ${ORPHANED_COUNT} end as orphaned
   from sessions s
   left join accounts a on a.id = s.account_id and a.blocked_at is null
   left join memberships m on m.account_id = a.id and m.organisation_id = $2 and m.ended_at is null
   left join organisations o on o.id = m.organisation_id
   where s.sid = $1`,
);

/** Reads a session with its person, his membership in the organisation of the address, and the menu's counters. */
export async function findVisit(
  db: Database,
  sid: string,
  need: { organisation: string | null; staff: boolean },
  now: Date,
) {
  const soon = addDays(dayOf(now), ENDING_DAYS);
  const [row] = await visitStatement(db, [sid, need.organisation, soon, need.staff, now]);
  if (!row) return null;
  const { sess, expire } = row;
  return {
    sess,
    expire,
    seenAt: row.seen_at,
    visit: { account: account(row), member: member(row), counters: counters(row), drafts: row.drafts },
  };
}

function account(row: Row) {
  if (row.id === null) return null;
  const { id, email, surname, name, patronymic, phone, inn, staff_roles } = row;
  return { id, email, surname, name, patronymic, phone, inn, staff_roles };
}

function member(row: Row) {
  if (row.id === null || row.membership_id === null) return null;
  return {
    id: row.membership_id,
    account_id: row.id,
    roles: row.roles,
    organisation: {
      id: row.organisation_id,
      name: row.organisation_name,
      inn: row.organisation_inn,
      kpp: row.organisation_kpp,
    },
  };
}

function counters(row: Row): Record<string, number> {
  const found: Record<string, number> = {};
  if (row.documents && row.membership_id && documentPolicy.read(row)) found.documents = row.documents;
  if (row.queue && documentPolicy.review(row)) found.queue = row.queue;
  if (row.notifications) found.notifications = row.notifications;
  if (row.orphaned && peoplePolicy.administer(row)) found.orphaned = row.orphaned;
  if (row.board) found.board = row.board;
  if (row.access && row.membership_id && membershipPolicy.manage(row)) found.access = row.access;
  return found;
}
