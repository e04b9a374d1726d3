import { randomUUID } from 'node:crypto';
import { once } from '../../db/once.js';
import { transaction, type Transaction } from '../../db/knex.js';
import { dayOf } from '../../lib/dates.js';
import { addWorkingMinutes } from '../../lib/working-time.js';
import { Conflict, Forbidden, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import type { Accepted } from '../files/files.actions.js';
import { holdMembership } from '../memberships/memberships.data.js';
import { getOrganisation } from '../organisations/organisations.data.js';
import {
  getAnyConversation,
  insertConversation,
  takeNumber,
  type Conversation,
} from './conversations.data.js';
import { addPerson } from './participants.data.js';
import { tellStaff } from './conversations.letters.js';
import { conversationPolicy } from './conversations.policy.js';
import { isOver, isSettled, WORDS, type Face } from './faces.js';
import { listOpenKinds } from './kinds.data.js';
import { addWords } from './search.data.js';
import { presentState, say } from './talk.js';
import { change, type Writing } from './tenant.change.js';

/** What a new request or message says. `kind_id` null: the first kind there is, for the staff to sort. */
export interface Opening {
  face: Face;
  /** On whose behalf; null: one's own. */
  organisation: string | null;
  kind_id: string | null;
  subject: string;
  text: string;
  files: Accepted[];
  /** The service that is ordered by it. */
  service?: string;
}

/**
 * Sends a request or a message (manual 4.1.2, 4.2.4). Answers its id and the number that the sender is shown.
 *
 * @param expect makes sure, in the same transaction, that what it is about still is so
 * @throws NotFound for an organisation that he does not belong to, Forbidden where his roles do not allow it
 */
export function openConversation(
  writing: Writing,
  opening: Opening,
  expect?: (trx: Transaction) => Promise<void>,
): Promise<{ id: string; number: string }> {
  const { db, reader, actor, now, form } = writing;
  return transaction(db, async (trx) => {
    if (opening.organisation) await mayWrite(trx, reader.account, opening.organisation);
    return once(trx, { account: reader.account, key: form, now }, async () => {
      await expect?.(trx);
      const opened = await open(trx, opening, { author: reader.account, by: reader.account, now });
      await record(trx, actor, now, {
        action: 'conversation.opened',
        subject: opened.id,
        ...(opening.organisation && { organisation: opening.organisation }),
        details: { number: opened.number },
      });
      return { id: opened.id, number: opened.number };
    });
  });
}

/** Makes the conversation with its first entry and its author; for a tenant, or for staff on behalf of a caller. */
export async function open(
  trx: Transaction,
  opening: Opening,
  who: { author: string; by: string; now: Date; side?: 'tenant' | 'staff' },
): Promise<Conversation> {
  const { now, author, by, side = 'tenant' } = who;
  const { face } = opening;
  const kinds = await listOpenKinds(trx, face);
  const kind = opening.kind_id ? kinds.find(({ id }) => id === opening.kind_id) : kinds[0];
  if (!kind) throw new Invalid({ kind_id: 'Выберите вид из списка' });
  const id = randomUUID();
  const place = { face, organisation_id: opening.organisation, created_at: now };
  const number = await takeNumber(trx, face, Number(dayOf(now).slice(0, 4)));
  await insertConversation(trx, {
    id,
    ...place,
    number,
    kind_id: kind.id,
    state: 'new',
    author_id: author,
    subject: opening.subject,
    assignee_id: null,
    due_at: addWorkingMinutes(now, kind.due_hours * 60),
    due_left: null,
    answered_at: null,
    answered_in: null,
    done_at: null,
    closed_at: null,
    rating: null,
    rating_words: null,
    revision: 0,
    last_entry: 0,
    service_id: opening.service ?? null,
  });
  const conversation = await getAnyConversation(trx, id);
  const { text, files } = opening;
  await say(trx, conversation, now, { account: by, side, kind: 'opening', text, files });
  const person = { conversation_id: id, account_id: author, added_by: by, added_at: now, unread_at: null };
  await addPerson(trx, { ...person, ...place });
  const { name } = opening.organisation ? await getOrganisation(trx, opening.organisation) : { name: '' };
  const names = `${name} ${conversation.author}`;
  await addWords(trx, id, { A: `${number} ${opening.subject}`, B: text, C: names });
  await tellStaff(trx, now, 'conversation.opened', conversation, { email: kind.email });
  return conversation;
}

/** A tenant writes more. An answer that was waited for, or to an answer, brings it back to work. */
export function reply(writing: Writing, id: string, text: string, files: Accepted[]): Promise<Conversation> {
  return change(writing, id, 'write', async (trx, conversation) => {
    const { face, state } = conversation;
    if (isOver(state))
      throw new Conflict(
        `${presentState(conversation)} Ответить уже нельзя, отправьте ${WORDS[face].another}.`,
      );
    // An answer to what is done would wait unseen: whether something is left has to be said.
    if (state === 'done')
      throw new Conflict(`${presentState(conversation)} Если что-то осталось сделать, верните её в работу.`);
    const said = { account: writing.reader.account, side: 'tenant', kind: 'reply', text, files } as const;
    const back = state === 'waiting' || state === 'answered' ? 'reply' : null;
    const number = await say(trx, conversation, writing.now, said, back);
    await tellStaff(trx, writing.now, 'conversation.replied', conversation, { entry: number });
  });
}

/** «Отозвать», before work has begun. @throws Conflict later */
export function withdraw(writing: Writing, id: string): Promise<Conversation> {
  return change(writing, id, 'write', async (trx, conversation) => {
    const said = { account: writing.reader.account, side: 'tenant', kind: 'change', text: null } as const;
    await say(trx, conversation, writing.now, said, 'withdraw');
  });
}

/** «Вернуть в работу», within a week, with the reason. @throws Conflict when it is closed or not done */
export function giveBack(writing: Writing, id: string, text: string): Promise<Conversation> {
  return change(writing, id, 'write', async (trx, conversation) => {
    if (isSettled(conversation, writing.now))
      throw new Conflict(
        `${presentState(conversation)} Прошло больше 7 дней, вернуть заявку в работу нельзя. Отправьте новую заявку.`,
      );
    const said = { account: writing.reader.account, side: 'tenant', kind: 'change', text } as const;
    const number = await say(trx, conversation, writing.now, said, 'return');
    await tellStaff(trx, writing.now, 'conversation.returned', conversation, { entry: number });
  });
}

/** «Оценить и закрыть»; what has closed by itself may still be rated, once. @throws Conflict */
export function rate(
  writing: Writing,
  id: string,
  rating: number,
  text: string | null,
): Promise<Conversation> {
  return change(writing, id, 'write', async (trx, conversation) => {
    if (conversation.rating !== null)
      throw new Conflict(`${presentState(conversation)} Оценка уже поставлена: ${conversation.rating} из 5.`);
    const late = conversation.state === 'closed';
    const said = {
      account: writing.reader.account,
      side: 'tenant',
      kind: 'change',
      text,
      details: { rating },
      change: { rating, rating_words: text },
    } as const;
    await say(trx, conversation, writing.now, said, late ? null : 'rate');
  });
}

async function mayWrite(trx: Transaction, account: string, organisation: string) {
  const member = await holdMembership(trx, account, organisation);
  if (!conversationPolicy.write(member)) throw new Forbidden();
  return member;
}
