import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** More than what is run by a clock can come to meanwhile. */
const TIMES = 20;

/**
 * The names of the statements that Postgres runs for each page, in order; `unnamed` is one that is not prepared. What is
 * run less often than a page is asked for, by a clock of this application or another, does not belong to it.
 *
 * @param server the embedded server: nobody else may ask it for pages meanwhile
 */
export async function statementsOf(
  server: { url: string; folder: string },
  page: () => Promise<unknown>,
): Promise<string[]> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  const log = openSync(join(server.folder, 'server.log'), 'r');
  try {
    await admin.query(`alter system set log_statement = 'all'`);
    await admin.query('select pg_reload_conf()');
    await delay(300);
    const begin = fstatSync(log).size;
    for (let time = 0; time < TIMES; time += 1) await page();
    await delay(300);
    const text = Buffer.alloc(fstatSync(log).size - begin);
    readSync(log, text, 0, text.length, begin);
    return ofEach(names(text.toString()), TIMES);
  } finally {
    closeSync(log);
    await admin.query('alter system reset log_statement');
    await admin.query('select pg_reload_conf()');
    await admin.end();
  }
}

const names = (log: string) =>
  [...log.matchAll(/LOG: {2}(?:execute (\S+)|statement):/g)].map(([, name]) =>
    name && name !== '<unnamed>' ? name : 'unnamed',
  );

/** What stands in the list at least so many times, as often as once for each of them. */
function ofEach(found: string[], times: number): string[] {
  const often = (name: string) => Math.floor(found.filter((one) => one === name).length / times);
  return [...new Set(found)].flatMap((name) => Array.from({ length: often(name) }, () => name));
}
