import type { Database, Transaction } from '../../db/knex.js';
import type { EmailChangeRow } from '../../db/rows.js';

/** Writes down the wish; an older one of the account, and its link, end. */
export async function replaceEmailChange(trx: Transaction, row: EmailChangeRow): Promise<void> {
  await trx('email_changes').where({ account_id: row.account_id }).delete();
  await trx('email_changes').insert(row);
}

export async function findEmailChange(db: Database, id: string): Promise<EmailChangeRow | null> {
  return (await db('email_changes').where({ id }).first()) ?? null;
}

export async function findEmailChangeByToken(
  db: Database,
  token_hash: string,
  now: Date,
): Promise<EmailChangeRow | null> {
  return (await db('email_changes').where({ token_hash }).where('expires_at', '>', now).first()) ?? null;
}

/** Uses the wish up; false when somebody was faster. */
export async function takeEmailChange(trx: Transaction, id: string): Promise<boolean> {
  return (await trx('email_changes').where({ id }).delete()) === 1;
}

/** Gives the account its new address; false when another account has it, and the transaction can only be rolled back. */
export async function moveEmail(trx: Transaction, account: string, email: string): Promise<boolean> {
  try {
    await trx('accounts').where({ id: account }).update({ email });
    return true;
  } catch (error) {
    // Asked of the constraint and not before: another account may come to the address at this very instant.
    if ((error as { code?: string }).code === '23505') return false;
    throw error;
  }
}

/** Removes what ended before that moment. */
export async function forgetEmailChanges(db: Database, before: Date): Promise<void> {
  await db('email_changes').where('expires_at', '<', before).delete();
}
