import type { Cookies } from './cookies.js';

/** One message above the h1 of the next page, after something was done. */
export interface Flash {
  kind: 'done' | 'problem';
  text: string;
}

const COOKIE = 'flash';

/** Kept in a signed cookie: visitors get it too, and showing it writes nothing. */
export function setFlash(cookies: Cookies, flash: Flash): void {
  cookies.set(COOKIE, JSON.stringify([flash.kind, flash.text]), { maxAge: 300_000 });
}

export function takeFlash(cookies: Cookies): Flash | null {
  const kept = cookies.get(COOKIE);
  if (!kept) return null;
  cookies.clear(COOKIE);
  const [kind, text] = JSON.parse(kept) as [Flash['kind'], string];
  return { kind, text };
}
