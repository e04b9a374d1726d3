import type { Config } from '../config.js';
import type { Database } from '../db/knex.js';
import type { Cookies } from './cookies.js';
import type { FormState, Typed } from './form.js';
import type { Received } from './upload.js';
import type { Visit } from './visit.js';

/** Who acts, for the audit. */
export interface Actor {
  account_id: string | null;
  ip: string;
  request_id: string;
}

/** What a handler gets: data and a few functions, never the request itself. */
export interface Context<Scope, Parts> {
  scope: Scope;
  visit: Visit;
  parts: Parts;
  db: Database;
  config: Config;
  now: Date;
  actor: Actor;
  params: Record<string, string>;
  query: URLSearchParams;
  path: string;
  /** Which rendered form this is: whoever sends it twice is answered as the first time (`db/once.ts`). */
  once: string | null;
  cookies: Cookies;
  userAgent: string;
  /** Tells this browser from others, before anybody signs in: a hash of the visitor's cookie. */
  browser: () => string;
  session: {
    signIn(person: { account: string; staff: boolean; remember: boolean }): Promise<void>;
    /** Begins this very sign-in anew, after all of the account's have been ended. */
    renew(): Promise<void>;
    signOut(): Promise<void>;
    /** Runs passport's local strategy over the fields `email` and `password` of this request. */
    authenticate<Outcome>(
      verify: (email: string, password: string) => Promise<Outcome>,
    ): Promise<Outcome | null>;
  };
}

/** What a callback's handler gets: nobody is signed in there, and nothing is shown. */
export type CallContext<Parts> = Pick<Context<never, Parts>, 'parts' | 'db' | 'config' | 'now' | 'actor'>;

/** What a form's handlers get besides. */
export interface FormContext {
  form: FormState;
  /** The form's state for the view, with first values for fields that nobody has touched. */
  fill(initial: Typed): FormState;
  /** What was sent, as it may be shown again. */
  typed: Typed;
  /** Keeps fields for the form at this address: whoever sent them finds them there. */
  keepDraft(path: string, fields: Typed): Promise<void>;
  /** The files that came with the form, in the order sent; none when nothing was chosen. */
  files: Received[];
}
