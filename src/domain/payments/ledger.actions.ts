import type { Transaction } from '../../db/knex.js';
import type { Kopecks, LedgerRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import { leftOf } from '../invoices/invoice.js';
import { lockInvoice, owedBy, updateInvoice } from '../invoices/invoices.data.js';
import {
  allocatedBy,
  freeOf,
  freeRows,
  getLedgerRow,
  insertAllocation,
  insertLedger,
} from './ledger.data.js';
import { lockPayer, moveAdvance } from './payers.data.js';

/** Who moves money, and when; null: the clock, or an outside system. */
export interface Moving {
  trx: Transaction;
  now: Date;
  by: string | null;
}

/** Money that came: what the ledger writes down of it. */
export type Received = Pick<
  LedgerRow,
  'payer_id' | 'kind' | 'amount' | 'source' | 'payment_id' | 'paid_on' | 'note'
>;

/**
 * Writes money down that came, once however often it is reported. What the invoice still lacks pays it; what is too much,
 * or has no invoice, is an advance. Answers the ledger's row; null when it was there already.
 */
export async function receive(
  moving: Moving,
  received: Received,
  invoice: string | null,
): Promise<LedgerRow | null> {
  const { trx, now, by } = moving;
  await lockPayer(trx, received.payer_id);
  const row = await insertLedger(trx, { ...received, at: now, returns_id: null, created_by: by });
  if (!row) return null;
  await moveAdvance(trx, row.payer_id, row.amount);
  if (invoice) await allocate(moving, row, invoice, row.amount);
  return row;
}

/**
 * Pays an invoice from a ledger's row, with so much at most as is free there and left to pay. The payer is locked.
 * Answers how much that was.
 */
async function allocate(
  { trx, now, by }: Moving,
  { id, payer_id }: Pick<LedgerRow, 'id' | 'payer_id'>,
  invoice: string,
  most: Kopecks,
): Promise<Kopecks> {
  const owed = await lockInvoice(trx, invoice);
  if (owed.payer_id !== payer_id) throw new Conflict('Счёт выставлен другому плательщику.');
  const amount = Math.min(most, leftOf(owed), await freeOf(trx, id));
  if (amount <= 0) return 0;
  await insertAllocation(trx, {
    ledger_id: id,
    invoice_id: invoice,
    payer_id,
    amount,
    at: now,
    created_by: by,
  });
  await updateInvoice(trx, invoice, { allocated: owed.allocated + amount });
  await moveAdvance(trx, payer_id, -amount);
  return amount;
}

/** Pays an invoice from its payer's advance, the oldest money first; so much at most. Answers how much that was. */
export async function allocateAdvance(
  moving: Moving,
  invoice: { id: string; payer_id: string },
  most: Kopecks,
): Promise<Kopecks> {
  await lockPayer(moving.trx, invoice.payer_id);
  let paid = 0;
  for (const { id, free } of await freeRows(moving.trx, invoice.payer_id)) {
    if (paid >= most) break;
    const row = { id, payer_id: invoice.payer_id };
    paid += await allocate(moving, row, invoice.id, Math.min(free, most - paid));
  }
  return paid;
}

/** What an advance has paid. */
export interface PaidAhead {
  invoice: string;
  amount: Kopecks;
}

/**
 * Pays what a payer owes from his advance: what is due first is paid first, as the law has it for money that was not said to
 * be for anything else (ГК РФ, 319.1). Answers what was paid.
 *
 * @param until only what was due by that day
 */
export async function spendAdvance(moving: Moving, payer_id: string, until?: Day): Promise<PaidAhead[]> {
  let { advance } = await lockPayer(moving.trx, payer_id);
  const paid: PaidAhead[] = [];
  if (advance <= 0) return paid;
  for (const invoice of await owedBy(moving.trx, payer_id, until)) {
    if (advance <= 0) break;
    const amount = await allocateAdvance(moving, invoice, advance);
    paid.push({ invoice: invoice.id, amount });
    advance -= amount;
  }
  return paid;
}

/** Takes back what pays an invoice (all of it, or what one row pays): it is an advance again. The payer is locked. */
export async function release(
  { trx, now, by }: Moving,
  from: { invoice_id: string } | { ledger_id: number },
  most: Kopecks = Infinity,
): Promise<void> {
  let left = most;
  for (const one of await allocatedBy(trx, from)) {
    const amount = Math.min(one.amount, left);
    if (amount <= 0) return;
    const owed = await lockInvoice(trx, one.invoice_id);
    const { payer_id } = owed;
    await insertAllocation(trx, { ...one, payer_id, amount: -amount, at: now, created_by: by });
    await updateInvoice(trx, one.invoice_id, { allocated: owed.allocated - amount });
    await moveAdvance(trx, payer_id, amount);
    left -= amount;
  }
}

/**
 * Writes money down that went back, a part of a row that came, once however often it is reported: what is free of it
 * first, then what it paid. Answers null when it was there already.
 *
 * @throws Conflict when more would go back than came
 */
export async function payBack(
  moving: Moving,
  of: Pick<LedgerRow, 'id' | 'payer_id'>,
  back: Pick<LedgerRow, 'kind' | 'source' | 'paid_on' | 'note'> & { amount: Kopecks },
): Promise<LedgerRow | null> {
  const { trx, now, by } = moving;
  const { amount, ...said } = back;
  await lockPayer(trx, of.payer_id);
  const came = await getLedgerRow(trx, of.id);
  const row = await insertLedger(trx, {
    ...said,
    amount: -amount,
    payer_id: came.payer_id,
    payment_id: came.payment_id,
    returns_id: came.id,
    at: now,
    created_by: by,
  });
  if (!row) return null;
  // The row that has just been written counts already: what it lacks was paid with.
  const free = await freeOf(trx, came.id);
  if (free < 0) await release(moving, { ledger_id: came.id }, -free);
  if ((await freeOf(trx, came.id)) < 0) throw new Conflict('Вернуть можно не больше, чем пришло.');
  await moveAdvance(trx, came.payer_id, -amount);
  return row;
}
