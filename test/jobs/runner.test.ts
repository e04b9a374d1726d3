import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Database } from '../../src/db/knex.js';
import { cronOf, type Job, lastDue, runOnce, type Schedule } from '../../src/jobs/runner.js';
import { createLog } from '../../src/web/log.js';
import { cloneDatabase } from '../support/database.js';

const log = createLog('silent');
let database: Awaited<ReturnType<typeof cloneDatabase>>;
let db: Database;
/** As if they were other processes: each with connections of its own. */
let others: Database[];
let serial = 0;

beforeAll(async () => {
  database = await cloneDatabase();
  db = connect(database.url);
  others = Array.from({ length: 8 }, () => connect(database.url, { pool: 3 }));
});
afterAll(async () => {
  await Promise.all([db, ...(others ?? [])].map((one) => one?.destroy()));
  await database?.drop();
});

/** A job that writes down when it ran. */
function job(change: Partial<Job> = {}): Job & { runs: string[] } {
  const runs: string[] = [];
  const run = async (now: Date) => {
    runs.push(now.toISOString());
    return Promise.resolve({ done: 1 });
  };
  return { name: `job-${(serial += 1)}`, schedule: { daily: '00:05' }, run, runs, ...change };
}
const row = (name: string) => db('jobs').where({ name }).first();

describe('when a job was last due', () => {
  const DAILY: Schedule = { daily: '00:05' };
  it.each([
    // Five past midnight in Moscow is 21:05 of the day before in Greenwich.
    [DAILY, '2027-03-10T21:05:00.000Z', '2027-03-10T21:05:00.000Z'],
    [DAILY, '2027-03-10T21:04:59.999Z', '2027-03-09T21:05:00.000Z'],
    [DAILY, '2027-03-11T21:04:59.999Z', '2027-03-10T21:05:00.000Z'],
    [{ daily: '09:00' }, '2027-03-10T06:00:00.000Z', '2027-03-10T06:00:00.000Z'],
    [{ daily: '09:00' }, '2027-03-10T05:59:59.999Z', '2027-03-09T06:00:00.000Z'],
    [{ daily: '23:59' }, '2027-01-01T00:00:00.000Z', '2026-12-31T20:59:00.000Z'],
    // Clocks are turned in New York that night, never in Moscow.
    [{ daily: '09:00' }, '2027-03-14T07:00:00.000Z', '2027-03-14T06:00:00.000Z'],
    [{ daily: '09:00' }, '2028-02-29T06:00:00.000Z', '2028-02-29T06:00:00.000Z'],
    [{ hourly: 10 }, '2027-03-10T21:10:00.000Z', '2027-03-10T21:10:00.000Z'],
    [{ hourly: 10 }, '2027-03-10T21:09:59.999Z', '2027-03-10T20:10:00.000Z'],
    [{ hourly: 0 }, '2027-03-10T21:00:00.000Z', '2027-03-10T21:00:00.000Z'],
    [{ hourly: 59 }, '2027-03-10T00:00:00.000Z', '2027-03-09T23:59:00.000Z'],
  ] as [Schedule, string, string][])('%o at %s: %s', (schedule, now, due) => {
    expect(lastDue(schedule, new Date(now)).toISOString()).toBe(due);
  });

  it('is what cron is told', () => {
    expect(cronOf({ daily: '00:05' })).toBe('5 0 * * *');
    expect(cronOf({ daily: '09:00' })).toBe('0 9 * * *');
    expect(cronOf({ hourly: 25 })).toBe('25 * * * *');
  });
});

describe('a job', () => {
  const NIGHT = new Date('2027-03-10T21:05:00Z');
  const later = (milliseconds: number) => new Date(NIGHT.getTime() + milliseconds);

  it('runs once of 8 processes that try at the same instant', async () => {
    const one = job();
    const ran = await Promise.all(others.map((other) => runOnce(other, log, one, NIGHT)));
    expect(ran.filter(Boolean)).toHaveLength(1);
    expect(one.runs).toEqual([NIGHT.toISOString()]);
    expect(await row(one.name)).toMatchObject({ ran_for: NIGHT, ran_at: NIGHT, outcome: '{"done":1}' });
  });

  it('runs once a due moment, however often it is tried', async () => {
    const one = job();
    for (const time of [0, 1, 3_600_000, 86_399_999]) await runOnce(db, log, one, later(time));
    expect(one.runs).toHaveLength(1);
    await runOnce(db, log, one, later(86_400_000));
    expect(one.runs).toHaveLength(2);
  });

  it('that was missed is caught up with, once, however many nights it were', async () => {
    const one = job();
    await runOnce(db, log, one, NIGHT);
    const morning = later(3 * 86_400_000 + 10 * 3_600_000);
    expect(await runOnce(db, log, one, morning)).toBe(true);
    expect(await runOnce(db, log, one, morning)).toBe(false);
    expect(one.runs).toEqual([NIGHT.toISOString(), morning.toISOString()]);
    expect(await row(one.name)).toMatchObject({ ran_for: later(3 * 86_400_000), ran_at: morning });
  });

  it('never runs beside itself: whoever comes while it runs goes away', async () => {
    let release!: () => void;
    let started!: () => void;
    const running = new Promise<void>((resolve) => (started = resolve));
    const held = new Promise<void>((resolve) => (release = resolve));
    const one = job({
      run: async () => {
        started();
        await held;
        return {};
      },
    });
    const first = runOnce(db, log, one, NIGHT);
    await running;
    expect(
      await Promise.all(others.map((other) => runOnce(other, log, one, later(86_400_000), { force: true }))),
    ).not.toContain(true);
    expect(await runOnce(others[0]!, log, job(), NIGHT)).toBe(true);
    release();
    expect(await first).toBe(true);
  });

  it('that failed is not marked as done, and is tried again', async () => {
    let fail = true;
    const one = job({
      run: () => (fail ? Promise.reject(new Error('Postgres was away')) : Promise.resolve({ done: 2 })),
    });
    await expect(runOnce(db, log, one, NIGHT)).rejects.toThrow('Postgres was away');
    expect(await row(one.name)).toBeUndefined();
    fail = false;
    expect(await runOnce(others[0]!, log, one, later(1000))).toBe(true);
    expect(await row(one.name)).toMatchObject({ outcome: '{"done":2}' });
  });

  it('runs by hand whether it is due or not', async () => {
    const one = job();
    await runOnce(db, log, one, NIGHT);
    expect(await runOnce(db, log, one, later(1), { force: true })).toBe(true);
    expect(one.runs).toHaveLength(2);
  });

  it('of a process whose clock is behind does not run again what was done', async () => {
    const one = job();
    await runOnce(db, log, one, later(86_400_000));
    expect(await runOnce(others[0]!, log, one, NIGHT)).toBe(false);
  });
});
