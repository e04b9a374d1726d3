import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../../db/knex.js';
import type { OutboxRow } from '../../db/rows.js';

/** A message to be sent: which letter, to whom (an e-mail address, or a phone: +7…), and the facts it is written from. */
export interface Message {
  letter: string;
  recipient: string;
  data: Record<string, unknown>;
  /** While a message with this key waits or is being sent, the same one is not added again. */
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
    .onConflict(trx.raw("(key) where state in ('waiting', 'sending')"))
    .ignore();
}

/**
 * Takes the oldest message that is due by mail or by SMS; nobody else sees it until the transaction ends. One in the
 * state `sending` is due when its answer is overdue.
 */
export async function takeDue(trx: Transaction, now: Date, by: 'mail' | 'sms'): Promise<OutboxRow | null> {
  const row = await trx('outbox')
    .whereIn('state', ['waiting', 'sending'])
    .where('next_attempt_at', '<=', now)
    // Every e-mail address has one, no phone has.
    .where('recipient', by === 'mail' ? 'like' : 'not like', '%@%')
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

/** Writes down what the gateway answered, unless the answer came too late and the message counts as unknown. */
export async function settleSending(trx: Transaction, id: string, change: Partial<OutboxRow>): Promise<void> {
  await trx('outbox').where({ id, state: 'sending' }).update(change);
}

/** Removes what was finished before that moment: addresses and names are not kept longer than needed. */
export async function forgetFinished(db: Database, before: Date): Promise<number> {
  return db('outbox').whereNotIn('state', ['waiting', 'sending']).where('finished_at', '<', before).delete();
}

/** Whether a message with this key waits, or was added or sent since a moment. */
export async function isUnderWay(db: Database, key: string, since: Date): Promise<boolean> {
  const row = await db('outbox')
    .where({ key })
    .where((either) => {
      void either.whereIn('state', ['waiting', 'sending']);
      void either.orWhere('created_at', '>', since).orWhere('finished_at', '>', since);
    })
    .first('id');
  return !!row;
}

/** How many messages of a kind went to a recipient since a moment. */
export async function countSent(
  db: Database,
  letter: string,
  recipient: string,
  since: Date,
): Promise<number> {
  const rows = await db('outbox')
    .where({ letter, recipient, state: 'sent' })
    .where('finished_at', '>', since)
    .limit(100)
    .pluck('id');
  return rows.length;
}
