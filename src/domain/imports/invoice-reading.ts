import type { Kopecks } from '../../db/rows.js';
import { addDays, parseDay, parseMonth, type Day } from '../../lib/dates.js';
import { isInn } from '../../lib/inn.js';
import { money, parseMoney } from '../../lib/text.js';
import { lineTotal, MOST_TOTAL as MOST, priceOf, VAT, type LineInput } from '../invoices/lines.js';
import type { Item } from './invoice-rows.js';
import type { Line } from './layouts.js';
import { padded, tooLong } from './plan.js';

/** An invoice as a file says it; what the file does not speak of is undefined, what it leaves empty is null. */
export interface ReadInvoice {
  external_id: string;
  number: string;
  dated_on: Day;
  inn: string;
  kpp: string | null;
  contract: string | null | undefined;
  period: string | null | undefined;
  /** Null: it does not say; `default_due` is taken for a new one. */
  due_on: Day | null;
  default_due: Day;
  lines: Required<LineInput>[];
  total: Kopecks;
}

/** So many days are left to pay where the books do not say. */
export const DUE_DAYS = 10;

const LONGEST = { external_id: 100, number: 50, contract: 100 };
const KPP = /^\d{4}[\dA-Z]{2}\d{3}$/;
const YEARS = { first: '2000', last: '2100' };

const dayIn = (text: string): Day | null => {
  const found = parseDay(text);
  return found && found >= YEARS.first && found < YEARS.last ? found : null;
};

/** Reads the cells of an invoice, exact to the kopeck; answers why it cannot, in words. */
export function readInvoice({ cells }: Line): ReadInvoice | { problem: string } {
  const cell = (name: string) => cells[name] ?? '';
  const inn = padded(cell('inn').replace(/\s/g, ''), [10, 12]);
  // An entrepreneur has none; whatever stands there is not his.
  const kpp = inn.length === 12 ? '' : padded(cell('kpp').replace(/\s/g, '').toUpperCase(), [9]);
  const [dated_on, due_on] = [dayIn(cell('dated_on')), cell('due_on') ? dayIn(cell('due_on')) : null];
  const period = cell('period') ? parseMonth(cell('period')) : null;
  const problem =
    cells.problem ||
    (!cell('external_id') && 'Нет внешнего кода') ||
    (!cell('number') && 'Нет номера счёта') ||
    tooLong('invoices', cells, LONGEST) ||
    (!cell('dated_on') && 'Нет даты счёта') ||
    (!dated_on && 'Дата счёта с ошибкой') ||
    (!inn && 'Нет ИНН плательщика') ||
    (!isInn(inn) && 'ИНН плательщика с ошибкой') ||
    (kpp && !KPP.test(kpp) && 'КПП с ошибкой') ||
    (cell('period') && !period && 'Период с ошибкой: укажите месяц, например 11.2026') ||
    (cell('due_on') && !due_on && '«Оплатить до» с ошибкой: укажите день, например 20.11.2026') ||
    (due_on && due_on < dated_on! && '«Оплатить до» раньше даты счёта') ||
    (cell('currency') &&
      !/^(rub|rur|643|810|руб(\.|л[а-я]*)?|российский рубль)$/i.test(cell('currency')) &&
      `Валюта счёта — «${cell('currency')}», а выставить можно только в рублях`);
  if (problem) return { problem };
  const lines = linesOf(JSON.parse(cell('items')) as Item[], cell('total'));
  if ('problem' in lines) return lines;
  return {
    external_id: cell('external_id'),
    number: cell('number'),
    dated_on: dated_on!,
    inn,
    kpp: kpp || null,
    contract: 'contract' in cells ? cells.contract || null : undefined,
    period: 'period' in cells ? period : undefined,
    due_on,
    default_due: addDays(dated_on!, DUE_DAYS),
    ...lines,
  };
}

type Lines = Pick<ReadInvoice, 'lines' | 'total'>;

/** The invoice's lines, whose totals sum up to that of the invoice where the file says one. */
function linesOf(items: Item[], said: string): Lines | { problem: string } {
  const lines: Required<LineInput>[] = [];
  for (const [at, item] of items.entries()) {
    const line = lineOf(item);
    if (typeof line === 'string') return { problem: `Строка счёта ${at + 1}: ${line}` };
    lines.push(line);
  }
  const sum = lines.reduce((all, { total }) => all + total, 0);
  const total = said ? parseMoney(said) : sum;
  if (total === null) return { problem: 'Сумма счёта с ошибкой' };
  if (total === 0) return { problem: 'В счёте нет суммы' };
  if (total > MOST) return { problem: `Сумма счёта больше ${money(MOST)}` };
  if (total !== sum && !settled(lines, total - sum))
    return { problem: `Сумма строк ${money(sum)} не сходится с суммой счёта ${money(total)}` };
  return { lines, total };
}

/**
 * Gives what rounding has lost (a kopeck a line at most) to the dearest line, as the books that wrote the file have it
 * somewhere too. Answers whether it is no more than that.
 */
function settled(lines: Required<LineInput>[], lost: Kopecks): boolean {
  if (Math.abs(lost) > lines.length) return false;
  const dearest = lines.reduce((best, line) => (line.total > best.total ? line : best));
  if (dearest.total + lost <= 0) return false;
  dearest.total += lost;
  return true;
}

/** A line, or what is wrong with it. The books' own sum counts, the price is told by it. */
function lineOf(item: Item): Required<LineInput> | string {
  const { item: name = '', unit = '', sum: said = '' } = item;
  const quantity = (item.quantity ?? '').replace(/\s/g, '').replace(',', '.') || '1';
  const typed = item.price ? parseMoney(item.price) : null;
  const sum = said ? parseMoney(said) : null;
  const vat_code = vatCodeOf(item.vat ?? '');
  if (!name) return 'нет наименования';
  if (name.length > 300) return 'наименование длиннее 300 знаков';
  if (unit.length > 20) return 'единица длиннее 20 знаков';
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(quantity) || !/[1-9]/.test(quantity))
    return 'количество — число больше нуля, до трёх знаков после запятой';
  if (said && sum === null) return 'сумма с ошибкой';
  if (sum === null && typed === null) return 'цена — рубли, до двух знаков после запятой';
  if (vat_code === null) return 'НДС — «Без НДС» или ставка: 0%, 5%, 7%, 10%, 20%, 22%';
  const computed = typed === null ? null : lineTotal(quantity, typed);
  const total = sum ?? computed!;
  if (total > MOST) return `сумма больше ${money(MOST)}`;
  const price = typed !== null && computed === total ? typed : priceOf(quantity, total);
  return { name, quantity, unit: unit || null, price, vat_code, total };
}

/** A spreadsheet keeps 20 % as a fraction. */
const FRACTIONS: Record<string, number> = {
  '0.05': 5,
  '0.07': 7,
  '0.1': 10,
  '0.10': 10,
  '0.2': 20,
  '0.20': 20,
  '0.22': 22,
};

/** The code of a rate in words: `Без НДС`, `20%`, `НДС 20 %`, `0.2`; null when there is no such rate. */
function vatCodeOf(text: string): number | null {
  const words = text
    .toLowerCase()
    .replace(/[\s%()]/g, '')
    .replace(/^ндс/, '')
    .replace(',', '.');
  if (/^(без(ндс|налогандс|налога)?|необлагается|нет)$/.test(words)) return 1;
  const rate = FRACTIONS[words] ?? (/^\d{1,2}$/.test(words) ? Number(words) : null);
  const found = Object.entries(VAT).find(([, known]) => rate !== null && known.rate === rate);
  return found ? Number(found[0]) : null;
}
