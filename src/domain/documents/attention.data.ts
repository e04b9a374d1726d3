import type { Database } from '../../db/knex.js';
import { addDays, dayOf, type Day } from '../../lib/dates.js';
import { ENDING_DAYS } from './document-status.js';
import { documentPolicy } from './documents.policy.js';

/** How many of an organisation's documents want something of its people. */
export interface DocumentAttention {
  organisation: string;
  name: string;
  rejected: number;
  ended: number;
  ending: number;
  missing: number;
}

interface Row extends DocumentAttention {
  roles: string[];
}

/** What a person has to do about documents, in each organisation where he may do it; one query, by their names. */
export async function documentsToMend(
  db: Database,
  account: string,
  now: Date,
): Promise<DocumentAttention[]> {
  const today: Day = dayOf(now);
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select o.id as organisation, o.name, m.roles, d.rejected, d.ended, d.ending, r.missing
     from memberships m
     join organisations o on o.id = m.organisation_id
     cross join lateral (
       select count(*) filter (where status = 'rejected')::int as rejected,
         count(*) filter (where status = 'accepted' and valid_until < :today)::int as ended,
         count(*) filter (where status = 'accepted' and valid_until between :today and :soon)::int as ending
       from documents where organisation_id = o.id and removed_at is null
         and (status = 'rejected' or (status = 'accepted' and valid_until <= :soon))
     ) d
     cross join lateral (
       select count(*)::int as missing from document_types t where t.required and t.hidden_at is null
         and not exists (select from documents where organisation_id = o.id and type_id = t.id and removed_at is null)
     ) r
     where m.account_id = :account and m.ended_at is null
     order by o.name, o.id`,
    { account, today, soon: addDays(today, ENDING_DAYS) },
  );
  return rows
    .filter((row) => documentPolicy.manage(row))
    .map(({ roles: _roles, ...row }) => row)
    .filter((row) => row.rejected + row.ended + row.ending + row.missing > 0);
}
