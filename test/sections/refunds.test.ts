import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PaymentRow } from '../../src/db/rows.js';
import { refundPayment } from '../../src/domain/payments/refunds.actions.js';
import { Conflict, Forbidden } from '../../src/lib/errors.js';
import { MINUTE, NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';
import { DAY } from '../support/house.js';
import { addAccount } from '../support/people.js';

const TOTAL = 27_690_000;
let desk: CashDesk;
let accountant: { id: string };
beforeAll(async () => {
  desk = await openCashDesk();
  accountant = await addAccount(desk.house, { staff: ['accountant'] });
});
afterAll(() => desk?.close());
beforeEach(async () => {
  desk.clock.at = NOON;
  await desk.calm();
  await desk.db('refunds').whereIn('state', ['new', 'pending']).update({ state: 'failed', problem: '—' });
});

async function paid() {
  const invoice = await desk.invoice();
  const attempt = await desk.charged(invoice);
  await desk.notify(desk.notice(attempt.external_id));
  desk.acquirer.asked.length = desk.acquirer.raw.length = 0;
  return { invoice, payment: await desk.attempt(attempt) };
}
const back = (payment: PaymentRow, amount: number, staff = accountant, form: string | null = null) =>
  refundPayment(
    desk.house.parts.till!,
    {
      staff,
      form,
      now: desk.clock.now(),
      actor: { account_id: staff.id, ip: '', request_id: 'test' },
    },
    payment.id,
    { amount, reason: 'Оплачено дважды' },
  );
const refunded = async (payment: PaymentRow) => (await desk.attempt(payment)).refunded;
const goneBack = async (payment: PaymentRow) =>
  (await desk.ledger(payment)).filter(({ amount }) => amount < 0).map(({ amount }) => -amount);

describe('a refund', () => {
  it('gives a part back: the acquirer has its id as the key, the invoice is owed again', async () => {
    const { invoice, payment } = await paid();
    const row = await back(payment, 10_000_05);
    expect(row).toMatchObject({ state: 'succeeded', amount: 10_000_05, problem: null });
    const [{ key, path, body }] = desk.acquirer.orders() as [ReturnType<CashDesk['acquirer']['orders']>[0]];
    expect([key, path]).toEqual([row.id, '/v3/refunds']);
    expect(body).toMatchObject({
      payment_id: payment.external_id,
      amount: { value: '10000.05', currency: 'RUB' },
      metadata: { refund: row.id },
      receipt: { items: [{ amount: { value: '10000.05' } }] },
    });
    const [, gone] = await desk.ledger(payment);
    expect(gone).toMatchObject({
      kind: 'refund',
      amount: -10_000_05,
      source: `refund:${row.external_id}`,
      note: 'Оплачено дважды',
      created_by: accountant.id,
    });
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL - 10_000_05);
    expect(await desk.audits(payment.id)).toEqual([
      ...['payment.begun', 'payment.succeeded', 'refund.asked', 'refund.succeeded'],
    ]);
    const letters = await desk.lettersTo(desk.bookkeeper.account.email);
    expect(letters.some((text) => text.includes('вам возвращено'))).toBe(true);
    // The rest as well, and then nothing.
    await back(payment, TOTAL - 10_000_05);
    await expect(back(payment, 1)).rejects.toThrow('Возвращать нечего.');
    expect((await desk.invoiceNow(invoice)).allocated).toBe(0);
  });

  it('is never more than was paid, nor nothing, nor of what was not paid, nor by just anybody', async () => {
    const { payment } = await paid();
    await expect(back(payment, TOTAL + 1)).rejects.toThrow(Conflict);
    await expect(back(payment, 0)).rejects.toThrow(Conflict);
    await expect(back(payment, -5)).rejects.toThrow(Conflict);
    const open = await desk.begun(await desk.invoice());
    await expect(back(open, 1)).rejects.toThrow(Conflict);
    const reviewer = await addAccount(desk.house, { staff: ['reviewer'] });
    await expect(back(payment, 1, reviewer)).rejects.toThrow(Forbidden);
    expect(desk.acquirer.orders().filter(({ path }) => path.endsWith('refunds'))).toEqual([]);
  });

  it('asked for fifty times at once never sums to more than was paid', async () => {
    const { invoice, payment } = await paid();
    const part = Math.floor(TOTAL / 10);
    const done = await Promise.allSettled(Array.from({ length: 50 }, () => back(payment, part)));
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(await goneBack(payment)).toEqual(Array(10).fill(part));
    expect(await refunded(payment)).toBe(10 * part);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL - 10 * part);
  });

  it('of one form sent twice is one', async () => {
    const { payment } = await paid();
    const form = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
    const rows = await Promise.all(Array.from({ length: 5 }, () => back(payment, 500, accountant, form)));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
    expect(await goneBack(payment)).toEqual([500]);
  });

  it('that the acquirer refuses can be given anew', async () => {
    const { payment } = await paid();
    desk.acquirer.fault = () => ({ status: 400, body: '{"code":"invalid_request"}' });
    expect(await back(payment, TOTAL)).toMatchObject({ state: 'failed' });
    expect(await refunded(payment)).toBe(0);
    desk.acquirer.fault = null;
    // The first one was made all the same by this acquirer: it knows better than to give back twice.
    expect(await back(payment, TOTAL)).toMatchObject({ state: 'failed' });
    expect(await goneBack(payment)).toEqual([]);
  });

  it('whose answer got lost is asked for again with the same key, and goes back once', async () => {
    const { payment } = await paid();
    desk.acquirer.fault = () => ({ status: 500, body: '' });
    const row = await back(payment, 700);
    expect(row).toMatchObject({ state: 'new', external_id: null });
    expect(await refunded(payment)).toBe(700);
    await expect(back(payment, TOTAL)).rejects.toThrow(Conflict);
    desk.acquirer.fault = null;
    desk.clock.move(MINUTE);
    expect(await desk.round()).toBe(1);
    const keys = desk.acquirer.orders().map(({ key }) => key);
    expect(keys).toEqual([row.id, row.id]);
    expect(await goneBack(payment)).toEqual([700]);
    expect(await refunded(payment)).toBe(700);
  });

  it('whose answer nobody heard for a day keeps its sum, until it is heard of', async () => {
    const { payment } = await paid();
    desk.acquirer.fault = () => ({ status: 500, body: '' });
    const row = await back(payment, 700);
    desk.clock.move(DAY + MINUTE);
    await desk.round();
    expect((await desk.db('refunds').where({ id: row.id }).first())!).toMatchObject({ state: 'failed' });
    expect(await refunded(payment)).toBe(700);
    // It was made: their notice names it.
    desk.acquirer.fault = null;
    const made = await desk.house.parts.till!.acquirer.refund({
      key: row.id,
      charge: payment.external_id!,
      amount: 700,
      receipt: { email: 'a@b.test', items: [{ description: 'Аренда', amount: 700, vatCode: 11 }] },
    });
    for (let times = 0; times < 2; times += 1)
      expect((await desk.notify(desk.notice(made.id, 'refund.succeeded'))).status).toBe(200);
    expect(await goneBack(payment)).toEqual([700]);
  });

  it('is not believed to be done while the acquirer says otherwise', async () => {
    const { payment } = await paid();
    desk.acquirer.alter = (body) => ({ ...body, status: 'pending' });
    const { external_id } = await back(payment, 700);
    const notice = desk.notice(external_id!, 'refund.succeeded');
    expect((await desk.notify(notice)).status).toBe(409);
    desk.acquirer.alter = null;
    const lie = { ...notice, object: { ...notice.object, amount: { value: '8.00', currency: 'RUB' } } };
    expect((await desk.notify(lie)).status).toBe(409);
    expect(await goneBack(payment)).toEqual([]);
    expect((await desk.notify(notice)).status).toBe(200);
    expect((await desk.notify(notice)).status).toBe(200);
    expect((await desk.notify(lie)).status).toBe(409);
    expect(await goneBack(payment)).toEqual([700]);
  });

  it('under way is waited for; canceled, its sum is there again', async () => {
    const { payment } = await paid();
    desk.acquirer.alter = (body) => ({ ...body, status: 'pending' });
    const row = await back(payment, 700);
    expect(row).toMatchObject({ state: 'pending' });
    expect(await goneBack(payment)).toEqual([]);
    desk.acquirer.alter = (body) => ({
      ...body,
      status: 'canceled',
      cancellation_details: { party: 'payment_network', reason: 'rejected_by_payee' },
    });
    desk.clock.move(MINUTE);
    await desk.round();
    expect((await desk.db('refunds').where({ id: row.id }).first())!).toMatchObject({
      state: 'canceled',
      problem: 'Банк получателя не принял деньги.',
    });
    expect(await refunded(payment)).toBe(0);
  });

  it('told with another sum or of another payment moves nothing', async () => {
    for (const change of [{ amount: { value: '8.00', currency: 'RUB' } }, { payment_id: 'another' }]) {
      const { payment } = await paid();
      desk.acquirer.alter = (body) => ('payment_id' in body ? { ...body, ...change } : body);
      expect(await back(payment, 700)).toMatchObject({ state: 'new' });
      expect(await goneBack(payment)).toEqual([]);
      desk.acquirer.alter = null;
    }
  });
});
