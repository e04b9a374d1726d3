import { transaction, type Database } from '../../db/knex.js';
import { record, type Actor } from '../audit/audit.data.js';
import { lockAccount } from './accounts.data.js';
import { saveTopics } from './mail-choices.data.js';
import type { MailTopic } from './mail-choices.js';

/** A person says which letters he wants. */
export function chooseMail(
  db: Database,
  own: { id: string },
  wanted: MailTopic[],
  actor: Actor,
  now: Date,
): Promise<void> {
  return transaction(db, async (trx) => {
    await lockAccount(trx, own.id);
    await saveTopics(trx, own.id, wanted);
    await record(trx, actor, now, { action: 'mail.chosen', subject: own.id, details: { wanted } });
  });
}
