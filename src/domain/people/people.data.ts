import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { AccountRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** Which accounts a list shows besides what is searched; null: all. */
export type PeopleFilter = 'staff' | 'blocked' | 'inn' | null;

/** An account without its secret. */
export type Person = Omit<AccountRow, 'password_hash'>;

// The expression of the index `accounts_words`.
const WORDS =
  "(surname || ' ' || name || ' ' || coalesce(patronymic, '') || ' ' || email || ' ' || coalesce(phone, ''))";

const PERSON = [
  ...[
    'id',
    'email',
    'surname',
    'name',
    'patronymic',
    'phone',
    'inn',
    'staff_roles',
    'created_at',
    'blocked_at',
  ],
  ...['blocked_reason', 'phone_confirmed_at', 'inn_confirmed_at', 'seen_at', 'outside_requests'],
] as (keyof Person)[];

/** One page of the accounts, the newest first. @param search words of which each stands in name, address or number */
export async function listPeople(
  db: Database,
  { search, filter }: { search: string; filter: PeopleFilter },
  { backwards, cursor }: Position,
): Promise<Page<Person>> {
  const order = backwards ? 'asc' : 'desc';
  const query = db('accounts')
    .select(PERSON)
    .orderBy([
      { column: 'created_at', order },
      { column: 'id', order },
    ])
    .limit(PAGE_SIZE + 1);
  for (const word of wordsOf(search)) void query.whereRaw(`${WORDS} ilike ?`, [containing(word)]);
  if (filter === 'staff') void query.whereRaw("staff_roles <> '{}'");
  if (filter === 'blocked') void query.whereNotNull('blocked_at');
  if (filter === 'inn') void query.whereNotNull('inn').whereNull('inn_confirmed_at').whereNull('blocked_at');
  if (cursor)
    void query.whereRaw(backwards ? '(created_at, id) > (?, ?)' : '(created_at, id) < (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.created_at, { backwards, cursor });
}

/** What is looked for, word by word; a telephone number in any spacing is one word, written as it is stored. */
function wordsOf(search: string): string[] {
  const digits = search.replace(/\D/g, '');
  if (/^[+\d\s()-]+$/.test(search) && digits.length >= 3)
    return [digits.length === 11 ? digits.replace(/^8/, '7') : digits];
  return search.split(/\s+/).filter(Boolean).slice(0, 6);
}

const containing = (word: string) => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

/** Somebody who is looked for by name, with what tells him from his namesakes. */
export interface Namesake extends Pick<AccountRow, 'id' | 'email' | 'surname' | 'name' | 'patronymic'> {
  organisations: string[];
}

/**
 * Who can sign in and is called so, by surname; up to `limit`.
 *
 * @param name words of which each begins a part of the name
 * @param organisation among its members only; null: among all
 */
export async function findByName(
  db: Database,
  name: string,
  organisation: string | null,
  limit: number,
): Promise<Namesake[]> {
  const current = () => db('memberships as m').whereRaw('m.account_id = a.id').whereNull('m.ended_at');
  const organisations = current()
    .join('organisations as o', 'o.id', 'm.organisation_id')
    .select(db.raw("coalesce(array_agg(o.name order by o.name), '{}')"));
  const query = db('accounts as a')
    .select('a.id', 'a.email', 'a.surname', 'a.name', 'a.patronymic', organisations.as('organisations'))
    .whereNull('a.blocked_at')
    .orderBy(['a.surname', 'a.name', 'a.id'])
    .limit(limit);
  void query.where(named(name));
  if (organisation) void query.whereExists(current().where('m.organisation_id', organisation));
  return query;
}

/** Of each word: a part of the name begins with it. */
const named = (name: string) => (query: Knex.QueryBuilder) => {
  const parts = "' ' || surname || ' ' || name || ' ' || coalesce(patronymic, '')";
  // The first condition is the index's, the second says what is meant.
  for (const word of name.split(/\s+/).filter(Boolean).slice(0, 6))
    void query
      .whereRaw(`${WORDS} ilike ?`, [containing(word)])
      .whereRaw(`${parts} ilike ?`, [`%${containing(` ${word}`).slice(1)}`]);
};

/** The confirmed ИНН of those who are called so; for a condition on a column of ИНН. */
export const innsOfNamed = (db: Database, name: string) =>
  db('accounts').whereNotNull('inn_confirmed_at').where(named(name)).select('inn');

/** The full name of whom the ИНН in that column has been confirmed to be; null: nobody's. */
export const nameOfInn = (db: Database, column: string) =>
  db('accounts as named')
    .whereRaw('named.inn = ??', [column])
    .whereNotNull('named.inn_confirmed_at')
    .orderBy(['named.created_at', 'named.id'])
    .limit(1)
    .select(db.raw("concat_ws(' ', named.surname, named.name, named.patronymic)"));

/** @throws NotFound */
export async function getPerson(db: Database, id: string): Promise<Person> {
  const row = await db('accounts').where({ id }).first(PERSON);
  if (!row) throw new NotFound();
  return row;
}

/** Whether the account has no password: it was made for somebody who has not set one yet. */
export async function lacksPassword(db: Database, id: string): Promise<boolean> {
  return !!(await db('accounts').where({ id }).whereNull('password_hash').first('id'));
}

/** Locked, blocked or not. @throws NotFound */
export async function lockPerson(trx: Transaction, id: string): Promise<Person> {
  const row = await trx('accounts').where({ id }).forUpdate().first(PERSON);
  if (!row) throw new NotFound();
  return row;
}

/** How many sign-ins of the account can be used now. */
export async function countSessions(db: Database, account_id: string, now: Date): Promise<number> {
  const row = await db('sessions')
    .where({ account_id })
    .where('expire', '>', now)
    .count<{ n: number }[]>({ n: '*' });
  return row[0]!.n;
}

/**
 * Whoever blocks the company's own people or changes their roles comes one after another: two administrators who demote
 * each other at the same instant are judged in turn. To be asked before any row is locked.
 */
export async function lockStaffRoles(trx: Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtextextended('staff roles', 0))");
}

/** Whether the company has an administrator who can sign in, besides this one. */
export async function hasOtherAdministrator(trx: Transaction, id: string): Promise<boolean> {
  const row = await trx('accounts')
    .whereRaw("'administrator' = any (staff_roles)")
    .whereNull('blocked_at')
    .whereNot({ id })
    .first('id');
  return !!row;
}

export async function updatePerson(
  trx: Transaction,
  id: string,
  change: Partial<
    Pick<
      AccountRow,
      'blocked_at' | 'blocked_reason' | 'inn_confirmed_at' | 'staff_roles' | 'outside_requests'
    >
  >,
): Promise<void> {
  await trx('accounts').where({ id }).update(change);
}
