import csurfModule from '@dr.pogodin/csurf';
import type { Request, RequestHandler, Response } from 'express';
import { Forbidden } from '../lib/errors.js';
import { cookieName } from './cookies.js';
import type { Visit } from './visit.js';

/** The token of the form is missing or is another session's: a page from before, or a request that no page of ours made. */
export class ForeignForm extends Forbidden {}

// The package's types say CommonJS, what Node loads is the module with a default export.
const csurf = csurfModule as unknown as typeof csurfModule.default;

// Never from the query: an address is copied, logged and kept.
const value = (req: Request) => {
  const typed = (req.body as Record<string, unknown> | undefined)?._csrf ?? req.headers['csrf-token'];
  return typeof typed === 'string' ? typed : '';
};

/** Name of the visitor's signed cookie: the secret of his forms, and what tells one browser from another. */
const VISITOR = 'visitor';

/**
 * Protects forms with synchroniser tokens, since the browser floor lacks SameSite. The secret lives in the session;
 * a visitor who is not signed in keeps it in a signed cookie, so that his visit makes no row.
 *
 * @throws ForeignForm on anything but GET and HEAD without this visitor's token
 */
export function csrf(secure: boolean) {
  const inSession = csurf({ value });
  const inExpired = csurf({ value, sessionKey: 'expired' });
  const key = cookieName(VISITOR, secure);
  const inCookie = csurf({
    value,
    cookie: {
      key,
      path: '/',
      httpOnly: true,
      secure,
      sameSite: 'lax',
      signed: true,
      maxAge: 365 * 24 * 3600,
    },
  });
  // A form for visitors is signed by the cookie even where an ended session's cookie still comes along: or nobody could
  // sign in again. Only who keeps what was typed before the end asks for that session's own token.
  return async (
    req: Request,
    res: Response,
    visit: Visit,
    signedBy: 'present' | 'expired' = 'present',
  ): Promise<void> => {
    if (signedBy === 'expired') {
      Object.assign(req, { expired: { ...visit.expired } });
      return run(inExpired, req, res);
    }
    return run(visit.account ? inSession : inCookie, req, res);
  };
}

/** What tells this browser from others; undefined at its first visit. */
export const visitorOf = (req: Request, secure: boolean): string | undefined =>
  (req.signedCookies as Record<string, string>)[cookieName(VISITOR, secure)];

const unchecked = csurf({ value, ignoreMethods: ['GET', 'HEAD', 'POST'] });

/** Gives the page of a refusal its token: whoever is signed in has a form there too, «Выход». Checks nothing. */
export async function offerToken(req: Request, res: Response, visit: Visit): Promise<void> {
  if (visit.account && !req.csrfToken) await run(unchecked, req, res);
}

/** Refuses what another site sent, before anything of it is read; browsers of the floor do not say and pass. */
export function refuseCrossSite(req: Request): void {
  if (req.headers['sec-fetch-site'] === 'cross-site') throw new ForeignForm();
}

async function run(middleware: RequestHandler, req: Request, res: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    void middleware(req, res, (error?: unknown) => {
      if (!error) resolve();
      else
        reject((error as { code?: string }).code === 'EBADCSRFTOKEN' ? new ForeignForm() : (error as Error));
    });
  });
}
