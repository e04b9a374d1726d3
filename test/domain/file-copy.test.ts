import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkFiles, copyFiles, type Outcome } from '../../src/domain/files/copy.actions.js';
import { s3Store } from '../../src/domain/files/s3-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { StorageFull, Unavailable } from '../../src/lib/errors.js';
import { type OpenHouse, openDoors } from '../support/doors.js';
import { type Office, openOffice, sendDocument } from '../support/office.js';
import { addType } from '../support/people.js';
import { openS3Server, type S3Server } from '../support/s3-server.js';
import { keysOf } from '../support/stores.js';

const MANY = 6;

let house: OpenHouse;
let office: Office;
let type: Awaited<ReturnType<typeof addType>>;
let folder: FileStore;
beforeAll(async () => {
  house = await openDoors();
  office = await openOffice(house);
  type = await addType(house);
  folder = house.parts.store;
  for (let n = 0; n < MANY; n += 1) await sendDocument(house, office, type);
});
afterAll(() => house?.close());

let s3: S3Server;
let bucket: FileStore;
beforeEach(async () => {
  s3 = await openS3Server();
  bucket = s3Store(house.config.dataDir, s3.bucket);
  return () => s3.close();
});

const db = () => house.parts.db;
const inFolder = (key: string) => join(house.config.dataDir, 'files', key.slice(0, 2), key);
const incoming = () => readdir(folder.temporaryDir);

/** Copies, and tells what became of which file. */
async function copy(from: FileStore, to: FileStore) {
  const told: Record<string, Outcome> = {};
  const counts = await copyFiles({ db: db(), from, to }, ({ id }, outcome) => void (told[id] = outcome));
  return { counts, told };
}
const check = async (store: FileStore) => checkFiles({ db: db(), store }, () => undefined);

describe('copying from the folder to the bucket', () => {
  it('takes every file along, also those that are sent meanwhile; a second time there is nothing to do', async () => {
    let sent: Promise<string[]> | undefined;
    const used: FileStore = {
      ...folder,
      async open(key) {
        sent ??= Promise.all([1, 2, 3].map(() => sendDocument(house, office, type)));
        await sent;
        return folder.open(key);
      },
    };
    const before = await keysOf(folder);
    const { counts } = await copy(used, bucket);
    const after = await keysOf(folder);
    expect(after).toHaveLength(before.length + 3);
    expect(counts).toEqual({ copied: after.length, there: 0, missing: 0, differs: 0 });
    expect(await keysOf(bucket)).toEqual(after);
    expect(await check(bucket)).toEqual({ copied: 0, there: after.length, missing: 0, differs: 0 });

    s3.asked.length = 0;
    const again = await copy(folder, bucket);
    expect(again.counts).toEqual({ copied: 0, there: after.length, missing: 0, differs: 0 });
    expect(s3.asked).toEqual(Array(after.length).fill('GET'));
    expect(await incoming()).toEqual([]);
  });

  it('and back: a house on the bucket loses nothing by it', async () => {
    const keys = await keysOf(folder);
    await copy(folder, bucket);
    for (const key of keys) await rm(inFolder(key));
    expect((await copy(bucket, folder)).counts).toMatchObject({
      copied: keys.length,
      missing: 0,
      differs: 0,
    });
    expect(await keysOf(folder)).toEqual(keys);
    expect((await check(folder)).there).toBe(keys.length);
  });

  it('takes no orphan along, and replaces what is not what it should be', async () => {
    const temporary = join(folder.temporaryDir, randomUUID());
    const orphan = randomUUID();
    await writeFile(temporary, 'orphan');
    await folder.put(temporary, orphan);
    await copy(folder, bucket);
    const keys = await keysOf(bucket);
    expect(keys).not.toContain(orphan);
    await writeFile(s3.place(keys[0]!), 'damaged in the bucket');
    expect(await check(bucket)).toMatchObject({ there: keys.length - 1, differs: 1 });
    const { counts, told } = await copy(folder, bucket);
    expect([counts.copied, counts.there, told[keys[0]!]]).toEqual([1, keys.length - 1, 'copied']);
    expect((await check(bucket)).there).toBe(keys.length);
    await folder.remove(orphan);
  });

  it('tells what is missing at the source and what is damaged there, and copies the rest', async () => {
    const keys = await keysOf(folder);
    const [lost, damaged] = [keys[0]!, keys[1]!];
    const good = s3Store(house.config.dataDir, s3.bucket);
    await copy(folder, good);
    await rm(inFolder(lost));
    await writeFile(inFolder(damaged), 'damaged on the disk');
    expect(await check(folder)).toEqual({ copied: 0, there: keys.length - 2, missing: 1, differs: 1 });
    const empty = s3Store(house.config.dataDir, { ...s3.bucket, prefix: 'files/new/' });
    const { counts, told } = await copy(folder, empty);
    expect(counts).toEqual({ copied: keys.length - 2, there: 0, missing: 1, differs: 1 });
    expect([told[lost], told[damaged]]).toEqual(['missing', 'differs']);
    expect(await keysOf(empty)).toEqual(keys.slice(2));
    expect(await incoming()).toEqual([]);
    // What the target has already is what counts.
    expect((await copy(folder, good)).counts).toMatchObject({ there: keys.length, missing: 0 });
    expect((await copy(good, folder)).counts).toMatchObject({ copied: 2, there: keys.length - 2 });
  });

  it('compares what was stored, not what was sent', async () => {
    const forgetful: FileStore = {
      ...bucket,
      async put(temporary, key) {
        await bucket.put(temporary, key);
        await writeFile(s3.place(key), 'rotten');
      },
    };
    const keys = await keysOf(folder);
    expect((await copy(folder, forgetful)).counts).toMatchObject({ copied: 0, differs: keys.length });
  });

  it('ends where the bucket is away or full, leaves nothing half, and goes on when it is begun anew', async () => {
    const keys = await keysOf(folder);
    s3.always('reset');
    await expect(copy(folder, bucket)).rejects.toThrow(Unavailable);
    s3.always(null);
    let room = 3;
    const small: FileStore = {
      ...bucket,
      put: (...file) => ((room -= 1) < 0 ? Promise.reject(new StorageFull()) : bucket.put(...file)),
    };
    await expect(copy(folder, small)).rejects.toThrow(StorageFull);
    expect([(await keysOf(bucket)).length, await incoming()]).toEqual([3, []]);
    const { counts } = await copy(folder, bucket);
    expect(counts).toEqual({ copied: keys.length - 3, there: 3, missing: 0, differs: 0 });
  });
});

describe('the command', () => {
  const script = fileURLToPath(new URL('../../src/commands/files.ts', import.meta.url));
  const run = (...words: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        DATABASE_URL: house.url,
        DATA_DIR: house.config.dataDir,
        FILES: 's3',
        S3_ENDPOINT: s3.bucket.endpoint,
        S3_BUCKET: s3.bucket.bucket,
        S3_ACCESS_KEY: s3.bucket.accessKey,
        S3_SECRET_KEY: s3.bucket.secretKey,
      };
      const child = execFile(
        process.execPath,
        ['--import', 'tsx', script, ...words],
        { env },
        (_, out, err) => resolve({ code: child.exitCode!, out, err }),
      );
    });

  it('says what it did, and ends with 1 when something is missing', async () => {
    const keys = await keysOf(folder);
    const all = `скопировано ${keys.length}, уже было 0, нет в хранилище 0, отличаются 0\n`;
    expect(await run('copy', 'folder', 's3')).toEqual({ code: 0, out: all, err: '' });
    await rm(s3.place(keys[0]!));
    const rest = `на месте ${keys.length - 1}, нет в хранилище 1, отличаются 0\n`;
    const missing = `нет в хранилище: ${keys[0]}\n`;
    expect(await run('check')).toEqual({ code: 1, out: missing + rest, err: '' });
  });

  it('asks for words that it knows', async () => {
    const usage = expect.stringContaining('Usage: npm run files') as string;
    expect(await run('copy', 's3', 's3')).toEqual({ code: 2, out: '', err: usage });
  });
});
