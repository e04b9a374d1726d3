import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { parse } from 'csv-parse/sync';
import { counted } from '../../lib/text.js';
import readXlsx from 'read-excel-file/node';
import { readCommerceMl } from './commerceml.js';
import type { ImportKind } from './layouts.js';
import type { Table } from './reading.js';

/** More than any register has; whoever sends more is told so. */
const MOST_ROWS = 20_000;
const MOST_COLUMNS = 60;

/** What the thread answers: the cells as texts, or why there are none. */
export type TableAnswer = Table | { problem: string };

/** How a workbook of Excel before 2007 begins, and a newer one that has a password. */
const OLE2 = 'd0cf11e0';
const OLD = 'Это файл старого Excel или под паролем. Сохраните файл как XLSX или CSV';

/** The first sheet of a workbook, or the rows of a text with separators; of invoices, those of 1C's own file as well. */
async function read({ path, kind }: { path: string; kind: ImportKind }): Promise<TableAnswer> {
  const bytes = readFileSync(path);
  if (kind === 'invoices' && isMarkup(bytes)) return bounded(readCommerceMl(bytes));
  if (bytes.subarray(0, 4).toString('hex') === OLE2) return { problem: OLD };
  // A workbook is a zip, whatever its name says.
  const rows =
    bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004' ? await workbook(path) : text(bytes);
  return bounded({ cells: rows.map((row) => row.slice(0, MOST_COLUMNS)) });
}

const bounded = (answer: TableAnswer): TableAnswer =>
  'cells' in answer && answer.cells.length > MOST_ROWS + 1
    ? { problem: `В таблице больше ${counted(MOST_ROWS, 'строки', 'строк', 'строк')}. Разделите её на части` }
    : answer;

/** A text that begins with a tag, in whatever encoding. */
const isMarkup = (bytes: Buffer) =>
  /^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?[\s\0]*</.test(bytes.subarray(0, 100).toString('latin1'));

async function workbook(path: string): Promise<string[][]> {
  const sheets = await readXlsx(path);
  const [first] = sheets;
  return (first?.data ?? []).map((row) => row.map((cell) => cellText(cell as Cell)));
}

type Cell = string | number | boolean | Date | null;

/** A cell as one would type it: a day as `2027-11-30`, a number without what Excel adds. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  // As many digits as Excel shows: behind them is what adding fractions leaves.
  if (typeof cell === 'number')
    return Number.isInteger(cell) ? cell.toFixed(0) : String(Number(cell.toPrecision(15)));
  return String(cell).trim();
}

/** UTF-16 («Текст Юникод» of Excel), UTF-8 where it is that, else what Russian Windows writes. */
function decode(bytes: Buffer): string {
  const wide = wideness(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}

/** By its mark, or by the half of every separator and digit that is a zero. */
function wideness(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return 'utf-16le';
  if (mark === 'feff') return 'utf-16be';
  const start = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  start.forEach((byte, at) => (zeros[at % 2]! += byte === 0 ? 1 : 0));
  const [even, odd] = zeros as [number, number];
  if ((even + odd) * 20 < start.length || even === odd) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** The apostrophe that an export puts before what a spreadsheet would take for a formula: it is no part of the text. */
const DEFUSED = /^'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/;

/** Rows of texts; the separator is whichever the first line has most of. */
function text(bytes: Buffer): string[][] {
  const decoded = decode(bytes);
  const [head = ''] = decoded.split('\n', 1);
  const count = (sign: string) => head.split(sign).length;
  const delimiter = [';', ',', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
  const rows: string[][] = parse(decoded.replaceAll('\0', ''), {
    delimiter,
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    to: MOST_ROWS + 2,
  });
  return rows.map((row) => row.map((cell) => cell.replace(DEFUSED, '')));
}

const UNREADABLE = 'Файл не читается как таблица. Сохраните его как XLSX или CSV';
if (parentPort) {
  const port = parentPort;
  void read(workerData as { path: string; kind: ImportKind })
    .catch((): TableAnswer => ({ problem: UNREADABLE }))
    .then((answer) => port.postMessage(answer));
}
