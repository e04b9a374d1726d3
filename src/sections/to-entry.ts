import { redirect, type Redirect } from '../web/answer.js';

/**
 * On to the entry that a letter's link names, `?entry=5`: `#e-5` alone would be lost to who has to sign in first, since no
 * browser sends it. Null where the address names none.
 */
export function toEntry(query: URLSearchParams, path: string): Redirect | null {
  const entry = query.get('entry') ?? '';
  return /^\d{1,9}$/.test(entry) ? redirect(`${path}#e-${entry}`) : null;
}
