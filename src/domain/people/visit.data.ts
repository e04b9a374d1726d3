import { prepared } from '../../db/prepared.js';
import type { Database } from '../../db/knex.js';
import { firstRows } from '../../db/paging.js';
import { addDays, dayOf } from '../../lib/dates.js';
import { ENDING_DAYS } from '../documents/document-status.js';
import { documentPolicy } from '../documents/documents.policy.js';
import { overdueCount } from '../invoices/invoices.data.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { ORPHANED_COUNT } from '../memberships/access-requests.data.js';
import { membershipPolicy } from '../memberships/memberships.policy.js';
import { lateConversations } from '../conversations/desk.data.js';
import { unreadConversations } from '../conversations/attention.data.js';
import { conversationPolicy } from '../conversations/conversations.policy.js';
import { unreadCount } from '../notifications/board.data.js';
import { peoplePolicy } from './people.policy.js';

interface Person {
  sess: Record<string, unknown>;
  expire: Date;
  id: string | null;
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  inn: string | null;
  inn_confirmed: boolean;
  staff_roles: string[];
  outside_requests: boolean;
  seen_at: Date | null;
  drafts: boolean;
}

interface Membership {
  membership_id: string | null;
  roles: string[];
  sees_all: boolean;
  organisation_id: string;
  organisation_name: string;
  organisation_inn: string;
  organisation_kpp: string | null;
  organisation_outside: boolean;
}

type Counts = Record<string, number | null>;
type Row = Person & Partial<Membership> & { counts: Counts };

/** Asks for the counts of a menu, each under the name that a section's `nav.counter` gives. */
const countsOf = (counts: Record<string, string>) =>
  `json_build_object(${Object.entries(counts)
    .map(([name, sql]) => `'${name}', ${sql}`)
    .join(', ')}) as counts`;

const NOW = 'given.now';
const TODAY = `(given.soon - ${ENDING_DAYS})`;

/** On every page of a person: what is unread on his own. */
const OWN = {
  notifications: `case when a.id is not null then ${unreadCount.person('a.id', NOW)} end`,
  requests: unreadConversations.own('a.id', 'request'),
};

const MEMBER = {
  documents: `case when m.id is not null then
    (select count(*)::int from (select from documents where organisation_id = m.organisation_id
       and removed_at is null and status = 'rejected' limit ${firstRows(100)}) r)
    + (select count(*)::int from (select from documents where organisation_id = m.organisation_id
       and removed_at is null and status = 'accepted' and valid_until <= given.soon limit ${firstRows(100)}) e) end`,
  board: `case when m.id is not null then ${unreadCount.organisation('a.id', 'm.organisation_id', NOW)} end`,
  organisationRequests: unreadConversations.organisation('a.id', 'm.organisation_id', 'request'),
  organisationMessages: unreadConversations.organisation('a.id', 'm.organisation_id', 'message'),
  organisationInvoices: `case when m.roles && '{administrator,accounting}' then
    ${overdueCount('p.organisation_id = m.organisation_id', TODAY)} end`,
  access: `case when 'administrator' = any (m.roles) then
    (select count(*)::int from (select from access_requests
       where organisation_id = m.organisation_id and state = 'open' limit 100) r) end`,
};

const STAFF = {
  queue: `case when a.staff_roles <> '{}' then
    (select count(*)::int from (select from documents where removed_at is null and status = 'sent' limit 100) q) end`,
  desk: `case when a.staff_roles && '{operator,administrator}' then ${lateConversations(NOW)} end`,
  orphaned: `case when 'administrator' = any (a.staff_roles) then ${ORPHANED_COUNT} end`,
};

const MEMBERSHIP = {
  columns: `m.id as membership_id, m.roles, m.sees_all, o.id as organisation_id, o.name as organisation_name,
    o.inn as organisation_inn, o.kpp as organisation_kpp, o.outside_requests as organisation_outside,`,
  tables: `left join memberships m on m.account_id = a.id and m.organisation_id = given.organisation and m.ended_at is null
   left join organisations o on o.id = m.organisation_id`,
};

// All that a page behind the sign-in needs to know of its reader, in one round trip, and no more: each side of the
// application has a statement of its own. Counters stop at 100: the menu says «99+» then, and a large organisation's
// page costs no more than a small one's. The arguments come out of a table that the planner cannot look into: with their
// values in sight it would plan anew at each visit, which costs ten times what running does.
const statement = (name: string, counts: Record<string, string>, membership = { columns: '', tables: '' }) =>
  prepared<Row>(
    name,
    `select s.sess, s.expire, a.id, a.email, a.surname, a.name, a.patronymic, a.phone, a.inn,
     a.inn_confirmed_at is not null as inn_confirmed, a.staff_roles,
     a.outside_requests, a.seen_at,
     ${membership.columns}
     exists (select from drafts where account_id = a.id) as drafts,
     ${countsOf(counts)}
   from (select $1::text as sid, $2::timestamptz as now, $3::date as soon, $4::uuid as organisation offset 0) given
   join sessions s on s.sid = given.sid
   left join accounts a on a.id = s.account_id and a.blocked_at is null
   ${membership.tables}`,
  );

const visits = {
  own: statement('visit', OWN),
  member: statement('visit-member', { ...OWN, ...MEMBER }, MEMBERSHIP),
  staff: statement('visit-staff', STAFF),
};

/** Reads a session with its person, his membership in the organisation of the address, and the menu's counters. */
export async function findVisit(
  db: Database,
  sid: string,
  need: { organisation: string | null; staff: boolean },
  now: Date,
) {
  const soon = addDays(dayOf(now), ENDING_DAYS);
  const side = need.staff ? 'staff' : need.organisation === null ? 'own' : 'member';
  const [row] = await visits[side](db, [sid, now, soon, need.organisation]);
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
  const { id, email, surname, name, patronymic, phone, inn } = row;
  const { inn_confirmed, staff_roles, outside_requests } = row;
  return { id, email, surname, name, patronymic, phone, inn, inn_confirmed, staff_roles, outside_requests };
}

function member(row: Row) {
  const { membership_id, organisation_id, organisation_name, organisation_inn, organisation_kpp } = row;
  if (row.id === null || !membership_id) return null;
  return {
    id: membership_id,
    account_id: row.id,
    roles: row.roles!,
    sees_all: row.sees_all!,
    organisation: {
      id: organisation_id!,
      name: organisation_name!,
      inn: organisation_inn!,
      kpp: organisation_kpp ?? null,
      outside_requests: row.organisation_outside!,
    },
  };
}

/** Whom each count is for; what has no line here is for everybody who gets it. */
const FOR: Record<string, (row: Row) => boolean> = {
  documents: (row) => !!row.roles && documentPolicy.read({ roles: row.roles }),
  organisationRequests: (row) => !!row.roles && conversationPolicy.read({ roles: row.roles }),
  organisationMessages: (row) => !!row.roles && conversationPolicy.read({ roles: row.roles }),
  desk: conversationPolicy.serve,
  organisationInvoices: (row) => !!row.roles && invoicePolicy.pay({ roles: row.roles }),
  access: (row) => !!row.roles && membershipPolicy.manage({ roles: row.roles }),
  queue: documentPolicy.review,
  orphaned: peoplePolicy.administer,
};

function counters(row: Row): Record<string, number> {
  const counted = Object.entries(row.counts).filter(
    (pair): pair is [string, number] => !!pair[1] && (FOR[pair[0]]?.(row) ?? true),
  );
  return Object.fromEntries(counted);
}
