import { transaction, type Database } from '../../db/knex.js';
import { clockwork, record } from '../audit/audit.data.js';
import { getAnyConversation, lockConversation } from './conversations.data.js';
import { listToClose } from './desk.data.js';
import { RETURN_DAYS } from './faces.js';
import { say } from './talk.js';

/**
 * Closes what has been done or answered for seven days, one a transaction: somebody who answers at the same instant comes
 * before or after, never between. Answers how many.
 */
export async function closeByThemselves(db: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - RETURN_DAYS * 86_400_000);
  let closed = 0;
  for (;;) {
    const ids = await listToClose(db, before);
    if (ids.length === 0) return closed;
    for (const id of ids) closed += Number(await close(db, id, before, now));
  }
}

function close(db: Database, id: string, before: Date, now: Date): Promise<boolean> {
  return transaction(db, async (trx) => {
    await lockConversation(trx, id);
    const conversation = await getAnyConversation(trx, id);
    const { state, done_at, organisation_id } = conversation;
    if ((state !== 'done' && state !== 'answered') || done_at! > before) return false;
    await say(trx, conversation, now, { account: null, side: 'clock', kind: 'change', text: null }, 'expire');
    await record(trx, clockwork('closing'), now, {
      action: 'conversation.closed',
      subject: id,
      ...(organisation_id && { organisation: organisation_id }),
    });
    return true;
  });
}
