import { day, parseDay } from '../../lib/dates.js';
import { MOST_LINES } from '../invoices/lines.js';
import { LAYOUTS, type Line } from './layouts.js';

/** What a row says of its line of the invoice; the rest it says of the invoice. */
export const ITEM_NAMES = ['item', 'quantity', 'unit', 'price', 'vat', 'sum'] as const;
export type Item = Partial<Record<(typeof ITEM_NAMES)[number], string>>;

const isItem = (name: string) => (ITEM_NAMES as readonly string[]).includes(name);
const itemsOf = ({ cells }: Line): Item =>
  Object.fromEntries(Object.entries(cells).filter(([name]) => isItem(name)));
/** Where a document says nothing of something, it does not speak of it: only a table's empty cell empties. */
const headOf = ({ cells }: Line, silent: boolean) =>
  Object.fromEntries(Object.entries(cells).filter(([name, text]) => !isItem(name) && (text || !silent)));

/**
 * Makes rows of one code one line of the import, at the number of the first; its `items` are the invoice's lines, as JSON.
 * What the rows say of the invoice in different ways is its `problem`.
 *
 * @param places which rows are one invoice, where a file tells it other than by codes; they are the lines' numbers
 */
export function gathered(rows: Line[], places: number[] | null): Line[] {
  const groups = new Map<string, Line[]>();
  for (const row of rows) {
    const place = places?.[row.line - 2];
    // A row without a code is no part of any other's invoice.
    const key = place === undefined ? row.cells.external_id || `\n${row.line}` : String(place);
    groups.set(key, [...(groups.get(key)?.slice(0, MOST_LINES) ?? []), row]);
  }
  return [...groups.values()].map((group) => invoiceOf(group, places));
}

function invoiceOf(group: Line[], places: number[] | null): Line {
  const [first, ...others] = group as [Line, ...Line[]];
  const head = headOf(first, places !== null);
  const problem =
    group.length > MOST_LINES
      ? `В счёте больше ${MOST_LINES} строк`
      : (group.find(({ cells }) => cells.problem)?.cells.problem ??
        others.map((row) => contradiction(first, row)).find((one) => one !== null));
  const items = JSON.stringify(group.slice(0, MOST_LINES).map(itemsOf));
  return {
    line: places?.[first.line - 2] ?? first.line,
    cells: { ...head, items, ...(problem && { problem }) },
  };
}

/** What a row says of the invoice other than the first one does; an empty cell repeats what is above it. */
function contradiction(first: Line, row: Line): string | null {
  const column = LAYOUTS.invoices.find(
    ({ name }) =>
      !isItem(name) && row.cells[name] && same(name, row.cells[name]) !== same(name, first.cells[name] ?? ''),
  );
  if (!column) return null;
  const [here, there] = [row, first].map(({ cells }) => cells[column.name] || 'пусто');
  return `${column.head} в строке ${row.line} — «${here}», а в строке ${first.line} — «${there}»`;
}

function same(name: string, text: string): string {
  const date = name === 'dated_on' || name === 'due_on' ? parseDay(text) : null;
  return date ? day(date) : text.replace(/\s/g, '').toLowerCase();
}
