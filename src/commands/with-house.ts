import { ConfigError, readConfig } from '../config.js';
import { startEmbedded } from '../db/embedded.js';
import { migrate } from '../db/migrate.js';
import { build, type House } from '../house.js';
import { Invalid } from '../lib/errors.js';
import { createLog } from '../web/log.js';

/** Runs a command beside the application or without it, on the same database and files, and ends the process. */
export async function withHouse(command: (house: House) => Promise<void>): Promise<void> {
  try {
    const config = readConfig();
    const postgres = config.databaseUrl ? null : await startEmbedded(config.dataDir);
    const url = config.databaseUrl ?? postgres!.url;
    const house = await build(config, createLog('warn'), url);
    try {
      await migrate(house.parts.db);
      await command(house);
    } finally {
      await house.close();
      await postgres?.stop();
    }
  } catch (error) {
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exitCode = 1;
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof Invalid) return Object.values(error.errors).join('\n');
  if (error instanceof ConfigError) return `Configuration:\n${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
