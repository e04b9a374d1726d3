import { fork, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../lib/places.js';
import { ask } from './client.js';
import type { Order, Outcome } from './load.js';

const built = (file: string) => join(ROOT, 'dist/src', file);
const started = new Set<ChildProcess>();

// However this process ends, nothing that it started stays.
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

export interface App {
  port: number;
  pid: number;
  /** Milliseconds from its start to its first page. */
  firstPage: number;
  stop(): Promise<void>;
}

/** Starts the built application as it runs in production, its log going to a file; answers once it serves a page. */
export async function startApp(environment: Record<string, string>, log: string): Promise<App> {
  const port = await freePort();
  const out = openSync(log, 'a');
  const begin = performance.now();
  const child = remember(
    spawn(process.execPath, [built('server.js')], {
      env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), ...environment },
      stdio: ['ignore', out, out],
    }),
  );
  closeSync(out);
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new Error(`The application does not start:\n${readFileSync(log, 'utf8')}`);
    if (performance.now() - begin > 60_000) throw new Error('The application does not answer.');
    await delay(5);
  }
  return { port, pid: child.pid!, firstPage: performance.now() - begin, stop: () => end(child) };
}

/** Starts the page that the list is compared with; answers its port. */
export async function startBare(folder: string): Promise<{ port: number; pid: number }> {
  const child = helper('bare.js', [folder]);
  return { port: await message<number>(child), pid: child.pid! };
}

/** Starts the load generator; answers the function that gives it orders, one at a time. */
export function startLoad(): (order: Order) => Promise<Outcome> {
  const child = helper('load.js', []);
  return async (order) => {
    child.send(order);
    const answer = await message<{ outcome: Outcome } | { error: string }>(child);
    if ('error' in answer) throw new Error(answer.error);
    return answer.outcome;
  };
}

export async function stopAll(): Promise<void> {
  await Promise.all([...started].map(end));
}

/** Memory in use, in MB. */
export function memory(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Milliseconds of processor time that these processes have used so far. */
export function processorTime(pids: number[]): number {
  // proc(5): fields 14 and 15 are user and system time, in hundredths of a second on every Linux of today.
  const ticks = pids.map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, count) => sum + count, 0) * 10;
}

function helper(file: string, args: string[]): ChildProcess {
  return remember(
    fork(built(`commands/bench/${file}`), args, { env: { NODE_ENV: 'production' }, execArgv: [] }),
  );
}

function remember<Child extends ChildProcess>(child: Child): Child {
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('A process of the benchmark has ended.'));
    child.once('exit', lost);
    child.once('message', (content) => {
      child.off('exit', lost);
      resolve(content as T);
    });
  });
}

const answers = (port: number) =>
  ask(port, '/auth/login').then(
    (answer) => answer.status === 200,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
