import knex, { type Knex } from 'knex';
import pg from 'pg';

/** Reads and writes outside a transaction. What is done together takes a `Transaction`. */
export type Database = Knex;
/** An open transaction: actions open one, the data modules below only accept it. */
export type Transaction = Knex.Transaction;

// A DATE is a calendar day and stays text; bigint counters of ours fit a number.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens the pool. `onError` hears of connections that die while idle: without a listener that ends the process. */
export function connect(
  url: string,
  options: { pool?: number; onError?: (error: Error) => void } = {},
): Database {
  return knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'cabinet', keepAlive: true },
    acquireConnectionTimeout: 5_000,
    pool: {
      min: 0,
      max: options.pool ?? 10,
      afterCreate(connection: pg.Client, done: (error: Error | null, connection: pg.Client) => void) {
        connection.on('error', (error) => options.onError?.(error));
        done(null, connection);
      },
    },
  });
}

/**
 * Runs the work in one transaction: all of it is there afterwards, or nothing.
 *
 * Opened by actions and nowhere deeper, so that a change, its audit row and its outgoing messages stand or fall together.
 */
export function transaction<T>(db: Database, work: (trx: Transaction) => Promise<T>): Promise<T> {
  return db.transaction(work);
}
