import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../../db/knex.js';
import type { OutboxRow } from '../../db/rows.js';

/** A message to be sent: which letter, to whom, and the facts it is written from. */
export interface Message {
  letter: string;
  recipient: string;
  data: Record<string, unknown>;
  /** While a message with this key waits, the same one is not added again. */
  key?: string;
}

/** Puts messages into the outbox, in the change's own transaction: they go out if and only if the change stands. */
export async function post(trx: Transaction, now: Date, messages: Message[]): Promise<void> {
  if (messages.length === 0) return;
  await trx('outbox')
    .insert(
      messages.map((message) => ({
        id: randomUUID(),
        ...message,
        key: message.key ?? null,
        created_at: now,
        next_attempt_at: now,
      })),
    )
    .onConflict(trx.raw("(key) where state = 'waiting'"))
    .ignore();
}

/** Takes the oldest message that is due; nobody else sees it until the transaction ends. */
export async function takeDue(trx: Transaction, now: Date): Promise<OutboxRow | null> {
  const row = await trx('outbox')
    .where('state', 'waiting')
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .first();
  return row ?? null;
}

/** Writes down how an attempt ended. */
export async function settle(trx: Transaction, id: string, change: Partial<OutboxRow>): Promise<void> {
  await trx('outbox').where({ id }).update(change);
}

/** Removes what was finished before that moment: addresses and names are not kept longer than needed. */
export async function forgetFinished(db: Database, before: Date): Promise<number> {
  return db('outbox').whereNot('state', 'waiting').where('finished_at', '<', before).delete();
}
