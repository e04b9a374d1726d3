import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/**
 * The names of the statements that Postgres runs meanwhile, in order; `unnamed` is one that is not prepared.
 *
 * @param server the embedded server: nobody else may use it meanwhile
 */
export async function statementsOf(
  server: { url: string; folder: string },
  work: () => Promise<unknown>,
): Promise<string[]> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const log = openSync(join(server.folder, 'server.log'), 'r');
  try {
    await admin.query(`alter system set log_statement = 'all'`);
    await admin.query('select pg_reload_conf()');
    await delay(300);
    const begin = fstatSync(log).size;
    await work();
    await delay(300);
    const text = Buffer.alloc(fstatSync(log).size - begin);
    readSync(log, text, 0, text.length, begin);
    const found = text.toString().matchAll(/LOG: {2}(?:execute (\S+)|statement):/g);
    return [...found].map(([, name]) => (name && name !== '<unnamed>' ? name : 'unnamed'));
  } finally {
    closeSync(log);
    await admin.query('alter system reset log_statement');
    await admin.query('select pg_reload_conf()');
    await admin.end();
  }
}
