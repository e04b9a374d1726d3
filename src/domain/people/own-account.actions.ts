import { transaction, type Database } from '../../db/knex.js';
import { Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { findAccount, lockAccount, updateAccount, type PersonalData } from './accounts.data.js';
import { forgetAttempts, reserveAttempt } from './attempts.data.js';
import { replacePassword } from './password-link.actions.js';
import { endCodes } from './proofs.data.js';
import { refuseWeakPassword, type PeopleParts } from './registration.actions.js';
import { strangersAllowance } from './sign-in.actions.js';

type Own = { id: string; email: string };

/**
 * «Личные данные», manual 4.1.1.1. Another number is no longer the one that a code has proved, another ИНН not the one
 * that the company's people have confirmed. The audit keeps which fields changed, not what they say.
 */
export async function changePersonalData(
  db: Database,
  own: Own,
  typed: PersonalData,
  actor: Actor,
  now: Date,
): Promise<void> {
  await transaction(db, async (trx) => {
    const before = await lockAccount(trx, own.id);
    const changed = (Object.keys(typed) as (keyof PersonalData)[]).filter(
      (field) => typed[field] !== before[field],
    );
    if (changed.length === 0) return;
    await updateAccount(trx, own.id, {
      ...typed,
      ...(changed.includes('phone') && { phone_confirmed_at: null }),
      ...(changed.includes('inn') && { inn_confirmed_at: null }),
    });
    if (changed.includes('phone')) await endCodes(trx, own.id, now);
    await record(trx, actor, now, { action: 'account.changed', subject: own.id, details: { changed } });
  });
}

/**
 * «Смена пароля», manual 4.1.1.2. Ends every sign-in of the account, this one too: the caller begins it anew. A letter
 * tells the owner (ASVS 6.2.3, 6.3.7, 7.4.3).
 *
 * @throws Invalid at `old_password` or `password`; TooMany when the old one was guessed too often, here or at the sign-in
 */
export async function changePassword(
  parts: PeopleParts,
  own: Own,
  passwords: { old: string; new: string },
  actor: Actor,
  now: Date,
): Promise<void> {
  const seen = await checkOwnPassword(parts, own, passwords.old, { old_password: NOT_THE_OLD }, now);
  refuseWeakPassword(passwords.new, own.email);
  if (passwords.new === passwords.old)
    throw new Invalid({ password: 'Новый пароль совпадает со старым. Придумайте другой' });
  const hash = await parts.passwords.hash(passwords.new);
  await transaction(parts.db, async (trx) => {
    const account = await lockAccount(trx, own.id);
    // Two changes at once: the second has proved a password that is no longer the account's.
    if (account.password_hash !== seen) throw new Invalid({ old_password: NOT_THE_OLD });
    await replacePassword(trx, account, hash, actor, now);
  });
}

const NOT_THE_OLD = 'Старый пароль не подходит. Проверьте раскладку клавиатуры и Caps Lock';

/**
 * Asks a signed-in person for his password once more; what fails counts as a stranger's failure at the sign-in.
 * Answers the hash that it fits.
 *
 * @param refusal what to say, by field, when it is another one
 * @throws Invalid with that, TooMany while a wait is running
 */
export async function checkOwnPassword(
  parts: PeopleParts,
  own: Own,
  password: string,
  refusal: Record<string, string>,
  now: Date,
): Promise<string> {
  const allowance = strangersAllowance(own.email);
  await reserveAttempt(parts.db, allowance, now);
  const hash = (await findAccount(parts.db, own.id))?.password_hash;
  if (!hash || !(await parts.passwords.matches(password, hash))) throw new Invalid(refusal);
  await forgetAttempts(parts.db, allowance.key);
  return hash;
}
