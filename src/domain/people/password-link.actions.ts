import { randomUUID } from 'node:crypto';
import { transaction, type Transaction } from '../../db/knex.js';
import type { AccountRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import {
  endSessions,
  findAccount,
  findAccountByEmail,
  foldEmail,
  insertAccount,
  setPasswordHash,
  setStaffRoles,
} from './accounts.data.js';
import { findPasswordLink, insertPasswordLink, usePasswordLink } from './password-links.data.js';
import { endProofs } from './proofs.data.js';
import { refuseWeakPassword, type PeopleParts } from './registration.actions.js';
import { hashToken, randomToken } from './tokens.js';

/** A link to set a password holds an hour (a written deviation from ASVS 6.5.5), in milliseconds. */
export const LINK_TIME = 3_600_000;

/**
 * Makes this address a staff administrator, with an account if it has none (`known` says that it had one), and answers
 * the token of a one-time link to set the password: how the first administrator of an installation comes to be. Older
 * links die.
 */
export async function appointStaff(
  parts: PeopleParts,
  email: string,
  actor: Actor,
  now: Date,
): Promise<{ token: string; known: boolean }> {
  const address = foldEmail(email);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw new Invalid({ email: `${email} — не адрес E-mail` });
  const token = randomToken();
  const known = await transaction(parts.db, async (trx) => {
    const added = await insertAccount(trx, {
      id: randomUUID(),
      email: address,
      surname: 'Администратор',
      name: 'Администратор',
      created_at: now,
    });
    const account = await findAccountByEmail(trx, address);
    await setStaffRoles(trx, account!.id, [...new Set([...account!.staff_roles, 'administrator'])]);
    // A tenant's sign-in lasts longer than the company's own people may have.
    await endSessions(trx, account!.id);
    await insertPasswordLink(trx, {
      id: randomUUID(),
      account_id: account!.id,
      token_hash: hashToken(token),
      created_at: now,
      expires_at: new Date(now.getTime() + LINK_TIME),
    });
    await record(trx, actor, now, { action: 'staff.appointed', subject: account!.id });
    return added === null;
  });
  return { token, known };
}

/** Whose password this link sets; null when it is used, replaced or too old. */
export async function ownerOfLink(parts: PeopleParts, token: string, now: Date) {
  const link = await findPasswordLink(parts.db, hashToken(token), now);
  return link && findAccount(parts.db, link.account_id);
}

/**
 * Sets the password, ends every session of the account and tells its owner (ASVS 6.3.7, 7.4.3).
 *
 * @throws Conflict when the link has been used or is too old
 */
export async function setPassword(
  parts: PeopleParts,
  token: string,
  password: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const link = await findPasswordLink(parts.db, hashToken(token), now);
  const account = link && (await findAccount(parts.db, link.account_id));
  if (!account) throw new Conflict('Ссылка уже использована или её срок истёк.');
  refuseWeakPassword(password, account.email);
  const hash = await parts.passwords.hash(password);
  await transaction(parts.db, async (trx) => {
    if (!(await usePasswordLink(trx, link.id, now))) throw new Conflict('Ссылка уже использована.');
    await replacePassword(trx, account, hash, { ...actor, account_id: account.id }, now);
  });
}

/** The one way a password changes: sessions and what else could open the account end, the owner hears of it. */
export async function replacePassword(
  trx: Transaction,
  { id, email, name, patronymic }: AccountRow,
  hash: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  await setPasswordHash(trx, id, hash);
  await endSessions(trx, id);
  await endProofs(trx, id, now);
  const data = { name, patronymic, at: now.getTime() };
  await post(trx, now, [{ letter: 'password-changed', recipient: email, data }]);
  await record(trx, actor, now, { action: 'password.set', subject: id });
}
