import { mkdirSync } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotFound } from '../../lib/errors.js';
import { type FileStore, isKey, storageError } from './store.js';

/** Two hex digits of the key: 256 folders, so that none grows past what a file system lists quickly. */
const FOLDERS = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'));

/**
 * The store in a local folder: `<dataDir>/files/ab/<key>`, uploads in `<dataDir>/incoming`. Both stand on one file
 * system, so that taking a file over is one rename: after a crash it is either in the one or in the other, and whole.
 */
export function localStore(dataDir: string): FileStore {
  const root = join(dataDir, 'files');
  const temporaryDir = incomingFolder(dataDir);
  mkdirSync(root, { recursive: true, mode: 0o700 });

  function place(key: string): string {
    if (!isKey(key)) throw new TypeError('A storage key is a uuid');
    return join(root, key.slice(0, 2), key);
  }

  async function put(temporary: string, key: string): Promise<void> {
    const target = place(key);
    try {
      await sync(temporary);
      if (await makeFolder(dirname(target))) await sync(root);
      await rename(temporary, target);
      // Without this a power cut may forget the name while the row that points at it has been committed.
      await sync(dirname(target));
    } catch (error) {
      throw storageError(error);
    }
  }

  async function openKey(key: string) {
    const handle = await open(place(key)).catch((error: unknown) => {
      throw isMissing(error) ? new NotFound('No such file in the store') : error;
    });
    try {
      const { size } = await handle.stat();
      return { stream: handle.createReadStream({ highWaterMark: 256 * 1024 }), size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async function* list() {
    for (const folder of FOLDERS) {
      const entries = await opendir(join(root, folder)).catch(ifMissing(null));
      if (!entries) continue;
      for await (const { name } of entries) {
        if (!isKey(name)) continue;
        const found = await stat(place(name)).catch(ifMissing(null));
        if (found) yield { key: name, modified: found.mtime };
      }
    }
  }

  async function remove(key: string): Promise<void> {
    await rm(place(key), { force: true });
  }

  return { temporaryDir, put, open: openKey, remove, list };
}

/** The folder that receives uploads, whichever store they go to. */
export function incomingFolder(dataDir: string): string {
  const folder = join(dataDir, 'incoming');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Answers whether it is new. Not `recursive`: on a read-only disk Node says ENOENT then. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Makes a file, or the names in a folder, outlive a power cut. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isMissing(error)) return value;
    throw error;
  };
}
