import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../db/knex.js';
import { TooMany } from '../lib/errors.js';

/** So many times in so many seconds, for each key. */
export interface Limit {
  name: string;
  points: number;
  seconds: number;
  /** What is told to who comes too often. */
  words?: string;
}

/** Counts one use. @throws TooMany with the seconds to wait */
export type Limiter = (limit: Limit, key: string) => Promise<void>;

/** Limits counted in Postgres, so that any number of processes count together. */
export function limiter(db: Database): Limiter {
  const made = new Map<string, RateLimiterPostgres>();
  const of = (limit: Limit) => {
    let found = made.get(limit.name);
    if (!found) {
      found = new RateLimiterPostgres({
        storeClient: db,
        storeType: 'knex',
        tableName: 'limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix: limit.name,
        points: limit.points,
        duration: limit.seconds,
      });
      made.set(limit.name, found);
    }
    return found;
  };
  return async (limit, key) => {
    try {
      await of(limit).consume(key);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes)
        throw new TooMany(Math.ceil(refusal.msBeforeNext / 1000), limit.words);
      throw refusal;
    }
  };
}
