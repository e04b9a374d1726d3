import { Conflict, Invalid, NotFound } from '../../lib/errors.js';
import type { Conversation } from './conversations.data.js';
import { tellColleague } from './conversations.letters.js';
import { isOver } from './faces.js';
import { addPerson, listColleagues, removePerson } from './participants.data.js';
import { presentState, say } from './talk.js';
import { change, type Writing } from './tenant.change.js';

/** Lets a colleague of the organisation take part. @throws Invalid when he may not read it */
export function addColleague(writing: Writing, id: string, colleague: string): Promise<Conversation> {
  return change(writing, id, 'write', async (trx, conversation) => {
    const { organisation_id, face, created_at, state } = conversation;
    if (!organisation_id) throw new NotFound();
    if (isOver(state)) throw new Conflict(presentState(conversation));
    const found = (await listColleagues(trx, conversation)).find((one) => one.id === colleague);
    if (!found) throw new Invalid({ colleague: 'Выберите коллегу из списка' });
    const place = { face, organisation_id, created_at };
    const { reader, now } = writing;
    const person = { account_id: colleague, added_by: reader.account, added_at: now, unread_at: now };
    await addPerson(trx, { conversation_id: id, ...person, ...place });
    const entry = await say(trx, conversation, now, {
      account: reader.account,
      side: 'tenant',
      kind: 'change',
      text: null,
      details: { colleague: found.name },
    });
    await tellColleague(trx, now, conversation, { account: colleague, entry });
  });
}

/** Whoever takes part, but did not write it, hears of it no more. @throws NotFound when he does not take part */
export function leave(writing: Writing, id: string): Promise<Conversation> {
  return change(writing, id, 'read', async (trx, conversation) => {
    const { reader, now } = writing;
    if (conversation.author_id === reader.account)
      throw new Conflict(
        'Заявитель участвует в переписке всегда. Письма об ответах отключаются на странице «Письма».',
      );
    if (!(await removePerson(trx, id, reader.account))) throw new NotFound();
    await say(trx, conversation, now, {
      account: reader.account,
      side: 'tenant',
      kind: 'change',
      text: null,
      details: { left: true },
    });
  });
}
