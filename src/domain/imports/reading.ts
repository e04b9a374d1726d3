import { gathered } from './invoice-rows.js';
import { linesOf, type ImportKind, type Line } from './layouts.js';

/** A file that was read: rows of texts, the heads first. */
export interface Table {
  cells: string[][];
  /** Which rows are one thing, by its number in the file; absent: a table, where a spreadsheet numbers the rows. */
  places?: number[];
  /** How many other things stood there, none of ours. */
  skipped?: number;
}

/** The lines of a file: each is one thing that is imported. @throws Invalid at `file` as `linesOf` */
export function linesIn(kind: ImportKind, { cells, places }: Table): Line[] {
  const lines = linesOf(kind, cells);
  return kind === 'invoices' ? gathered(lines, places ?? null) : lines;
}
