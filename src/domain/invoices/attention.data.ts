import type { Database } from '../../db/knex.js';
import { prepared } from '../../db/prepared.js';
import type { Kopecks } from '../../db/rows.js';
import { addDays, type Day } from '../../lib/dates.js';
import { ACCOUNTING } from './invoices.policy.js';

/** From so many days before its last day an invoice wants attention; reminders go then too. */
export const SOON_DAYS = 3;

/** What a person has to pay, for himself or for an organisation whose money he keeps. */
export interface InvoiceAttention {
  /** Whose; null: one's own. */
  organisation: string | null;
  name: string | null;
  overdue: number;
  overdue_sum: Kopecks;
  soon: number;
  soon_sum: Kopecks;
}

const ROLES = ACCOUNTING.map((role) => `'${role}'`).join(', ');
const sumsOf = (name: string, condition: string) =>
  `count(*) filter (where ${condition})::int as ${name},
   coalesce(sum(i.total - i.allocated) filter (where ${condition}), 0)::bigint as ${name}_sum`;

const due = prepared<InvoiceAttention>(
  'invoices-attention',
  `select p.organisation_id as organisation, o.name,
     ${sumsOf('overdue', 'i.due_on < $2::date')}, ${sumsOf('soon', 'i.due_on >= $2::date')}
   from payers p
   join invoices i on i.payer_id = p.id and i.state = 'issued' and i.allocated < i.total and i.due_on <= $3::date
   left join organisations o on o.id = p.organisation_id
   where p.organisation_id in (select organisation_id from memberships where account_id = $1::uuid
       and ended_at is null and roles && array[${ROLES}]::text[])
     or p.inn = (select inn from accounts where id = $1::uuid and inn_confirmed_at is not null)
   group by p.id, o.id order by o.name nulls first, o.id`,
);

/** What is overdue or soon will be: one's own first, then by the names of organisations; one query for all. */
export const invoicesToPay = (db: Database, account: string, today: Day): Promise<InvoiceAttention[]> =>
  due(db, [account, today, addDays(today, SOON_DAYS)]);
