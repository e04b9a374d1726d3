import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { PaymentRow } from '../../db/rows.js';
import { day } from '../../lib/dates.js';
import { Conflict, Forbidden, NotFound } from '../../lib/errors.js';
import { leftOf } from '../invoices/invoice.js';
import { presentState } from '../invoices/invoices.actions.js';
import { getAnyInvoice, getInvoice } from '../invoices/invoices.data.js';
import { invoicePath } from '../invoices/invoices.letters.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { holdMembership } from '../memberships/memberships.data.js';
import { findAccount, getAccount } from '../people/accounts.data.js';
import { Refused, Unclear, type Charge, type Order } from './acquirer.js';
import { lockPayer, type Payer } from './payers.data.js';
import { claimAttempt, findOpenAttempt, insertAttempt, updateAttempt } from './payments.data.js';
import { receiptItems } from './receipt.js';
import { giveUp, note, settle } from './settling.actions.js';
import { KEY_HOLDS, type Asking, type Till } from './till.js';

/** So often at most is one attempt asked about because somebody looks at it. In milliseconds. */
const PATIENCE = 3_000;

/** A person who pays an invoice of this payer's. */
export interface Paying extends Asking {
  account: string;
  payer: Payer;
}

/**
 * «Оплатить картой»: an attempt over what is left, as we count it. It is committed before the acquirer hears of it, so that
 * nothing can be charged that we know nothing of. Whoever has an attempt over that sum open gets that one: a double click is
 * one. An open one over another sum is set aside: YooKassa cannot cancel a `pending` payment, it expires.
 *
 * @throws NotFound, Forbidden; Conflict when nothing is left to pay
 */
export async function begin(till: Till, paying: Paying, invoiceId: string): Promise<PaymentRow> {
  const outdated = await askOutdated(till, paying, invoiceId);
  if (outdated?.state === 'succeeded') return outdated;
  const { fresh, payment } = await transaction(till.db, async (trx) => {
    await confirmPayer(trx, paying);
    const { id, payer_id } = await getInvoice(trx, paying.payer, invoiceId);
    await lockPayer(trx, payer_id);
    const open = await findOpenAttempt(trx, id, paying.account);
    const invoice = await getInvoice(trx, paying.payer, invoiceId);
    const amount = leftOf(invoice);
    if (amount <= 0) throw new Conflict(presentState(invoice));
    if (open?.amount === amount) return { fresh: false, payment: open };
    if (open) {
      await note(trx, paying, 'payment.set-aside', open, { left: amount });
      await updateAttempt(trx, open.id, { set_aside: true });
    }
    const row = newAttempt(till, paying, invoice, amount);
    const written = await insertAttempt(trx, row);
    if (!written) return { fresh: false, payment: (await findOpenAttempt(trx, id, paying.account))! };
    await note(trx, paying, 'payment.begun', row);
    return { fresh: true, payment: written };
  });
  return fresh ? ask(till, paying, payment) : payment;
}

/** Before one pays another sum: whether what he had open before has been paid already. Null: nothing such is open. */
async function askOutdated(till: Till, paying: Paying, invoiceId: string): Promise<PaymentRow | null> {
  const open = await findOpenAttempt(till.db, invoiceId, paying.account);
  if (!open || open.amount === leftOf(await getInvoice(till.db, paying.payer, invoiceId))) return null;
  return check(till, paying, open);
}

function newAttempt(
  till: Till,
  { account, now }: Paying,
  { id, payer_id }: { id: string; payer_id: string },
  amount: number,
): PaymentRow {
  return {
    id: randomUUID(),
    invoice_id: id,
    payer_id,
    account_id: account,
    acquirer: till.acquirer.name,
    amount,
    currency: 'RUB',
    state: 'new',
    external_id: null,
    confirmation_url: null,
    problem: null,
    set_aside: false,
    refunded: 0,
    created_at: now,
    changed_at: now,
    asked_at: null,
  };
}

/** Whether he still may pay for this payer: what was taken away between the page and the click is gone. @throws NotFound, Forbidden */
async function confirmPayer(trx: Transaction, { account, payer }: Paying): Promise<void> {
  if ('organisation' in payer) {
    if (!invoicePolicy.pay(await holdMembership(trx, account, payer.organisation))) throw new Forbidden();
    return;
  }
  const { inn, inn_confirmed_at } = await getAccount(trx, account);
  if (inn !== payer.inn || !inn_confirmed_at) throw new NotFound();
}

/** Asks the acquirer about an attempt, unless somebody just has, and writes down what it says. */
export async function check(till: Till, asking: Asking, payment: PaymentRow): Promise<PaymentRow> {
  if (payment.acquirer !== till.acquirer.name || !isOpen(payment)) return payment;
  const since = new Date(asking.now.getTime() - PATIENCE);
  if (!(await claimAttempt(till.db, payment.id, asking.now, since))) return payment;
  return ask(till, asking, payment);
}

const isOpen = ({ state }: PaymentRow) => state === 'new' || state === 'pending';

const LATE = 'Платёжный сервис не ответил за сутки. Деньги не списаны, попробуйте ещё раз.';
const NO = 'Платёжный сервис не принял платёж. Деньги не списаны.';
const AWAY = 'Оплата картой сейчас не работает. Деньги не списаны, попробуйте позже.';

/**
 * Asks about an attempt. One that the acquirer has not confirmed is asked for again with the same key, which it knows for a
 * day; nobody has seen its page by then, so that nothing can have been paid. Where there is no answer nothing changes: the
 * clock asks again.
 */
export async function ask(till: Till, asking: Asking, payment: PaymentRow): Promise<PaymentRow> {
  const { acquirer, db } = till;
  const late = asking.now.getTime() - payment.created_at.getTime() > KEY_HOLDS;
  try {
    if (payment.external_id === null && late) return await giveUp(till, asking, payment, LATE);
    const charge =
      payment.external_id === null
        ? await acquirer.create(await orderOf(till, db, payment))
        : await found(till, payment, payment.external_id);
    return charge ? await settle(till, asking, payment, charge) : payment;
  } catch (error) {
    if (error instanceof Unclear) return payment;
    if (!(error instanceof Refused)) throw error;
    const ours = error.code !== 'request';
    till.report({ payment: payment.id, reason: error.message }, 'the acquirer refuses');
    // Of a payment that it has confirmed a refusal says nothing: it was for us.
    return payment.external_id === null ? giveUp(till, asking, payment, ours ? AWAY : NO) : payment;
  }
}

async function found(till: Till, { id }: PaymentRow, external: string): Promise<Charge | null> {
  const charge = await till.acquirer.find(external);
  if (!charge) till.report({ payment: id }, 'the acquirer does not know a payment that it has confirmed');
  return charge;
}

/** What the acquirer is told of an attempt: the same each time it is asked for. */
async function orderOf(till: Till, db: Database, payment: PaymentRow): Promise<Order> {
  const invoice = await getAnyInvoice(db, payment.invoice_id);
  const account = await findAccount(db, payment.account_id);
  const path = invoicePath({ organisation: invoice.organisation_id, invoice: invoice.id });
  return {
    key: payment.id,
    invoice: invoice.id,
    amount: payment.amount,
    description: `Счёт № ${invoice.number} от ${day(invoice.dated_on)}`,
    returnUrl: `${till.publicUrl}${path}/payment/${payment.id}?back`,
    receipt: { email: account!.email, items: receiptItems(invoice.lines, payment.amount) },
  };
}
