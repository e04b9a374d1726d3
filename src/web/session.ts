import connectPgSimple from 'connect-pg-simple';
import type { Request, Response } from 'express';
import session from 'express-session';
import type pg from 'pg';
import { onConnection } from '../db/prepared.js';
import type { Database } from '../db/knex.js';
import { nobody, type FindVisit, type Need, type Visit } from './visit.js';

declare module 'express-session' {
  interface SessionData {
    account: string;
    csrfSecret: string;
    staff: boolean;
  }
}

const HOUR = 3_600_000;
/** A sign-in without use ends after this long, in milliseconds (ASVS 7.3.1); staff see everybody's documents. */
const IDLE = { tenant: 12 * HOUR, staff: HOUR / 2 };
/** «Запомнить меня» (manual 3.2), in milliseconds; it does not lengthen what staff get. */
const REMEMBERED = 30 * 24 * HOUR;

export interface SessionOptions {
  db: Database;
  secret: string;
  secure: boolean;
  now: () => Date;
  findVisit: FindVisit;
  /** Writes down that the account's person is here; asked at a sign-in, and then at most every ten minutes. */
  seen: (account: string, now: Date) => Promise<void>;
}

/** How old it may be when somebody was last seen, in milliseconds. */
const SEEN = HOUR / 6;

const PgStore = connectPgSimple(session);

/**
 * connect-pg-simple, with two changes: one prepared statement brings the session together with its person and what
 * the page needs of him, and using a session writes at most every ten minutes (a tenth of its life for staff).
 */
class VisitStore extends PgStore {
  /** connect-pg-simple's own way to its table; its types leave it out. */
  declare query: (text: string, values: unknown[], done: (error: Error | null) => void) => void;
  visit: Visit = nobody;
  private expire = 0;

  constructor(
    private readonly options: SessionOptions,
    private readonly need: Need,
  ) {
    const query = (text: string, values: unknown[]) => onConnection(options.db, (c) => c.query(text, values));
    super({ pool: { query } as unknown as pg.Pool, tableName: 'sessions', pruneSessionInterval: false });
  }

  override get(sid: string, done: (error: unknown, sess?: session.SessionData | null) => void): void {
    const now = this.options.now();
    this.options
      .findVisit(sid, this.need, now)
      .then((row) => {
        const sess = row?.sess as unknown as session.SessionData | undefined;
        if (!row || !sess) return done(null, null);
        if (row.expire <= now) {
          this.visit = { ...nobody, expired: { account_id: sess.account, csrfSecret: sess.csrfSecret } };
          return done(null, null);
        }
        const { account } = row.visit;
        if (!account) return done(null, null);
        this.visit = { expired: null, ...row.visit };
        this.expire = row.expire.getTime();
        if (row.seenAt && now.getTime() - row.seenAt.getTime() < SEEN) return done(null, sess);
        return this.options.seen(account.id, now).then(() => done(null, sess));
      })
      .catch((error: unknown) => done(error));
  }

  override set(sid: string, sess: session.SessionData, done?: (error?: unknown) => void): void {
    this.write(
      `insert into sessions (sid, sess, expire) values ($1, $2, $3)
       on conflict (sid) do update set sess = excluded.sess, expire = excluded.expire`,
      [sid, sess],
      done,
    );
  }

  override touch(sid: string, sess: session.SessionData, done?: () => void): void {
    const life = idle(sess);
    const left = this.expire - this.options.now().getTime();
    if (sess.cookie.expires || left > life - Math.min(HOUR / 6, life / 10)) return done?.();
    // Only what is still there is prolonged: a session that was ended while its request ran does not come back.
    this.write('update sessions set sess = $2, expire = $3 where sid = $1', [sid, sess], done);
  }

  private write(
    statement: string,
    [sid, sess]: [string, session.SessionData],
    done?: (error?: unknown) => void,
  ): void {
    const now = this.options.now().getTime();
    const remembered = sess.cookie.expires && !sess.staff ? new Date(sess.cookie.expires).getTime() : null;
    const expire = new Date(remembered ?? now + idle(sess));
    this.query(statement, [sid, sess, expire], (error) => {
      if (error) return done?.(error);
      this.options.seen(sess.account, new Date(now)).then(
        () => done?.(),
        (problem: unknown) => done?.(problem),
      );
    });
  }
}

const idle = (sess: session.SessionData) => (sess.staff ? IDLE.staff : IDLE.tenant);

/** Reads who makes the request and leaves an express-session in `req.session`. Nobody signed in makes no row. */
export function sessions(options: SessionOptions) {
  const settings = {
    name: options.secure ? '__Host-session' : 'session',
    secret: options.secret,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, secure: options.secure, sameSite: 'lax', path: '/' } as const,
  };
  return async (req: Request, res: Response, need: Need): Promise<Visit> => {
    // A store a request, so that its one statement can ask for what this page needs.
    const store = new VisitStore(options, need);
    await step((done) => session({ store, ...settings })(req, res, done));
    return store.visit;
  };
}

/** Whose session it is, and the secret of its forms. */
interface Owner {
  account: string;
  staff: boolean;
  csrfSecret: string;
}

/** Signs a person in: a new session id, so that one planted before is worth nothing (ASVS 7.2.4). */
export function signIn(req: Request, person: Owner & { remember: boolean }): Promise<void> {
  return begin(req, person, person.remember && !person.staff ? REMEMBERED : null);
}

/** Begins the same sign-in anew under another id, for as long as it had left: after what must end all others. */
export function renew(req: Request, csrfSecret: string): Promise<void> {
  const { account, staff, cookie } = req.session;
  const left = cookie.expires ? new Date(cookie.expires).getTime() - Date.now() : null;
  return begin(req, { account: account!, staff: staff ?? false, csrfSecret }, left);
}

/**
 * A new session, kept before anything is answered: left to itself, express-session writes the head of the answer first,
 * and a browser that is sent on asks for the next page with a session that is not there yet.
 */
async function begin(
  req: Request,
  { account, staff, csrfSecret }: Owner,
  maxAge: number | null,
): Promise<void> {
  await step((done) => req.session.regenerate(done));
  Object.assign(req.session, { account, staff, csrfSecret });
  if (maxAge !== null) req.session.cookie.maxAge = maxAge;
  await step((done) => req.session.save(done));
}

const step = (take: (done: (error?: unknown) => void) => void) =>
  new Promise<void>((resolve, reject) => take((error) => (error ? reject(error) : resolve())));

/** Ends the session; its cookie opens nothing afterwards. */
export const signOut = (req: Request): Promise<void> => step((done) => req.session.destroy(done));
