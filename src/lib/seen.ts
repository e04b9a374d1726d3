import { createHash } from 'node:crypto';
import { Conflict } from './errors.js';

/** An existing thing, with the fingerprint of what its form showed. */
export interface Existing {
  id: string;
  seen: string;
}

/**
 * Tells one state of a thing from another: a form carries that of what it showed, and what has another one by the time
 * it is sent was changed by somebody else. The order of the fields does not matter.
 */
export function fingerprint(fields: object): string {
  const text = JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** Makes sure that nobody has changed this since the form was opened. @throws Conflict */
export function expectSeen(seen: string, present: object): void {
  if (fingerprint(present) !== seen) throw new Conflict('Пока форма была открыта, данные изменил коллега.');
}
