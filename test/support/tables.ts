import type { Database } from '../../src/db/knex.js';
import { prepared } from '../../src/db/prepared.js';

/**
 * Asks every table the same, in one statement: sixty would be sixty ways, and to plan that one anew takes ten times what
 * it takes to run, so it is prepared.
 *
 * @param what a text made of the rows of the table, `t`
 */
export function everyTable(name: string, what: string) {
  const known = new WeakMap<Database, Promise<(db: Database) => Promise<Record<string, string>>>>();
  const make = async (db: Database) => {
    const tables = await db('pg_tables')
      .where('schemaname', 'public')
      .orderBy('tablename')
      .pluck('tablename');
    const one = (table: string) => `select '${table}' as name, ${what} as said from "${table}" t`;
    const ask = prepared<{ name: string; said: string | null }>(name, tables.map(one).join(' union all '));
    return async (on: Database) =>
      Object.fromEntries((await ask(on, [])).map((row) => [row.name, row.said ?? '']));
  };
  return async (db: Database, except: string[] = []): Promise<Record<string, string>> => {
    if (!known.has(db)) known.set(db, make(db));
    const ask = await known.get(db)!;
    return Object.fromEntries(Object.entries(await ask(db)).filter(([table]) => !except.includes(table)));
  };
}

/** A hash of every table's rows, by the table's name: what is the same before and after was not written to. */
export const hashTables = everyTable(
  'test-hashes',
  `count(*) || ' rows ' || coalesce(sum(hashtextextended(t::text, 0)), 0)`,
);
