import { createHash } from 'node:crypto';
import type { ImportLineRow } from '../../db/rows.js';
import { LAYOUTS, type ImportKind, type Line } from './layouts.js';

export type Verdict = ImportLineRow['verdict'];
export const VERDICTS = ['refused', 'added', 'changed', 'unchanged'] as const;

/** What becomes of a line: `id` is the row that it changes, `present` what stands there, `values` what it writes. */
export interface Planned<Values> extends Line {
  verdict: Verdict;
  id: string | null;
  values: Values | null;
  present: Values | null;
  changes: ImportLineRow['changes'];
  /** Why it is refused; of others, what should be noticed. */
  reason: string | null;
}

export const refused = <Values>(line: Line, reason: string): Planned<Values> => ({
  ...line,
  verdict: 'refused',
  id: null,
  values: null,
  present: null,
  changes: {},
  reason,
});

/** A spreadsheet takes the zero off a number that begins with one; the control digits tell. */
export const padded = (digits: string, lengths: number[]) =>
  lengths.includes(digits.length + 1) ? `0${digits}` : digits;

/** What is longer than its form would take, in words; null: nothing is. */
export function tooLong(
  kind: ImportKind,
  cells: Line['cells'],
  longest: Record<string, number>,
): string | null {
  const long = LAYOUTS[kind].find(({ name }) => (cells[name]?.length ?? 0) > (longest[name] ?? Infinity));
  return long ? `${long.head} длиннее ${longest[long.name]} знаков` : null;
}

/** Compares what a line says with the row that there is, if there is one. */
export function compared<Values extends object>(
  line: Line,
  values: Values,
  present: (Values & { id: string }) | null,
): Planned<Values> {
  const base = { ...line, values, present, reason: null };
  if (!present) return { ...base, verdict: 'added', id: null, changes: {} };
  const names = Object.keys(values) as (keyof Values & string)[];
  const changed = names.filter((name) => shown(values[name]) !== shown(present[name]));
  const changes = Object.fromEntries(
    changed.map((name) => [name, { before: shown(present[name]), after: shown(values[name]) }]),
  );
  return { ...base, verdict: changed.length > 0 ? 'changed' : 'unchanged', id: present.id, changes };
}

// Every column that an import writes is a text, or empty.
const shown = (value: unknown) => (typeof value === 'string' ? value : '');

/** Finds a value that stands in an earlier line already; answers so: `what` is there, and in which line. */
export function repetitions(what: string): (value: string, line: number) => string | null {
  const seen = new Map<string, number>();
  return (value, line) => {
    const before = seen.get(value);
    if (before === undefined) seen.set(value, line);
    return before === undefined ? null : `${what} уже есть в строке ${before}`;
  };
}

export const SAME_CODE = 'Такой внешний код';

/** Over all that would be done: what was looked at is told from what would happen now. */
export function digestOf(plan: Planned<object>[]): string {
  const hash = createHash('sha256');
  for (const { line, verdict, id, changes, reason } of plan)
    hash.update(JSON.stringify([line, verdict, verdict === 'added' ? null : id, changes, reason]));
  return hash.digest('hex');
}

export function countsOf(plan: { verdict: Verdict }[]): Record<Verdict, number> {
  const counts = { added: 0, changed: 0, unchanged: 0, refused: 0 };
  for (const { verdict } of plan) counts[verdict] += 1;
  return counts;
}
