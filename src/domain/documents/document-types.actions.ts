import { randomUUID } from 'node:crypto';
import { transaction, type Database } from '../../db/knex.js';
import { once } from '../../db/once.js';
import type { DocumentTypeRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { expectSeen, type Existing } from '../../lib/seen.js';
import { lockType, saveType } from './document-types.data.js';

/** What is written down of a type. */
export type TypeFields = Omit<DocumentTypeRow, 'id' | 'hidden_at'> & { hidden: boolean };
export const typeOf = ({ id: _, hidden_at, ...rest }: DocumentTypeRow): TypeFields => ({
  ...rest,
  hidden: hidden_at !== null,
});

/** Who edits the types, and which filled-in form says so. */
export interface Editing {
  db: Database;
  actor: Actor & { account_id: string };
  now: Date;
  form: string | null;
}

/**
 * Adds a document type (`existing` null) or changes one. A hidden type stays with the documents it has. Answers its id.
 *
 * @throws Invalid when another type has this name; Conflict, NotFound
 */
export function saveDocumentType(
  editing: Editing,
  existing: Existing | null,
  fields: TypeFields,
): Promise<string> {
  const { db, actor, now, form } = editing;
  return transaction(db, (trx) =>
    once(trx, { account: actor.account_id, key: form, now }, async () => {
      const before = existing && (await lockType(trx, existing.id));
      if (before) expectSeen(existing.seen, typeOf(before));
      const { hidden, ...rest } = fields;
      const hidden_at = hidden ? (before?.hidden_at ?? now) : null;
      const row = { ...rest, id: before?.id ?? randomUUID(), hidden_at };
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
