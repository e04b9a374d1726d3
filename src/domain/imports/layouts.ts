import { Invalid } from '../../lib/errors.js';
import { VISIBLE, withoutUnseen } from '../../lib/unseen.js';

/** What can be imported, each by a table of its own. */
export const KINDS = {
  organisations: 'Организации',
  contracts: 'Договоры',
  premises: 'Помещения',
  invoices: 'Счета',
} as const;
export type ImportKind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as ImportKind[];

/** A column: its head as it is shown and looked for, and whether a table may do without it. */
export interface Column {
  name: string;
  head: string;
  optional?: true;
  /** «Цена» is not «Цена без НДС», nor «Дата» the contract's. */
  exact?: true;
  /** A line break in it is no space: whose books have one so is told to mend it. */
  oneLine?: true;
}

export const LAYOUTS: Record<ImportKind, Column[]> = {
  organisations: [
    { name: 'external_id', head: 'Внешний код' },
    { name: 'name', head: 'Название' },
    { name: 'inn', head: 'ИНН' },
    { name: 'kpp', head: 'КПП' },
    { name: 'address', head: 'Адрес', optional: true },
    { name: 'responsible_email', head: 'E-mail ответственного', optional: true },
  ],
  contracts: [
    { name: 'external_id', head: 'Внешний код' },
    { name: 'organisation', head: 'Код организации' },
    { name: 'number', head: 'Номер' },
    { name: 'kind', head: 'Тип' },
    { name: 'starts_on', head: 'Начало' },
    { name: 'ends_on', head: 'Окончание' },
  ],
  premises: [
    { name: 'external_id', head: 'Внешний код' },
    { name: 'contract', head: 'Код договора' },
    { name: 'building', head: 'Здание' },
    { name: 'room', head: 'Помещение' },
    { name: 'area', head: 'Площадь' },
  ],
  // One row a line of an invoice; rows of one code are one invoice.
  invoices: [
    { name: 'external_id', head: 'Внешний код' },
    { name: 'number', head: 'Номер', exact: true, oneLine: true },
    { name: 'dated_on', head: 'Дата', exact: true },
    { name: 'inn', head: 'ИНН плательщика' },
    { name: 'kpp', head: 'КПП', optional: true },
    { name: 'contract', head: 'Номер договора', optional: true },
    { name: 'period', head: 'Период', optional: true },
    { name: 'due_on', head: 'Оплатить до' },
    { name: 'currency', head: 'Валюта', optional: true },
    { name: 'total', head: 'Всего по счёту', optional: true, exact: true },
    { name: 'item', head: 'Наименование' },
    { name: 'quantity', head: 'Количество' },
    { name: 'unit', head: 'Единица' },
    { name: 'price', head: 'Цена', exact: true },
    { name: 'vat', head: 'НДС' },
    { name: 'sum', head: 'Сумма', optional: true, exact: true },
  ],
};

/**
 * A line of the table: its number as a spreadsheet shows it, and its cells by the names of their columns. What is wrong
 * with the line as it stands is its `problem`.
 */
export interface Line {
  line: number;
  cells: Record<string, string>;
}

const folded = (head: string) =>
  head
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\s,.*]+/g, ' ')
    .trim();

const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]/;

/** What a form would take of such a line: without signs that nobody sees, on one line. */
function cellOf(text: string): string {
  const line = withoutUnseen(text.toWellFormed()).replace(/\s+/g, ' ').trim();
  return VISIBLE.test(line) ? line : '';
}

/** Where columns of this head stand: so called, or else called so with more behind («Площадь, м²»). */
function placesOf({ head, exact: whole }: Column, heads: string[]): number[] {
  const places = (fits: (one: string) => boolean) => heads.flatMap((one, at) => (fits(one) ? [at] : []));
  const name = folded(head);
  const exact = places((one) => one === name);
  return exact.length > 0 || whole ? exact : places((one) => one.startsWith(name));
}

/**
 * Finds the columns by their heads, in any order; others are ignored.
 *
 * @throws Invalid at `file` naming what is missing, or is there twice
 */
export function linesOf(kind: ImportKind, [heads = [], ...rows]: string[][]): Line[] {
  const read = heads.map((head) => folded(withoutUnseen(head)));
  const found = LAYOUTS[kind].map((column) => ({ ...column, at: placesOf(column, read) }));
  const listed = (columns: Column[]) => columns.map(({ head }) => `«${head}»`).join(', ');
  const missing = found.filter(({ at, optional }) => at.length === 0 && !optional);
  if (missing.length > 0) throw new Invalid({ file: `В первой строке нет столбцов: ${listed(missing)}` });
  const twice = found.filter(({ at }) => at.length > 1);
  if (twice.length > 0)
    throw new Invalid({ file: `Столбцы повторяются: ${listed(twice)}. Оставьте по одному` });
  const places = found.flatMap((column) => column.at.map((at) => ({ ...column, at })));
  return rows.flatMap((row, index) => {
    const cells = Object.fromEntries(
      places.map(({ name, at }) => [name, cellOf((row[at] ?? '').slice(0, 1000))]),
    );
    if (!Object.values(cells).some(Boolean)) return [];
    const broken = places.find(({ at, oneLine }) => oneLine && LINE_BREAK.test((row[at] ?? '').trim()));
    const problem = broken && `${broken.head} — в одну строку, без переносов`;
    return [{ line: index + 2, cells: { ...cells, ...(problem && { problem }) } }];
  });
}
