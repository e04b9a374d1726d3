import { transaction, type Transaction } from '../../db/knex.js';
import type { Kopecks, PaymentRow } from '../../db/rows.js';
import { dayOf } from '../../lib/dates.js';
import { record } from '../audit/audit.data.js';
import { getAnyInvoice, type Invoice } from '../invoices/invoices.data.js';
import { tellPayer } from '../invoices/invoices.letters.js';
import type { Charge } from './acquirer.js';
import { receive } from './ledger.actions.js';
import { freeOf } from './ledger.data.js';
import { lockPayer } from './payers.data.js';
import { lockAttempt, updateAttempt } from './payments.data.js';
import { disagreement, problemToStaff, reasonInWords, type Asking, type Till } from './till.js';

/** Written beside a payment that the acquirer tells otherwise than we asked for it. */
const OTHERWISE = 'Сведения платёжного сервиса не совпали с нашими. Управляющая компания разберётся.';

/**
 * Writes down what the acquirer, asked by us, has said of an attempt. Money that came is one ledger row however often it
 * is said, in whatever order; what the invoice no longer lacks, or if it is cancelled, is an advance. An answer that does
 * not agree with what we asked for moves nothing, and somebody has to look into it.
 */
export function settle(
  till: Till,
  asking: Asking,
  { id, payer_id }: Pick<PaymentRow, 'id' | 'payer_id'>,
  charge: Charge,
): Promise<PaymentRow> {
  return transaction(till.db, async (trx) => {
    await lockPayer(trx, payer_id);
    const payment = await lockAttempt(trx, id);
    const wrong = disagreement(payment, charge, [
      [payment.id, charge.payment, 'платёж'],
      [payment.invoice_id, charge.invoice, 'счёт'],
      [payment.external_id, charge.id, 'номер платежа'],
    ]);
    if (wrong) return refuse(till, asking, trx, payment, charge, wrong);
    if (payment.state === 'succeeded') return payment;
    const heard = { external_id: charge.id, changed_at: asking.now, asked_at: asking.now };
    if (charge.state === 'succeeded') return money(asking, trx, { ...payment, ...heard }, charge);
    // What is over stays over, whatever is heard late.
    if (payment.state !== 'new' && payment.state !== 'pending') return payment;
    if (charge.state === 'pending') {
      const confirmation_url = charge.payUrl ?? payment.confirmation_url;
      return updateAttempt(trx, id, { ...heard, state: 'pending', confirmation_url });
    }
    const problem = reasonInWords(charge.reason);
    await note(trx, asking, 'payment.canceled', payment, { reason: problemToStaff(problem) });
    return updateAttempt(trx, id, { ...heard, state: 'canceled', problem });
  });
}

async function money(
  asking: Asking,
  trx: Transaction,
  payment: PaymentRow & { external_id: string },
  charge: Charge,
): Promise<PaymentRow> {
  const { id, payer_id, invoice_id, amount, external_id } = payment;
  const { now } = asking;
  const row = await receive(
    { trx, now, by: null },
    {
      payer_id,
      kind: 'card',
      amount,
      source: `card:${external_id}`,
      payment_id: id,
      paid_on: dayOf(charge.paidAt ?? now),
      note: null,
    },
    invoice_id,
  );
  if (row) {
    const advance = await freeOf(trx, row.id);
    const invoice = await note(trx, asking, 'payment.succeeded', payment, { advance });
    await tellPayer(trx, now, 'invoice.paid', invoice, amount, advance);
  }
  const { changed_at, asked_at } = payment;
  return updateAttempt(trx, id, { external_id, changed_at, asked_at, state: 'succeeded', problem: null });
}

/** Moves nothing, and says so once: in the audit, and in the log. */
async function refuse(
  till: Till,
  asking: Asking,
  trx: Transaction,
  payment: PaymentRow,
  charge: Charge,
  wrong: string,
): Promise<PaymentRow> {
  const { id, amount, state } = payment;
  const facts = { payment: id, charge: charge.id, differs: wrong, ours: amount, theirs: charge.amount };
  till.report({ ...facts, state, said: charge.state }, 'a payment is told otherwise than it was asked for');
  if (state !== 'new' && state !== 'pending') return payment;
  await note(trx, asking, 'payment.mismatched', payment, { reason: `Не совпало: ${wrong}` });
  return updateAttempt(trx, id, { state: 'failed', problem: OTHERWISE, changed_at: asking.now });
}

/** The attempt did not come to anything: it was refused, or nobody could be asked for too long. */
export function giveUp(
  till: Till,
  asking: Asking,
  { id }: Pick<PaymentRow, 'id'>,
  problem: string,
): Promise<PaymentRow> {
  return transaction(till.db, async (trx) => {
    const payment = await lockAttempt(trx, id);
    if (payment.state !== 'new') return payment;
    await note(trx, asking, 'payment.failed', payment, { reason: problem });
    return updateAttempt(trx, id, { state: 'failed', problem, changed_at: asking.now });
  });
}

/** The audit's row about an attempt. Answers its invoice as it is now. */
export async function note(
  trx: Transaction,
  { actor, now }: Asking,
  action: string,
  { id, invoice_id, amount }: Pick<PaymentRow, 'id' | 'invoice_id'> & { amount: Kopecks },
  more: Record<string, unknown> = {},
): Promise<Invoice> {
  const invoice = await getAnyInvoice(trx, invoice_id);
  await record(trx, actor, now, {
    action,
    subject: id,
    ...(invoice.organisation_id && { organisation: invoice.organisation_id }),
    details: { number: invoice.number, amount, ...more },
  });
  return invoice;
}
