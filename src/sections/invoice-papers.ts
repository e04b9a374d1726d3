import { Readable } from 'node:stream';
import { leftOf } from '../domain/invoices/invoice.js';
import type { Invoice } from '../domain/invoices/invoices.data.js';
import { day } from '../lib/dates.js';
import { view, type Answer, type FileAnswer } from '../web/answer.js';
import { invoiceOf, type InvoicePlace } from './invoices.js';
import { shownCode } from './payment-code.js';
import type { Ctx } from './section.js';

/** An invoice on paper: «Счёт на оплату» as a PDF, and a receipt to be printed and taken to a bank. */
export function paperRoutes<Scope>(place: InvoicePlace<Scope>): void {
  const { section, policy } = place;
  section.file('/:invoice/pdf', policy, async (ctx) =>
    invoiceFile(ctx, await invoiceOf(place, ctx), place.buyer(ctx.scope)),
  );
  section.page('/:invoice/receipt', policy, (ctx) => receipt(place, ctx));
}

/** The document of an invoice, shown in the browser. What draws it is loaded with the first one. */
export async function invoiceFile(
  { parts, now }: Ctx<unknown>,
  invoice: Invoice,
  buyer: string,
): Promise<FileAnswer> {
  const { invoicePdf } = await import('../domain/invoices/invoice-pdf.js');
  const bytes = await invoicePdf({ company: parts.company.current(), invoice, buyer, now });
  // Signs that a file's name cannot have on every system.
  const number = invoice.number.replace(/[\\/:*?"<>|]/g, '-');
  const file = {
    stream: Readable.from([bytes]),
    size: bytes.length,
    mime: 'application/pdf',
    name: `Счёт № ${number} от ${day(invoice.dated_on)}.pdf`,
  };
  return { kind: 'file', file, inline: true };
}

async function receipt<Scope>(place: InvoicePlace<Scope>, ctx: Ctx<Scope>): Promise<Answer> {
  const invoice = await invoiceOf(place, ctx);
  const company = ctx.parts.company.current();
  const path = place.path(ctx.scope);
  const name = `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`;
  return view('invoices/receipt', {
    title: `Квитанция: счёт № ${invoice.number} от ${day(invoice.dated_on)}`,
    crumbs: [
      ...place.crumbs(ctx.scope),
      { label: place.title, href: path },
      { label: name, href: `${path}/${invoice.id}` },
    ],
    company,
    buyer: `${place.buyer(ctx.scope)}, ИНН ${invoice.inn}`,
    number: invoice.number,
    left: leftOf(invoice),
    code: await shownCode(company, invoice),
    back: `${path}/${invoice.id}`,
  });
}
