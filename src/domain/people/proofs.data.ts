import type { Transaction } from '../../db/knex.js';

/**
 * Ends everything that could still open or move an account: links to set a password, a new address that waits for its
 * proof, codes by SMS. For whatever changes who is believed to be the owner: whoever began something before it shall
 * not finish it afterwards.
 */
export async function endProofs(trx: Transaction, account_id: string, now: Date): Promise<void> {
  await trx('password_links').where({ account_id }).whereNull('used_at').delete();
  await trx('email_changes').where({ account_id }).delete();
  await endCodes(trx, account_id, now);
}

/** Ends the codes alone: the number that they went to is another one by now. */
export async function endCodes(trx: Transaction, account_id: string, now: Date): Promise<void> {
  await trx('phone_codes')
    .where({ account_id })
    .whereNull('used_at')
    .where('expires_at', '>', now)
    .update({ expires_at: now });
}
