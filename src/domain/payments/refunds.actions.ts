import { randomUUID } from 'node:crypto';
import { transaction } from '../../db/knex.js';
import type { Kopecks, PaymentRow, RefundRow } from '../../db/rows.js';
import { dayOf } from '../../lib/dates.js';
import { Conflict, NotFound } from '../../lib/errors.js';
import { money } from '../../lib/text.js';
import { getAnyInvoice } from '../invoices/invoices.data.js';
import { tellPayer } from '../invoices/invoices.letters.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { findAccount } from '../people/accounts.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { Refused, Unclear, type Return } from './acquirer.js';
import { payBack } from './ledger.actions.js';
import { findBySource, returnedByHand } from './ledger.data.js';
import { lockPayer } from './payers.data.js';
import {
  findAttempt,
  getRefund,
  insertRefund,
  lockAttempt,
  lockRefund,
  updateAttempt,
  updateRefund,
} from './payments.data.js';
import { receiptItems } from './receipt.js';
import { note } from './settling.actions.js';
import { disagreement, KEY_HOLDS, reasonInWords, type Asking, type Till } from './till.js';

/** What can still be given back of a payment, in kopecks; what is under way counts as given. */
export const refundable = ({ state, amount, refunded }: PaymentRow): Kopecks =>
  state === 'succeeded' ? amount - refunded : 0;

/**
 * Gives a part of a card payment back, with a reason. The refund is committed, and its sum taken from what can be given back,
 * before the acquirer hears of it. Answers the refund as it then is.
 *
 * @throws Conflict when more would go back than was paid
 */
export async function refundPayment(
  till: Till,
  work: Omit<StaffWork, 'db'>,
  paymentId: string,
  { amount, reason }: { amount: Kopecks; reason: string },
): Promise<RefundRow> {
  const { staff, now } = work;
  const id = await asStaff({ ...work, db: till.db }, invoicePolicy.keep, async (trx) => {
    const seen = await findAttempt(trx, { id: paymentId });
    if (!seen) throw new NotFound();
    await lockPayer(trx, seen.payer_id);
    const payment = await lockAttempt(trx, paymentId);
    if (payment.acquirer !== till.acquirer.name)
      throw new Conflict('Этот платёж принял другой платёжный сервис: вернуть его отсюда нельзя.');
    const most = refundable(payment) - (await returnedByHand(trx, `card:${payment.external_id}`));
    if (amount <= 0 || amount > most)
      throw new Conflict(most > 0 ? `Вернуть можно не больше ${money(most)}.` : 'Возвращать нечего.');
    const row = { id: randomUUID(), payment_id: paymentId, amount, reason, created_by: staff.id };
    const state = { state: 'new', external_id: null, problem: null } as const;
    await insertRefund(trx, { ...row, ...state, created_at: now, changed_at: now });
    await updateAttempt(trx, paymentId, { refunded: payment.refunded + amount });
    await note(trx, work, 'refund.asked', { ...payment, amount }, { reason });
    return row.id;
  });
  return askRefund(till, work, await getRefund(till.db, id));
}

const UNKNOWN = 'Платёжный сервис не ответил за сутки: проверьте возврат в его кабинете.';
const NO = 'Платёжный сервис не принял возврат.';

/**
 * Asks about a refund. One that the acquirer has not confirmed is asked for again with the same key, which it knows for a day;
 * what became of one that is older nobody knows, so that its sum stays taken and a person has to look into it.
 */
export async function askRefund(till: Till, asking: Asking, refund: RefundRow): Promise<RefundRow> {
  if (refund.state !== 'new' && refund.state !== 'pending') return refund;
  const late = asking.now.getTime() - refund.created_at.getTime() > KEY_HOLDS;
  try {
    if (refund.external_id) {
      const back = await till.acquirer.findRefund(refund.external_id);
      return back ? await settleRefund(till, asking, refund, back) : refund;
    }
    if (late) return await end(till, asking, refund, UNKNOWN, { free: false });
    return await settleRefund(till, asking, refund, await till.acquirer.refund(await orderOf(till, refund)));
  } catch (error) {
    if (error instanceof Unclear) return refund;
    if (!(error instanceof Refused)) throw error;
    till.report({ refund: refund.id, reason: error.message }, 'the acquirer refuses');
    // That it does not take our key is mended; what it has confirmed is not undone by that.
    if (refund.external_id || error.code === 'key' || error.code === 'forbidden') return refund;
    return end(till, asking, refund, NO, { free: true });
  }
}

async function orderOf({ db }: Till, { id, payment_id, amount }: RefundRow) {
  const payment = (await findAttempt(db, { id: payment_id }))!;
  const invoice = await getAnyInvoice(db, payment.invoice_id);
  const account = await findAccount(db, payment.account_id);
  const receipt = { email: account!.email, items: receiptItems(invoice.lines, amount) };
  return { key: id, charge: payment.external_id!, amount, receipt };
}

/** Writes down what the acquirer, asked by us, has said of a refund: one ledger row however often it is said. */
export function settleRefund(
  till: Till,
  asking: Asking,
  { id, payment_id }: Pick<RefundRow, 'id' | 'payment_id'>,
  back: Return,
): Promise<RefundRow> {
  const { now } = asking;
  return transaction(till.db, async (trx) => {
    await lockPayer(trx, (await findAttempt(trx, { id: payment_id }))!.payer_id);
    const payment = await lockAttempt(trx, payment_id);
    const refund = await lockRefund(trx, id);
    const wrong = disagreement({ ...refund, currency: payment.currency }, back, [
      [payment.external_id, back.charge, 'платёж'],
      [refund.external_id, back.id, 'номер возврата'],
      ...(back.refund === null ? [] : [[refund.id, back.refund, 'возврат'] as [string, string, string]]),
    ]);
    if (wrong) {
      const facts = { refund: id, differs: wrong, ours: refund.amount, theirs: back.amount };
      till.report(facts, 'a refund is told otherwise than it was asked for');
      return refund;
    }
    const heard = { external_id: back.id, changed_at: now };
    if (isOver(refund)) return refund;
    if (back.state === 'pending') return updateRefund(trx, id, { ...heard, state: 'pending' });
    if (back.state === 'canceled') {
      const problem = reasonInWords(back.reason);
      await updateAttempt(trx, payment_id, { refunded: payment.refunded - refund.amount });
      await note(trx, asking, 'refund.canceled', { ...payment, amount: refund.amount }, { reason: problem });
      return updateRefund(trx, id, { ...heard, state: 'canceled', problem });
    }
    const came = (await findBySource(trx, `card:${payment.external_id}`))!;
    const said = { kind: 'refund', source: `refund:${back.id}`, paid_on: dayOf(now) } as const;
    const { amount, reason } = refund;
    const row = await payBack({ trx, now, by: refund.created_by }, came, { ...said, note: reason, amount });
    if (row) {
      const invoice = await note(trx, asking, 'refund.succeeded', { ...payment, amount }, { reason });
      await tellPayer(trx, now, 'invoice.refunded', invoice, amount);
    }
    return updateRefund(trx, id, { ...heard, state: 'succeeded', problem: null });
  });
}

/** One that nobody knew the end of may still be heard of. */
const isOver = ({ state, problem }: RefundRow) =>
  state === 'succeeded' || state === 'canceled' || (state === 'failed' && problem !== UNKNOWN);

/** A refund that came to nothing; `free`: surely, so that its sum can be given back anew. */
function end(
  till: Till,
  asking: Asking,
  { id, payment_id }: RefundRow,
  problem: string,
  { free }: { free: boolean },
): Promise<RefundRow> {
  return transaction(till.db, async (trx) => {
    const payment = await lockAttempt(trx, payment_id);
    const refund = await lockRefund(trx, id);
    if (refund.state !== 'new') return refund;
    const { amount } = refund;
    if (free) await updateAttempt(trx, payment_id, { refunded: payment.refunded - amount });
    else till.report({ refund: id, amount }, 'nobody knows what became of a refund');
    await note(trx, asking, 'refund.failed', { ...payment, amount }, { reason: problem });
    return updateRefund(trx, id, { state: 'failed', problem, changed_at: asking.now });
  });
}
