import { addDays, type Day } from '../../lib/dates.js';

/** A text that is published anew from time to time. */
export interface Edition {
  /** Of which day it is: what it is called by, on the page and in its address. */
  date: Day;
  /** The first day on which it is in force. */
  from: Day;
}

/** An edition as of a day. `until` is its last day, where a later one has taken its place. */
export interface Standing<E extends Edition> {
  edition: E;
  state: 'ahead' | 'now' | 'before';
  until: Day | null;
}

/**
 * What each edition is on that day, in the order given, the newest first. Before the first one is in force, it is what
 * there is.
 */
export function standings<E extends Edition>(editions: E[], today: Day): Standing<E>[] {
  const found = editions.findIndex(({ from }) => from <= today);
  const now = found < 0 ? editions.length - 1 : found;
  return editions.map((edition, at) => ({
    edition,
    state: at < now ? 'ahead' : at === now ? 'now' : 'before',
    until: at > now ? addDays(editions[at - 1]!.from, -1) : null,
  }));
}
