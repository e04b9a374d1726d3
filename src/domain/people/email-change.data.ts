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

/** Gives the account its new address; false when another account has it. */
export async function moveEmail(trx: Transaction, account: string, email: string): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update accounts set email = :email where id = :account
     and not exists (select from accounts where email = :email)`,
    { account, email },
  );
  return rowCount === 1;
}

/** Removes what ended before that moment. */
export async function forgetEmailChanges(db: Database, before: Date): Promise<void> {
  await db('email_changes').where('expires_at', '<', before).delete();
}
