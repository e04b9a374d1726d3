import type { Database, Transaction } from '../../db/knex.js';
import type { PartyLookupRow } from '../../db/rows.js';

/** Keeps an answer for the form; what its person asked for before that moment is dropped. */
export async function insertPartyLookup(trx: Transaction, row: PartyLookupRow, before: Date): Promise<void> {
  await trx('party_lookups').where({ account_id: row.account_id }).where('at', '<', before).delete();
  await trx('party_lookups').insert({ ...row, found: JSON.stringify(row.found) as never });
}

/** One's own look-up since a moment; null when it is another's, or older. */
export async function findPartyLookup(
  db: Database,
  account_id: string,
  id: string,
  since: Date,
): Promise<PartyLookupRow | null> {
  return (await db('party_lookups').where({ id, account_id }).where('at', '>', since).first()) ?? null;
}
