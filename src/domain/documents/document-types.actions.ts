import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import type { DocumentTypeRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { getType, saveType } from './document-types.data.js';

export type TypeFields = Omit<DocumentTypeRow, 'id' | 'hidden_at'> & { hidden: boolean };

/**
 * Adds a document type (`id` null) or changes one. A hidden type stays with the documents it has.
 *
 * @throws Invalid when another type has this name
 */
export async function saveDocumentType(db: Database, id: string | null, fields: TypeFields, actor: Actor, now: Date): Promise<void> {
  await transaction(db, async (trx) => {
    const before = id ? await getType(trx, id) : null;
    const { hidden, ...rest } = fields;
    const row = { ...rest, id: id ?? randomUUID(), hidden_at: hidden ? (before?.hidden_at ?? now) : null };
    const duplicate = new Invalid({ name: 'Тип с таким названием уже есть' });
    if (!(await saveType(trx, row))) throw duplicate;
    await record(trx, actor, now, { action: 'document-type.saved', subject: row.id, details: { before, after: row } });
  });
}
