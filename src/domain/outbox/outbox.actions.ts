import { transaction, type Database } from '../../db/knex.js';
import type { OutboxRow } from '../../db/rows.js';
import type { Render } from '../../lib/templates.js';
import type { Letter, LetterContext, Letters } from './letter.js';
import { settle, takeDue } from './outbox.data.js';
import type { Transport } from './transport.js';

const MINUTE = 60_000;
/** A letter that cannot be delivered for this long is given up, with the reason kept. In milliseconds. */
const GIVE_UP = 24 * 60 * MINUTE;
/** So that everything still valid is delivered within ten minutes after an outage. */
const LONGEST_WAIT = 8 * MINUTE;

export interface Delivery {
  db: Database;
  transport: Transport;
  letters: Letters;
  context: Omit<LetterContext, 'now'>;
  render: Render;
  now: () => Date;
}

/**
 * Sends everything that is due, one letter a transaction: the row stays locked while the server answers, so any number
 * of processes send each letter once. Should this process die between the server's answer and the commit, the letter
 * goes out again with the same Message-ID.
 */
export async function deliver(delivery: Delivery): Promise<{ sent: number; failed: number }> {
  const count = { sent: 0, failed: 0 };
  for (;;) {
    const state = await deliverOne(delivery);
    if (state === null) return count;
    if (state === 'sent') count.sent += 1;
    else count.failed += 1;
  }
}

function deliverOne(delivery: Delivery): Promise<OutboxRow['state'] | null> {
  return transaction(delivery.db, async (trx) => {
    const now = delivery.now();
    const row = await takeDue(trx, now);
    if (!row) return null;
    const change = await attempt(delivery, row, now);
    await settle(trx, row.id, change);
    return change.state ?? 'waiting';
  });
}

async function attempt(delivery: Delivery, row: OutboxRow, now: Date): Promise<Partial<OutboxRow>> {
  try {
    const compose = delivery.letters[row.letter];
    if (!compose) throw new Error(`unknown letter: ${row.letter}`);
    const letter = await compose({ ...delivery.context, now }, row.data, row.recipient);
    if (!letter) return { state: 'dropped', finished_at: now, problem: 'nothing left to say' };
    await delivery.transport.send({ id: row.id, to: row.recipient, ...layOut(delivery.render, letter) }, now);
    return { state: 'sent', finished_at: now, attempts: row.attempts + 1, problem: null };
  } catch (error) {
    return failure(row, error as Failure, now);
  }
}

/** What nodemailer says of a failure: the server's code, and at which of our commands it was given. */
type Failure = Error & { responseCode?: number; command?: string };

function failure(row: OutboxRow, error: Failure, now: Date): Partial<OutboxRow> {
  const attempts = row.attempts + 1;
  const problem = `${error.responseCode ?? ''} ${error.message}`.trim().slice(0, 500);
  // 5xx to this recipient or this letter: the server will never take it. To a greeting it is said to everybody, and mended.
  const ofTheLetter = error.command === 'RCPT TO' || error.command === 'DATA';
  const refused = ofTheLetter && (error.responseCode ?? 0) >= 550;
  const final = refused || now.getTime() - row.created_at.getTime() > GIVE_UP;
  if (final) return { state: 'failed', attempts, problem, finished_at: now };
  const wait = Math.min(LONGEST_WAIT, MINUTE * 2 ** (attempts - 1));
  return { state: 'waiting', attempts, problem, next_attempt_at: new Date(now.getTime() + wait) };
}

function layOut(render: Render, letter: Letter): { subject: string; text: string; html: string } {
  const locals = { ...letter };
  // The one layout that is not HTML: what EJS escaped is turned back.
  const text = render('letter-text', locals);
  return { subject: letter.subject, text: unescape(text), html: render('letter-html', locals) };
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#34;': '"',
  '&#39;': "'",
};
const unescape = (text: string) => text.replace(/&(amp|lt|gt|#34|#39);/g, (entity) => ENTITIES[entity]!);
