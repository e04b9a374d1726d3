import { fateOf } from '../domain/payments/ledger.data.js';
import { begin, check } from '../domain/payments/payments.actions.js';
import { getAttempt } from '../domain/payments/payments.data.js';
import { day } from '../lib/dates.js';
import { NotFound } from '../lib/errors.js';
import { redirect, view, type Answer } from '../web/answer.js';
import { invoiceOf, type InvoicePlace } from './invoices.js';
import { paymentWords } from './payment-words.js';
import type { Ctx } from './section.js';

/**
 * How often one may press «Оплатить картой», and ask what became of it. At the end of a month a firm pays a whole list, and
 * goes back and forth while it does.
 */
const BEGIN = { name: 'payment', points: 200, seconds: 600, by: 'account' } as const;
const CHECK = { name: 'payment-check', points: 60, seconds: 600, by: 'account' } as const;

/**
 * «Оплатить картой», at every place that has invoices. Between the invoice and the acquirer stands a page of ours that names
 * the host (ASVS 3.7.3; and a form may not lead away from the site); to it the payer comes back, and there he is told what
 * became of his payment. That he came back proves nothing.
 */
export function paymentRoutes<Scope>(place: InvoicePlace<Scope>): void {
  const { section, policy } = place;
  const base = ({ scope, params }: Ctx<Scope>) => `${place.path(scope)}/${params.invoice!}`;

  section.action(
    '/:invoice/payment',
    policy,
    async (ctx) => {
      const { parts, actor, now, scope, visit, params } = ctx;
      const payer = place.payer(scope);
      if (!payer || !parts.till) throw new NotFound();
      const paying = { actor, now, payer, account: visit.account!.id };
      const { id } = await begin(parts.till, paying, params.invoice!);
      return redirect(`${base(ctx)}/payment/${id}`);
    },
    { limit: BEGIN },
  );

  section.page('/:invoice/payment/:payment', policy, async (ctx) => {
    const invoice = await invoiceOf(place, ctx);
    const payment = await getAttempt(ctx.db, invoice.id, ctx.params.payment!);
    const fate = payment.external_id && (await fateOf(ctx.db, `card:${payment.external_id}`, invoice.id));
    const number = `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`;
    return view('invoices/payment', {
      ...paymentWords({
        payment,
        invoice,
        fate: fate || null,
        back: ctx.query.get('back'),
        card: ctx.parts.till !== null,
      }),
      crumbs: [
        ...place.crumbs(ctx.scope),
        { label: place.title, href: place.path(ctx.scope) },
        { label: number, href: base(ctx) },
      ],
      payment,
      number,
      bill: base(ctx),
      list: { label: place.title, href: place.path(ctx.scope) },
    });
  });

  section.action(
    '/:invoice/payment/:payment/check',
    policy,
    async (ctx): Promise<Answer> => {
      const { id } = await invoiceOf(place, ctx);
      const payment = await getAttempt(ctx.db, id, ctx.params.payment!);
      const { till } = ctx.parts;
      if (till) await check(till, { actor: ctx.actor, now: ctx.now }, payment);
      return redirect(`${base(ctx)}/payment/${payment.id}?back=asked`);
    },
    { limit: CHECK },
  );
}
