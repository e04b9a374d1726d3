import type { Invoice } from '../domain/invoices/invoices.data.js';
import { payableOf, paymentCode, type Payee } from '../domain/invoices/payment-qr.js';
import { qrPath } from '../lib/qr.js';

/** What a page shows of the payment code: the symbol and what it says, or which requisites are missing. */
export type ShownCode =
  { qr: { size: number; path: string }; purpose: string; missing: null } | { qr: null; missing: string[] };

/** The code of what is left of an invoice; null where nothing is. */
export async function shownCode(company: Payee, invoice: Invoice): Promise<ShownCode | null> {
  const payable = payableOf(invoice);
  if (payable.left <= 0) return null;
  const code = paymentCode(company, payable);
  if (!code.ok) return { qr: null, missing: code.missing };
  return { qr: await qrPath(code.bytes), purpose: code.purpose, missing: null };
}
