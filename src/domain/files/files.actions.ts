import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { Invalid } from '../../lib/errors.js';
import type { Scan } from './clamd.js';
import { type FileRow, existingFiles } from './files.data.js';
import { type Inspector, cleanedPath } from './inspect.js';
import type { FileStore } from './store.js';

export type { Scan } from './clamd.js';

/** A file that is in the store: what `insertFile` needs besides who sent it and when. */
export type Accepted = Pick<FileRow, 'id' | 'sha256' | 'size' | 'mime' | 'name'>;

const INFECTED =
  'В файле найден вирус, он не принят. Проверьте компьютер антивирусом, сохраните документ заново и выберите файл снова.';
const UNSCANNED =
  'Проверка на вирусы недоступна, файл не принят. Попробуйте позже: выберите файл снова и отправьте форму.';

/** Long past the longest request: what is older and still belongs to nothing never will. */
const ORPHAN_MS = 3_600_000;

/** Rows are looked for in groups: one query for so many files. */
const PAGE = 500;

/**
 * Judges an upload and takes it into the store. The bytes are durable when this resolves, so the caller may commit the
 * row that names them; should that never happen, `sweep` removes them after an hour. Nothing stays in the temporary
 * folder, whatever the outcome.
 *
 * @param deps `scan` is given where a virus scanner is configured; then nothing is stored that it has not seen
 * @throws Invalid with a message for `file` when the file is not taken
 * @throws StorageFull when there is no room
 */
export async function acceptUpload(
  deps: { store: FileStore; inspector: Inspector; scan?: Scan | null },
  upload: { path: string; name: string; size: number },
): Promise<Accepted> {
  try {
    const verdict = await deps.inspector.inspect(upload.path, upload);
    if (!verdict.ok) throw new Invalid({ file: verdict.message });
    await refuseInfected(deps.scan, upload.path);
    const id = randomUUID();
    await deps.store.put(verdict.path, id);
    const { sha256, size, mime } = verdict;
    return { id, sha256, size, mime, name: upload.name };
  } finally {
    // Should this fail too (a disk that went read-only), the answer is what happened before; the sweeper comes by.
    const leftovers = [upload.path, cleanedPath(upload.path)];
    await Promise.allSettled(leftovers.map((path) => rm(path, { force: true })));
  }
}

async function refuseInfected(scan: Scan | null | undefined, path: string): Promise<void> {
  const result = scan ? await scan(path) : 'clean';
  if (result === 'infected') throw new Invalid({ file: INFECTED });
  if (result === 'unavailable') throw new Invalid({ file: UNSCANNED });
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
  const temporary = await sweepTemporary(deps.store.temporaryDir, before);
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

async function sweepTemporary(folder: string, before: Date): Promise<number> {
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
