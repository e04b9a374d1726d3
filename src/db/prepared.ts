import type pg from 'pg';
import type { Database } from './knex.js';

interface PoolClient {
  acquireConnection(): Promise<pg.Client>;
  releaseConnection(connection: pg.Client): Promise<void>;
}

/**
 * Declares a statement that Postgres parses and plans once a connection.
 *
 * Building a query with Knex and parsing it costs more than running it, so the few statements that stand on every
 * page are written out and prepared; everything else uses the builder.
 */
export function prepared<Row extends pg.QueryResultRow>(name: string, text: string) {
  return async (db: Database, values: unknown[]): Promise<Row[]> => {
    const result = await onConnection(db, (connection) => connection.query<Row>({ name, text, values }));
    return result.rows;
  };
}

/** Lends one connection of Knex's pool, for what speaks to `pg` itself. */
export async function onConnection<T>(db: Database, work: (connection: pg.Client) => Promise<T>): Promise<T> {
  const pool = db.client as PoolClient;
  const connection = await pool.acquireConnection();
  try {
    return await work(connection);
  } finally {
    await pool.releaseConnection(connection);
  }
}
