import { transaction, type Database } from '../../db/knex.js';
import type { OutboxRow } from '../../db/rows.js';
import type { Render } from '../../lib/templates.js';
import { supportOf, type Company } from '../organisations/company.js';
import type { Composer, Letter, LetterContext, Letters } from './letter.js';
import { settle, takeDue } from './outbox.data.js';
import { giveUp, tryAgain } from './retry.js';
import type { SmsGateway } from './sms.js';
import type { Mail, Transport } from './transport.js';

export interface Delivery {
  db: Database;
  transport: Transport;
  gateway: SmsGateway;
  letters: Letters;
  context: Omit<LetterContext, 'now' | 'company'>;
  company: () => Company;
  render: Render;
  now: () => Date;
}

/** How many messages were sent, and how many were not: put off, given up, dropped, or nobody knows. */
export interface Delivered {
  sent: number;
  failed: number;
}

/**
 * Sends every letter that is due, one a transaction: the row stays locked while the server answers, so any number
 * of processes send each letter once. Should this process die between the server's answer and the commit, the letter
 * goes out again with the same Message-ID.
 */
export const deliverLetters = (delivery: Delivery) => deliverAll(() => deliverOne(delivery));

/** One after another until nothing is due any more: `one` tells the state it left a message in, null if there was none. */
export async function deliverAll(one: () => Promise<OutboxRow['state'] | null>): Promise<Delivered> {
  const count = { sent: 0, failed: 0 };
  for (;;) {
    const state = await one();
    if (state === null) return count;
    if (state === 'sent') count.sent += 1;
    else count.failed += 1;
  }
}

function deliverOne(delivery: Delivery): Promise<OutboxRow['state'] | null> {
  return transaction(delivery.db, async (trx) => {
    const now = delivery.now();
    const row = await takeDue(trx, now, 'mail');
    if (!row) return null;
    const change = await attempt(delivery, row, now);
    await settle(trx, row.id, change);
    return change.state ?? 'waiting';
  });
}

async function attempt(delivery: Delivery, row: OutboxRow, now: Date): Promise<Partial<OutboxRow>> {
  try {
    const letter = await write(delivery, row, now);
    if (!letter) return nothingToSay(now);
    if ('sms' in letter) throw new Error('an SMS for an e-mail address');
    await delivery.transport.send({ id: row.id, to: row.recipient, ...layOut(delivery, letter) }, now);
    return { state: 'sent', finished_at: now, attempts: row.attempts + 1, problem: null };
  } catch (error) {
    return failure(row, error as Failure, now);
  }
}

/** Has the message written from its facts; null when there is nothing left to say. */
export function write(delivery: Delivery, row: OutboxRow, now: Date): ReturnType<Composer> {
  const compose = delivery.letters[row.letter];
  if (!compose) throw new Error(`unknown letter: ${row.letter}`);
  return compose({ ...delivery.context, now, company: delivery.company() }, row.data, row.recipient);
}

/** How a message ends that is no longer valid when its turn comes. */
export function nothingToSay(now: Date): Partial<OutboxRow> {
  return { state: 'dropped', finished_at: now, problem: 'nothing left to say' };
}

/** What nodemailer says of a failure: the server's code, and at which of our commands it was given. */
type Failure = Error & { responseCode?: number; command?: string };

function failure(row: OutboxRow, error: Failure, now: Date): Partial<OutboxRow> {
  const attempts = row.attempts + 1;
  const problem = `${error.responseCode ?? ''} ${error.message}`.trim().slice(0, 500);
  // 5xx to this recipient or this letter: the server will never take it. To a greeting it is said to everybody, and mended.
  const ofTheLetter = error.command === 'RCPT TO' || error.command === 'DATA';
  const refused = ofTheLetter && (error.responseCode ?? 0) >= 550;
  return refused ? giveUp(attempts, problem, now) : tryAgain(row, attempts, problem, now);
}

function layOut({ render, company }: Delivery, letter: Letter): Omit<Mail, 'id' | 'to'> {
  const from = company();
  const signature = [from.legalName, supportOf(from).phone].filter(Boolean).join(', ');
  const locals = { ...letter, signature };
  // The one layout that is not HTML: what EJS escaped is turned back.
  const text = render('letter-text', locals);
  const { subject, unsubscribe } = letter;
  return {
    subject,
    text: unescape(text),
    html: render('letter-html', locals),
    ...(unsubscribe && { unsubscribe }),
  };
}

const ENTITIES: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&#34;': '"',
  '&#39;': "'",
};
const unescape = (text: string) => text.replace(/&(amp|lt|gt|#34|#39);/g, (entity) => ENTITIES[entity]!);
