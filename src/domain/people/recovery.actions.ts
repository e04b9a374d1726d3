import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { findAccount, foldEmail, lockAccount } from './accounts.data.js';
import { replacePassword } from './password-link.actions.js';
import { checkCode, noSuchCode } from './phone-codes.actions.js';
import { useCode } from './phone-codes.data.js';
import { refuseWeakPassword, type PeopleParts } from './registration.actions.js';

/** Where a person says that he can be reached. */
export type Contact = { email: string } | { phone: string };

/**
 * Asks for a recovery letter or SMS (manual 3.3) and answers the request's id. It writes one row whoever asks: whether
 * the contact and the surname belong to an account is decided by the worker, so the answer and its time tell nothing.
 */
export async function askForRecovery(
  db: Database,
  asked: { contact: Contact; surname: string },
  actor: Actor,
  now: Date,
): Promise<string> {
  const id = randomUUID();
  const data = { request: id, surname: foldName(asked.surname), asked_at: now.getTime() };
  const { contact } = asked;
  const message =
    'email' in contact
      ? { letter: 'recovery', recipient: foldEmail(contact.email), data }
      : { letter: 'recovery-code', recipient: contact.phone, data };
  await transaction(db, async (trx) => {
    await post(trx, now, [message]);
    await record(trx, actor, now, { action: 'recovery.asked', subject: id });
  });
  return id;
}

/** A surname as it is compared: case, ё/е and spaces forgiven. */
export const foldName = (name: string) =>
  name
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\s-]+/g, ' ')
    .trim();

/**
 * Sets a new password by the code of an SMS. The code belongs to the request that this browser made and to its number;
 * where there is no such account the answer is the same as to a wrong code.
 *
 * @throws Invalid at `code` or `password`
 */
export async function recoverByCode(
  parts: PeopleParts,
  typed: { request: string; phone: string; code: string; password: string },
  actor: Actor,
  now: Date,
): Promise<void> {
  // Before the code is tried: a weak password would cost a try each time.
  refuseWeakPassword(typed.password, '');
  const row = await checkCode(parts.db, parts.tokens, { ...typed, id: typed.request }, now);
  const account = await findAccount(parts.db, row.account_id);
  if (!account || row.purpose !== 'recovery') throw noSuchCode();
  refuseWeakPassword(typed.password, account.email);
  const hash = await parts.passwords.hash(typed.password);
  await transaction(parts.db, async (trx) => {
    const { phone, phone_confirmed_at } = await lockAccount(trx, account.id);
    // The number may have gone to somebody else since the code was sent.
    const still = phone === row.phone && phone_confirmed_at !== null;
    if (!still || !(await useCode(trx, row.id, now))) throw noSuchCode();
    await replacePassword(trx, account, hash, { ...actor, account_id: account.id }, now);
  });
}
