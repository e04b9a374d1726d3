import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from './client.js';
import type { TestHouse } from './house.js';

/** One running process of the application. */
export interface HouseProcess {
  address: string;
  /** All that it has printed, its log included. */
  printed: () => string;
  client(): Client;
  /** Ends it as `kill` does; answers its exit code, null when the signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the application once more on the database, the files and the secrets of this house. */
export async function startProcess(
  house: TestHouse,
  environment: Record<string, string> = {},
): Promise<HouseProcess> {
  const script = fileURLToPath(new URL('./house-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      TZ: 'Pacific/Auckland',
      DATABASE_URL: house.url,
      DATABASE_POOL: '7',
      DATA_DIR: house.config.dataDir,
      CAPTCHA: 'off',
      TRUST_PROXY: 'loopback',
      LOG_LEVEL: 'debug',
      ...environment,
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (printed += text.toString()));
  const address = `http://127.0.0.1:${await portOf(child, () => printed)}`;
  return {
    address,
    printed: () => printed,
    client: () => new Client(address),
    async end(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      return ((await ended) as [number | null])[0];
    },
  };
}

async function portOf(child: ChildProcess, printed: () => string): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const port = /^port (\d+)$/.exec(line)?.[1];
    if (port) return port;
  }
  throw new Error(`The process did not start: ${printed()}`);
}
