import cookieParser from 'cookie-parser';
import type { CookieOptions, Express, Request, Response } from 'express';

/**
 * Signed cookies of this answer. A value that somebody changed, or that was given under another name, is as good as none:
 * what an address says goes into a cookie too, and must not become a message or an id.
 */
export interface Cookies {
  get(name: string): string | undefined;
  /** `maxAge` in milliseconds; without it the cookie ends with the browser. */
  set(name: string, value: string, options?: { maxAge?: number }): void;
  clear(name: string): void;
}

/** In production every cookie is bound to this very host and to TLS (`__Host-`). */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/**
 * cookie-parser, at work only where a signed cookie is read. Checking all that a browser sends costs as much as its
 * menu does, and most pages read none: the session's is opened by express-session itself.
 */
export function useCookies(server: Express, secret: string): void {
  const parse = cookieParser(secret);
  Object.defineProperties(server.request, {
    secret: { value: secret, writable: true },
    signedCookies: {
      get(this: Request) {
        parse(this, this.res!, () => undefined);
        keepTexts(this.cookies as Record<string, unknown>);
        keepTexts(this.signedCookies as Record<string, unknown>);
        return this.signedCookies as unknown;
      },
      set(this: Request, value: unknown) {
        Object.defineProperty(this, 'signedCookies', { value, writable: true });
      },
    },
  });
}

export function cookies(req: Request, res: Response, secure: boolean): Cookies {
  const base: CookieOptions = { httpOnly: true, secure, sameSite: 'lax', path: '/', signed: true };
  return {
    get(name) {
      const key = cookieName(name, secure);
      if (!req.headers.cookie?.includes(key)) return undefined;
      const value = (req.signedCookies as Record<string, string>)[key];
      return value?.startsWith(`${name}:`) ? value.slice(name.length + 1) : undefined;
    },
    set: (name, value, options) =>
      void res.cookie(cookieName(name, secure), `${name}:${value}`, { ...base, ...options }),
    clear: (name) => void res.clearCookie(cookieName(name, secure), base),
  };
}

/** cookie-parser makes objects of `j:…`, at which express-session and csurf fail; no cookie of ours is one. */
function keepTexts(jar: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(jar)) if (typeof value !== 'string') delete jar[name];
}
