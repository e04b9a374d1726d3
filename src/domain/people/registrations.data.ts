import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../../db/knex.js';
import type { RegistrationRow } from '../../db/rows.js';
import { foldEmail } from './accounts.data.js';

/** One registration an address and browser: a second one from there replaces what was typed and keeps the link. */
export async function upsertRegistration(
  trx: Transaction,
  row: Omit<RegistrationRow, 'confirmed_at' | 'account_id'>,
): Promise<string> {
  const { id: _id, token_hash: _hash, ...typed } = row;
  const [kept] = await trx('registrations')
    .insert(row)
    .onConflict(['email', 'browser'])
    .merge({ ...typed, confirmed_at: null, account_id: null })
    .returning('id');
  return kept!.id;
}

export async function findRegistration(db: Database, id: string): Promise<RegistrationRow | null> {
  return (await db('registrations').where({ id }).first()) ?? null;
}

export async function findRegistrationByToken(
  db: Database,
  token_hash: string,
): Promise<RegistrationRow | null> {
  return (await db('registrations').where({ token_hash }).first()) ?? null;
}

/** The unconfirmed registration that a sign-in may mean: this browser's own, else the newest. */
export async function findPendingRegistration(
  db: Database,
  email: string,
  browser: string,
  since: Date,
): Promise<RegistrationRow | null> {
  const row = await db('registrations')
    .where({ email: foldEmail(email) })
    .whereNull('confirmed_at')
    .where('created_at', '>', since)
    .orderByRaw('(browser = ?) desc, created_at desc', [browser])
    .first();
  return row ?? null;
}

/** Locks all that waits for an address, always in one order: confirmations of one address come one after another. */
export async function lockRegistrations(trx: Transaction, email: string): Promise<void> {
  await trx('registrations').where({ email }).orderBy('id').forUpdate().select('id');
}

/** Marks it as confirmed if it still waits; the purge takes the same row, so exactly one of the two wins. */
export async function takePending(
  trx: Transaction,
  id: string,
  since: Date,
  now: Date,
): Promise<RegistrationRow | null> {
  const [taken] = await trx('registrations')
    .where({ id })
    .whereNull('confirmed_at')
    .where('created_at', '>', since)
    .update({ confirmed_at: now })
    .returning('*');
  return taken ?? null;
}

/** Once the owner has shown himself, the password has its place and other people's registrations of his address end. */
export async function closeRegistration(
  trx: Transaction,
  taken: RegistrationRow,
  account: string,
): Promise<void> {
  await trx('consents')
    .where({ registration_id: taken.id })
    .update({ account_id: account, registration_id: null });
  await trx('registrations').where({ id: taken.id }).update({ password_hash: null, account_id: account });
  await trx('registrations').where({ email: taken.email }).whereNull('confirmed_at').delete();
}

export async function deletePending(trx: Transaction, id: string): Promise<number> {
  return trx('registrations').where({ id }).whereNull('confirmed_at').delete();
}

/** Removes registrations made before that moment that nobody confirmed, with their consents; not what is being confirmed. */
export async function deletePendingBefore(trx: Transaction, before: Date): Promise<number> {
  const over = trx('registrations').whereNull('confirmed_at').where('created_at', '<=', before).select('id');
  return trx('registrations').whereIn('id', over.forUpdate().skipLocked()).delete();
}

export async function insertConsent(
  trx: Transaction,
  consent: {
    registration_id: string;
    email: string;
    ip: string;
    user_agent: string;
    form: string;
    given_at: Date;
  },
  text: { purpose: string; version: string; sha256: string; body: string },
): Promise<void> {
  await trx('consent_texts').insert(text).onConflict('sha256').ignore();
  await trx('consents').where({ registration_id: consent.registration_id, purpose: text.purpose }).delete();
  const { purpose, version, sha256 } = text;
  await trx('consents').insert({ id: randomUUID(), ...consent, purpose, version, sha256 });
}
