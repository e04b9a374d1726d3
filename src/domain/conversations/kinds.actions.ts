import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { ConversationAnswerRow, ConversationKindRow } from '../../db/rows.js';
import { Conflict, Invalid, NotFound } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { expectSeen, type Existing } from '../../lib/seen.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { conversationPolicy } from './conversations.policy.js';
import {
  deleteAnswer,
  findLockedAnswer,
  listOpenKinds,
  lockKind,
  saveAnswer,
  saveKind,
} from './kinds.data.js';

/** What is written down of a kind. */
export type KindFields = Omit<ConversationKindRow, 'id' | 'hidden_at'> & { hidden: boolean };
export const kindOf = ({ id: _, hidden_at, ...rest }: ConversationKindRow): KindFields => ({
  ...rest,
  hidden: hidden_at !== null,
});

/** What is written down of a ready-made answer. */
export type AnswerFields = Omit<ConversationAnswerRow, 'id'>;
export const answerOf = ({ id: _, ...rest }: ConversationAnswerRow): AnswerFields => rest;

/**
 * Adds a kind (`existing` null) or changes one; what has it keeps it, hidden or not, and its face never changes. Answers
 * its id.
 *
 * @throws Invalid when another has this name, or the last kind of a face would be hidden; Conflict, NotFound
 */
export function saveConversationKind(
  work: StaffWork,
  existing: Existing | null,
  fields: KindFields,
): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const before = existing && (await lockKind(trx, existing.id));
    if (before) expectSeen(existing.seen, kindOf(before));
    const { hidden, ...rest } = fields;
    const face = before?.face ?? rest.face;
    const row = {
      ...rest,
      face,
      id: before?.id ?? randomUUID(),
      hidden_at: hidden ? (before?.hidden_at ?? work.now) : null,
    };
    if (!(await saveKind(trx, row))) throw new Invalid({ name: 'Вид с таким названием уже есть' });
    if ((await listOpenKinds(trx, face)).length === 0)
      throw new Invalid({ hidden: 'Это последний вид, который можно выбрать: его нельзя скрыть' });
    await record(trx, work.actor, work.now, {
      action: 'conversation-kind.saved',
      subject: row.id,
      details: { before, after: row },
    });
    return row.id;
  });
}

/**
 * Adds a ready-made answer (`existing` null) or changes one. Answers its id.
 *
 * @throws Invalid when another has this name; Conflict, NotFound
 */
export function saveReadyAnswer(
  work: StaffWork,
  existing: Existing | null,
  fields: AnswerFields,
): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const before = existing && (await seenAnswer(trx, existing));
    const row = { ...fields, id: before?.id ?? randomUUID() };
    if (!(await saveAnswer(trx, row))) throw new Invalid({ name: 'Ответ с таким названием уже есть' });
    await record(trx, work.actor, work.now, {
      action: 'ready-answer.saved',
      subject: row.id,
      details: { before, after: row },
    });
    return row.id;
  });
}

/** Removes a ready-made answer; what was answered with it stays. Answers its name. @throws Conflict, NotFound */
export function removeReadyAnswer(work: StaffWork, existing: Existing): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const { id, name } = await seenAnswer(trx, existing);
    await deleteAnswer(trx, id);
    await record(trx, work.actor, work.now, {
      action: 'ready-answer.removed',
      subject: id,
      details: { name },
    });
    return name;
  });
}

/** What whoever has the editor open is told when the answer is there no longer. */
export const ANSWER_GONE = 'Пока форма была открыта, этот ответ удалил коллега.';

/** @throws Conflict when a colleague has changed or removed it since, NotFound when nobody can have seen it */
async function seenAnswer(trx: Transaction, { id, seen }: Existing): Promise<ConversationAnswerRow> {
  const row = await findLockedAnswer(trx, id);
  if (!row) throw seen ? new Conflict(ANSWER_GONE) : new NotFound();
  expectSeen(seen, answerOf(row));
  return row;
}
