import type { Database } from '../../src/db/knex.js';

/**
 * A hash of every table's rows, by the table's name: what is the same before and after was not written to.
 */
export async function hashTables(db: Database, except: string[] = []): Promise<Record<string, string>> {
  const { rows: names } = await db.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
  );
  const hashed = names.filter(({ name }) => !except.includes(name));
  const one = ({ name }: { name: string }) =>
    `select '${name}' as name, count(*) || ' rows ' || md5(coalesce(string_agg(t::text, chr(10) order by t::text), '')) as hash from "${name}" t`;
  const { rows } = await db.raw<{ rows: { name: string; hash: string }[] }>(
    hashed.map(one).join(' union all '),
  );
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}
