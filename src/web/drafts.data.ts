import type { Database } from '../db/knex.js';
import type { Typed } from './form.js';

/** A day is enough to sign in again; in milliseconds. */
const KEPT = 24 * 3_600_000;

/** Forms that were sent after the sign-in had run out, kept for their account and address until they are saved. */
export function drafts(db: Database) {
  return {
    async keep(account_id: string, path: string, fields: Typed, now: Date): Promise<void> {
      await db('drafts')
        .insert({ account_id, path, fields: JSON.stringify(fields), created_at: now })
        .onConflict(['account_id', 'path'])
        .merge();
    },
    async find(account_id: string, path: string): Promise<Typed | null> {
      const row = await db('drafts')
        .where({ account_id, path })
        .first<{ fields: Typed } | undefined>('fields');
      return row?.fields ?? null;
    },
    async forget(account_id: string, path: string): Promise<void> {
      await db('drafts').where({ account_id, path }).delete();
    },
  };
}

/** Removes drafts that nobody came back for, sessions and limits that ran out. */
export async function forgetStale(db: Database, now: Date): Promise<void> {
  const dayAgo = new Date(now.getTime() - KEPT);
  await db('drafts').where('created_at', '<', dayAgo).delete();
  // A session stays a day after its end: it tells whose half-typed form this is.
  await db('sessions').where('expire', '<', dayAgo).delete();
  await db('submissions').where('created_at', '<', dayAgo).delete();
  await db('limits').where('expire', '<', now.getTime()).delete();
  await db('captcha_solutions').where('expires_at', '<', now).delete();
}
