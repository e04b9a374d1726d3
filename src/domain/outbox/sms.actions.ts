import { transaction } from '../../db/knex.js';
import type { OutboxRow } from '../../db/rows.js';
import { deliverAll, nothingToSay, write, type Delivered, type Delivery } from './outbox.actions.js';
import { settle, settleSending, takeDue } from './outbox.data.js';
import { giveUp, tryAgain } from './retry.js';
import { SERVED, type SmsAnswer } from './sms.js';

/** Far longer than a gateway is waited for: who has not settled his message by then is dead. In milliseconds. */
const OVERDUE = 60_000;

/**
 * Sends every SMS that is due. No gateway knows a repetition, so an SMS is marked as `sending` before it is handed over,
 * in a transaction of its own, and settled by another one afterwards. Should this process die in between, or the answer
 * not come, the SMS counts as `unknown`: it may have gone out, and is never sent again by itself.
 */
export function deliverSms(delivery: Delivery): Promise<Delivered> {
  return deliverAll(() => deliverOne(delivery));
}

async function deliverOne(delivery: Delivery): Promise<OutboxRow['state'] | null> {
  const { db, gateway, now } = delivery;
  const taken = await transaction(db, async (trx) => {
    const moment = now();
    const row = await takeDue(trx, moment, 'sms');
    if (!row) return null;
    const step = await begin(delivery, row, moment);
    await settle(trx, row.id, step.change);
    return { row: { ...row, ...step.change }, text: step.text };
  });
  if (!taken) return null;
  const { row, text } = taken;
  if (text === undefined) return row.state;
  const answer = await gateway.send({ id: row.id, to: row.recipient, text }, now());
  const change = settled(row, answer, now());
  await transaction(db, (trx) => settleSending(trx, row.id, change));
  return change.state ?? 'waiting';
}

/** What becomes of the row before the gateway is asked; with a text it is asked, otherwise that was all. */
async function begin(
  delivery: Delivery,
  row: OutboxRow,
  now: Date,
): Promise<{ change: Partial<OutboxRow>; text?: string }> {
  if (row.state === 'sending') return { change: unknown('interrupted while it was being sent', now) };
  const attempts = row.attempts + 1;
  if (!SERVED.test(row.recipient)) return { change: giveUp(attempts, 'not a number that is served', now) };
  try {
    const message = await write(delivery, row, now);
    if (!message) return { change: nothingToSay(now) };
    if (!('sms' in message)) return { change: giveUp(attempts, 'a letter for a phone', now) };
    const overdue = new Date(now.getTime() + OVERDUE);
    return { change: { state: 'sending', attempts, next_attempt_at: overdue }, text: message.sms };
  } catch (error) {
    // An error's message may quote what it stumbled over, and that may be the code.
    return { change: tryAgain(row, attempts, `could not be written: ${(error as Error).name}`, now) };
  }
}

function settled(row: OutboxRow, { outcome, reason }: SmsAnswer, now: Date): Partial<OutboxRow> {
  switch (outcome) {
    case 'accepted':
      return { state: 'sent', finished_at: now, problem: null };
    case 'unknown':
      return unknown(reason, now);
    case 'refused':
      return giveUp(row.attempts, reason, now);
    case 'later':
      return tryAgain(row, row.attempts, reason, now);
  }
}

function unknown(problem: string, now: Date): Partial<OutboxRow> {
  return { state: 'unknown', finished_at: now, problem };
}
