import { createHash } from 'node:crypto';
import { transaction } from '../../db/knex.js';
import type { AccountRow, RegistrationRow } from '../../db/rows.js';
import { record, type Actor } from '../audit/audit.data.js';
import { forgetAttempts, refundAttempt, reserveAttempt, type Allowance } from './attempts.data.js';
import { findAccountByEmail, foldEmail } from './accounts.data.js';
import { findPendingRegistration } from './registrations.data.js';
import { CONFIRMATION_TIME, type PeopleParts } from './registration.actions.js';

export type SignIn =
  | { outcome: 'in'; account: AccountRow }
  | { outcome: 'unconfirmed'; registration: RegistrationRow }
  | { outcome: 'blocked' }
  | { outcome: 'refused' };

/** Free failures before a wait grows: for one account, and for a whole network address (an office sits behind one). */
const FREE = { account: 5, address: 50 };

/**
 * Judges an address and a password (manual 3.2). One text and one time for an unknown address and a wrong password; that an
 * account is blocked is told to who knows its password, as that an address is not confirmed.
 *
 * `device` is set where this account has signed in before from this browser: its failures are counted apart from
 * strangers', so that nobody locks the owner out (ASVS 6.3.1).
 *
 * @throws TooMany while a wait is running
 */
export async function checkSignIn(
  parts: PeopleParts,
  attempt: { email: string; password: string; device: string | null; browser: string },
  actor: Actor,
  now: Date,
): Promise<SignIn> {
  const email = foldEmail(attempt.email);
  const own = attempt.device
    ? { key: `device:${attempt.device}`, free: FREE.account }
    : strangersAllowance(email);
  const network = { key: `address:${digest(actor.ip)}`, free: FREE.address };
  await reserveAttempt(parts.db, own, now);
  if (!attempt.device) await reserveAttempt(parts.db, network, now);

  const account = await findAccountByEmail(parts.db, email);
  const since = new Date(now.getTime() - CONFIRMATION_TIME);
  const registration = await findPendingRegistration(parts.db, email, attempt.browser, since);
  const right = await parts.passwords.matches(attempt.password, account?.password_hash ?? null);
  // Whoever registered here is answered by that registration, whether the address has an account or not: or he would
  // learn it.
  const waits =
    registration !== null && (await parts.passwords.matches(attempt.password, registration.password_hash));
  if (right || waits) {
    await forgetAttempts(parts.db, own.key);
    if (!attempt.device) await refundAttempt(parts.db, network);
  }
  if (right && account && !account.blocked_at) {
    await note(parts, { ...actor, account_id: account.id }, 'sign-in.made', account.id, now);
    return { outcome: 'in', account };
  }
  if (right && account?.blocked_at) {
    await note(parts, actor, 'sign-in.refused', account.id, now);
    return { outcome: 'blocked' };
  }
  if (waits) return { outcome: 'unconfirmed', registration };
  await note(parts, actor, 'sign-in.refused', account?.id, now);
  return { outcome: 'refused' };
}

function note(
  parts: PeopleParts,
  actor: Actor,
  action: string,
  subject: string | undefined,
  now: Date,
): Promise<void> {
  return transaction(parts.db, (trx) => record(trx, actor, now, { action, ...(subject && { subject }) }));
}

/** The allowance that everybody shares who tries this address from where nobody signed in to it before. */
export const strangersAllowance = (email: string): Allowance => ({
  key: `email:${digest(foldEmail(email))}`,
  free: FREE.account,
});

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
