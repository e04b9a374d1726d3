import type { Database, Transaction } from '../../db/knex.js';
import type { ConversationAnswerRow, ConversationKindRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import type { Face } from './faces.js';

/** The kinds that may be chosen, in the staff's order. */
export async function listOpenKinds(db: Database, face: Face): Promise<ConversationKindRow[]> {
  return db('conversation_kinds').where({ face }).whereNull('hidden_at').orderBy(['position', 'name']);
}

/** All kinds, hidden ones too. */
export async function listKinds(db: Database): Promise<ConversationKindRow[]> {
  return db('conversation_kinds').orderBy([{ column: 'face', order: 'desc' }, 'position', 'name']);
}

/** @throws NotFound */
export async function getKind(db: Database, id: string): Promise<ConversationKindRow> {
  const row = await db('conversation_kinds').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** @throws NotFound */
export async function lockKind(trx: Transaction, id: string): Promise<ConversationKindRow> {
  const row = await trx('conversation_kinds').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** Ready-made answers of a face. */
export async function listAnswers(db: Database, face: Face): Promise<ConversationAnswerRow[]> {
  return db('conversation_answers').where({ face }).orderBy(['position', 'name']);
}

export async function findAnswer(db: Database, id: string): Promise<ConversationAnswerRow | null> {
  return (await db('conversation_answers').where({ id }).first()) ?? null;
}

/** The same, and nobody else changes or removes it before the transaction is over. */
export async function findLockedAnswer(trx: Transaction, id: string): Promise<ConversationAnswerRow | null> {
  return (await trx('conversation_answers').where({ id }).forUpdate().first()) ?? null;
}

/** @throws NotFound */
export async function getAnswer(db: Database, id: string): Promise<ConversationAnswerRow> {
  const row = await findAnswer(db, id);
  if (!row) throw new NotFound();
  return row;
}

/** All ready-made answers, by face. */
export async function listAllAnswers(db: Database): Promise<ConversationAnswerRow[]> {
  return db('conversation_answers').orderBy([{ column: 'face', order: 'desc' }, 'position', 'name']);
}

/** Writes a kind; false when another one of its face has this name. */
export async function saveKind(trx: Transaction, row: ConversationKindRow): Promise<boolean> {
  return unlessTwin(trx, 'conversation_kinds', row, () =>
    trx('conversation_kinds').insert(row).onConflict('id').merge(),
  );
}

/** Writes a ready-made answer; false when another one of its face has this name. */
export async function saveAnswer(trx: Transaction, row: ConversationAnswerRow): Promise<boolean> {
  return unlessTwin(trx, 'conversation_answers', row, () =>
    trx('conversation_answers').insert(row).onConflict('id').merge(),
  );
}

export async function deleteAnswer(trx: Transaction, id: string): Promise<void> {
  await trx('conversation_answers').where({ id }).delete();
}

async function unlessTwin(
  trx: Transaction,
  table: 'conversation_kinds' | 'conversation_answers',
  { id, face, name }: { id: string; face: Face; name: string },
  write: () => PromiseLike<unknown>,
): Promise<boolean> {
  // Two people may add the same one at once: the second then sees what the first has written.
  await trx.raw('lock table ?? in share row exclusive mode', [table]);
  const twin = await trx(table)
    .where({ face })
    .whereRaw('lower(name) = lower(?)', [name])
    .whereNot({ id })
    .first('id');
  if (twin) return false;
  await write();
  return true;
}
