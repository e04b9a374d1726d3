import type { Database, Transaction } from '../../db/knex.js';
import type { DocumentTypeRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** Types that a tenant can choose, in the staff's order. */
export async function listOpenTypes(db: Database): Promise<DocumentTypeRow[]> {
  return db('document_types').whereNull('hidden_at').orderBy(['position', 'name']);
}

/** All types, hidden ones last. */
export async function listTypes(db: Database): Promise<DocumentTypeRow[]> {
  return db('document_types').orderByRaw('hidden_at is not null, position, name');
}

/** @throws NotFound */
export async function getType(db: Database, id: string): Promise<DocumentTypeRow> {
  const row = await db('document_types').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** @throws NotFound */
export async function lockType(trx: Transaction, id: string): Promise<DocumentTypeRow> {
  const row = await trx('document_types').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** Writes a type; false when another one has this name. */
export async function saveType(trx: Transaction, row: DocumentTypeRow): Promise<boolean> {
  // Two people may add the same one at once: the second then sees what the first has written.
  await trx.raw('lock table document_types in share row exclusive mode');
  const twin = await trx('document_types')
    .whereRaw('lower(name) = lower(?)', [row.name])
    .whereNot({ id: row.id })
    .first('id');
  if (twin) return false;
  await trx('document_types').insert(row).onConflict('id').merge();
  return true;
}
