import type { Database, Transaction } from '../../db/knex.js';
import { prepared } from '../../db/prepared.js';
import type { NotificationRow } from '../../db/rows.js';
import type { Audience } from './notification.js';

// Whom a notification is for at this moment, each person once: the account, and the organisation in whose profile it
// stands. $1 is the notification, $2 the moment.
const ADDRESSED: Record<Audience, string> = {
  everyone: `select id as account_id, null::uuid as organisation_id from accounts`,
  accounts: `select account_id, null::uuid as organisation_id from notification_accounts
    where notification_id = $1::uuid`,
  organisations: `select distinct on (m.account_id) m.account_id, m.organisation_id
    from notification_organisations x
    join memberships m on m.organisation_id = x.organisation_id and m.ended_at is null
    where x.notification_id = $1::uuid order by m.account_id, m.organisation_id`,
  buildings: `select distinct on (m.account_id) m.account_id, m.organisation_id
    from notification_buildings x
    join premises p on p.building = x.building
    join contracts c on c.id = p.contract_id
      and (c.ends_on is null or c.ends_on >= ($2::timestamptz at time zone 'Europe/Moscow')::date)
    join memberships m on m.organisation_id = c.organisation_id and m.ended_at is null
    where x.notification_id = $1::uuid order by m.account_id, m.organisation_id`,
};

/** The same statement for each audience. */
function forEach<Row extends object>(name: string, text: (addressed: string) => string) {
  const of = (audience: Audience) => prepared<Row>(`${name}-${audience}`, text(ADDRESSED[audience]));
  return {
    everyone: of('everyone'),
    accounts: of('accounts'),
    organisations: of('organisations'),
    buildings: of('buildings'),
  };
}

type Addressed = Pick<NotificationRow, 'id' | 'audience'>;

const readers = forEach<{ people: number; read: number }>(
  'readers',
  (addressed) =>
    `select count(*)::int as people, count(r.account_id)::int as read
     from (${addressed}) d
     join accounts a on a.id = d.account_id and a.blocked_at is null
     left join notification_reads r on r.notification_id = $1::uuid and r.account_id = a.id
     where $2::timestamptz is not null`,
);

/** How many people a notification is for, and how many of them have read it. */
export async function countReaders(db: Database, { id, audience }: Addressed, now: Date) {
  const [counts] = await readers[audience](db, [id, now]);
  return counts!;
}

/** Somebody to write to about a notification. */
export interface Recipient {
  id: string;
  email: string;
  name: string;
  patronymic: string | null;
  organisation_id: string | null;
}

const recipients = forEach<Recipient>(
  'recipients',
  (addressed) =>
    `select a.id, a.email, a.name, a.patronymic, d.organisation_id
     from (${addressed}) d
     join accounts a on a.id = d.account_id and a.blocked_at is null
     left join mail_choices c on c.account_id = a.id and c.topic = $3
     where coalesce(c.by_mail, $4) and a.id > $5::uuid and $1::uuid is not null and $2::timestamptz is not null
     order by a.id limit $6`,
);

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * The next of those who get the notification by mail, in the order of their ids.
 *
 * @param choice the topic that decides and its usual answer; null: whoever it is for gets the letter
 */
export function nextRecipients(
  trx: Transaction,
  { id, audience }: Addressed,
  choice: { topic: string; usually: boolean } | null,
  after: string | null,
  limit: number,
  now: Date,
): Promise<Recipient[]> {
  const { topic, usually } = choice ?? { topic: '', usually: true };
  return recipients[audience](trx, [id, now, topic, usually, after ?? BEFORE_ALL, limit]);
}

/** The buildings where somebody rents. */
export async function listBuildings(db: Database): Promise<string[]> {
  return db('premises').distinct('building').orderBy('building').pluck('building');
}

/** The accounts of these addresses. */
export async function accountsOf(db: Database, emails: string[]): Promise<{ id: string; email: string }[]> {
  return db('accounts').whereIn('email', emails).whereNull('blocked_at').select('id', 'email');
}

/** Those of the ids that are organisations. */
export async function knownOrganisations(db: Database, ids: string[]): Promise<string[]> {
  return db('organisations').whereIn('id', ids).pluck('id');
}
