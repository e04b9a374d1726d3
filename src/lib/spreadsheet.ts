import { stringify } from 'csv-stringify/sync';
import writeXlsx from 'write-excel-file/node';
import { dateTime, day, iso, type Day } from './dates.js';

/** What stands in a cell: a text, a count, a sum of whole kopecks, a day, or a moment. */
export type Cell = string | number | { sum: number } | { day: Day } | Date;

/** A table to be saved: the heads of its columns, and its rows. */
export interface Table {
  heads: string[];
  rows: Cell[][];
}

/** How a cell reads in a text: `1234,56` is what Russian spreadsheets take for a number. */
function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return String(cell);
  if (cell instanceof Date) return dateTime(cell);
  return 'sum' in cell ? (cell.sum / 100).toFixed(2).replace('.', ',') : day(cell.day);
}

/**
 * CSV as Russian Excel opens it: UTF-8 with its mark, semicolons. What a spreadsheet would take for a formula is
 * defused with an apostrophe: such cells come from whoever named an organisation (CWE-1236). An import takes that one off
 * again, so what begins with one already gets another.
 */
export function csvOf({ heads, rows }: Table): Buffer {
  const cells = rows.map((row) =>
    row.map(textOf).map((value) => (/^'+[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value)),
  );
  return Buffer.from(stringify([heads, ...cells], { bom: true, delimiter: ';', escape_formulas: true }));
}

/** A workbook of one sheet: what can be summed up or sorted is a number or a date. A text is never a formula. */
export async function xlsxOf({ heads, rows }: Table): Promise<Buffer> {
  const sheet = [
    heads.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) => row.map(typed)),
  ];
  const columns = heads.map((head, at) => ({ width: widthOf(head, rows, at) }));
  return writeXlsx(sheet, { stickyRowsCount: 1, columns }).toBuffer();
}

// A workbook has no time zones: its dates are what a clock in Moscow shows.
function typed(cell: Cell) {
  if (typeof cell === 'string') return { value: cell, type: String };
  if (typeof cell === 'number') return { value: cell, type: Number };
  if (cell instanceof Date)
    return { value: new Date(`${iso(cell).slice(0, 19)}Z`), type: Date, format: 'dd.mm.yyyy hh:mm' };
  if ('sum' in cell) return { value: cell.sum / 100, type: Number, format: '#,##0.00' };
  return { value: new Date(cell.day), type: Date, format: 'dd.mm.yyyy' };
}

const WIDEST = 50;

/** In characters: a date or a sum that does not fit its column is shown as `#####`. */
const widthOf = (head: string, rows: Cell[][], at: number): number =>
  rows.reduce((most, row) => Math.min(WIDEST, Math.max(most, textOf(row[at]!).length + 4)), head.length + 2);
