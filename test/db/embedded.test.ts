import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '../../src/db/embedded.js';

const dataDir = mkdtempSync(join(tmpdir(), 'cabinet-embedded-'));
const children: ChildProcess[] = [];

beforeAll(async () => {
  // Under root the server is nobody's, who has to get in.
  chmodSync(dataDir, 0o755);
  const server = await startEmbedded(dataDir);
  await query(server.url, 'create table kept (word text); create extension pg_trgm');
  await server.stop();
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  const server = await startEmbedded(dataDir);
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

test('data outlives a stop and a start', async () => {
  const first = await startEmbedded(dataDir);
  await query(first.url, `insert into kept values ('stopped')`);
  await first.stop();
  await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');

  const second = await startEmbedded(dataDir);
  expect(await words(second.url)).toContain('stopped');
  await second.stop();
});

test('the server of a killed application is joined, and stopped in the end', async () => {
  const app = await startApplication(dataDir);
  await query(app.url, `insert into kept values ('killed')`);
  const postmaster = postmasterOf(app.folder);
  await kill(app.child);

  const server = await startEmbedded(dataDir);
  expect(server.url).toBe(app.url);
  expect(postmasterOf(server.folder)).toBe(postmaster);
  expect(await words(server.url)).toContain('killed');
  await server.stop();
  expect(existsSync(lockFile(server.folder))).toBe(false);
});

test('a server that was killed itself is replaced, and committed data is there', async () => {
  const first = await startEmbedded(dataDir);
  await query(first.url, `insert into kept values ('crashed')`);
  process.kill(postmasterOf(first.folder), 'SIGKILL');

  const second = await startEmbedded(dataDir);
  expect(await words(second.url)).toContain('crashed');
  await first.stop();
  expect(await words(second.url)).toContain('crashed');
  await second.stop();
});

test.each([
  ['names a process that is something else by now', (pid: number) => `${pid}\n`],
  ['is empty', () => ''],
])('a stale lock that %s does not hinder', async (_, contents) => {
  const cluster = join(dataDir, 'postgres/cluster');
  const { uid, gid } = statSync(cluster);
  const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
  children.push(stranger);
  writeFileSync(lockFile(join(dataDir, 'postgres')), contents(stranger.pid ?? 0));
  utimesSync(lockFile(join(dataDir, 'postgres')), 0, 0);

  const server = await startEmbedded(dataDir);
  expect(await words(server.url)).toContain('stopped');
  await server.stop();
  expect(stranger.exitCode).toBeNull();
});

test('starts at the same time share a server, and the last to stop stops it', async () => {
  const servers = await Promise.all([startEmbedded(dataDir), startEmbedded(dataDir), startEmbedded(dataDir)]);
  const [first, second, third] = servers;
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
  await first.stop();
  expect(await words(second.url)).toContain('stopped');
  await Promise.all([second.stop(), third.stop()]);
  await expect(query(first.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
});

test('a start while another application stops the server gets a server that stays', async () => {
  const first = await startEmbedded(dataDir);
  const stopping = first.stop();
  const second = await startEmbedded(dataDir);
  await stopping;
  expect(await words(second.url)).toContain('stopped');
  await second.stop();
});

test('Russian sorts as in a dictionary, compares without case and by likeness', async () => {
  const server = await startEmbedded(dataDir);
  const sorted = await query<{ word: string }>(
    server.url,
    `select word from unnest(array['яма', 'Ель', 'ёлка', 'жук', 'дом', 'ежевика']) as word order by word`,
  );
  expect(sorted.map(({ word }) => word)).toEqual(['дом', 'ежевика', 'ёлка', 'Ель', 'жук', 'яма']);
  const [row] = await query(
    server.url,
    `select upper('ёж') as upper, 'Иванов' ilike 'иван%' as ilike, similarity('Кузнецов', 'кузнецова') > 0.6 as alike`,
  );
  expect(row).toEqual({ upper: 'ЁЖ', ilike: true, alike: true });
  await server.stop();
});

// Two new clusters: seconds on an idle machine, many more on a busy one.
test('a throwaway server leaves nothing, and the next one clears away what a killed process left', async () => {
  const killed = await startApplication(dataDir, { throwaway: true });
  await kill(killed.child);
  expect(existsSync(killed.folder)).toBe(true);

  const server = await startEmbedded(dataDir, { throwaway: true });
  expect(existsSync(killed.folder)).toBe(false);
  await expect(query(killed.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  const [row] = await query(server.url, `select current_setting('fsync') as fsync`);
  expect(row).toEqual({ fsync: 'off' });
  await server.stop();
  expect(existsSync(server.folder)).toBe(false);
}, 60_000);

test('the password is for nobody else', async () => {
  const { mode } = statSync(join(dataDir, 'postgres/password'));
  expect(mode & 0o077).toBe(0);
  const server = await startEmbedded(dataDir);
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  await server.stop();
});

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function words(url: string): Promise<string[]> {
  return (await query<{ word: string }>(url, 'select word from kept')).map(({ word }) => word);
}

async function startApplication(
  folder: string,
  options: { throwaway?: boolean } = {},
): Promise<{ url: string; folder: string; child: ChildProcess }> {
  const module = new URL('../../src/db/embedded.ts', import.meta.url).href;
  const code = `
    const { startEmbedded } = await import(${JSON.stringify(module)});
    console.log(JSON.stringify(await startEmbedded(${JSON.stringify(folder)}, ${JSON.stringify(options)})));
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { ...(JSON.parse(line.toString()) as { url: string; folder: string }), child };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  // The server notices the closed connections of the dead on its own time.
  await delay(100);
}

function postmasterOf(folder: string): number {
  return Number.parseInt(readFileSync(lockFile(folder), 'utf8'), 10);
}

function lockFile(folder: string): string {
  return join(folder, 'cluster/postmaster.pid');
}
