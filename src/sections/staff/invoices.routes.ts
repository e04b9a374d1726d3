import { listBooks, walkBooks } from '../../domain/invoices/books.data.js';
import {
  cancel,
  issue,
  payFromAdvance,
  presentState,
  saveDraft,
  type InvoiceFields,
} from '../../domain/invoices/invoices.actions.js';
import { leftOf } from '../../domain/invoices/invoice.js';
import { getAnyInvoice } from '../../domain/invoices/invoices.data.js';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { VAT } from '../../domain/invoices/lines.js';
import {
  findContractByNumber,
  findOrganisationByInn,
} from '../../domain/organisations/organisations.data.js';
import { attemptsOf, getAttempt } from '../../domain/payments/payments.data.js';
import { refundable, refundPayment } from '../../domain/payments/refunds.actions.js';
import { paymentsOf } from '../../domain/payments/ledger.data.js';
import { advanceOf } from '../../domain/payments/payers.data.js';
import { textPosition } from '../../db/paging.js';
import type { Database } from '../../db/knex.js';
import { addDays, day, dayOf } from '../../lib/dates.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { money } from '../../lib/text.js';
import type { z } from 'zod';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly, emptyForm, type FormState } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { invoiceFile } from '../invoice-papers.js';
import { invoiceTag, monthWords, PAID_BY, vatWords } from '../invoices.js';
import { savedTable, saveLinks } from '../saved-table.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { cancelForm, invoiceForm, issueForm, refundForm } from './invoices.forms.js';
import {
  BOOKS,
  BOOKS_HEADS,
  booksCells,
  booksFilter,
  booksLine,
  cardLine,
  draftFields,
  places,
  SHOW_OPTIONS,
  VAT_OPTIONS,
} from './invoices.view.js';

/** The accountant's invoices. */
export const booksSection = section({
  path: BOOKS,
  area: 'staff',
  load: staff,
  nav: { label: 'Счета', menu: 'staff', order: 12 },
});

const { keep } = invoicePolicy;
const crumbs = [{ label: 'Счета', href: BOOKS }];

booksSection.page('/', keep, async ({ db, query, now }) => {
  const today = dayOf(now);
  const filter = booksFilter(query);
  const page = await listBooks(db, filter, textPosition(query), today);
  const kept = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const link = pageLink(BOOKS, kept);
  return view('staff/invoices/index', {
    title: 'Счета',
    wide: true,
    form: { values: Object.fromEntries(kept), errors: {} },
    filtered: kept.length > 0,
    shown: SHOW_OPTIONS,
    rows: page.rows.map((row) => booksLine(row, today)),
    exports: saveLinks(`${BOOKS}/export`, kept),
    back: link(page.previous),
    next: link(page.next),
  });
});

booksSection.file('/export', keep, async ({ db, query, now }) => {
  const today = dayOf(now);
  const rows: string[][] = [];
  for await (const part of walkBooks(db, booksFilter(query), today))
    rows.push(...part.map((row) => booksCells(row, today)));
  return savedTable({ heads: BOOKS_HEADS, rows }, `Счета ${day(today)}`, query.get('format'));
});

/** The form of a draft, new or not. */
function draftForm(
  ctx: FormCtx<Account>,
  title: string,
  form: FormState,
  late: string | null = null,
): Answer {
  const locals = {
    title,
    crumbs,
    late,
    wide: true,
    form,
    places: places(form.values),
    rates: VAT_OPTIONS,
    path: ctx.path,
    list: BOOKS,
  };
  return view('staff/invoices/edit', locals, late ? 409 : undefined);
}

booksSection.form('/new', keep, {
  schema: invoiceForm,
  show: (ctx) => {
    const today = dayOf(ctx.now);
    const first = { dated_on: day(today), due_on: day(addDays(today, 10)) };
    return draftForm(ctx, 'Новый счёт', ctx.fill(first));
  },
  async save(ctx, input) {
    const id = await saveDraft(atWork(ctx), null, await fieldsOf(ctx.db, input));
    return redirect(`${BOOKS}/${id}`, 'Черновик сохранён. Проверьте его и выставьте.');
  },
});

booksSection.page('/:invoice', keep, (ctx) => desk(ctx));

booksSection.file('/:invoice/pdf', keep, async (ctx) => {
  const invoice = await getAnyInvoice(ctx.db, ctx.params.invoice!);
  return invoiceFile(ctx, invoice, invoice.organisation ?? 'Физическое лицо');
});

/** An invoice with all that can be done; `late` tells who came too late what has happened. */
async function desk(ctx: Ctx<Account>, late: string | null = null): Promise<Answer> {
  const { db, params, parts, now } = ctx;
  const invoice = await getAnyInvoice(db, params.invoice!);
  const [paid, advance, attempts] = await Promise.all([
    paymentsOf(db, invoice.id),
    advanceOf(db, invoice.payer_id),
    attemptsOf(db, invoice.id),
  ]);
  const left = leftOf(invoice);
  const locals = {
    title: `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`,
    crumbs,
    late,
    invoice,
    base: `${BOOKS}/${invoice.id}`,
    month: monthWords(invoice.period),
    left,
    advance,
    tag: invoiceTag(invoice, dayOf(now)),
    vat: vatWords(invoice),
    rates: Object.fromEntries(Object.entries(VAT).map(([code, { label }]) => [code, label])),
    paid: paid.map((row) => ({ ...row, by: PAID_BY[row.kind] })),
    cards: attempts.map((attempt) => cardLine(attempt, `${BOOKS}/${invoice.id}`, parts.till !== null)),
  };
  return view('staff/invoices/show', locals, late ? 409 : undefined);
}

booksSection.form('/:invoice/edit', keep, {
  schema: invoiceForm,
  async show(ctx) {
    const invoice = await getAnyInvoice(ctx.db, ctx.params.invoice!);
    if (invoice.state !== 'draft') throw new Conflict(presentState(invoice));
    return draftForm(ctx, `Черновик счёта № ${invoice.number}`, ctx.fill(draftFields(invoice)));
  },
  async save(ctx, { revision, ...input }) {
    const id = ctx.params.invoice!;
    const fields = await fieldsOf(ctx.db, input);
    return unlessLate(
      async () => {
        await saveDraft(atWork(ctx), { id, revision: revision ?? 0 }, fields);
        return redirect(`${BOOKS}/${id}`, 'Черновик сохранён.');
      },
      async (late) => {
        const { revision: present } = await getAnyInvoice(ctx.db, id);
        const values = { ...ctx.typed, revision: String(present) };
        return draftForm(ctx, 'Черновик счёта', { ...emptyForm, values }, late);
      },
    );
  },
});

booksSection.form('/:invoice/issue', keep, {
  schema: issueForm,
  async show({ db, params }) {
    const invoice = await getAnyInvoice(db, params.invoice!);
    if (invoice.state !== 'draft') throw new Conflict(presentState(invoice));
    const base = `${BOOKS}/${invoice.id}`;
    return view('staff/invoices/issue', {
      title: 'Выставить счёт?',
      crumbs: [...crumbs, { label: `№ ${invoice.number}`, href: base }],
      invoice,
      base,
    });
  },
  save: (ctx, { revision }) =>
    unlessLate(
      async () => {
        const invoice = await issue(atWork(ctx), { id: ctx.params.invoice!, revision });
        return redirect(
          `${BOOKS}/${invoice.id}`,
          `Счёт № ${invoice.number} выставлен, плательщику отправлено письмо.`,
        );
      },
      (late) => desk(ctx, late),
    ),
});

booksSection.form('/:invoice/cancellation', keep, {
  schema: cancelForm,
  async show({ db, params, form }) {
    const invoice = await getAnyInvoice(db, params.invoice!);
    if (invoice.state === 'cancelled') throw new Conflict(presentState(invoice));
    const base = `${BOOKS}/${invoice.id}`;
    return view('staff/invoices/cancel', {
      title: 'Отменить счёт?',
      crumbs: [...crumbs, { label: `№ ${invoice.number}`, href: base }],
      invoice,
      base,
      form,
    });
  },
  save: (ctx, { reason }) =>
    unlessLate(
      async () => {
        const { id, number } = await cancel(atWork(ctx), ctx.params.invoice!, reason);
        return redirect(`${BOOKS}/${id}`, `Счёт № ${number} отменён.`);
      },
      (late) => desk(ctx, late),
    ),
});

booksSection.form('/:invoice/advance', keep, {
  schema: buttonOnly,
  show: (ctx) => desk(ctx),
  save: (ctx) =>
    unlessLate(
      async () => {
        const paid = await payFromAdvance(atWork(ctx), ctx.params.invoice!);
        return redirect(`${BOOKS}/${ctx.params.invoice!}`, `Из аванса зачтено ${money(paid)}.`);
      },
      (late) => desk(ctx, late),
    ),
});

booksSection.form('/:invoice/payments/:payment/refund', keep, {
  schema: refundForm,
  async show(ctx) {
    const { db, params, parts, form } = ctx;
    const invoice = await getAnyInvoice(db, params.invoice!);
    const payment = await getAttempt(db, invoice.id, params.payment!);
    const most = refundable(payment);
    if (!parts.till || most <= 0) throw new Conflict('Возвращать по этому платежу нечего.');
    const base = `${BOOKS}/${invoice.id}`;
    return view('staff/invoices/refund', {
      title: 'Вернуть деньги',
      crumbs: [...crumbs, { label: `№ ${invoice.number}`, href: base }],
      invoice,
      most,
      form: { ...form, values: { amount: money(most).replace(/\s*₽$/, ''), ...form.values } },
      action: `${base}/payments/${payment.id}/refund`,
      base,
    });
  },
  save: (ctx, input) =>
    unlessLate(
      async () => {
        const { db, params, parts } = ctx;
        const payment = await getAttempt(db, params.invoice!, params.payment!);
        if (!parts.till) throw new Conflict('Платёжный сервис не настроен.');
        const refund = await refundPayment(parts.till, atWork(ctx), payment.id, input);
        const told =
          refund.state === 'succeeded' ? 'Деньги возвращены' : 'Возврат отправлен, ждём подтверждения';
        return redirect(`${BOOKS}/${params.invoice!}`, `${told}: ${money(refund.amount)}.`);
      },
      (late) => desk(ctx, late),
    ),
});

type Input = Omit<z.infer<typeof invoiceForm>, 'revision'>;

/** Whom the typed ИНН names, and his contract. @throws Invalid at the field that names nobody */
async function fieldsOf(db: Database, { inn, contract, ...input }: Input): Promise<InvoiceFields> {
  const organisation = await findOrganisationByInn(db, inn);
  if (!organisation && inn.length === 10)
    throw new Invalid({ inn: 'Организации с таким ИНН среди арендаторов нет' });
  const found = contract && organisation ? await findContractByNumber(db, organisation.id, contract) : null;
  if (contract && !found) throw new Invalid({ contract: 'У плательщика нет договора с таким номером' });
  return {
    ...input,
    external_id: null,
    contract_id: found?.id ?? null,
    payer: organisation ? { organisation: organisation.id } : { inn },
  };
}
