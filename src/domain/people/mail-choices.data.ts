import type { Database, Transaction } from '../../db/knex.js';
import { MAIL_TOPICS, TOPIC_NAMES, type MailTopic } from './mail-choices.js';

/** The topics that a person gets by mail. */
export async function wantedTopics(db: Database, account: string): Promise<MailTopic[]> {
  const rows = await db('mail_choices').where({ account_id: account });
  return TOPIC_NAMES.filter(
    (topic) => rows.find((row) => row.topic === topic)?.by_mail ?? MAIL_TOPICS[topic].usually,
  );
}

/** Writes down what a person wants of every topic. */
export async function saveTopics(trx: Transaction, account: string, wanted: MailTopic[]): Promise<void> {
  const rows = TOPIC_NAMES.map((topic) => ({ account_id: account, topic, by_mail: wanted.includes(topic) }));
  await trx('mail_choices').insert(rows).onConflict(['account_id', 'topic']).merge();
}
