import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { InvoiceRow, PaymentRow } from '../../src/db/rows.js';
import { ask, begin } from '../../src/domain/payments/payments.actions.js';
import { standInAcquirer } from '../../src/domain/payments/stand-in.js';
import type { Payer } from '../../src/domain/payments/payers.data.js';
import { addInvoice } from './bills.js';
import type { Cast } from './cast.js';
import type { Fields } from './client.js';
import type { TestHouse } from './house.js';

/** An attempt to pay this invoice, as this person would begin it. */
async function addAttempt(
  house: TestHouse,
  invoice: Pick<InvoiceRow, 'id'>,
  payer: Payer,
  account: { id: string },
): Promise<PaymentRow> {
  const actor = { account_id: account.id, ip: '', request_id: 'test' };
  const paying = { actor, now: house.clock.now(), payer, account: account.id };
  const { id } = await begin(house.parts.till!, paying, invoice.id);
  // Nobody has asked about it just now.
  const [row] = await house.parts.db('payments').where({ id }).update({ asked_at: null }).returning('*');
  return row!;
}

/** The payer has paid at the stand-in, and we have asked. */
async function payAttempt(house: TestHouse, attempt: PaymentRow): Promise<void> {
  const { config, clock, parts } = house;
  const now = () => clock.now();
  const folder = join(config.dataDir, 'acquirer');
  await standInAcquirer({ folder, publicUrl: config.publicUrl, now }).decide(
    attempt.external_id!,
    'succeeded',
    now(),
  );
  await ask(parts.till!, { actor: { account_id: null, ip: '', request_id: 'test' }, now: now() }, attempt);
}

/** The attempt that a line is about, and what the acquirer calls it; random where the line needs none. */
export async function paymentSubject(
  cast: Cast,
  pattern: string,
  organisation: { id: string },
  invoice: string,
): Promise<{ payment: string; charge: string }> {
  const none = { payment: randomUUID(), charge: randomUUID() };
  if (!/:payment|:charge|^\/payments/.test(pattern)) return none;
  const { house, accounts, own } = cast;
  const person = organisation.id === own.id ? accounts.head : accounts.stranger;
  const ours = { organisation: organisation.id };
  const bill = pattern.includes(':invoice') ? { id: invoice } : await addInvoice(house, ours);
  const { payer_id } = (await house.parts.db('invoices').where({ id: bill.id }).first())!;
  const payer = (await house.parts.db('payers').where({ id: payer_id }).first())!;
  if (!payer.inn) {
    const attempt = await addAttempt(house, bill, ours, person);
    if (pattern.endsWith('refund')) await payAttempt(house, attempt);
    return named(attempt);
  }
  const whose = (await house.parts.db('accounts').where({ inn: payer.inn }).first())!;
  return named(await addAttempt(house, bill, { inn: payer.inn }, whose));
}

const named = ({ id, external_id }: PaymentRow) => ({ payment: id, charge: external_id! });

/** What the acquirer posts. */
export const noticeOf = (id: string, event = 'payment.succeeded') => ({
  type: 'notification',
  event,
  object: { id, status: event.split('.')[1] },
});

const nothing = (): Fields => ({});

/** What a permitted person would send, by the line. */
export const PAYMENT_FIELDS: Record<string, (cast: Cast, subject: { charge: string }) => Fields> = {
  'POST /desktop/invoices/:invoice/payment': nothing,
  'POST /desktop/invoices/:invoice/payment/:payment/check': nothing,
  'POST /profiles/:organisation/invoices/:invoice/payment': nothing,
  'POST /profiles/:organisation/invoices/:invoice/payment/:payment/check': nothing,
  'POST /dev/acquirer/:charge/payment': nothing,
  'POST /dev/acquirer/:charge/refusal': nothing,
  'POST /staff/invoices/:invoice/payments/:payment/refund': () => ({
    amount: '100',
    reason: 'Оплачено дважды',
  }),
  'POST /payments/yookassa': (_, { charge }) => ({ charge }),
};

/** The JSON of a callback, made of the line's fields. */
export const CALLS: Record<string, (fields: Fields) => object> = {
  'POST /payments/yookassa': ({ charge }) => noticeOf(String(charge), 'payment.waiting_for_capture'),
};
