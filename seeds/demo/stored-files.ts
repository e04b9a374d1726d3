import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../src/lib/places.js';
import type { FileRow } from '../../src/domain/files/files.data.js';
import type { FileStore } from '../../src/domain/files/store.js';
import type { Brought } from './document-rows.js';
import { SAMPLES } from './document-types.js';
import type { Pictured } from './service-rows.js';

/** Copies of the sample files that are under way to the store at the same time. */
const AT_ONCE = 8;

const pathOf = (sample: string) => join(ROOT, 'seeds/demo/files', sample);

/** The sample that has the bytes. */
const sampleOf = (file: Brought | Pictured) => ('sample' in file ? file.sample : SAMPLES[file.type].file);

/** The rows of the files that were brought. */
export async function fileRows(brought: (Brought | Pictured)[]): Promise<FileRow[]> {
  const known = new Map<string, Pick<FileRow, 'sha256' | 'size' | 'mime'>>();
  for (const file of new Set(brought.map(sampleOf))) {
    const bytes = await readFile(pathOf(file));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    known.set(file, {
      sha256,
      size: bytes.length,
      mime: file.endsWith('.pdf') ? 'application/pdf' : 'image/jpeg',
    });
  }
  return brought.map((file) => {
    const { id, name, created_by, created_at } = file;
    return { id, name, created_by, created_at, ...known.get(sampleOf(file))! };
  });
}

/** Puts each file's own copy of its sample into the store. */
export async function storeFiles(store: FileStore, brought: (Brought | Pictured)[]): Promise<void> {
  const left = [...brought];
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const temporary = join(store.temporaryDir, `demo-${next.id}`);
      await copyFile(pathOf(sampleOf(next)), temporary);
      await store.put(temporary, next.id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
