import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, connect, transaction } from '../../src/db/knex.js';
import { acceptUploads, sweep } from '../../src/domain/files/files.actions.js';
import { existingFiles, getFile, insertFile } from '../../src/domain/files/files.data.js';
import { createInspector } from '../../src/domain/files/inspect.js';
import { localStore } from '../../src/domain/files/local-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { Invalid, NotFound, StorageFull } from '../../src/lib/errors.js';
import { cloneDatabase } from '../support/database.js';
import * as samples from '../support/sample-files.js';

const inspector = createInspector();
let folder: string;
let store: FileStore;
let db: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const clone = await cloneDatabase();
  drop = clone.drop;
  db = connect(clone.url);
});
afterAll(async () => {
  await inspector.close();
  await db.destroy();
  await drop();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  store = localStore(folder);
  return () => rm(folder, { recursive: true });
});

async function received(bytes: Buffer | string, name = 'Договор.pdf') {
  const path = join(store.temporaryDir, randomUUID());
  await writeFile(path, bytes);
  return { path, name, size: bytes.length };
}

/** The form with one file. */
async function acceptUpload(
  deps: Parameters<typeof acceptUploads>[0],
  upload: { path: string; name: string; size: number },
) {
  const files = await acceptUploads(deps, [upload], 'file');
  expect(files).toHaveLength(1);
  return files[0]!;
}

async function put(bytes: string): Promise<string> {
  const key = randomUUID();
  await store.put((await received(bytes)).path, key);
  return key;
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list()) found.push(key);
  return found.sort();
}

const row = (id: string) =>
  ({
    id,
    sha256: 'a'.repeat(64),
    size: 1,
    mime: 'application/pdf',
    name: 'a.pdf',
    created_by: null,
  }) as const;

describe('accepting an upload', { timeout: 60_000 }, () => {
  it('keeps a good file under a new id, and its row after it', async () => {
    const bytes = await samples.pdf();
    const file = await acceptUpload({ store, inspector }, await received(bytes));
    expect(file).toMatchObject({ name: 'Договор.pdf', mime: 'application/pdf', size: bytes.length });
    expect(await buffer((await store.open(file.id)).stream)).toEqual(bytes);
    await transaction(db, (trx) => insertFile(trx, { ...file, created_by: null, created_at: new Date(0) }));
    expect(await getFile(db, file.id)).toEqual({ ...file, created_by: null, created_at: new Date(0) });
    expect(await readdir(store.temporaryDir)).toEqual([]);
  });

  it('keeps the cleaned picture, not the one that was sent', async () => {
    const file = await acceptUpload(
      { store, inspector },
      await received(await samples.jpegWithGps(), 'a.jpg'),
    );
    const kept = await buffer((await store.open(file.id)).stream);
    expect(kept.includes('Exif')).toBe(false);
    expect(kept.length).toBe(file.size);
    expect(await readdir(store.temporaryDir)).toEqual([]);
  });

  it('keeps nothing of a refused one', async () => {
    const scanning = (result: 'infected' | 'unavailable') => ({ store, inspector, scan: async () => result });
    const attempts = [
      [{ store, inspector }, samples.html, /содержимое другое/],
      [scanning('infected'), await samples.pdf(), /вирус/],
      [scanning('unavailable'), await samples.pdf(), /Проверка на вирусы недоступна.*позже/],
    ] as const;
    for (const [deps, bytes, message] of attempts) {
      const refusal = await acceptUpload(deps, await received(bytes)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(Invalid);
      expect((refusal as Invalid).errors.file).toMatch(message);
    }
    expect([await keys(), await readdir(store.temporaryDir)]).toEqual([[], []]);
  });

  it('shows the scanner the file as it was sent', async () => {
    const sent = await samples.jpegWithGps();
    let seen: Buffer | undefined;
    const scan = async (path: string) => ((seen = await readFile(path)), 'clean' as const);
    await acceptUpload({ store, inspector, scan }, await received(sent, 'a.jpg'));
    expect(seen).toEqual(sent);
  });

  it('passes on that there is no room, with nothing left behind', async () => {
    const full: FileStore = { ...store, put: () => Promise.reject(new StorageFull()) };
    const upload = await received(await samples.jpeg(), 'a.jpg');
    await expect(acceptUpload({ store: full, inspector }, upload)).rejects.toThrow(StorageFull);
    expect(await readdir(store.temporaryDir)).toEqual([]);
  });
});

describe('rows', () => {
  it('are not found by what is no id', async () => {
    for (const id of [randomUUID(), '', '1', "' or 1=1", '../..'])
      await expect(getFile(db, id)).rejects.toThrow(NotFound);
  });

  it('take only what the inspection lets through', async () => {
    const insert = (wrong: object) =>
      transaction(db, (trx) => insertFile(trx, { ...row(randomUUID()), created_at: new Date(), ...wrong }));
    for (const wrong of [
      { mime: 'text/html' },
      { size: 0 },
      { sha256: 'short' },
      { name: '' },
      { created_by: randomUUID() },
    ]) {
      await expect(insert(wrong), JSON.stringify(wrong)).rejects.toThrow(/violates/);
    }
    expect(await existingFiles(db, [])).toEqual(new Set());
  });
});

describe('sweeping', { timeout: 60_000 }, () => {
  it('removes what is older than an hour and belongs to nothing, and nothing else', async () => {
    const now = new Date('2026-11-24T12:00:00Z');
    const age = (path: string, minutes: number) => {
      const then = new Date(now.getTime() - minutes * 60_000);
      return utimes(path, then, then);
    };
    const at = (key: string) => join(folder, 'files', key.slice(0, 2), key);
    const [kept, orphan, young] = [await put('kept'), await put('orphan'), await put('young')];
    await transaction(db, (trx) => insertFile(trx, { ...row(kept), created_at: now }));
    for (const key of [kept, orphan]) await age(at(key), 61);
    await age(at(young), 59);
    const [dead, running] = [await received('dead'), await received('running')];
    await age(dead.path, 61);
    await age(running.path, 59);

    expect(await sweep({ db, store }, now)).toEqual({ temporary: 1, stored: 1 });
    expect(await keys()).toEqual([kept, young].sort());
    expect([existsSync(dead.path), existsSync(running.path)]).toEqual([false, true]);
    expect(await sweep({ db, store }, now)).toEqual({ temporary: 0, stored: 0 });
  });

  it('goes through many files in pages', async () => {
    const made = await Promise.all(Array.from({ length: 600 }, () => put('x')));
    const owned = made.slice(0, 50);
    const now = new Date();
    await transaction(db, async (trx) => {
      for (const key of owned) await insertFile(trx, { ...row(key), created_at: now });
    });
    expect(await sweep({ db, store }, new Date(now.getTime() + 2 * 3_600_000))).toEqual({
      temporary: 0,
      stored: 550,
    });
    expect(await keys()).toEqual([...owned].sort());
  });
});
