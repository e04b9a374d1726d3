import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { localStore } from '../../src/domain/files/local-store.js';
import { type FileStore, storageError } from '../../src/domain/files/store.js';
import { NotFound, StorageFull } from '../../src/lib/errors.js';
import { smallDisk } from '../support/small-disk.js';

let folder: string;
let store: FileStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  store = localStore(folder);
  return () => rm(folder, { recursive: true });
});

async function received(text: string): Promise<string> {
  const path = join(store.temporaryDir, randomUUID());
  await writeFile(path, text);
  return path;
}

async function put(text: string): Promise<string> {
  const key = randomUUID();
  await store.put(await received(text), key);
  return key;
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list()) found.push(key);
  return found.sort();
}

describe('the local store', () => {
  it('takes a file over, gives it back, lists and removes it', async () => {
    const [first, second] = [await put('one'), await put('two')];
    expect(await readdir(store.temporaryDir)).toEqual([]);
    expect((await stat(join(folder, 'files', first.slice(0, 2), first))).isFile()).toBe(true);
    const { stream, size } = await store.open(first);
    expect([size, (await buffer(stream)).toString()]).toEqual([3, 'one']);
    expect(await keys()).toEqual([first, second].sort());
    await store.remove(first);
    await store.remove(first);
    expect(await keys()).toEqual([second]);
    await expect(store.open(first)).rejects.toThrow(NotFound);
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
    const path = await received('x');
    await expect(store.put(path, key)).rejects.toThrow(TypeError);
    await expect(store.open(key)).rejects.toThrow(TypeError);
    await expect(store.remove(key)).rejects.toThrow(TypeError);
  });

  const disk = smallDisk(4);
  afterAll(() => disk?.remove());

  it.skipIf(!disk)('says so when the disk takes nothing more; what is kept can still be read', async () => {
    const onDisk = localStore(disk!.path);
    const key = randomUUID();
    const temporary = join(onDisk.temporaryDir, 'x');
    await writeFile(temporary, 'kept');
    await onDisk.put(temporary, key);
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
