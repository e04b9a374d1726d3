import { readInvoice } from '../../domain/imports/invoice-reading.js';
import { factWords, lineSaid } from '../../domain/imports/invoices.plan.js';
import { KINDS, LAYOUTS, type ImportKind } from '../../domain/imports/layouts.js';
import { VERDICTS, type Verdict } from '../../domain/imports/plan.js';
import type { getImport, listLines } from '../../domain/imports/imports.data.js';
import { day } from '../../lib/dates.js';
import { counted, money, whole } from '../../lib/text.js';

type Import = Awaited<ReturnType<typeof getImport>>;
type Row = Awaited<ReturnType<typeof listLines>>[number];

const VERDICT_WORDS: Record<Verdict, { state: string; label: string }> = {
  refused: { state: 'no', label: 'Отклонено' },
  added: { state: 'ok', label: 'Добавится' },
  changed: { state: 'soon', label: 'Изменится' },
  unchanged: { state: 'old', label: 'Без изменений' },
};
const DONE_WORDS: Record<Verdict, string> = {
  refused: 'Отклонено',
  added: 'Добавлено',
  changed: 'Изменено',
  unchanged: 'Без изменений',
};

/** What one may import. */
export const kindOptions = (kinds: ImportKind[]) =>
  kinds.map((value) => ({
    value,
    label: KINDS[value],
    hint: `${HINTS[value] ?? ''}Столбцы: ${LAYOUTS[value].map(({ head, optional }) => head + (optional ? ' (не обязательно)' : '')).join(', ')}`,
  }));
const HINTS: Partial<Record<ImportKind, string>> = {
  invoices: 'В таблице — по строке на каждую строку счёта, строки с одним внешним кодом — один счёт. ',
};

/** What has become of the invoices, whether they were issued or not. */
export const BOOKS_DONE: Record<string, string> = {
  true: 'Счета выставлены, плательщикам отправлены письма.',
  false: 'Счета сохранены черновиками.',
};

/** What has become of such lines, or would. */
const wordOf = (row: Import, verdict: Verdict) =>
  row.applied_at ? DONE_WORDS[verdict] : VERDICT_WORDS[verdict].label;

/** An import as the list shows it. */
export const importRow = (row: Import) => ({
  href: `/staff/import/${row.id}`,
  name: row.file_name,
  kind: KINDS[row.kind],
  at: row.created_at,
  counts: VERDICTS.filter((verdict) => row.counts[verdict] > 0)
    .map((verdict) => `${wordOf(row, verdict).toLowerCase()}: ${whole(row.counts[verdict])}`)
    .join(', '),
  tag: row.applied_at ? { state: 'ok', label: 'Применён' } : { state: 'soon', label: 'Не применён' },
});

/** The verdict of the address; else the gravest that there is. */
export function verdictOf(query: URLSearchParams, { counts }: Import): Verdict {
  const asked = query.get('verdict') as Verdict;
  return VERDICTS.includes(asked) ? asked : (VERDICTS.find((one) => counts[one] > 0) ?? 'unchanged');
}

/** The tabs above the lines. */
export const tabs = (row: Import, current: Verdict) =>
  VERDICTS.map((verdict) => ({
    href: `/staff/import/${row.id}?verdict=${verdict}`,
    label: wordOf(row, verdict),
    count: whole(row.counts[verdict]),
    current: verdict === current,
  }));

/** A line as it is shown: its cells, and what would change or why it is refused. */
export function lineRow(row: Row, kind: ImportKind) {
  const words = (name: string) =>
    kind === 'invoices' ? factWords(name) : (heads[name] ?? heads[name.replace(/_id$/, '')] ?? name);
  const heads = Object.fromEntries(LAYOUTS[kind].map(({ name, head }) => [name, head]));
  const changes = Object.entries(row.changes).map(
    ([name, { before, after }]) =>
      `${words(name)}: было «${before || 'пусто'}», станет «${after || 'пусто'}»`,
  );
  return {
    line: row.line,
    cells: kind === 'invoices' ? invoiceCells(row) : cellsOf(row, kind),
    about: [row.reason ?? [], changes].flat().join('; '),
  };
}

const cellsOf = (row: Row, kind: ImportKind) => LAYOUTS[kind].flatMap(({ name }) => row.cells[name] || []);

const SHOWN = 3;

/** An invoice as it is read: whose, the first lines, and the sum of all. What cannot be read is shown as it stands. */
function invoiceCells(row: Row): string[] {
  const read = readInvoice(row);
  if ('problem' in read) return cellsOf(row, 'invoices');
  const { lines, total, kpp, contract, due_on } = read;
  const more = lines.length > SHOWN ? [`и ещё ${rows(lines.length - SHOWN)}`] : [];
  return [
    read.external_id,
    `№ ${read.number} от ${day(read.dated_on)}`,
    `ИНН ${read.inn}${kpp ? `, КПП ${kpp}` : ''}`,
    ...(contract ? [`договор ${contract}`] : []),
    ...(due_on ? [`оплатить до ${day(due_on)}`] : []),
    ...lines.slice(0, SHOWN).map(lineSaid),
    ...more,
    `всего ${money(total)}`,
  ];
}

/** What else stood in the file; null: nothing. */
export const skippedInWords = ({ skipped }: Import): string | null =>
  skipped > 0
    ? `Других документов в файле (заказов, актов, накладных): ${whole(skipped)}. Они пропущены.`
    : null;

/** How many invoices are overdue as soon as they are issued; null: none. */
export const pastDueInWords = (count: number): string | null =>
  count > 0
    ? `Срок оплаты уже прошёл у ${counted(count, 'счёта', 'счетов', 'счетов')}. Сразу после выставления — статус «Просрочен».`
    : null;

const NAMED = 20;

/** The buildings that the import adds, counted and named; null: none. */
export function newBuildings({ new_buildings: names, applied_at }: Import): string | null {
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` и ещё ${whole(names.length - NAMED)}` : '';
  const list = names.slice(0, NAMED).map((name) => `«${name}»`);
  const what = applied_at ? 'Добавлены здания' : 'Новые здания';
  return `${what}: ${whole(names.length)} — ${list.join(', ')}${more}.`;
}

const rows = (count: number) => counted(count, 'строка', 'строки', 'строк');

/** How many of what is imported. */
export const thingsInWords = ({ kind }: Import, count: number) =>
  kind === 'invoices' ? counted(count, 'счёт', 'счета', 'счетов') : rows(count);
