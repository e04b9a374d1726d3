import type { Database, Transaction } from '../../db/knex.js';
import type { AccountRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { MAIL_TOPICS, type MailTopic } from './mail-choices.js';
import type { StaffRole } from './people.policy.js';

/** One address is one spelling, whatever the case it was typed in. */
export const foldEmail = (email: string) => email.trim().toLowerCase();

export async function findAccountByEmail(db: Database, email: string): Promise<AccountRow | null> {
  return (
    (await db('accounts')
      .where({ email: foldEmail(email) })
      .first()) ?? null
  );
}

export async function findAccount(db: Database, id: string): Promise<AccountRow | null> {
  return (await db('accounts').where({ id }).first()) ?? null;
}

/** Where somebody who can sign in gets his letters. */
export async function addressOf(db: Database, id: string): Promise<string | null> {
  return (await db('accounts').where({ id }).whereNull('blocked_at').first('email'))?.email ?? null;
}

/** One's own row. @throws NotFound when the account is gone or blocked */
export async function getAccount(db: Database, id: string): Promise<AccountRow> {
  const row = await db('accounts').where({ id }).whereNull('blocked_at').first();
  if (!row) throw new NotFound();
  return row;
}

/** One's own row, locked until the transaction ends. @throws NotFound when the account is gone or blocked */
export async function lockAccount(trx: Transaction, id: string): Promise<AccountRow> {
  const row = await trx('accounts').where({ id }).whereNull('blocked_at').forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** The account that has proved this number to be its own. */
export async function findAccountByPhone(db: Database, phone: string): Promise<AccountRow | null> {
  return (await db('accounts').where({ phone }).whereNotNull('phone_confirmed_at').first()) ?? null;
}

/** Lets those who confirm one number at the same instant come one after another; to be asked before any row is locked. */
export async function lockPhone(trx: Transaction, phone: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`phone:${phone}`]);
}

/** Whoever else had confirmed the number has it no longer. */
export async function releasePhone(trx: Transaction, phone: string, keeper: string): Promise<void> {
  await trx('accounts').where({ phone }).whereNot({ id: keeper }).update({ phone_confirmed_at: null });
}

/** The company's own administrators. */
export async function listAdministrators(trx: Transaction): Promise<AccountRow[]> {
  return trx('accounts')
    .whereRaw("'administrator' = any (staff_roles)")
    .whereNull('blocked_at')
    .orderBy('email');
}

/** What a person says of himself. */
export type PersonalData = Pick<AccountRow, 'surname' | 'name' | 'patronymic' | 'phone' | 'inn'>;

export async function updateAccount(
  trx: Transaction,
  id: string,
  change: Partial<PersonalData & Pick<AccountRow, 'phone_confirmed_at' | 'inn_confirmed_at'>>,
): Promise<void> {
  await trx('accounts').where({ id }).update(change);
}

/** One of the company's own people, locked against a change of his roles until the transaction ends. */
export async function findStaff(trx: Transaction, id: string): Promise<AccountRow | null> {
  const row = await trx('accounts')
    .where({ id })
    .whereNull('blocked_at')
    .whereRaw("staff_roles <> '{}'")
    .forShare()
    .first();
  return row ?? null;
}

/** The persons whose ИНН the company has confirmed to be this, and who want letters of this topic. */
export async function personsOfInn(
  db: Database,
  inn: string,
  topic: MailTopic,
): Promise<Pick<AccountRow, 'email' | 'name' | 'patronymic'>[]> {
  return db('accounts as a')
    .leftJoin('mail_choices as c', (on) => on.on('c.account_id', 'a.id').andOnVal('c.topic', topic))
    .where('a.inn', inn)
    .whereNotNull('a.inn_confirmed_at')
    .whereNull('a.blocked_at')
    .whereRaw('coalesce(c.by_mail, ?)', [MAIL_TOPICS[topic].usually])
    .orderBy('a.email')
    .select('a.email', 'a.name', 'a.patronymic');
}

/** Those of the company's own people who have one of these roles, by name. */
export async function staffWith(
  db: Database,
  roles: StaffRole[],
): Promise<Pick<AccountRow, 'id' | 'surname' | 'name'>[]> {
  return db('accounts')
    .whereNull('blocked_at')
    .whereRaw('staff_roles && ?::text[]', [roles])
    .orderBy(['surname', 'name', 'id'])
    .select('id', 'surname', 'name');
}

/** What an account begins with; the rest is empty until somebody fills it. */
export type NewAccount = Pick<AccountRow, 'id' | 'email' | 'surname' | 'name' | 'created_at'> &
  Partial<Pick<AccountRow, 'patronymic' | 'phone' | 'password_hash'>>;

/** Adds the account, unless the address has one by now: then null. */
export async function insertAccount(trx: Transaction, row: NewAccount): Promise<AccountRow | null> {
  const [inserted] = await trx('accounts').insert(row).onConflict('email').ignore().returning('*');
  return inserted ?? null;
}

export async function setPasswordHash(trx: Transaction, id: string, password_hash: string): Promise<void> {
  await trx('accounts').where({ id }).update({ password_hash });
}

export async function setStaffRoles(trx: Transaction, id: string, staff_roles: string[]): Promise<void> {
  await trx('accounts').where({ id }).update({ staff_roles });
}

/** Ends every session of an account; its remembered sign-ins with them. */
export async function endSessions(trx: Transaction, account: string): Promise<void> {
  await trx('sessions').where({ account_id: account }).delete();
}

/** Writes down that somebody is here. */
export async function markSeen(db: Database, id: string, now: Date): Promise<void> {
  await db('accounts').where({ id }).update({ seen_at: now });
}

/** Demo accounts must never be in a real installation. */
export async function findDemoAccounts(db: Database): Promise<string[]> {
  return db('accounts').where('email', 'like', '%@demo.test').orderBy('email').pluck('email');
}

export async function countAccounts(db: Database): Promise<number> {
  const row = await db('accounts').count({ n: '*' }).first();
  return Number(row?.n ?? 0);
}
