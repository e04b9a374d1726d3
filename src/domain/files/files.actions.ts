import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Scan } from './clamd.js';
import { type FileRow, existingFiles } from './files.data.js';
import { type Inspector, cleanedPath } from './inspect.js';
import { type Judged, type Upload, judgeAll } from './judge.js';
import type { FileStore } from './store.js';
import type { Passed, Wanted } from './verdict.js';

export type { Scan } from './clamd.js';

/** A file that is in the store: what `insertFile` needs besides who sent it and when; of a picture its size in dots too. */
export type Accepted = Pick<FileRow, 'id' | 'sha256' | 'size' | 'mime' | 'name'> &
  Pick<Passed, 'width' | 'height'>;

/** Long past the longest request: what is older and still belongs to nothing never will. */
const ORPHAN_MS = 3_600_000;

/** Rows are looked for in groups: one query for so many files. */
const PAGE = 500;

/**
 * Judges the uploads of one form and takes them into the store, all or none. The bytes are durable when this resolves,
 * so the caller may commit the rows that name them; should that never happen, `sweep` removes them after an hour.
 * Nothing stays in the temporary folder, whatever the outcome.
 *
 * @param deps `scan` is given where a virus scanner is configured; then nothing is stored that it has not seen
 * @param field where on the form a refusal is to stand
 * @param wanted what it takes
 * @returns one for each upload, in their order
 * @throws Invalid with a message for `field` when one is not taken; of several it names those at fault
 * @throws StorageFull when there is no room
 */
export async function acceptUploads(
  deps: { store: FileStore; inspector: Inspector; scan?: Scan | null },
  uploads: Upload[],
  field: string,
  wanted: Wanted = 'document',
): Promise<Accepted[]> {
  try {
    const passed = await judgeAll(deps, uploads, field, wanted);
    return await storeAll(deps.store, passed);
  } finally {
    // Should this fail too (a disk that went read-only), the answer is what happened before; the sweeper comes by.
    const leftovers = uploads.flatMap(({ path }) => [path, cleanedPath(path)]);
    await Promise.allSettled(leftovers.map((path) => rm(path, { force: true })));
  }
}

/** Takes back what was accepted for something that did not happen. What cannot be removed now is left to `sweep`. */
export async function removeAccepted(store: FileStore, files: Pick<Accepted, 'id'>[]): Promise<void> {
  await Promise.allSettled(files.map(({ id }) => store.remove(id)));
}

async function storeAll(store: FileStore, passed: Judged[]): Promise<Accepted[]> {
  const files: Accepted[] = [];
  try {
    for (const { upload, verdict } of passed) {
      const { path, sha256, size, mime, width, height } = verdict;
      const file = { id: randomUUID(), sha256, size, mime, name: upload.name, width, height };
      // Before it is there: a `put` that fails may have come as far as the store.
      files.push(file);
      await store.put(path, file.id);
    }
    return files;
  } catch (error) {
    await removeAccepted(store, files);
    throw error;
  }
}

/**
 * Removes what crashes leave behind: uploads that were never judged, and stored files whose row was never committed.
 * Only what is older than an hour, so that no request can still be at work on it.
 *
 * @returns how many of each were removed
 */
export async function sweep(
  deps: { db: Knex; store: FileStore },
  now: Date,
): Promise<{ temporary: number; stored: number }> {
  const before = new Date(now.getTime() - ORPHAN_MS);
  const temporary = await sweepTemporary(deps.store.temporaryDir, now);
  let stored = 0;
  let page: string[] = [];
  for await (const { key, modified } of deps.store.list()) {
    if (modified >= before) continue;
    page.push(key);
    if (page.length < PAGE) continue;
    stored += await removeOrphans(deps, page);
    page = [];
  }
  stored += await removeOrphans(deps, page);
  return { temporary, stored };
}

/**
 * Removes uploads that were never judged and are older than an hour. The job sees the folder of one machine only; where
 * each has its own, a process does it as it starts, which is what follows a crash.
 *
 * @returns how many
 */
export async function sweepTemporary(folder: string, now: Date): Promise<number> {
  const before = new Date(now.getTime() - ORPHAN_MS);
  let removed = 0;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Gone between the listing and here: whoever made it took it away, which is what should happen.
    const found = await stat(path).catch(() => null);
    if (!found?.isFile() || found.mtime >= before) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

async function removeOrphans({ db, store }: { db: Knex; store: FileStore }, keys: string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const kept = await existingFiles(db, keys);
  const orphans = keys.filter((key) => !kept.has(key));
  for (const key of orphans) await store.remove(key);
  return orphans.length;
}
