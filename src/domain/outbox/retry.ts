import type { OutboxRow } from '../../db/rows.js';

const MINUTE = 60_000;
/** A message that cannot be delivered for this long is given up, with the reason kept. In milliseconds. */
const GIVE_UP = 24 * 60 * MINUTE;
/** So that everything still valid is delivered within ten minutes after an outage. */
const LONGEST_WAIT = 8 * MINUTE;

/** The message was not taken for now: it is tried again after a growing wait, or given up after a day. */
export function tryAgain(
  row: Pick<OutboxRow, 'created_at'>,
  attempts: number,
  problem: string,
  now: Date,
): Partial<OutboxRow> {
  if (now.getTime() - row.created_at.getTime() > GIVE_UP) return giveUp(attempts, problem, now);
  const wait = Math.min(LONGEST_WAIT, MINUTE * 2 ** (attempts - 1));
  return { state: 'waiting', attempts, problem, next_attempt_at: new Date(now.getTime() + wait) };
}

/** The message will never be taken. */
export function giveUp(attempts: number, problem: string, now: Date): Partial<OutboxRow> {
  return { state: 'failed', attempts, problem, finished_at: now };
}
