import type { Knex } from 'knex';
import type { FileRow } from './files.data.js';

/** What must be kept: a key and the hash of its bytes. */
export type Kept = Pick<FileRow, 'id' | 'sha256'>;

/** Rows are read in groups: one query for so many files. */
const PAGE = 500;

/** Every file that has a row, in the order of the keys. What is inserted meanwhile may be missing. */
export async function* keptFiles(db: Knex): AsyncIterable<Kept> {
  let page = await db('files').select('id', 'sha256').orderBy('id').limit(PAGE);
  while (page.length > 0) {
    yield* page;
    const last = page.at(-1)!.id;
    page = await db('files').select('id', 'sha256').where('id', '>', last).orderBy('id').limit(PAGE);
  }
}
