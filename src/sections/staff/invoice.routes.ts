import { cancel, issue, payFromAdvance, presentState } from '../../domain/invoices/invoices.actions.js';
import { isOverdue, leftOf } from '../../domain/invoices/invoice.js';
import { getAnyInvoice } from '../../domain/invoices/invoices.data.js';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { VAT } from '../../domain/invoices/lines.js';
import { attemptsOf, getAttempt } from '../../domain/payments/payments.data.js';
import { refundable, refundPayment } from '../../domain/payments/refunds.actions.js';
import { usesOf } from '../../domain/payments/ledger.data.js';
import { advanceOf } from '../../domain/payments/payers.data.js';
import { day, dayOf } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import { money, rubles } from '../../lib/text.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { invoiceFile } from '../invoice-papers.js';
import { invoiceTag, monthWords, paidLines, vatWords } from '../invoices.js';
import type { Ctx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { cancelForm, issueForm, refundForm } from './invoices.forms.js';
import { booksSection, crumbs } from './invoices.routes.js';
import { BOOKS, cardLine } from './invoices.view.js';

// One invoice, and what the accountant does to it once its draft is written.

const { keep } = invoicePolicy;

booksSection.page('/:invoice', keep, (ctx) => desk(ctx));

booksSection.file('/:invoice/pdf', keep, async (ctx) => {
  const invoice = await getAnyInvoice(ctx.db, ctx.params.invoice!);
  return invoiceFile(ctx, invoice, invoice.organisation ?? 'Частное лицо');
});

/** An invoice with all that can be done; `late` tells who came too late what has happened. */
async function desk(ctx: Ctx<Account>, late: string | null = null): Promise<Answer> {
  const { db, params, parts, now } = ctx;
  const invoice = await getAnyInvoice(db, params.invoice!);
  const [paid, advance, attempts] = await Promise.all([
    paidLines(db, invoice.id),
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
    overdue: isOverdue(invoice, dayOf(now)),
    past: invoice.state === 'draft' && invoice.due_on < dayOf(now),
    advance,
    tag: invoiceTag(invoice, dayOf(now)),
    vat: vatWords(invoice),
    rates: Object.fromEntries(Object.entries(VAT).map(([code, { label }]) => [code, label])),
    paid,
    cards: attempts.map((attempt) => cardLine(attempt, `${BOOKS}/${invoice.id}`, left, parts.till !== null)),
  };
  return view('staff/invoices/show', locals, late ? 409 : undefined);
}

booksSection.form('/:invoice/issue', keep, {
  schema: issueForm,
  async show({ db, params, now }) {
    const invoice = await getAnyInvoice(db, params.invoice!);
    if (invoice.state !== 'draft') throw new Conflict(presentState(invoice));
    const base = `${BOOKS}/${invoice.id}`;
    return view('staff/invoices/issue', {
      title: 'Выставить счёт?',
      crumbs: [...crumbs, { label: `№ ${invoice.number}`, href: base }],
      invoice,
      late: invoice.due_on < dayOf(now),
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
    const { free, invoices } = await usesOf(db, `card:${payment.external_id}`);
    return view('staff/invoices/refund', {
      title: 'Вернуть деньги',
      crumbs: [...crumbs, { label: `№ ${invoice.number}`, href: base }],
      invoice,
      most,
      free,
      uses: invoices.map((one) => ({ ...one, href: `${BOOKS}/${one.id}` })),
      form: { ...form, values: { amount: rubles(most), ...form.values } },
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
