import { randomUUID } from 'node:crypto';
import type { ConversationAnswerRow, ConversationKindRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { conversationPolicy } from './conversations.policy.js';
import { deleteAnswer, getAnswer, listOpenKinds, lockKind, saveAnswer, saveKind } from './kinds.data.js';

export type KindFields = Omit<ConversationKindRow, 'id' | 'hidden_at'> & { hidden: boolean };

/**
 * Adds a kind (`id` null) or changes one; what has it keeps it, hidden or not, and its face never changes. Answers its id.
 *
 * @throws Invalid when another has this name, or the last kind of a face would be hidden
 */
export function saveConversationKind(
  work: StaffWork,
  id: string | null,
  fields: KindFields,
): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const before = id ? await lockKind(trx, id) : null;
    const { hidden, ...rest } = fields;
    const face = before?.face ?? rest.face;
    const row = {
      ...rest,
      face,
      id: id ?? randomUUID(),
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

/** Adds a ready-made answer (`id` null) or changes one. Answers its id. @throws Invalid when another has this name */
export function saveReadyAnswer(
  work: StaffWork,
  id: string | null,
  fields: Omit<ConversationAnswerRow, 'id'>,
): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const before = id ? await getAnswer(trx, id) : null;
    const row = { ...fields, id: id ?? randomUUID() };
    if (!(await saveAnswer(trx, row))) throw new Invalid({ name: 'Ответ с таким названием уже есть' });
    await record(trx, work.actor, work.now, {
      action: 'ready-answer.saved',
      subject: row.id,
      details: { before, after: row },
    });
    return row.id;
  });
}

/** Removes a ready-made answer; what was answered with it stays. @throws NotFound */
export function removeReadyAnswer(work: StaffWork, id: string): Promise<string> {
  return asStaff(work, conversationPolicy.arrange, async (trx) => {
    const { name } = await getAnswer(trx, id);
    await deleteAnswer(trx, id);
    await record(trx, work.actor, work.now, {
      action: 'ready-answer.removed',
      subject: id,
      details: { name },
    });
    return name;
  });
}
