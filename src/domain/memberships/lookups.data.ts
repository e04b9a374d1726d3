import type { Database, Transaction } from '../../db/knex.js';
import type { OrganisationLookupRow, OrganisationRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** When an account looked up an ИНН since a moment, the first first. */
export async function lookupsSince(trx: Transaction, account_id: string, since: Date): Promise<Date[]> {
  return trx('organisation_lookups').where({ account_id }).where('at', '>', since).orderBy('at').pluck('at');
}

export async function insertLookup(trx: Transaction, row: OrganisationLookupRow): Promise<void> {
  await trx('organisation_lookups').insert(row);
}

/** A person's own look-up with the organisations that it found. @throws NotFound when it is another's, or old */
export async function getLookup(
  db: Database,
  account_id: string,
  id: string,
  since: Date,
): Promise<{ inn: string; organisations: OrganisationRow[] }> {
  const row = await db('organisation_lookups').where({ id, account_id }).where('at', '>', since).first();
  if (!row) throw new NotFound();
  return { inn: row.inn, organisations: await organisationsOf(db, row.inn) };
}

/** Of these organisations, those that an account belongs to, and those that it waits for. */
export async function placesIn(
  db: Database,
  account_id: string,
  organisations: { id: string }[],
): Promise<{ joined: Set<string>; asked: Set<string> }> {
  const ids = organisations.map(({ id }) => id);
  const [joined, asked] = await Promise.all([
    db('memberships').where({ account_id }).whereNull('ended_at').whereIn('organisation_id', ids),
    db('access_requests').where({ account_id, state: 'open' }).whereIn('organisation_id', ids),
  ]);
  const set = (rows: { organisation_id: string }[]) => new Set(rows.map((row) => row.organisation_id));
  return { joined: set(joined), asked: set(asked) };
}

/** The tenants with this ИНН; several where branches have КПП of their own. */
export function organisationsOf(db: Database, inn: string): Promise<OrganisationRow[]> {
  return db('organisations').where({ inn }).orderBy('kpp');
}
