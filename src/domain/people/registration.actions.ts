import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import type { RegistrationRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { forgetAttempts, reserveAttempt } from './attempts.data.js';
import { CONSENT } from './consent.js';
import { findAccountByEmail, foldEmail, insertAccount } from './accounts.data.js';
import {
  closeRegistration,
  deletePending,
  deletePendingBefore,
  findRegistrationByToken,
  insertConsent,
  lockRegistrations,
  takePending,
  upsertRegistration,
} from './registrations.data.js';
import { isCommon, type Passwords } from './password.js';
import { hashToken, type Tokens } from './tokens.js';

/** How long an address may wait for its confirmation (manual 3.1), in milliseconds. */
export const CONFIRMATION_TIME = 7 * 24 * 3_600_000;

export interface PeopleParts {
  db: Database;
  passwords: Passwords;
  tokens: Tokens;
}

export interface NewPerson {
  email: string;
  surname: string;
  name: string;
  patronymic: string | null;
  phone: string | null;
  password: string;
}

/** From where a form came: its browser, and what a consent has to say of it. */
export interface Origin {
  browser: string;
  user_agent: string;
  form: string;
}

/** @throws Invalid for a password that anybody would try first (ASVS 6.2.4) */
export function refuseWeakPassword(password: string, email: string): void {
  if (isCommon(password)) {
    throw new Invalid({ password: 'Такой пароль слишком распространён. Придумайте другой' });
  }
  if (foldEmail(password) === foldEmail(email)) {
    throw new Invalid({ password: 'Пароль совпадает с адресом E-mail. Придумайте другой' });
  }
}

/**
 * Takes a registration (manual 3.1). An address that has an account already is treated alike to the last statement:
 * which letter goes out is decided by the worker, so neither words nor time tell who is registered.
 */
export async function register(
  parts: PeopleParts,
  person: NewPerson,
  origin: Origin,
  actor: Actor,
  now: Date,
): Promise<void> {
  refuseWeakPassword(person.password, person.email);
  const { password, ...names } = person;
  const password_hash = await parts.passwords.hash(password);
  const fresh = randomUUID();
  await transaction(parts.db, async (trx) => {
    const email = foldEmail(person.email);
    const id = await upsertRegistration(trx, {
      ...names,
      id: fresh,
      email,
      password_hash,
      browser: origin.browser,
      token_hash: hashToken(parts.tokens.derive('registration', fresh)),
      created_at: now,
    });
    const consent = { registration_id: id, email: person.email, ip: actor.ip, given_at: now };
    await insertConsent(trx, { ...consent, user_agent: origin.user_agent, form: origin.form }, CONSENT);
    await post(trx, now, [
      { letter: 'registration', recipient: email, data: { registration: id }, key: `registration:${id}` },
    ]);
    await record(trx, actor, now, { action: 'registration.made', subject: id });
  });
}

/** What a confirmation link is worth now. */
export type LinkState =
  | { state: 'unknown' }
  | { state: 'confirmed'; registration: RegistrationRow }
  | { state: 'expired'; registration: RegistrationRow }
  | { state: 'pending'; registration: RegistrationRow };

export async function lookAtLink(db: Database, token: string, now: Date): Promise<LinkState> {
  const registration = await findRegistrationByToken(db, hashToken(token));
  if (!registration) return { state: 'unknown' };
  if (registration.confirmed_at) return { state: 'confirmed', registration };
  const expired = registration.created_at.getTime() <= now.getTime() - CONFIRMATION_TIME;
  return { state: expired ? 'expired' : 'pending', registration };
}

/**
 * Confirms an address. In another browser than the one that registered, the password chosen then is asked for: whoever
 * registers somebody else's address gains nothing when its owner clicks.
 *
 * @throws Invalid when that password does not match
 */
export async function confirmAddress(
  parts: PeopleParts,
  token: string,
  proof: { browser: string; password: string | null },
  actor: Actor,
  now: Date,
): Promise<'confirmed' | 'already' | 'gone'> {
  const link = await lookAtLink(parts.db, token, now);
  if (link.state === 'confirmed') return 'already';
  if (link.state !== 'pending') return 'gone';
  const { registration } = link;
  if (registration.browser !== proof.browser)
    await provePassword(parts, registration, proof.password ?? '', now);
  return transaction(parts.db, async (trx) => {
    await lockRegistrations(trx, registration.email);
    const since = new Date(now.getTime() - CONFIRMATION_TIME);
    const taken = await takePending(trx, registration.id, since, now);
    if (!taken) return (await findAccountByEmail(trx, registration.email)) ? 'already' : 'gone';
    const { surname, name, patronymic, phone, email, password_hash } = taken;
    const made = await insertAccount(trx, {
      id: randomUUID(),
      email,
      surname,
      name,
      patronymic,
      phone,
      password_hash,
      created_at: now,
    });
    const { id } = made ?? (await findAccountByEmail(trx, email))!;
    await closeRegistration(trx, taken, id);
    if (!made) return 'already';
    await record(trx, { ...actor, account_id: id }, now, { action: 'account.confirmed', subject: id });
    return 'confirmed';
  });
}

async function provePassword(
  parts: PeopleParts,
  registration: RegistrationRow,
  password: string,
  now: Date,
): Promise<void> {
  const key = `confirm:${registration.id}`;
  await reserveAttempt(parts.db, { key, free: 5 }, now);
  if (!(await parts.passwords.matches(password, registration.password_hash))) {
    throw new Invalid({ password: 'Пароль не подходит. Введите тот, что был выбран при регистрации' });
  }
  await forgetAttempts(parts.db, key);
}

/** «Это не я»: the owner of the address removes what somebody registered in his name. */
export async function refuseRegistration(
  db: Database,
  token: string,
  actor: Actor,
  now: Date,
): Promise<void> {
  const link = await lookAtLink(db, token, now);
  if (link.state !== 'pending' && link.state !== 'expired') return;
  await transaction(db, async (trx) => {
    await deletePending(trx, link.registration.id);
    await record(trx, actor, now, { action: 'registration.refused', subject: link.registration.id });
  });
}

/** Sends the confirmation letter again. */
export async function repeatLetter(db: Database, registration: RegistrationRow, now: Date): Promise<void> {
  await transaction(db, (trx) =>
    post(trx, now, [
      {
        letter: 'registration',
        recipient: registration.email,
        data: { registration: registration.id },
        key: `registration:${registration.id}`,
      },
    ]),
  );
}

/** Removes registrations that nobody confirmed within 7 days. */
export async function purgeRegistrations(db: Database, now: Date): Promise<number> {
  return transaction(db, (trx) => deletePendingBefore(trx, new Date(now.getTime() - CONFIRMATION_TIME)));
}
