import { isOverdue, leftOf, shownState, INVOICE_STATES } from '../../domain/invoices/invoice.js';
import type { BooksFilter, BooksRow } from '../../domain/invoices/books.data.js';
import type { Invoice } from '../../domain/invoices/invoices.data.js';
import { MOST_LINES, VAT } from '../../domain/invoices/lines.js';
import type { attemptsOf } from '../../domain/payments/payments.data.js';
import { problemToStaff } from '../../domain/payments/till.js';
import { refundable } from '../../domain/payments/refunds.actions.js';
import { day, type Day } from '../../lib/dates.js';
import type { Cell } from '../../lib/spreadsheet.js';
import { quantity, rubles } from '../../lib/text.js';
import type { Typed } from '../../web/form.js';
import { searchOf } from '../../web/list-query.js';
import { invoiceTag, monthWords } from '../invoices.js';

export const BOOKS = '/staff/invoices';

export const SHOW_OPTIONS = [
  { value: 'draft', label: 'Черновики' },
  { value: 'unpaid', label: 'К оплате' },
  { value: 'overdue', label: 'Просроченные' },
  { value: 'paid', label: 'Оплаченные' },
  { value: 'cancelled', label: 'Отменённые' },
];
export const VAT_OPTIONS = Object.entries(VAT).map(([value, { label }]) => ({ value, label }));

/** The filter of the address; what does not fit is not asked for. */
export function booksFilter(query: URLSearchParams): BooksFilter {
  const show = query.get('show') ?? '';
  return {
    search: searchOf(query),
    show: SHOW_OPTIONS.some(({ value }) => value === show) ? (show as BooksFilter['show']) : null,
  };
}

/** A line of the accountant's list. */
export const booksLine = (row: BooksRow, today: Day) => ({
  ...row,
  href: `${BOOKS}/${row.id}`,
  month: monthWords(row.period),
  left: leftOf(row),
  tag: invoiceTag(row, today),
});

/** A line of the export. */
export const booksCells = (row: BooksRow, today: Day): Cell[] => [
  row.external_id ?? '',
  row.number,
  { day: row.dated_on },
  row.payer,
  row.inn,
  row.period ?? '',
  { sum: row.total },
  { sum: row.allocated },
  { sum: leftOf(row) },
  { day: row.due_on },
  isOverdue(row, today) ? 'Просрочен' : INVOICE_STATES[shownState(row)],
];
export const BOOKS_HEADS = [
  'Внешний код',
  'Номер',
  'Дата',
  'Плательщик',
  'ИНН',
  'Период',
  'Сумма',
  'Оплачено',
  'Осталось',
  'Оплатить до',
  'Статус',
];

/** How many places for lines the form has: those that are there, and some empty ones. */
export function places(values: Typed): number[] {
  const last = Object.keys(values).reduce((most, name) => {
    const [, number] = /^line_(\d+)_name$/.exec(name) ?? [];
    return number && values[name] ? Math.max(most, Number(number)) : most;
  }, 0);
  return Array.from({ length: Math.min(MOST_LINES, last + 5) }, (_, at) => at + 1);
}

/** One of the organisations of an ИНН, to be chosen. */
export const branchOption = ({ id, name, kpp }: { id: string; name: string; kpp: string | null }) => ({
  value: id,
  label: `${name}, ${kpp ? `КПП ${kpp}` : 'без КПП'}`,
});

/** A draft as its form shows it. */
export function draftFields(invoice: Invoice): Typed {
  const lines = invoice.lines.flatMap((line, at) => {
    const field = (name: string) => `line_${at + 1}_${name}`;
    return [
      [field('name'), line.name],
      [field('quantity'), quantity(line.quantity)],
      [field('unit'), line.unit ?? ''],
      [field('price'), rubles(line.price)],
      [field('vat'), String(line.vat_code)],
    ] as [string, string][];
  });
  const { period } = invoice;
  return {
    inn: invoice.inn,
    organisation: invoice.organisation_id ?? '',
    contract: invoice.contract ?? '',
    number: invoice.number,
    dated_on: day(invoice.dated_on),
    period: period ? `${period.slice(5)}.${period.slice(0, 4)}` : '',
    due_on: day(invoice.due_on),
    purpose: invoice.purpose ?? '',
    revision: String(invoice.revision),
    ...Object.fromEntries(lines),
  };
}

type Attempt = Awaited<ReturnType<typeof attemptsOf>>[number];

const CARD_STATES: Record<Attempt['state'], { state: string; label: string }> = {
  new: { state: 'sent', label: 'Проверяем' },
  pending: { state: 'sent', label: 'Ждёт оплаты' },
  succeeded: { state: 'ok', label: 'Оплачено' },
  canceled: { state: 'old', label: 'Не оплачено' },
  failed: { state: 'no', label: 'Ошибка' },
};

function cardTag({ state, amount, refunded, set_aside }: Attempt, left: number) {
  if (state === 'succeeded' && refunded >= amount) return { state: 'old', label: 'Возвращено' };
  const waits = state === 'new' || state === 'pending';
  if (waits && (set_aside || left !== amount)) return { state: 'old', label: 'Уже не нужна' };
  return CARD_STATES[state];
}

/** An attempt to pay by card, as the accountant sees it; `left` of its invoice. */
export const cardLine = (payment: Attempt, base: string, left: number, open: boolean) => ({
  at: payment.created_at,
  amount: payment.amount,
  refunded: payment.refunded,
  problem: problemToStaff(payment.problem),
  external: payment.external_id,
  tag: cardTag(payment, left),
  refund: open && refundable(payment) > 0 ? `${base}/payments/${payment.id}/refund` : null,
});
