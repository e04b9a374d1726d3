import type { Knex } from 'knex';
import { NotFound } from '../../lib/errors.js';
import { isKey } from './store.js';
import type { Mime } from './verdict.js';

/** One stored file. `id` is also its key in the store; `name` is what its sender called it. */
export interface FileRow {
  id: string;
  sha256: string;
  size: number;
  mime: Mime;
  name: string;
  created_by: string | null;
  created_at: Date;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    files: FileRow;
  }
}

/** Records a file whose bytes are in the store already (`acceptUploads`), in the transaction of what it belongs to. */
export async function insertFile(trx: Knex.Transaction, row: FileRow): Promise<void> {
  const { id, sha256, size, mime, name, created_by, created_at } = row;
  await trx('files').insert({ id, sha256, size, mime, name, created_by, created_at });
}

/**
 * The file of that id. A file has no owner of its own: who may see it is asked of what it belongs to.
 *
 * @throws NotFound
 */
export async function getFile(db: Knex, id: string): Promise<FileRow> {
  const row = isKey(id) ? await db('files').where({ id }).first() : undefined;
  if (!row) throw new NotFound('No such file');
  return row;
}

/** Which of these ids have a row. */
export async function existingFiles(db: Knex, ids: string[]): Promise<Set<string>> {
  const rows = await db('files').whereIn('id', ids).select('id');
  return new Set(rows.map(({ id }) => id));
}
