import { availableParallelism, cpus } from 'node:os';
import type { Outcome } from './load.js';

/** What one page did under load: medians over the rounds. */
export type Speed = Omit<Outcome, 'count'>;

/** The list beside the page it is compared with, at so many connections. */
export interface Comparison {
  connections: number;
  compressed: boolean;
  list: Speed;
  bare: Speed;
}

/** Everything that a run finds out; `--json` writes it as it is. Times are milliseconds, sizes bytes. */
export interface Figures {
  at: string;
  quick: boolean;
  machine: { processor: string; cores: number; node: string; postgres: string };
  documents: number;
  page: { bytes: number; compressed: number; statements: string[] };
  comparisons: Comparison[];
  /** Processor time a page at 32 connections, in microseconds; null where the system does not tell. */
  processor: { node: number; postgres: number; bare: number } | null;
  sizes: { documents: number; page: number; p50: number }[];
  register: { organisations: number; page: string; p50: number }[];
  /** A payer's list of invoices. */
  bills: { invoices: number; page: number; p50: number }[];
  requests: {
    pages: {
      what: string;
      kind: 'list' | 'search' | 'figures';
      requests: number;
      page: number;
      p50: number;
    }[];
    /** Of the first page of an organisation's list. */
    statements: string[];
  };
  signIns: { quiet: number; busy: number; perSecond: number };
  /** Medians of so many tries each, in milliseconds: with an address that has an account, and one that has none. */
  strangers: {
    times: number;
    signIn: { known: number; unknown: number };
    recovery: { known: number; unknown: number };
  };
  start: { firstPage: number; memory: number | null };
  firstVisit: { html: number; css: number; js: number; fonts: number };
  promises: { what: string; promised: string; found: string; kept: boolean }[];
}

export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
});

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

export const medians = (outcomes: Outcome[]): Speed => ({
  perSecond: median(outcomes.map((one) => one.perSecond)),
  p50: median(outcomes.map((one) => one.p50)),
  p99: median(outcomes.map((one) => one.p99)),
});

/** Holds the figures against what `promises.md` asks for. */
export function judge(figures: Omit<Figures, 'promises'>): Figures['promises'] {
  const busiest = figures.comparisons.find((one) => one.connections === 32 && !one.compressed)!;
  const share = busiest.list.perSecond / busiest.bare.perSecond;
  const tail = busiest.list.p99 / busiest.bare.p99;
  const apartBySize = spread(figures.sizes);
  const register = Math.max(...['first page', 'search'].map((page) => spreadOf(figures.register, page)));
  const signingIn = figures.signIns.busy / figures.signIns.quiet;
  const { html, css, js, fonts } = figures.firstVisit;
  const { statements } = figures.page;
  const { firstPage, memory } = figures.start;
  const { signIn, recovery, times } = figures.strangers;
  const apart = ({ known, unknown }: { known: number; unknown: number }) => Math.abs(known - unknown);
  const alike = (what: string, found: { known: number; unknown: number }) =>
    line(
      `${what} of known and unknown addresses, medians of ${times}`,
      '≤ 10 ms apart',
      `${apart(found).toFixed(1)} ms`,
      apart(found) <= 10,
    );
  return [
    line('List against the bare page, requests a second at 32', '≥ 0.5', share.toFixed(2), share >= 0.5),
    line('List against the bare page, p99 at 32', '≤ 3', tail.toFixed(2), tail <= 3),
    roundTrips('Round trips a page, all prepared', statements),
    line('p50 between table sizes and pages', '≤ 1.25', apartBySize.toFixed(2), apartBySize <= 1.25),
    line(
      'p50 of the register of organisations between 1,000 and 100,000',
      '≤ 1.25',
      register.toFixed(2),
      register <= 1.25,
    ),
    ...ofRequests(figures.requests),
    ofBills(figures.bills),
    line('p99 of the list while 16 sign in, against quiet', '≤ 3', signingIn.toFixed(2), signingIn <= 3),
    alike('Sign-in', signIn),
    alike('Recovery', recovery),
    line('First page after the start', '≤ 1 s', `${(firstPage / 1000).toFixed(2)} s`, firstPage <= 1000),
    ...(memory === null ? [] : [line('Memory at rest', '< 150 MB', `${memory.toFixed(0)} MB`, memory < 150)]),
    line('First visit without fonts', '≤ 15 KB', kilobytes(html + css + js), html + css + js <= 15 * 1024),
    line('Fonts', '≤ 30 KB', kilobytes(fonts), fonts <= 30 * 1024),
  ];
}

const roundTrips = (what: string, statements: string[]) =>
  line(what, '≤ 2', statements.join(', '), statements.length <= 2 && !statements.includes('unnamed'));

function ofBills(bills: Figures['bills']): Figures['promises'][number] {
  const times = bills.map(({ p50 }) => p50);
  const spread = Math.max(...times) / Math.min(...times);
  return line(
    'p50 of a payer’s invoices between sizes and pages',
    '≤ 1.25',
    spread.toFixed(2),
    spread <= 1.25,
  );
}

function ofRequests({ pages, statements }: Figures['requests']): Figures['promises'] {
  const most = Math.max(...pages.map(({ requests }) => requests));
  const lists = pages.filter(({ kind }) => kind === 'list');
  const slowest = Math.max(
    ...pages.filter(({ kind, requests }) => kind === 'search' && requests === most).map(({ p50 }) => p50),
  );
  return [
    roundTrips('Round trips of a list of requests, all prepared', statements),
    ...[...new Set(lists.map(({ what }) => what))].map((what) => {
      const apart = spread(lists.filter((one) => one.what === what));
      const title = `p50 of requests between sizes and pages: ${what.toLowerCase()}`;
      return line(title, '≤ 1.25', apart.toFixed(2), apart <= 1.25);
    }),
    line(
      `p50 of the slowest search over ${most.toLocaleString('en')} requests`,
      '< 50 ms',
      `${slowest.toFixed(1)} ms`,
      slowest < 50,
    ),
  ];
}

const spread = (timed: { p50: number }[]) => {
  const times = timed.map(({ p50 }) => p50);
  return Math.max(...times) / Math.min(...times);
};

/** How far a page's times lie apart between the sizes of the register. */
const spreadOf = (register: Figures['register'], page: string) =>
  spread(register.filter((one) => one.page === page));

const line = (what: string, promised: string, found: string, kept: boolean) => ({
  what,
  promised,
  found,
  kept,
});

export const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
