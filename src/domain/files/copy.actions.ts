import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';
import { NotFound } from '../../lib/errors.js';
import { type Kept, keptFiles } from './inventory.data.js';
import type { FileStore } from './store.js';

/** What became of one file. `missing`: not at the source. `differs`: its bytes are not those of its row. */
export type Outcome = 'copied' | 'there' | 'missing' | 'differs';
export type Counts = Record<Outcome, number>;

/** Told of every file as it is done with. */
export type Tell = (file: Kept, outcome: Outcome) => void;

/** Most of the time goes into waiting for the bucket. */
const AT_ONCE = 4;

/**
 * Copies every file that has a row to another store, while the site is in use: it goes on until a round finds no row that
 * is new. What is there already with its right hash is left alone; what is there with a wrong one is replaced. A file is
 * `copied` when it was read back with the hash of its row. Whatever fails on the way ends it; begun anew, it goes on
 * where it was.
 *
 * @throws StorageFull, Unavailable and what else the stores say
 */
export async function copyFiles(
  { db, from, to }: { db: Knex; from: FileStore; to: FileStore },
  tell: Tell,
): Promise<Counts> {
  const done = new Set<string>();
  const counts = none();
  let before: number;
  do {
    before = done.size;
    await eachOf(keptFiles(db), done, async (file) => {
      const outcome = await copyOne(file, from, to);
      counts[outcome] += 1;
      tell(file, outcome);
    });
  } while (done.size > before);
  return counts;
}

/** Reads every file that has a row and compares its hash: `there`, `missing` or `differs`. Changes nothing. */
export async function checkFiles({ db, store }: { db: Knex; store: FileStore }, tell: Tell): Promise<Counts> {
  const counts = none();
  await eachOf(keptFiles(db), new Set(), async (file) => {
    const hash = await hashIn(store, file.id);
    const outcome = hash === file.sha256 ? 'there' : hash === null ? 'missing' : 'differs';
    counts[outcome] += 1;
    tell(file, outcome);
  });
  return counts;
}

const none = (): Counts => ({ copied: 0, there: 0, missing: 0, differs: 0 });

/** Does the work for each file that is not `done` yet, some at once; the first failure ends it when all have stopped. */
async function eachOf(files: AsyncIterable<Kept>, done: Set<string>, work: (file: Kept) => Promise<void>) {
  const rest = files[Symbol.asyncIterator]();
  let failed = false;
  const take = async () => {
    for (let next = await rest.next(); !next.done && !failed; next = await rest.next()) {
      if (done.has(next.value.id)) continue;
      done.add(next.value.id);
      await work(next.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, take));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function copyOne({ id, sha256 }: Kept, from: FileStore, to: FileStore): Promise<Outcome> {
  if ((await hashIn(to, id)) === sha256) return 'there';
  const temporary = join(to.temporaryDir, randomUUID());
  try {
    const hash = await download(from, id, temporary);
    if (hash === null) return 'missing';
    if (hash !== sha256) return 'differs';
    await to.put(temporary, id);
  } finally {
    await rm(temporary, { force: true });
  }
  return (await hashIn(to, id)) === sha256 ? 'copied' : 'differs';
}

/** @returns the hash of what was written; null when the store has no such file */
async function download(store: FileStore, key: string, path: string): Promise<string | null> {
  const stream = await openIn(store, key);
  if (!stream) return null;
  const hash = createHash('sha256');
  stream.on('data', (piece: Buffer) => hash.update(piece));
  await pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return hash.digest('hex');
}

async function hashIn(store: FileStore, key: string): Promise<string | null> {
  const stream = await openIn(store, key);
  if (!stream) return null;
  const hash = createHash('sha256');
  await pipeline(stream, hash);
  return hash.digest('hex');
}

async function openIn(store: FileStore, key: string): Promise<Readable | null> {
  try {
    return (await store.open(key)).stream;
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
