import { Invalid } from '../../lib/errors.js';

/** What can be imported, each by a table of its own. */
export const KINDS = { organisations: 'Организации', contracts: 'Договоры', premises: 'Помещения' } as const;
export type ImportKind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as ImportKind[];

/** A column: its head as it is shown and looked for, and whether a table may do without it. */
export interface Column {
  name: string;
  head: string;
  optional?: true;
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
};

/** A line of the table: its number as a spreadsheet shows it, and its cells by the names of their columns. */
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

/**
 * Finds the columns by their heads, in any order; others are ignored.
 *
 * @throws Invalid at `file` naming what is missing
 */
export function linesOf(kind: ImportKind, [heads = [], ...rows]: string[][]): Line[] {
  const places = LAYOUTS[kind].map((column) => ({
    ...column,
    at: heads.findIndex((head) => folded(head).startsWith(folded(column.head))),
  }));
  const missing = places.filter(({ at, optional }) => at < 0 && !optional).map(({ head }) => `«${head}»`);
  if (missing.length > 0) throw new Invalid({ file: `В первой строке нет столбцов: ${missing.join(', ')}` });
  return rows.flatMap((row, index) => {
    const cells = Object.fromEntries(
      places.filter(({ at }) => at >= 0).map(({ name, at }) => [name, (row[at] ?? '').slice(0, 1000)]),
    );
    return Object.values(cells).some(Boolean) ? [{ line: index + 2, cells }] : [];
  });
}
