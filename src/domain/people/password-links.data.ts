import type { Database, Transaction } from '../../db/knex.js';
import type { PasswordLinkRow } from '../../db/rows.js';

/** Adds a link; the older ones of the account die. Adding the same one again changes nothing. */
export async function insertPasswordLink(
  trx: Transaction,
  row: Omit<PasswordLinkRow, 'used_at'>,
): Promise<void> {
  await trx('password_links')
    .where({ account_id: row.account_id })
    .whereNull('used_at')
    .whereNot({ id: row.id })
    .delete();
  await trx('password_links').insert(row).onConflict('id').ignore();
}

export async function findPasswordLink(
  db: Database,
  token_hash: string,
  now: Date,
): Promise<PasswordLinkRow | null> {
  const row = await db('password_links')
    .where({ token_hash })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .first();
  return row ?? null;
}

/** When the account was sent a link last, of those that are not used; null: never. */
export async function lastPasswordLink(db: Database, account_id: string): Promise<Date | null> {
  const links = db('password_links').where({ account_id }).whereNull('used_at');
  const row = await links.orderBy('created_at', 'desc').first('created_at');
  return row?.created_at ?? null;
}

/** Uses the link up; false when somebody was faster. */
export async function usePasswordLink(trx: Transaction, id: string, now: Date): Promise<boolean> {
  return (await trx('password_links').where({ id }).whereNull('used_at').update({ used_at: now })) === 1;
}
