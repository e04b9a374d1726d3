import type { CookieOptions, Request, Response } from 'express';

/** Signed cookies of this answer. A value that somebody changed is as good as none. */
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

export function cookies(req: Request, res: Response, secure: boolean): Cookies {
  const base: CookieOptions = { httpOnly: true, secure, sameSite: 'lax', path: '/', signed: true };
  return {
    get(name) {
      const value = (req.signedCookies as Record<string, unknown>)[cookieName(name, secure)];
      return typeof value === 'string' ? value : undefined;
    },
    set: (name, value, options) => void res.cookie(cookieName(name, secure), value, { ...base, ...options }),
    clear: (name) => void res.clearCookie(cookieName(name, secure), base),
  };
}
