import type { InvoiceLineRow, Kopecks } from '../../db/rows.js';

/** Rates of VAT by the code that cash registers and YooKassa know (54-ФЗ); null: without VAT. */
export const VAT: Record<number, { label: string; rate: number | null }> = {
  1: { label: 'Без НДС', rate: null },
  2: { label: '0 %', rate: 0 },
  3: { label: '10 %', rate: 10 },
  4: { label: '20 %', rate: 20 },
  7: { label: '5 %', rate: 5 },
  8: { label: '7 %', rate: 7 },
  11: { label: '22 %', rate: 22 },
};

/** Halves are rounded up, as accountants do; whole numbers all the way, so that no kopeck is lost in a float. */
const rounded = (dividend: bigint, divisor: bigint): Kopecks =>
  Number((dividend * 2n + divisor) / (divisor * 2n));

/** Thousandths of a quantity that is written `12.5`. */
function thousandths(quantity: string): bigint {
  const [whole = '0', part = ''] = quantity.split('.');
  return BigInt(whole) * 1000n + BigInt(part.padEnd(3, '0').slice(0, 3));
}

/** What so much at this price costs, in kopecks. */
export const lineTotal = (quantity: string, price: Kopecks): Kopecks =>
  rounded(thousandths(quantity) * BigInt(price), 1000n);

/** The tax within a sum that includes it, in kopecks. */
function vatWithin(total: Kopecks, vatCode: number): Kopecks {
  const rate = VAT[vatCode]?.rate ?? null;
  return rate === null ? 0 : rounded(BigInt(total) * BigInt(rate), BigInt(100 + rate));
}

/** The tax in all lines, in kopecks; null where none of them is with VAT. */
export const vatOf = (lines: Pick<InvoiceLineRow, 'vat' | 'vat_code'>[]): Kopecks | null =>
  lines.every(({ vat_code }) => (VAT[vat_code]?.rate ?? null) === null)
    ? null
    : lines.reduce((sum, { vat }) => sum + vat, 0);

/** What of a part of a sum is tax, when so much of the whole is. */
export const shareOf = (tax: Kopecks, part: Kopecks, whole: Kopecks): Kopecks =>
  part === whole ? tax : rounded(BigInt(tax) * BigInt(part), BigInt(whole));

/** The price of which so much costs this, as near as whole kopecks come. */
export const priceOf = (quantity: string, total: Kopecks): Kopecks =>
  rounded(BigInt(total) * 1000n, thousandths(quantity));

/** So many lines an invoice can have. */
export const MOST_LINES = 200;

/** So much an invoice or a line of it can come to, in kopecks: as much as a sum that is typed can be. */
export const MOST_TOTAL: Kopecks = 99_999_999_999;

/** A line as it is typed or imported: its sums are computed, unless the books that it comes from say its total. */
export interface LineInput extends Pick<InvoiceLineRow, 'name' | 'quantity' | 'unit' | 'price' | 'vat_code'> {
  total?: Kopecks;
}

export function computed(line: LineInput, invoice_id: string, position: number): InvoiceLineRow {
  const total = line.total ?? lineTotal(line.quantity, line.price);
  return { ...line, invoice_id, position, total, vat: vatWithin(total, line.vat_code) };
}
