import { randomUUID } from 'node:crypto';
import { transaction } from '../../db/knex.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import {
  endSessions,
  findAccount,
  findAccountByEmail,
  findPasswordLink,
  foldEmail,
  insertAccount,
  insertPasswordLink,
  setPasswordHash,
  setStaffRoles,
  usePasswordLink,
} from './people.data.js';
import { refuseWeakPassword, type PeopleParts } from './registration.actions.js';
import { hashToken, randomToken } from './tokens.js';

/** A link to set a password holds an hour (a written deviation from ASVS 6.5.5), in milliseconds. */
export const LINK_TIME = 3_600_000;

/**
 * Makes this address a staff administrator, with an account if it has none, and answers the token of a one-time link
 * to set the password: how the first administrator of an installation comes to be. Older links die.
 */
export async function appointStaff(parts: PeopleParts, email: string, actor: Actor, now: Date): Promise<string> {
  const address = foldEmail(email);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw new Invalid({ email: `${email} — не адрес E-mail` });
  const token = randomToken();
  await transaction(parts.db, async (trx) => {
    await insertAccount(trx, {
      ...{ id: randomUUID(), email: address, surname: 'Администратор', name: 'Администратор' },
      ...{ patronymic: null, phone: null, inn: null, password_hash: null, staff_roles: [] },
      ...{ created_at: now, blocked_at: null },
    });
    const account = await findAccountByEmail(trx, address);
    await setStaffRoles(trx, account!.id, [...new Set([...account!.staff_roles, 'administrator'])]);
    await insertPasswordLink(trx, {
      id: randomUUID(),
      account_id: account!.id,
      token_hash: hashToken(token),
      created_at: now,
      expires_at: new Date(now.getTime() + LINK_TIME),
    });
    await record(trx, actor, now, { action: 'staff.appointed', subject: account!.id });
  });
  return token;
}

/** Whose password this link sets; null when it is used, replaced or too old. */
export async function ownerOfLink(parts: PeopleParts, token: string, now: Date) {
  const link = await findPasswordLink(parts.db, hashToken(token), now);
  return link && findAccount(parts.db, link.account_id);
}

/**
 * Sets the password, ends every session of the account.
 *
 * @throws Conflict when the link has been used or is too old
 */
export async function setPassword(parts: PeopleParts, token: string, password: string, actor: Actor, now: Date): Promise<void> {
  const link = await findPasswordLink(parts.db, hashToken(token), now);
  const account = link && (await findAccount(parts.db, link.account_id));
  if (!account) throw new Conflict('Ссылка уже использована или её срок истёк.');
  refuseWeakPassword(password, account.email);
  const hash = await parts.passwords.hash(password);
  await transaction(parts.db, async (trx) => {
    if (!(await usePasswordLink(trx, link.id, now))) throw new Conflict('Ссылка уже использована.');
    await setPasswordHash(trx, account.id, hash);
    await endSessions(trx, account.id);
    await record(trx, { ...actor, account_id: account.id }, now, { action: 'password.set', subject: account.id });
  });
}
