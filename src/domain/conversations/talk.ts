import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { ConversationRow } from '../../db/rows.js';
import { addWorkingMinutes, workingMinutes } from '../../lib/working-time.js';
import { Conflict } from '../../lib/errors.js';
import type { Accepted } from '../files/files.actions.js';
import { insertFile } from '../files/files.data.js';
import { attachFiles, insertEntry, updateConversation, type Conversation } from './conversations.data.js';
import { isCounting, stateName, transition, WORDS, type Side, type State, type Step } from './faces.js';
import { addWords } from './search.data.js';

/** What somebody says or does in a conversation. */
export interface Said {
  account: string | null;
  side: Side;
  kind: 'opening' | 'reply' | 'note' | 'change';
  text: string | null;
  files?: Accepted[];
  details?: Record<string, unknown>;
  /** What changes with it, besides the state. */
  change?: Partial<ConversationRow>;
}

/** The number of an entry within its conversation: where a letter's link leads. */
export type EntryNumber = number;

/**
 * Writes an entry: the one way in which anything happens to a conversation, which the caller has locked. With a step, its
 * transition is made and its times kept.
 *
 * @throws Conflict that says which state it has when the machine has no such step there
 */
export async function say(
  trx: Transaction,
  conversation: Conversation,
  now: Date,
  said: Said,
  step: Step | null = null,
): Promise<EntryNumber> {
  const to = step && nextState(conversation, step);
  const number = conversation.last_entry + 1;
  const entry = {
    id: randomUUID(),
    conversation_id: conversation.id,
    number,
    at: now,
    account_id: said.account,
    side: said.side,
    kind: said.kind,
    text: said.text,
    state: to,
    details: said.details ?? {},
  };
  await insertEntry(trx, entry);
  for (const file of said.files ?? [])
    await insertFile(trx, { ...file, created_by: said.account, created_at: now });
  await attachFiles(
    trx,
    entry,
    (said.files ?? []).map(({ id }) => id),
  );
  await updateConversation(trx, conversation.id, {
    last_entry: number,
    revision: conversation.revision + 1,
    ...(to && timesOf(conversation, to, now)),
    ...(to && { state: to }),
    ...said.change,
  });
  // What only the staff may see is not found by it. What opens it is added with its number and names, in one go.
  if (said.text && said.kind !== 'note' && said.kind !== 'opening')
    await addWords(trx, conversation.id, { B: said.text });
  return number;
}

function nextState(conversation: Conversation, step: Step): State {
  const { face, state } = conversation;
  const found = transition(face, step, state);
  if (found) return found.to;
  throw new Conflict(`${presentState(conversation)} В этом статусе действие недоступно.`);
}

/** The times that a state brings with it: whose turn it is, until when, and what is over. */
export function timesOf(
  conversation: Pick<Conversation, 'state' | 'due_at' | 'due_left' | 'due_hours'>,
  to: State,
  now: Date,
): Partial<ConversationRow> {
  const { state, due_at, due_left, due_hours } = conversation;
  const ended = { due_at: null, due_left: null };
  if (to === 'waiting') return { due_at: null, due_left: workingMinutes(now, due_at!) };
  if (to === 'done' || to === 'answered') return { ...ended, done_at: now };
  if (!isCounting(to)) return { ...ended, closed_at: now };
  if (isCounting(state)) return {};
  // Time stood still while the tenant was asked; late work stays late. What comes back to work begins anew.
  const left = state === 'waiting' ? due_left! : due_hours * 60;
  return { due_at: addWorkingMinutes(now, left), due_left: null, done_at: null };
}

/** What stands there now, in words for the one who came too late. */
export const presentState = ({ face, state }: Pick<Conversation, 'face' | 'state'>): string =>
  `${WORDS[face].one} сейчас в статусе «${stateName(face, state)}».`;
