import type { Readable } from 'node:stream';
import { StorageFull } from '../../lib/errors.js';

/**
 * Where the bytes of accepted files are kept. What is kept never changes: a new version is a new key. Written so that a
 * bucket can stand in for a folder: nothing is renamed or appended to once it is in, and nobody is given a path.
 */
export interface FileStore {
  /** A local folder that receives uploads until they are judged; what is left there is swept after an hour. */
  readonly temporaryDir: string;

  /**
   * Takes over a file of `temporaryDir` under a key that is not used yet. When it resolves the bytes are durable and the
   * temporary file is gone, so the row that names the key may be committed.
   *
   * @param key a random uuid, in lower case
   * @throws StorageFull when there is no room, or the store is read-only
   */
  put(temporary: string, key: string): Promise<void>;

  /**
   * The bytes of a key and how many they are. Whoever asks must read the stream or destroy it.
   *
   * @throws NotFound when nothing is kept under the key
   */
  open(key: string): Promise<{ stream: Readable; size: number }>;

  /** Removes a key; one that is not there is no error. */
  remove(key: string): Promise<void>;

  /** Every key with the time it was put, in no order; what comes or goes meanwhile may be missing. */
  list(): AsyncIterable<{ key: string; modified: Date }>;
}

/** EROFS belongs here: to the person at the screen a disk that went read-only is a disk that takes no file. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

/** What the file system said, as StorageFull where that is what it means; anything else is given back as it came. */
export function storageError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code !== undefined && FULL.has(code) ? new StorageFull({ cause: error }) : error;
}

const KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text may be a key: uuids only, so that no name a person typed can ever become a path. */
export function isKey(text: string): boolean {
  return KEY.test(text);
}
