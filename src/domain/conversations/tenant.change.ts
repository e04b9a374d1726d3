import type { Transaction } from '../../db/knex.js';
import { transaction, type Database } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { Forbidden } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { holdMembership } from '../memberships/memberships.data.js';
import {
  getAnyConversation,
  getConversation,
  lockConversation,
  type Conversation,
  type Reader,
} from './conversations.data.js';
import { conversationPolicy } from './conversations.policy.js';
import type { Face } from './faces.js';
import { addPerson, markConversationRead } from './participants.data.js';

/** Which tenant writes, where, and which filled-in form says so. */
export interface Writing {
  db: Database;
  reader: Reader;
  /** Where he writes there is only this one; left out: either. */
  face?: Face;
  actor: Actor;
  now: Date;
  form: string | null;
}

/**
 * What a tenant does to a conversation: one transaction, in which he still sees it and may; it is locked. Whoever writes
 * takes part from then on.
 *
 * @throws NotFound for what he does not see, Forbidden where his roles let him only read
 */
export function change(
  { db, reader, face, actor, now, form }: Writing,
  id: string,
  may: 'read' | 'write',
  work: (trx: Transaction, conversation: Conversation) => Promise<void>,
): Promise<Conversation> {
  return transaction(db, async (trx) => {
    await lockConversation(trx, id);
    const { organisation_id } = await getAnyConversation(trx, id);
    const member = organisation_id && (await holdMembership(trx, reader.account, organisation_id));
    const seesAll = member ? conversationPolicy.seesAll(member) : false;
    const conversation = await getConversation(trx, { ...reader, seesAll }, face ?? null, id);
    if (member && may === 'write' && !conversationPolicy.write(member)) throw new Forbidden();
    await once(trx, { account: reader.account, key: form, now }, async () => {
      await work(trx, conversation);
      if (may === 'write') await takePart(trx, conversation, reader.account, now);
      await record(trx, actor, now, {
        action: 'conversation.changed',
        subject: id,
        ...(organisation_id && { organisation: organisation_id }),
      });
    });
    return getAnyConversation(trx, id);
  });
}

/** Whoever writes takes part from then on, and has read what stood there. */
async function takePart(trx: Transaction, conversation: Conversation, account: string, now: Date) {
  const { id, face, organisation_id, created_at } = conversation;
  const place = { face, organisation_id, created_at };
  const person = { account_id: account, added_by: account, added_at: now, unread_at: null };
  const added = await addPerson(trx, { conversation_id: id, ...person, ...place });
  if (!added) await markConversationRead(trx, id, account);
}
