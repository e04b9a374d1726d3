import type { Database, Transaction } from '../../db/knex.js';

/** Administrators who can sign in: present, and not blocked. */
const administrators = (db: Database) =>
  db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw("'administrator' = any (m.roles)");

/** Whether an organisation has an administrator who can sign in. */
export async function hasAdministrator(db: Database, organisation: string): Promise<boolean> {
  return (await managedOf(db, [organisation])).has(organisation);
}

/** Which of these organisations have an administrator who can sign in. */
export async function managedOf(db: Database, organisations: string[]): Promise<Set<string>> {
  const rows = await administrators(db)
    .whereRaw('m.organisation_id = any (?)', [organisations])
    .pluck<string[]>('m.organisation_id');
  return new Set(rows);
}

/** The membership of the only administrator who can sign in; null where there are several, or none. */
export async function soleAdministrator(db: Database, organisation: string): Promise<string | null> {
  const ids = await administrators(db)
    .where('m.organisation_id', organisation)
    .limit(2)
    .pluck<string[]>('m.id');
  return ids.length === 1 ? ids[0]! : null;
}

/** From here to its end the transaction is the company's, which may leave an organisation without an administrator. */
export async function actForCompany(trx: Transaction): Promise<void> {
  await trx.raw("select set_config('cabinet.company', 'yes', true)");
}
