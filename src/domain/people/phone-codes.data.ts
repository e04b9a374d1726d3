import type { Database, Transaction } from '../../db/knex.js';
import type { PhoneCodeRow } from '../../db/rows.js';

/** A code may be tried so often in all, right or wrong, one after another or at once (ASVS 6.6.3). */
const TRIES = 5;

/** How many codes went to this number, and how many to all, since those moments. Others that ask wait until we are done. */
export async function countCodes(
  trx: Transaction,
  phone: string,
  since: { hour: Date; day: Date },
): Promise<{ hour: number; day: number; all: number }> {
  await trx.raw("select pg_advisory_xact_lock(hashtext('phone-codes'))");
  const count = { hour: 0, day: 0, all: 0 };
  const row = await trx('phone_codes')
    .where('created_at', '>', since.day)
    .select<(typeof count)[]>(
      trx.raw('(count(*) filter (where phone = ? and created_at > ?))::int as hour', [phone, since.hour]),
      trx.raw('(count(*) filter (where phone = ?))::int as day', [phone]),
      trx.raw('count(*)::int as all'),
    );
  return row[0] ?? count;
}

/** Adds a code; the older ones of the account for this purpose end. Adding the same one again changes nothing. */
export async function insertCode(
  trx: Transaction,
  row: Omit<PhoneCodeRow, 'tries' | 'used_at'>,
): Promise<void> {
  await trx('phone_codes')
    .where({ account_id: row.account_id, purpose: row.purpose })
    .whereNot({ id: row.id })
    .where('expires_at', '>', row.created_at)
    .update({ expires_at: row.created_at });
  await trx('phone_codes')
    .insert({ ...row, tries: 0, used_at: null })
    .onConflict('id')
    .ignore();
}

export async function findCode(db: Database, id: string): Promise<PhoneCodeRow | null> {
  return (await db('phone_codes').where({ id }).first()) ?? null;
}

/** The code that the account has been sent for this purpose and can still use. */
export async function findOpenCode(
  db: Database,
  account: string,
  purpose: PhoneCodeRow['purpose'],
  now: Date,
): Promise<PhoneCodeRow | null> {
  const row = await db('phone_codes')
    .where({ account_id: account, purpose })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .first();
  return row ?? null;
}

/** Counts a try before anybody looks whether it is right; null when there is no code left to try. */
export async function takeTry(
  db: Database,
  id: string,
  phone: string,
  now: Date,
): Promise<PhoneCodeRow | null> {
  const [row] = await db('phone_codes')
    .where({ id, phone })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .where('tries', '<', TRIES)
    .increment('tries')
    .returning('*');
  return row ?? null;
}

/** Uses the code up; false when somebody was faster. */
export async function useCode(trx: Transaction, id: string, now: Date): Promise<boolean> {
  return (await trx('phone_codes').where({ id }).whereNull('used_at').update({ used_at: now })) === 1;
}

/** Removes what was sent before that moment. */
export async function forgetCodes(db: Database, before: Date): Promise<void> {
  await db('phone_codes').where('created_at', '<', before).delete();
}
