import type { Database } from '../../db/knex.js';
import { TooMany } from '../../lib/errors.js';

/** So many failures within an hour are free; each further one doubles a wait. */
export interface Allowance {
  key: string;
  free: number;
}

/**
 * Counts an attempt before it is judged, so that attempts made at the same instant count too.
 *
 * @throws TooMany while a wait is running: half a minute after the last free failure, doubled each time, an hour at most
 */
export async function reserveAttempt(db: Database, { key, free }: Allowance, now: Date): Promise<void> {
  const counted = await db.raw<{ rows: unknown[] }>(
    `insert into sign_in_attempts as a (key, failures, wait_until, changed_at) values (:key, 1, null, :now)
     on conflict (key) do update set
       failures = case when a.changed_at < :stale then 1 else a.failures + 1 end,
       wait_until = case when a.changed_at >= :stale and a.failures + 1 >= :free
         then :now::timestamptz + least(interval '1 hour', interval '30 seconds' * power(2, a.failures + 1 - :free)) end,
       changed_at = :now
     where a.wait_until is null or a.wait_until <= :now
     returning failures`,
    { key, free, now, stale: new Date(now.getTime() - 3_600_000) },
  );
  if (counted.rows.length > 0) return;
  const row = await db('sign_in_attempts').where({ key }).first('wait_until');
  const wait = (row?.wait_until?.getTime() ?? now.getTime()) - now.getTime();
  throw new TooMany(Math.max(1, Math.ceil(wait / 1000)));
}

/** The attempt was right after all: it does not count. */
export async function refundAttempt(db: Database, { key, free }: Allowance): Promise<void> {
  await db.raw(
    `update sign_in_attempts set failures = greatest(failures - 1, 0),
       wait_until = case when failures - 1 < ? then null else wait_until end
     where key = ?`,
    [free, key],
  );
}

/** The owner has shown himself: his failures are forgotten. */
export async function forgetAttempts(db: Database, key: string): Promise<void> {
  await db('sign_in_attempts').where({ key }).delete();
}

/** Removes what has not been touched since that moment. */
export async function forgetOldAttempts(db: Database, before: Date): Promise<void> {
  await db('sign_in_attempts').where('changed_at', '<', before).delete();
}
