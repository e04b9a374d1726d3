import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, type Account } from './embedded-files.js';

/** One embedded Postgres: its folder (cluster, password, log), its binaries and whom it runs as. */
export type Home = { folder: string; cluster: string; bin: string; account: Account; throwaway: boolean };

/** What `initdb` and the server get instead of our own environment, where PG* variables would lead them astray. */
export const ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  TZ: 'UTC',
  LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8',
};

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=100',
  'shared_buffers=128MB',
  'jit=off',
  // Every request is short, and there are others: to start helpers for one takes longer than they save.
  'max_parallel_workers_per_gather=0',
  'timezone=UTC',
  'log_timezone=UTC',
];
const CARELESS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const LOG_LIMIT = 10_000_000;

/** The server that runs on this cluster, as its lock file tells; undefined when the file is missing or stale. */
export function findServer(cluster: string): { pid: number; port: number; ready: boolean } | undefined {
  const [pid = 0, , , port, , , , status] = readLock(cluster);
  if (!isPostmaster(Number(pid), cluster)) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' };
}

/** Starts a server. It answers a little later, or ends when it cannot: `findServer` tells, `ended` too. */
export async function launchServer(home: Home): Promise<{ ended: boolean }> {
  const port = await freePort();
  clearStaleLock(home.cluster);
  const log = openSync(logFile(home), isLong(logFile(home)) ? 'w' : 'a', 0o600);
  const settings = [...SETTINGS, ...(home.throwaway ? CARELESS : [])].flatMap((setting) => ['-c', setting]);
  // Detached, with nothing of ours open: Ctrl-C in the terminal is for the application, which drains first.
  const child = spawn(join(home.bin, 'postgres'), ['-D', home.cluster, '-p', String(port), ...settings], {
    ...home.account,
    cwd: home.folder,
    env: ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const state = { ended: false };
  child.once('exit', () => (state.ended = true));
  child.once('error', () => (state.ended = true));
  return state;
}

/**
 * Ends the server of this cluster and waits until it is gone.
 *
 * @param signal SIGINT ends every session and writes everything down; SIGQUIT leaves data that needs recovery
 */
export async function endServer(cluster: string, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  const server = findServer(cluster);
  if (!server) return;
  process.kill(server.pid, signal);
  const deadline = Date.now() + 30_000;
  while (isPostmaster(server.pid, cluster)) {
    if (Date.now() > deadline) throw new Error(`Postgres (process ${server.pid}) does not end.`);
    await delay(10);
  }
}

/** The last lines that the server wrote, for an error message. */
export function lastWords(home: Home): string {
  const log = logFile(home);
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
}

function isPostmaster(pid: number, cluster: string): boolean {
  try {
    const command = existsSync('/proc/self/cmdline')
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes(`postgres -D ${cluster} -p `);
  } catch {
    return false;
  }
}

// Postgres itself clears the lock of a process that is gone. It gives up before an empty one, and before a number that
// some other process has by now. A young file may be one that a server is just writing.
function clearStaleLock(cluster: string): void {
  const file = lockFile(cluster);
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (written === undefined || Date.now() - written < 1_000 || findServer(cluster)) return;
  const pid = Number(readLock(cluster)[0]);
  if (!pid || isAlive(pid)) rmSync(file, { force: true });
}

// Line by line: process, cluster, start, port, socket folder, address, shared memory, status.
function readLock(cluster: string): string[] {
  try {
    return readFileSync(lockFile(cluster), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function logFile(home: Home): string {
  return join(home.folder, 'server.log');
}

function isLong(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
