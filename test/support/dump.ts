import type { Database } from '../../src/db/knex.js';

/** Everything in the database as text, by table: to compare before with after, or to look for what must not be there. */
export async function dump(db: Database, ...except: string[]): Promise<Record<string, string>> {
  const tables = await db('pg_tables')
    .where('schemaname', 'public')
    .orderBy('tablename')
    .pluck<string[]>('tablename');
  const kept = tables.filter((table) => !table.startsWith('knex_') && !except.includes(table));
  const texts = await Promise.all(
    kept.map(async (table) => {
      const { rows } = await db.raw<{ rows: { text: string | null }[] }>(
        // That somebody is here is written down whatever he does.
        `select string_agg(t, E'\\n' order by t) as text from (select (to_jsonb(r) - 'seen_at')::text as t from ?? r) t`,
        [table],
      );
      return [table, rows[0]!.text ?? ''] as const;
    }),
  );
  return Object.fromEntries(texts);
}

/** How many rows a table has. */
export async function count(
  db: Database,
  table: string,
  where: Record<string, unknown> = {},
): Promise<number> {
  return Number((await db(table).where(where).count('* as n').first())?.n);
}
