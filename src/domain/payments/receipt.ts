import type { InvoiceLineRow, Kopecks } from '../../db/rows.js';
import { VAT } from '../invoices/lines.js';

/** One line of a cash receipt (54-ФЗ): what, for how much in all, with which rate of VAT. */
export interface ReceiptItem {
  description: string;
  amount: Kopecks;
  vatCode: number;
}

export interface Receipt {
  /** Who is sent the receipt. */
  email: string;
  items: ReceiptItem[];
}

/** A receipt takes no more lines than these; what is longer is summed up by its rates. */
const MOST_ITEMS = 80;
const MOST_LETTERS = 128;

type Line = Pick<InvoiceLineRow, 'name' | 'quantity' | 'unit' | 'total' | 'vat_code'>;

/**
 * The lines of an invoice as those of a receipt over `amount` kopecks: where not all of it is paid (or goes back), each
 * has its share, and the shares sum to the amount to the kopeck. A discount's line is shared out among the others: a
 * receipt knows no negative sum.
 */
export function receiptItems(lines: Line[], amount: Kopecks): ReceiptItem[] {
  const paid = lines.filter(({ total }) => total > 0);
  const items = paid.length > MOST_ITEMS ? byRate(paid) : paid.map(itemOf);
  const parts = shares(
    items.map((item) => item.amount),
    amount,
  );
  return items.map((item, at) => ({ ...item, amount: parts[at]! })).filter((item) => item.amount > 0);
}

/** Several pieces are one item: a price times a quantity need not give the line's sum to the kopeck. */
function itemOf({ name, quantity, unit, total, vat_code }: Line): ReceiptItem {
  const count = Number(quantity) === 1 ? '' : `, ${quantity.replace(/\.?0+$/, '').replace('.', ',')}`;
  const measure = count && unit ? `${count} ${unit}` : count;
  const description = name.slice(0, MOST_LETTERS - measure.length) + measure;
  return { description, amount: total, vatCode: vat_code };
}

function byRate(lines: Line[]): ReceiptItem[] {
  const sums = new Map<number, Kopecks>();
  for (const { vat_code, total } of lines) sums.set(vat_code, (sums.get(vat_code) ?? 0) + total);
  return [...sums].map(([vatCode, amount]) => ({
    description: `Услуги по счёту, ${VAT[vatCode]?.rate ? 'НДС ' : ''}${VAT[vatCode]?.label.toLowerCase() ?? ''}`,
    amount,
    vatCode,
  }));
}

/** Shares a sum out by weights, whole kopecks: what rounding down leaves goes to those who lost most. */
function shares(weights: Kopecks[], sum: Kopecks): Kopecks[] {
  const all = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (all === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => BigInt(weight) * BigInt(sum));
  const parts = exact.map((product) => Number(product / all));
  const rest = sum - parts.reduce((total, part) => total + part, 0);
  const losers = exact
    .map((product, at) => ({ at, lost: product % all }))
    .sort((a, b) => (a.lost === b.lost ? a.at - b.at : a.lost > b.lost ? -1 : 1));
  for (const { at } of losers.slice(0, rest)) parts[at]! += 1;
  return parts;
}
