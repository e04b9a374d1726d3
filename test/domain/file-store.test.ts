import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { localStore } from '../../src/domain/files/local-store.js';
import { storageError } from '../../src/domain/files/store.js';
import { NotFound, StorageFull } from '../../src/lib/errors.js';
import { smallDisk } from '../support/small-disk.js';
import { keep, keysOf, openFolder, type OpenStore, receive, STORES } from '../support/stores.js';

const MB = 1024 * 1024;

describe.each(STORES)('%s', (_name, open) => {
  let opened: OpenStore;
  beforeEach(async () => {
    opened = await open();
    return () => opened.close();
  });

  it('takes a file over, gives it back, lists and removes it', async () => {
    const { store } = opened;
    const before = Date.now();
    const [first, second] = [await keep(store, 'one'), await keep(store, 'two')];
    expect(await readdir(store.temporaryDir)).toEqual([]);
    expect(existsSync(opened.place(first))).toBe(true);
    const { stream, size } = await store.open(first);
    expect([size, (await buffer(stream)).toString()]).toEqual([3, 'one']);
    expect(await keysOf(store)).toEqual([first, second].sort());
    for await (const { modified } of store.list()) {
      // S3 counts in seconds.
      expect(Math.abs(modified.getTime() - before)).toBeLessThan(60_000);
    }
    await store.remove(first);
    await store.remove(first);
    expect(await keysOf(store)).toEqual([second]);
    await expect(store.open(first)).rejects.toThrow(NotFound);
  });

  it('keeps 10 MB to the byte, and lets go of a stream that nobody reads to its end', async () => {
    const { store } = opened;
    const bytes = Buffer.alloc(10 * MB, 'спектр');
    const key = await keep(store, bytes);
    const unread = await store.open(key);
    unread.stream.destroy();
    const { stream, size } = await store.open(key);
    expect(size).toBe(bytes.length);
    expect((await buffer(stream)).equals(bytes)).toBe(true);
  });

  it('lists nothing of an empty store', async () => {
    expect(await keysOf(opened.store)).toEqual([]);
  });

  it('passes on that the temporary file is not there, and keeps nothing', async () => {
    const { store } = opened;
    const missing = join(store.temporaryDir, randomUUID());
    await expect(store.put(missing, randomUUID())).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await keysOf(store)).toEqual([]);
  });

  it.each([
    '',
    '..',
    '../../etc/passwd',
    'a/b',
    `${randomUUID()}/..`,
    `${randomUUID()}\0`,
    randomUUID().toUpperCase(),
  ])('takes no key but a uuid: %j', async (key) => {
    const { store } = opened;
    const path = await receive(store, 'x');
    await expect(store.put(path, key)).rejects.toThrow(TypeError);
    await expect(store.open(key)).rejects.toThrow(TypeError);
    await expect(store.remove(key)).rejects.toThrow(TypeError);
    expect(existsSync(path)).toBe(true);
  });
});

describe('the folder on a disk', () => {
  it('spreads files over folders', async () => {
    const { store, place, close } = await openFolder();
    const key = await keep(store, 'one');
    expect(place(key)).toContain(join('files', key.slice(0, 2), key));
    expect((await stat(place(key))).isFile()).toBe(true);
    await close();
  });

  const disk = smallDisk(4);
  afterAll(() => disk?.remove());

  it.skipIf(!disk)('says so when the disk takes nothing more; what is kept can still be read', async () => {
    const onDisk = localStore(disk!.path);
    const key = await keep(onDisk, 'kept');
    const temporary = join(onDisk.temporaryDir, 'x');
    await writeFile(temporary, 'late');
    disk!.makeReadOnly();
    await expect(localStore(disk!.path).put(temporary, randomUUID())).rejects.toThrow(StorageFull);
    expect((await buffer((await onDisk.open(key)).stream)).toString()).toBe('kept');
  });

  it.each(['ENOSPC', 'EDQUOT', 'EROFS'])('takes %s for a lack of room, and no other fault', (code) => {
    const cause = Object.assign(new Error(code), { code });
    expect(storageError(cause)).toMatchObject({ constructor: StorageFull, cause });
    const other = Object.assign(new Error('EIO'), { code: 'EIO' });
    expect(storageError(other)).toBe(other);
  });
});
