import type { Transaction } from '../../db/knex.js';

/** Who acts, and from where. Jobs act as nobody. */
export interface Actor {
  account_id: string | null;
  ip: string;
  request_id: string;
}

/** What a job is in the audit. */
export const clockwork = (job: string): Actor => ({ account_id: null, ip: '', request_id: `job:${job}` });

interface Entry {
  action: string;
  organisation?: string;
  subject?: string;
  details?: Record<string, unknown>;
}

/** Writes what was done, in the change's own transaction. Rows are final: the database refuses to change them. */
export async function record(trx: Transaction, actor: Actor, now: Date, entry: Entry): Promise<void> {
  await trx('audit').insert({
    at: now,
    account_id: actor.account_id,
    organisation_id: entry.organisation ?? null,
    action: entry.action,
    subject_id: entry.subject ?? null,
    details: entry.details ?? {},
    ip: actor.ip,
    request_id: actor.request_id,
  });
}
