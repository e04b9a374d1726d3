import cron from 'node-cron';
import type { Logger } from 'pino';
import type { Database } from '../db/knex.js';
import { ZONE } from '../lib/dates.js';
import { cronOf, runOnce, type Job, type Schedule } from './runner.js';

/** Messages are looked for this often, in milliseconds. */
const DELIVERY = 2_000;
const CATCH_UP: Schedule = { hourly: 50 };

export interface Clockwork {
  stop(): Promise<void>;
}

/** Starts the timed jobs, what was missed first, and the delivery of the outbox. `stop` waits for what is running. */
export function startJobs(options: {
  db: Database;
  log: Logger;
  jobs: Job[];
  /** By name, each in a round of its own: letters do not wait for a gateway that hangs. */
  deliveries: Record<string, () => Promise<unknown>>;
  now: () => Date;
}): Clockwork {
  const { db, log, jobs, deliveries, now } = options;
  const running = new Set<Promise<unknown>>();
  const track = (name: string, work: () => Promise<unknown>) => {
    const one = work()
      .catch((error: unknown) => log.error({ err: error, job: name }, 'job failed'))
      .finally(() => running.delete(one));
    running.add(one);
    return one;
  };
  const attempt = (job: Job) => track(job.name, () => runOnce(db, log, job, now()));

  let stopped = false;
  // One after another: each holds a connection for its lock, and its work takes more.
  const catchUp = async () => {
    for (const job of jobs) if (!stopped) await attempt(job);
  };
  void catchUp();
  const tasks = jobs.map((job) =>
    cron.schedule(cronOf(job.schedule), () => attempt(job), { timezone: ZONE, name: job.name }),
  );
  // What failed at its time (the database was away) does not wait for the next night.
  tasks.push(cron.schedule(cronOf(CATCH_UP), catchUp, { timezone: ZONE, name: 'catch-up' }));

  const timers = new Map<string, NodeJS.Timeout>();
  const stopTimers = () => timers.forEach((timer) => clearTimeout(timer));
  const loop = (name: string, deliver: () => Promise<unknown>) => {
    if (stopped) return;
    void track(name, deliver).finally(() => {
      timers.set(
        name,
        setTimeout(() => loop(name, deliver), DELIVERY),
      );
    });
  };
  for (const [name, deliver] of Object.entries(deliveries)) loop(name, deliver);

  return {
    async stop() {
      stopped = true;
      stopTimers();
      for (const task of tasks) await task.destroy();
      await Promise.all(running);
      stopTimers();
    },
  };
}
