import {
  INVOICE_STATES,
  isOverdue,
  leftOf,
  shownState,
  type InvoiceState,
} from '../domain/invoices/invoice.js';
import {
  listInvoices,
  type InvoiceFilter,
  type ListedInvoice,
  type Months,
} from '../domain/invoices/lists.data.js';
import { getInvoice, type Invoice } from '../domain/invoices/invoices.data.js';
import { VAT } from '../domain/invoices/lines.js';
import { paymentsOf, type PaymentWay } from '../domain/payments/ledger.data.js';
import { advanceOf, type Payer } from '../domain/payments/payers.data.js';
import type { Database } from '../db/knex.js';
import { textPosition } from '../db/paging.js';
import { day, dayOf, type Day } from '../lib/dates.js';
import { NotFound } from '../lib/errors.js';
import { money } from '../lib/text.js';
import { pageLink, view, type Answer, type Crumb } from '../web/answer.js';
import type { Policy, SectionBuilder } from '../web/section.js';
import { searchOf } from '../web/list-query.js';
import { shownCode } from './payment-code.js';
import type { Ctx, Parts } from './section.js';

/** What differs between «Мои счета» of a person and «Счета» of an organisation. */
export interface InvoicePlace<Scope> {
  section: SectionBuilder<Scope, Parts>;
  policy: Policy<Scope>;
  /** Whose invoices; null: nobody's yet (the person's ИНН is not confirmed). */
  payer: (scope: Scope) => Payer | null;
  path: (scope: Scope) => string;
  crumbs: (scope: Scope) => Crumb[];
  /** Who pays, as his documents name him. */
  buyer: (scope: Scope) => string;
  title: string;
  lead: string;
  /** Said in place of a list where there is no payer. */
  nobody: (scope: Scope) => { title: string; text: string; action: { label: string; href: string } | null };
  /** Where a question about an invoice is asked. */
  ask: (scope: Scope, invoice: Invoice) => string;
}

const TONES: Record<InvoiceState, string> = {
  draft: 'old',
  issued: 'sent',
  partly: 'soon',
  paid: 'ok',
  cancelled: 'old',
};

/** An invoice's state as a tag; what is overdue says so. */
export function invoiceTag(invoice: Parameters<typeof isOverdue>[0], today: Day) {
  if (isOverdue(invoice, today)) return { state: 'no', label: 'Просрочен' };
  const state = shownState(invoice);
  return { state: TONES[state], label: INVOICE_STATES[state] };
}

const MONTHS = [
  ...['Январь', 'Февраль', 'Март', 'Апрель', 'Май', 'Июнь'],
  ...['Июль', 'Август', 'Сентябрь', 'Октябрь', 'Ноябрь', 'Декабрь'],
];

/** `Ноябрь 2026` of `2026-11`. */
export const monthWords = (period: string | null) =>
  period && `${MONTHS[Number(period.slice(5)) - 1]!} ${period.slice(0, 4)}`;

const SHOW = { unpaid: 'К оплате', overdue: 'Просроченные', paid: 'Оплаченные', cancelled: 'Отменённые' };

function invoiceFilter(query: URLSearchParams): InvoiceFilter {
  const [show, period] = [query.get('show') ?? '', query.get('period') ?? ''];
  return {
    search: searchOf(query),
    show: Object.hasOwn(SHOW, show) ? (show as InvoiceFilter['show']) : null,
    period: /^\d{4}-(0[1-9]|1[0-2])$/.test(period) ? period : null,
  };
}

/** More than anybody looks through in a list; earlier ones are found by number. */
const MOST_MONTHS = 60;

/** The months of a payer's invoices, the last first, and the one that is asked for. */
function monthOptions({ first, last }: Months, asked: string | null) {
  // Counted, not asked of a calendar: sixty of its answers cost as much as the rest of the page.
  const count = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
  const named = (months: number) =>
    `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  const length = first && last ? Math.min(MOST_MONTHS, count(last) - count(first) + 1) : 0;
  const months = Array.from({ length }, (_, back) => named(count(last!) - back));
  if (asked && !months.includes(asked)) months.push(asked);
  return months.map((value) => ({ value, label: monthWords(value)! }));
}

const line = (invoice: ListedInvoice, path: string, today: Day) => ({
  href: `${path}/${invoice.id}`,
  month: monthWords(invoice.period),
  left: leftOf(invoice),
  tag: invoiceTag(invoice, today),
  ...invoice,
});

/** The list and the page of an invoice, on one's own pages or in a profile (manual 4.1.1.5). */
export function invoiceRoutes<Scope>(place: InvoicePlace<Scope>): void {
  const { section, policy } = place;
  section.page('/', policy, (ctx) => list(place, ctx));
  section.page('/:invoice', policy, (ctx) => show(place, ctx));
}

async function list<Scope>(
  place: InvoicePlace<Scope>,
  { db, scope, query, now }: Ctx<Scope>,
): Promise<Answer> {
  const payer = place.payer(scope);
  const head = { title: place.title, lead: place.lead, crumbs: place.crumbs(scope) };
  if (!payer) return view('invoices/nobody', { ...head, ...named(place.nobody(scope)) });
  const today = dayOf(now);
  const filter = invoiceFilter(query);
  const { totals, months, ...page } = await listInvoices(db, payer, filter, textPosition(query), today);
  const path = place.path(scope);
  const kept = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const link = pageLink(path, kept);
  return view('invoices/index', {
    ...head,
    path,
    form: { values: Object.fromEntries(kept), errors: {} },
    filtered: kept.length > 0,
    shown: Object.entries(SHOW).map(([value, label]) => ({ value, label })),
    months: monthOptions(months, filter.period),
    totals,
    rows: page.rows.map((row) => line(row, path, today)),
    back: link(page.previous),
    next: link(page.next),
  });
}

const named = ({ title, text, action }: ReturnType<InvoicePlace<unknown>['nobody']>) => ({
  empty: { title, text, action },
});

/** The invoice of the address. @throws NotFound, also where the person has no payer's name yet */
export async function invoiceOf<Scope>(place: InvoicePlace<Scope>, { db, scope, params }: Ctx<Scope>) {
  const payer = place.payer(scope);
  if (!payer) throw new NotFound();
  return getInvoice(db, payer, params.invoice!);
}

/** How money came or went, in words. */
const WAYS: Record<PaymentWay, string> = {
  card: 'Банковская карта',
  bank: 'Банковский перевод',
  hand: 'Внесено бухгалтером',
  ahead: 'Банковская карта, в аванс',
  advance: 'Зачтено из аванса',
  moved: 'Перенесено в аванс',
  refund: 'Возврат на карту',
  'refund-ahead': 'Возврат на карту из аванса',
  returned: 'Возврат переводом',
  'returned-ahead': 'Возврат переводом из аванса',
};

/** An invoice's payments as its pages show them. */
export const paidLines = async (db: Database, invoice: string) =>
  (await paymentsOf(db, invoice)).map(({ way, ...row }) => ({ ...row, by: WAYS[way] }));

async function show<Scope>(place: InvoicePlace<Scope>, ctx: Ctx<Scope>): Promise<Answer> {
  const { db, scope, now } = ctx;
  const invoice = await invoiceOf(place, ctx);
  const paid = await paidLines(db, invoice.id);
  const base = `${place.path(scope)}/${invoice.id}`;
  return view('invoices/show', {
    title: `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`,
    crumbs: [...place.crumbs(scope), { label: place.title, href: place.path(scope) }],
    invoice,
    base,
    month: monthWords(invoice.period),
    left: leftOf(invoice),
    tag: invoiceTag(invoice, dayOf(now)),
    vat: vatWords(invoice),
    rates: Object.fromEntries(Object.entries(VAT).map(([code, { label }]) => [code, label])),
    paid,
    advance: invoice.state === 'cancelled' && paid.length > 0 ? await advanceOf(db, invoice.payer_id) : 0,
    ask: place.ask(scope, invoice),
    code: await shownCode(ctx.parts.company.current(), invoice),
    card: ctx.parts.till !== null && leftOf(invoice) > 0,
  });
}

/** `В том числе НДС 1 234,56 ₽`, or that there is none. */
export function vatWords({ lines }: Pick<Invoice, 'lines'>): string {
  const vat = lines.reduce((sum, one) => sum + one.vat, 0);
  return vat > 0 ? `В том числе НДС ${money(vat)}` : 'Без НДС';
}
