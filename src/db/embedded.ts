import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { abandonedDrafts, findBinaries, findHome, giveTo, makeDraft, publish } from './embedded-files.js';
import { endServer, ENVIRONMENT, findServer, lastWords, launchServer, type Home } from './embedded-server.js';

/** A running Postgres: `folder` holds its cluster, password and log; `stop` ends it unless another process uses it. */
export type EmbeddedPostgres = { url: string; folder: string; stop(): Promise<void> };

type Session = { client: pg.Client; socket: Socket };

const DATABASE = 'cabinet';
// An advisory lock, held shared by every process that uses the server for as long as that process lives.
const IN_USE = '770437, 1';
// Recovery after a power cut may take a while.
const PATIENCE = 60_000;

/**
 * Starts the Postgres that comes with the application, or joins the one that already runs on this folder: it outlives
 * an application that was killed. It listens on the loopback only, on a free port, behind a random password.
 *
 * The caller closes its own pool before `stop`.
 *
 * @param dataDir where it is kept, in `postgres`
 * @param options.throwaway for tests: a new database with no care for a power cut, removed by `stop`. What killed
 *   processes left behind in `dataDir`, servers too, is removed by the next such start
 * @throws Error that says why there is no server and that DATABASE_URL can name another
 */
export async function startEmbedded(
  dataDir: string,
  options: { throwaway?: boolean } = {},
): Promise<EmbeddedPostgres> {
  try {
    const home = await prepareHome(dataDir, options.throwaway ?? false);
    const { url, session } = await enter(home);
    let left: Promise<void> | undefined;
    return { url, folder: home.folder, stop: () => (left ??= leave(home, url, session)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'Set DATABASE_URL to use a Postgres of your own.';
    throw new Error(`The built-in Postgres did not start: ${reason}\n${hint}`, { cause: error });
  }
}

async function prepareHome(dataDir: string, throwaway: boolean): Promise<Home> {
  const { parent, account } = findHome(dataDir, throwaway ? undefined : 'postgres');
  const bin = await findBinaries(parent, account);
  const at = (folder: string): Home => ({
    folder,
    cluster: join(folder, 'cluster'),
    bin,
    account,
    throwaway,
  });
  const home = at(join(parent, 'postgres'));
  if (!throwaway && existsSync(home.folder)) return home;

  for (const draft of abandonedDrafts(parent)) await remove(draft);
  const draft = at(makeDraft(parent));
  await createCluster(draft).catch(async (error: unknown) => {
    await remove(draft.folder);
    throw error;
  });
  if (throwaway) return draft;
  publish(draft.folder, home.folder);
  return home;
}

async function createCluster(home: Home): Promise<void> {
  // The server may pass through to its cluster, and neither read nor replace what is beside it.
  if (home.account) chmodSync(home.folder, 0o711);
  mkdirSync(home.cluster, { mode: 0o700 });
  giveTo(home.cluster, home.account);
  const passwordFile = join(home.folder, 'password');
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  giveTo(passwordFile, home.account);
  const flags = [
    `--pgdata=${home.cluster}`,
    `--username=${DATABASE}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    `--locale=${ENVIRONMENT.LC_ALL}`,
    '--locale-provider=icu',
    '--icu-locale=ru-RU',
    '--no-instructions',
    ...(home.throwaway ? ['--no-sync'] : []),
  ];
  const options = { ...home.account, cwd: home.folder, env: ENVIRONMENT };
  await promisify(execFile)(join(home.bin, 'initdb'), flags, options);
  giveTo(passwordFile, home.account, 'root');
}

// Other processes may start, stop or kill the same server meanwhile, so every step looks anew at what there is.
async function enter(home: Home): Promise<{ url: string; session: Session }> {
  const deadline = Date.now() + PATIENCE;
  let launches = 0;
  let launched = { ended: true };
  while (Date.now() < deadline) {
    const server = findServer(home.cluster);
    if (server?.ready) {
      const url = urlOf(home, server.port);
      const session = await announce(url);
      if (session) return { url, session };
    } else if (!server && launched.ended) {
      if (launches === 10) break;
      if (launches > 0) await delay(200);
      launches += 1;
      launched = await launchServer(home);
    }
    await delay(10);
  }
  throw new Error(`the server in ${home.folder} does not answer.\n${lastWords(home)}`);
}

/** Says that this process uses the server; undefined while the server is not, or no longer, there for us. */
async function announce(url: string): Promise<Session | undefined> {
  try {
    const session = await openSession(url).catch(async (error: unknown) => {
      if (!isRefusal(error, '3D000')) throw error;
      await nameDatabase(url);
      return openSession(url);
    });
    // Waits for a process that is about to stop the server, and then fails together with it.
    await session.client.query(`select pg_advisory_lock_shared(${IN_USE})`);
    session.socket.unref();
    return session;
  } catch (error) {
    // Class 57 is a server that starts, stops or was stopped; other refusals would only come again.
    if (error instanceof pg.DatabaseError && !error.code?.startsWith('57')) throw error;
    return undefined;
  }
}

async function leave(home: Home, url: string, session: Session): Promise<void> {
  session.socket.ref();
  if (home.throwaway) {
    await remove(home.folder);
    return;
  }
  // Our session may have died in a restart of the server; when there is no new one either, nothing is left to stop.
  const alive = await session.client.query('select 1').then(
    () => session,
    () => openSession(url).catch(() => undefined),
  );
  if (!alive) return;
  await alive.client.query(`select pg_advisory_unlock_shared(${IN_USE})`);
  const { rows } = await alive.client.query<{ last: boolean }>(
    `select pg_try_advisory_lock(${IN_USE}) as last`,
  );
  if (rows[0]?.last) await endServer(home.cluster, 'SIGINT');
  await alive.client.end();
}

async function remove(folder: string): Promise<void> {
  await endServer(join(folder, 'cluster'), 'SIGQUIT');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function openSession(url: string): Promise<Session> {
  const socket = new Socket();
  const client = new pg.Client({ connectionString: url, stream: () => socket });
  // It may end with the server at any time; whoever needs it then finds out.
  client.on('error', () => undefined);
  await client.connect();
  return { client, socket };
}

// The one that initdb made for nobody in particular gets our name: to copy a template would take longer.
async function nameDatabase(url: string): Promise<void> {
  const { client } = await openSession(url.replace(/[^/]+$/, 'template1'));
  try {
    await client.query(`alter database postgres rename to ${DATABASE}`);
  } catch (error) {
    // Another process that started with us was faster.
    if (!isRefusal(error, '3D000')) throw error;
  } finally {
    await client.end();
  }
}

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code;
}

function urlOf(home: Home, port: number): string {
  const password = readFileSync(join(home.folder, 'password'), 'utf8');
  return `postgres://${DATABASE}:${password}@127.0.0.1:${port}/${DATABASE}`;
}
