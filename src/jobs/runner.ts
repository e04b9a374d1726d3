import type { Logger } from 'pino';
import type { Database } from '../db/knex.js';

/** When a job is due, in Moscow. */
export type Schedule = { daily: `${number}:${number}` } | { hourly: number };

/** A timed job: shallow, exclusive, told the time. Answers what it did, for the log. */
export interface Job {
  name: string;
  schedule: Schedule;
  run: (now: Date) => Promise<Record<string, number>>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Moscow is three hours ahead of UTC all year round. */
const MOSCOW = 3 * HOUR;

/** node-cron's expression of a schedule. */
export function cronOf(schedule: Schedule): string {
  if ('hourly' in schedule) return `${schedule.hourly} * * * *`;
  const [hour, minute] = schedule.daily.split(':');
  return `${Number(minute)} ${Number(hour)} * * *`;
}

/** The last moment at or before `now` when the job was due: what a start after a missed night catches up with. */
export function lastDue(schedule: Schedule, now: Date): Date {
  const [period, offset] =
    'hourly' in schedule
      ? [HOUR, schedule.hourly * MINUTE]
      : [24 * HOUR, minutes(schedule.daily) * MINUTE - MOSCOW];
  return new Date(Math.floor((now.getTime() - offset) / period) * period + offset);
}

function minutes(clock: string): number {
  const [hour, minute] = clock.split(':');
  return Number(hour) * 60 + Number(minute);
}

/**
 * Runs a job once for its due moment, however many processes try: a lock keeps them apart while it runs, its last-run
 * row afterwards. A job that failed is not marked as done and is tried again at the next occasion.
 */
export async function runOnce(
  db: Database,
  log: Logger,
  job: Job,
  now: Date,
  options: { force?: boolean } = {},
): Promise<boolean> {
  const due = lastDue(job.schedule, now);
  return db.transaction(async (trx) => {
    const lock = await trx.raw<{ rows: { taken: boolean }[] }>(
      'select pg_try_advisory_xact_lock(hashtext(?)) as taken',
      [`job:${job.name}`],
    );
    if (!lock.rows[0]!.taken) return false;
    const last = await trx('jobs')
      .where({ name: job.name })
      .first<{ ran_for: Date | null } | undefined>('ran_for');
    if (!options.force && last?.ran_for && last.ran_for >= due) return false;
    const outcome = await job.run(now);
    const row = { name: job.name, ran_for: due, ran_at: now, outcome: JSON.stringify(outcome) };
    await trx('jobs').insert(row).onConflict('name').merge();
    log.info({ job: job.name, ...outcome }, 'job done');
    return true;
  });
}
