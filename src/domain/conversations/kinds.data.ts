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
