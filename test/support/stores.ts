import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStore } from '../../src/domain/files/local-store.js';
import { s3Store } from '../../src/domain/files/s3-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { openS3Server, type S3Server } from './s3-server.js';

/** A store of files with what a test needs to know of it. */
export interface OpenStore {
  store: FileStore;
  /** Where it keeps the bytes of a key on this machine. */
  place(key: string): string;
  close(): Promise<void>;
}

const newFolder = () => mkdtemp(join(tmpdir(), 'store-'));

/** The store in a folder of its own. */
export async function openFolder(): Promise<OpenStore> {
  const folder = await newFolder();
  return {
    store: localStore(folder),
    place: (key) => join(folder, 'files', key.slice(0, 2), key),
    close: () => rm(folder, { recursive: true }),
  };
}

/** The store in a bucket of a real S3 server of its own. */
export async function openBucket(): Promise<OpenStore & { s3: S3Server }> {
  const [folder, s3] = await Promise.all([newFolder(), openS3Server()]);
  return {
    store: s3Store(folder, s3.bucket),
    s3,
    place: (key) => s3.place(key),
    close: () => s3.close().finally(() => rm(folder, { recursive: true })),
  };
}

/** Every kind of store there is: what one keeps to, all do. */
export const STORES: [string, () => Promise<OpenStore>][] = [
  ['the folder', openFolder],
  ['the bucket', openBucket],
];

/** A file in the temporary folder, as an upload that was just received. */
export async function receive(store: FileStore, bytes: Buffer | string): Promise<string> {
  const path = join(store.temporaryDir, randomUUID());
  await writeFile(path, bytes);
  return path;
}

/** Puts the bytes under a new key, which it answers. */
export async function keep(store: FileStore, bytes: Buffer | string): Promise<string> {
  const key = randomUUID();
  await store.put(await receive(store, bytes), key);
  return key;
}

/** Every key there is, sorted. */
export async function keysOf(store: FileStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list()) found.push(key);
  return found.sort();
}
