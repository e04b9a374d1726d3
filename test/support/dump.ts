import type { Database } from '../../src/db/knex.js';
import { everyTable } from './tables.js';

// That somebody is here is written down whatever he does.
const texts = everyTable(
  'test-dump',
  `string_agg((to_jsonb(t) - 'seen_at')::text, E'\\n' order by (to_jsonb(t) - 'seen_at')::text collate "C")`,
);

/** Everything in the database as text, by table: to compare before with after, or to look for what must not be there. */
export const dump = (db: Database, ...except: string[]): Promise<Record<string, string>> =>
  texts(db, [...KNEX, ...except]);

/** What migrations have run. */
const KNEX = ['knex_migrations', 'knex_migrations_lock'];

/** How many rows a table has. */
export async function count(
  db: Database,
  table: string,
  where: Record<string, unknown> = {},
): Promise<number> {
  return Number((await db(table).where(where).count('* as n').first())?.n);
}
