import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptUploads } from '../../src/domain/files/files.actions.js';
import { createInspector, type Inspector } from '../../src/domain/files/inspect.js';
import { localStore } from '../../src/domain/files/local-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { refusals } from '../../src/domain/files/verdict.js';
import { Invalid, StorageFull, TooMany } from '../../src/lib/errors.js';
import * as samples from '../support/sample-files.js';

const inspector = createInspector();
let folder: string;
let store: FileStore;

afterAll(() => inspector.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'several-'));
  store = localStore(folder);
  return () => rm(folder, { recursive: true });
});

async function received(bytes: Buffer, name: string) {
  const path = join(store.temporaryDir, randomUUID());
  await writeFile(path, bytes);
  return { path, name, size: bytes.length };
}

/** Five files, of which these places hold something else. */
async function five(others: Record<number, [Buffer, string]> = {}) {
  const good = await samples.pdf();
  return Promise.all([1, 2, 3, 4, 5].map((n) => received(...(others[n] ?? ([good, `${n}.pdf`] as const)))));
}

async function kept(): Promise<number> {
  let found = 0;
  for await (const _ of store.list()) found += 1;
  return found;
}

/** Nothing of them is anywhere. */
const expectNothing = async () => expect([await kept(), await readdir(store.temporaryDir)]).toEqual([0, []]);

describe('files of one form are refused together', { timeout: 60_000 }, () => {
  it.each<[string, () => Promise<[Buffer, string]>, string]>([
    ['of another type', async () => [await samples.pdf(), 'смета.docx'], refusals.extension('.docx').message],
    ['empty', async () => [Buffer.alloc(0), 'пусто.pdf'], refusals.empty.message],
    [
      'damaged',
      async () => [(await samples.jpeg()).subarray(0, 5000), 'фото.jpg'],
      refusals.damagedJpeg.message,
    ],
    ['a page by name a PDF', async () => [samples.html, 'план.pdf'], refusals.unknownContent('.pdf').message],
  ])('when one is %s: it is named, at the field of the form', async (_, bad, message) => {
    const [bytes, name] = await bad();
    const uploads = await five({ 3: [bytes, name] });
    const refusal = await acceptUploads({ store, inspector }, uploads, 'files').catch(
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(Invalid);
    expect((refusal as Invalid).errors).toEqual({ files: `Файл «${name}»: ${message}` });
    await expectNothing();
  });

  it('each with its own fault, those of one fault together', async () => {
    const empty = Buffer.alloc(0);
    const uploads = await five({ 1: [empty, 'а.pdf'], 4: [samples.html, 'б.pdf'], 5: [empty, 'в.pdf'] });
    await expect(acceptUploads({ store, inspector }, uploads, 'files')).rejects.toMatchObject({
      errors: {
        files: `Файлы «а.pdf», «в.pdf»: ${refusals.empty.message} Файл «б.pdf»: ${refusals.unknownContent('.pdf').message}`,
      },
    });
    await expectNothing();
  });

  it.each(['infected', 'unavailable'] as const)('when the scanner says %s of the last', async (result) => {
    const uploads = await five();
    const last = uploads[4]!.path;
    const scan = async (path: string) => (path === last ? result : 'clean');
    await expect(acceptUploads({ store, inspector, scan }, uploads, 'files')).rejects.toMatchObject({
      errors: { files: expect.stringMatching(/^Файл «5.pdf»: .*(вирус)/) },
    });
    await expectNothing();
  });

  it('when the inspector fails at one: none is removed while another is being read', async () => {
    const uploads = await five();
    let reading = 0;
    const busy: Inspector = {
      ...inspector,
      async inspect(path, claimed) {
        if (claimed.name === '2.pdf') throw new TooMany(60);
        reading += 1;
        const verdict = await inspector.inspect(path, claimed);
        expect(await readdir(store.temporaryDir)).toHaveLength(5);
        return verdict;
      },
    };
    await expect(acceptUploads({ store, inspector: busy }, uploads, 'files')).rejects.toThrow(TooMany);
    expect(reading).toBe(1);
    await expectNothing();
  });

  it('when one takes all the time there is: those after it are not begun', async () => {
    const uploads = await five();
    const begun: string[] = [];
    const slow: Inspector = {
      ...inspector,
      async inspect(_, { name }) {
        begun.push(name);
        return refusals.heavyPdf;
      },
    };
    await expect(acceptUploads({ store, inspector: slow }, uploads, 'files')).rejects.toMatchObject({
      errors: { files: `Файлы «1.pdf», «2.pdf»: ${refusals.heavyPdf.message}` },
    });
    expect(begun).toEqual(['1.pdf', '2.pdf']);
    await expectNothing();
  });

  it.each<[string, Error]>([
    ['there is no room', new StorageFull()],
    ['the store fails', new Error('EIO')],
  ])('when %s for the fourth: the three before are taken back', async (_, failure) => {
    let puts = 0;
    const failing: FileStore = {
      ...store,
      async put(path, key) {
        puts += 1;
        // The worst of failures: the bytes are there all the same.
        await store.put(path, key);
        if (puts === 4) throw failure;
      },
    };
    await expect(acceptUploads({ store: failing, inspector }, await five(), 'files')).rejects.toBe(failure);
    expect(puts).toBe(4);
    await expectNothing();
  });

  it('when they cannot even be taken back: the sweeper is left to it, and the answer is the first failure', async () => {
    const full = new StorageFull();
    let puts = 0;
    const broken: FileStore = {
      ...store,
      put: async (path, key) => ((puts += 1) === 2 ? Promise.reject(full) : store.put(path, key)),
      remove: () => Promise.reject(new Error('EROFS')),
    };
    await expect(acceptUploads({ store: broken, inspector }, await five(), 'files')).rejects.toBe(full);
    expect([await kept(), await readdir(store.temporaryDir)]).toEqual([1, []]);
  });
});

describe('files of one form are taken together', { timeout: 60_000 }, () => {
  it('none of them is no fault', async () => {
    expect(await acceptUploads({ store, inspector }, [], 'files')).toEqual([]);
  });

  it('in their order, though some are judged sooner', async () => {
    const picture = await samples.jpegWithGps();
    const uploads = await five({ 1: [picture, '1.jpg'], 4: [picture, '4.jpg'] });
    const files = await acceptUploads({ store, inspector }, uploads, 'files');
    expect(files.map(({ name }) => name)).toEqual(['1.jpg', '2.pdf', '3.pdf', '4.jpg', '5.pdf']);
    for (const { id, size, mime, name } of files) {
      const bytes = await buffer((await store.open(id)).stream);
      expect(bytes).toHaveLength(size);
      expect(bytes.includes('Exif')).toBe(false);
      expect(mime).toBe(name.endsWith('.pdf') ? 'application/pdf' : 'image/jpeg');
    }
    expect(await readdir(store.temporaryDir)).toEqual([]);
  });
});
