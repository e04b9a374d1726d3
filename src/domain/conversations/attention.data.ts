import type { Database } from '../../db/knex.js';
import { prepared } from '../../db/prepared.js';
import { firstRows } from '../../db/paging.js';
import { CONVERSATION_READERS } from './conversations.policy.js';
import type { Face } from './faces.js';

/** How many of a person's requests and messages have an answer that he has not read. */
export interface UnreadAnswers {
  /** Whose they are; null: one's own. */
  organisation: string | null;
  name: string | null;
  requests: number;
  messages: number;
}

const ROLES = CONVERSATION_READERS.map((role) => `'${role}'`).join(', ');

const text = `
  select p.organisation_id as organisation, o.name, count(*) filter (where p.face = 'request')::int as requests,
    count(*) filter (where p.face = 'message')::int as messages
  from conversation_people p
  left join organisations o on o.id = p.organisation_id
  where p.account_id = $1::uuid and p.unread_at is not null and (p.organisation_id is null or exists (
    select from memberships m where m.account_id = p.account_id and m.organisation_id = p.organisation_id
      and m.ended_at is null and m.roles && array[${ROLES}]::text[]))
  group by p.organisation_id, o.name order by o.name nulls first, p.organisation_id`;
const unread = prepared<UnreadAnswers>('conversations-unread', text);

/** One's own first, then by the names of the organisations where one may still read them; one query for all. */
export const unreadAnswers = (db: Database, account: string): Promise<UnreadAnswers[]> =>
  unread(db, [account]);

/** How many have something unread, stops at 100; for the statement that every page begins with. */
export const unreadConversations = {
  own: (account: string, face: Face) =>
    `(select count(*)::int from (select from conversation_people p where p.account_id = ${account}
      and p.face = '${face}' and p.unread_at is not null and (p.organisation_id is null or exists (
        select from memberships x where x.account_id = p.account_id and x.organisation_id = p.organisation_id
          and x.ended_at is null and x.roles && array[${ROLES}]::text[])) limit ${firstRows(100)}) u)`,
  organisation: (account: string, organisation: string, face: Face) =>
    `(select count(*)::int from (select from conversation_people p where p.account_id = ${account}
      and p.organisation_id = ${organisation} and p.face = '${face}' and p.unread_at is not null limit ${firstRows(100)}) u)`,
};
