import { domainToUnicode } from 'node:url';
import { leftOf } from '../domain/invoices/invoice.js';
import { begin, check } from '../domain/payments/payments.actions.js';
import { getAttempt } from '../domain/payments/payments.data.js';
import { day } from '../lib/dates.js';
import { NotFound } from '../lib/errors.js';
import { redirect, view, type Answer } from '../web/answer.js';
import { invoiceOf, type InvoicePlace } from './invoices.js';
import type { Ctx } from './section.js';

/** How often one may begin to pay, and ask what became of it. */
const BEGIN = { name: 'payment', points: 20, seconds: 600, by: 'account' } as const;
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
    const number = `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`;
    return view('invoices/payment', {
      ...shown(payment, ctx.query.get('back')),
      crumbs: [
        ...place.crumbs(ctx.scope),
        { label: place.title, href: place.path(ctx.scope) },
        { label: number, href: base(ctx) },
      ],
      payment,
      number,
      left: leftOf(invoice),
      bill: base(ctx),
      card: ctx.parts.till !== null,
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

/** What the page says of an attempt. @param back null before the payer has gone, `asked` when it has been asked about since */
function shown({ state, confirmation_url }: Awaited<ReturnType<typeof getAttempt>>, back: string | null) {
  const open = state === 'new' || state === 'pending';
  return {
    title: open
      ? back === null
        ? 'Оплата картой'
        : 'Проверяем оплату'
      : state === 'succeeded'
        ? 'Оплачено'
        : 'Не оплачено',
    open,
    checking: open && back !== null,
    asked: back === 'asked',
    site: open && confirmation_url ? siteOf(confirmation_url) : null,
  };
}

/** Where the acquirer takes the money, and how people read that host. */
function siteOf(href: string) {
  const { hostname, port } = new URL(href);
  return { href, host: domainToUnicode(hostname) + (port && `:${port}`) };
}
