import type { Database } from '../db/knex.js';
import { closeByThemselves } from '../domain/conversations/closing.actions.js';
import { remindOfEnding, tellExpired } from '../domain/documents/expiry.actions.js';
import { remindOfInvoices } from '../domain/invoices/reminders.actions.js';
import { sweep } from '../domain/files/files.actions.js';
import type { FileStore } from '../domain/files/store.js';
import { forgetUnapplied } from '../domain/imports/imports.data.js';
import { forgetFinished } from '../domain/outbox/outbox.data.js';
import { forgetOldAttempts } from '../domain/people/attempts.data.js';
import { forgetEmailChanges } from '../domain/people/email-change.data.js';
import { forgetCodes } from '../domain/people/phone-codes.data.js';
import { purgeRegistrations } from '../domain/people/registration.actions.js';
import type { Job } from './runner.js';

const DAY = 24 * 3_600_000;

/** Every timed job of the application. `forgetStale` cleans what the web layer keeps. */
export function allJobs(parts: {
  db: Database;
  store: FileStore;
  forgetStale: (now: Date) => Promise<void>;
}): Job[] {
  const { db, store } = parts;
  return [
    {
      name: 'expired-documents',
      schedule: { daily: '00:05' },
      run: async (now) => ({ told: await tellExpired(db, now) }),
    },
    {
      name: 'document-reminders',
      schedule: { daily: '09:00' },
      run: async (now) => ({ told: await remindOfEnding(db, now) }),
    },
    {
      name: 'invoice-reminders',
      schedule: { daily: '09:30' },
      run: async (now) => ({ told: await remindOfInvoices(db, now) }),
    },
    {
      name: 'closed-conversations',
      schedule: { hourly: 5 },
      run: async (now) => ({ closed: await closeByThemselves(db, now) }),
    },
    {
      name: 'unconfirmed-registrations',
      schedule: { hourly: 10 },
      run: async (now) => ({ purged: await purgeRegistrations(db, now) }),
    },
    {
      name: 'orphaned-files',
      schedule: { hourly: 25 },
      run: async (now) => ({ ...(await sweep({ db, store }, now)) }),
    },
    {
      name: 'stale-rows',
      schedule: { hourly: 40 },
      run: async (now) => {
        await parts.forgetStale(now);
        await forgetOldAttempts(db, new Date(now.getTime() - DAY));
        await forgetEmailChanges(db, now);
        await forgetUnapplied(db, new Date(now.getTime() - DAY));
        await forgetCodes(db, new Date(now.getTime() - 2 * DAY));
        return { letters: await forgetFinished(db, new Date(now.getTime() - 90 * DAY)) };
      },
    },
  ];
}
