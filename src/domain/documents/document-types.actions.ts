import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import { once } from '../../db/once.js';
import type { DocumentTypeRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { getType, saveType } from './document-types.data.js';

export type TypeFields = Omit<DocumentTypeRow, 'id' | 'hidden_at'> & { hidden: boolean };

/** Who edits the types, and which filled-in form says so. */
export interface Editing {
  db: Database;
  actor: Actor & { account_id: string };
  now: Date;
  form: string | null;
}

/**
 * Adds a document type (`id` null) or changes one. A hidden type stays with the documents it has. Answers its id.
 *
 * @throws Invalid when another type has this name
 */
export function saveDocumentType(editing: Editing, id: string | null, fields: TypeFields): Promise<string> {
  const { db, actor, now, form } = editing;
  return transaction(db, (trx) =>
    once(trx, { account: actor.account_id, key: form, now }, async () => {
      const before = id ? await getType(trx, id) : null;
      const { hidden, ...rest } = fields;
      const row = { ...rest, id: id ?? randomUUID(), hidden_at: hidden ? (before?.hidden_at ?? now) : null };
      if (!(await saveType(trx, row))) throw new Invalid({ name: 'Тип с таким названием уже есть' });
      await record(trx, actor, now, {
        action: 'document-type.saved',
        subject: row.id,
        details: { before, after: row },
      });
      return row.id;
    }),
  );
}
