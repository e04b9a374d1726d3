import type { Transaction } from '../../db/knex.js';
import { Conflict } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import {
  getAnyConversation,
  listEntries,
  lockConversation,
  type Conversation,
} from './conversations.data.js';
import { conversationPolicy } from './conversations.policy.js';
import { presentState } from './talk.js';

/** What one of the staff has before his eyes: the conversation as it was when his page was made. */
export interface SeenConversation {
  id: string;
  revision: number;
}

/**
 * What the staff do to a conversation: one transaction, in which he still may; it is locked and is what he saw.
 *
 * @param seen `revision` null: whatever has happened meanwhile
 * @throws Conflict that says who was faster
 */
export function change(
  work: StaffWork,
  seen: { id: string; revision: number | null },
  act: (trx: Transaction, conversation: Conversation) => Promise<void>,
): Promise<Conversation> {
  return asStaff(work, conversationPolicy.serve, async (trx) => {
    await lockConversation(trx, seen.id);
    const conversation = await getAnyConversation(trx, seen.id);
    if (seen.revision !== null && seen.revision !== conversation.revision)
      throw new Conflict(await whatChanged(trx, conversation));
    await act(trx, conversation);
    await record(trx, work.actor, work.now, {
      action: 'conversation.handled',
      subject: seen.id,
      ...(conversation.organisation_id && { organisation: conversation.organisation_id }),
    });
    return getAnyConversation(trx, seen.id);
  });
}

/** Who was faster, and with what. */
async function whatChanged(trx: Transaction, conversation: Conversation): Promise<string> {
  const entries = await listEntries(trx, conversation.id, { notes: false });
  const who = entries.at(-1)?.who;
  const assignee = conversation.assignee ? ` Исполнитель: ${conversation.assignee}.` : '';
  return `Пока страница была открыта, ${who ? `здесь работал(а) ${who}` : 'здесь что-то изменилось'}. ${presentState(conversation)}${assignee} Посмотрите, что изменилось, и отправьте ещё раз, если это ещё нужно: набранное сохранено.`;
}
