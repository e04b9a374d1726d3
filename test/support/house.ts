import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, type Config } from '../../src/config.js';
import { build, type House } from '../../src/house.js';
import { createLog } from '../../src/web/log.js';
import { cloneDatabase } from './database.js';

/** A clock that stands until it is moved. */
export class Clock {
  constructor(public at: Date) {}
  now = () => this.at;
  move(milliseconds: number): void {
    this.at = new Date(this.at.getTime() + milliseconds);
  }
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export interface TestHouse extends House {
  clock: Clock;
  config: Config;
  url: string;
}

/** The whole application on a database, a data folder and a clock of its own. `close` removes them. */
export async function openHouse(
  change: Partial<Config> = {},
  clock = new Clock(new Date()),
): Promise<TestHouse> {
  const database = await cloneDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'cabinet-test-'));
  const config: Config = {
    ...readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, LOG_LEVEL: 'silent' }),
    passwordCost: 4,
    captcha: 'off',
    ...change,
  };
  const house = await build(config, createLog(config.logLevel), database.url, () => clock.now());
  return {
    ...house,
    clock,
    config,
    url: database.url,
    async close() {
      await house.close();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
