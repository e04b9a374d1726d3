import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { readConfig, type Config } from '../../src/config.js';

type Read = (change: Record<string, string>) => Config;

/** Reads configurations of whoever develops and of a company's own machine, in a folder that goes with the file's tests. */
export function environments(): { development: Read; production: Read } {
  let DATA_DIR: string;
  beforeAll(async () => {
    DATA_DIR = await mkdtemp(join(tmpdir(), 'config-'));
  });
  afterAll(() => rm(DATA_DIR, { recursive: true }));
  return {
    development: (change) => readConfig({ NODE_ENV: 'development', DATA_DIR, ...change }),
    production: (change) =>
      readConfig({
        NODE_ENV: 'production',
        DATA_DIR,
        DATABASE_URL: 'postgres://cabinet@localhost/cabinet',
        PUBLIC_URL: 'https://my.company.test',
        TRUST_PROXY: 'loopback',
        SMTP_URL: 'smtp://localhost',
        SESSION_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789',
        PASSWORD_KEY: '0123456789abcdefghijklmnopqrstuvwxyz',
        ...change,
      }),
  };
}
