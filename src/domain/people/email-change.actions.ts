import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { endSessions, foldEmail, lockAccount } from './accounts.data.js';
import {
  findEmailChangeByToken,
  moveEmail,
  replaceEmailChange,
  takeEmailChange,
} from './email-change.data.js';
import { checkOwnPassword } from './own-account.actions.js';
import { LINK_TIME } from './password-link.actions.js';
import { endProofs } from './proofs.data.js';
import type { PeopleParts } from './registration.actions.js';
import { hashToken } from './tokens.js';

/**
 * Asks for another address (ASVS 7.5.1: with the password again): a link goes to it, and nothing changes before it is
 * used. Whether the address has an account already is not said here; the worker then writes no letter.
 *
 * @throws Invalid at `password` or `email`, TooMany when the password was guessed too often
 */
export async function askForEmail(
  parts: PeopleParts,
  own: { id: string; email: string },
  typed: { email: string; password: string },
  actor: Actor,
  now: Date,
): Promise<void> {
  const email = foldEmail(typed.email);
  if (email === own.email) throw new Invalid({ email: 'Это ваш нынешний адрес. Укажите другой' });
  await checkOwnPassword(parts, own, typed.password, { password: 'Пароль не подходит' }, now);
  await transaction(parts.db, async (trx) => {
    const account = await lockAccount(trx, own.id);
    const id = randomUUID();
    await replaceEmailChange(trx, {
      id,
      account_id: account.id,
      email,
      token_hash: hashToken(parts.tokens.derive('email', id)),
      created_at: now,
      expires_at: new Date(now.getTime() + LINK_TIME),
    });
    const { name, patronymic } = account;
    await post(trx, now, [
      { letter: 'email-change', recipient: email, data: { change: id, name, patronymic } },
      {
        letter: 'email-change-asked',
        recipient: account.email,
        data: { name, patronymic, at: now.getTime() },
      },
    ]);
    await record(trx, actor, now, { action: 'email.asked', subject: own.id });
  });
}

/** Whom the link would give which address; null when it is used, replaced or too old. */
export const lookAtEmailChange = (db: Database, token: string, now: Date) =>
  findEmailChangeByToken(db, hashToken(token), now);

/**
 * Moves the account to the address that the link proves, ends its sessions and tells the old address.
 *
 * @throws Conflict when the link is used up or too old, or the address has an account by now
 */
export async function confirmEmail(db: Database, token: string, actor: Actor, now: Date): Promise<void> {
  const change = await lookAtEmailChange(db, token, now);
  if (!change) throw new Conflict('Ссылка уже использована или её срок истёк.');
  await transaction(db, async (trx) => {
    const account = await lockAccount(trx, change.account_id);
    if (!(await takeEmailChange(trx, change.id))) throw new Conflict('Ссылка уже использована.');
    if (!(await moveEmail(trx, account.id, change.email)))
      throw new Conflict('С этим адресом уже есть учётная запись.');
    await endSessions(trx, account.id);
    await endProofs(trx, account.id, now);
    const { name, patronymic, email } = account;
    await post(trx, now, [
      { letter: 'email-changed', recipient: email, data: { name, patronymic, at: now.getTime() } },
    ]);
    await record(trx, { ...actor, account_id: account.id }, now, {
      action: 'email.changed',
      subject: account.id,
    });
  });
}
