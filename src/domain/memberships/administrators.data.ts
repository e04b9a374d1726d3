import type { Database, Transaction } from '../../db/knex.js';

/** The membership of the only administrator who can sign in; null where there are several, or none. */
export async function soleAdministrator(db: Database, organisation: string): Promise<string | null> {
  const ids = await db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .where('m.organisation_id', organisation)
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw("'administrator' = any (m.roles)")
    .limit(2)
    .pluck<string[]>('m.id');
  return ids.length === 1 ? ids[0]! : null;
}

/** From here to its end the transaction is the company's, which may leave an organisation without an administrator. */
export async function actForCompany(trx: Transaction): Promise<void> {
  await trx.raw("select set_config('cabinet.company', 'yes', true)");
}
