import { median } from './figures.js';
import type { Order, Outcome } from './load.js';

/** What a part of the benchmark works with; times are seconds. */
export interface Bench {
  server: { url: string; folder: string };
  folder: string;
  load: (order: Order) => Promise<Outcome>;
  rounds: number;
  seconds: number;
  warming: number;
  say: (what: string) => void;
}

/** A page whose time is wanted, and the line of figures that the time goes into. */
export interface Timed<Line> {
  line: Line;
  reading: Pick<Order, 'port' | 'path' | 'headers'>;
  /** How much of the usual time it is read; all of it where nothing is said. */
  share?: number;
}

/** Turns a round: each is short, or a machine that is slow for some seconds would be slow for one page alone. */
const TURNS = 6;

/**
 * Reads pages one at a time, each for a moment in every turn, and answers with the median of each, in milliseconds. What
 * is held against each other stands side by side: pages are taken group by group.
 */
export async function inTurns<Line>(
  { load, rounds, seconds, warming, say }: Omit<Bench, 'server' | 'folder'>,
  what: string,
  groups: Timed<Line>[][],
): Promise<(Line & { p50: number })[]> {
  const pages = groups.flat().map(({ share = 1, ...page }) => ({ ...page, share, times: [] as number[] }));
  say(`warming: ${what}`);
  for (const { reading, share } of pages) {
    await load({ ...reading, connections: 8, seconds: warming * share });
  }
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round}: ${what}`);
    for (let turn = 1; turn <= TURNS; turn += 1) {
      for (const { reading, share, times } of pages) {
        times.push((await load({ ...reading, connections: 1, seconds: (seconds * share) / TURNS })).p50);
      }
    }
  }
  return pages.map(({ line, times }) => ({ ...line, p50: median(times) }));
}
