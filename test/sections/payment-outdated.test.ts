import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InvoiceRow } from '../../src/db/rows.js';
import { RENT } from '../support/bills.js';
import { MINUTE, NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';
import { linksOf, words } from '../support/page.js';

const TOTAL = 27_690_000;
const PART = 20_000_000;
let desk: CashDesk;
beforeAll(async () => {
  desk = await openCashDesk();
});
afterAll(() => desk?.close());
beforeEach(async () => {
  desk.clock.at = NOON;
  await desk.calm();
  // What an earlier test left over pays no later one's.
  const [payer] = await desk.db('payers').where({ organisation_id: desk.payer.organisation });
  if (payer?.advance) await desk.invoice({ lines: [{ ...RENT, quantity: '1', price: payer.advance }] });
});

const at = (invoice: Pick<InvoiceRow, 'id'>) => `${desk.path}/${invoice.id}`;
const page = async (path: string) => (await desk.bookkeeper.visitor.get(path)).text;

describe('an attempt over a sum that is no longer left', () => {
  it('is set aside, and another is made for what is left; pressed fifty times at once it is one', async () => {
    const invoice = await desk.invoice();
    const old = await desk.begun(invoice);
    await desk.byBank(invoice, PART);
    desk.clock.move(1000);
    const answers = await Promise.all(Array.from({ length: 50 }, () => desk.pay(invoice)));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`)).size).toBe(1);
    const [first, fresh, ...more] = await desk.attempts(invoice);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ id: old.id, state: 'pending', set_aside: true, amount: TOTAL });
    expect(fresh).toMatchObject({ state: 'pending', set_aside: false, amount: TOTAL - PART });
    expect(desk.acquirer.orders().map(({ key }) => key)).toEqual([old.id, fresh!.id]);
    expect(await desk.audits(old.id)).toEqual(['payment.begun', 'payment.set-aside']);
  });

  it('leads nowhere on its page, but on to the right sum', async () => {
    const invoice = await desk.invoice();
    const old = await desk.begun(invoice);
    await desk.byBank(invoice, PART);
    const shown = await page(`${at(invoice)}/payment/${old.id}`);
    expect(words(shown)).toMatch(/Сумма изменилась По счёту теперь осталось оплатить 76 900,00 ₽/);
    expect(shown).not.toContain(old.confirmation_url!);
    expect(shown).toContain(`action="${at(invoice)}/payment"`);
    const fresh = await desk.begun(invoice);
    const next = await page(`${at(invoice)}/payment/${fresh.id}`);
    expect(linksOf(next)['Перейти к оплате на сайт 127.0.0.1:1']).toBe(fresh.confirmation_url);
  });

  it('goes on being asked about: what comes by it is money, and what is too much an advance', async () => {
    const invoice = await desk.invoice();
    const old = await desk.begun(invoice);
    await desk.byBank(invoice, PART);
    await desk.begun(invoice);
    await desk.acquirer.decide(old.external_id!, 'succeeded');
    const before = await desk.advance();
    desk.clock.move(MINUTE);
    await desk.round();
    expect(await desk.attempt(old)).toMatchObject({ state: 'succeeded' });
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
    expect(await desk.advance()).toBe(before + PART);
  });

  it('ends as it would have, and may not be paid: it expires', async () => {
    const invoice = await desk.invoice();
    const old = await desk.begun(invoice);
    await desk.byBank(invoice, PART);
    const fresh = await desk.begun(invoice);
    await desk.acquirer.decide(old.external_id!, 'canceled');
    desk.clock.move(MINUTE);
    await desk.round();
    expect(await desk.attempt(old)).toMatchObject({ state: 'canceled' });
    expect((await desk.begun(invoice)).id).toBe(fresh.id);
  });

  it('that has been paid by then is asked about first, and nothing is begun', async () => {
    const invoice = await desk.invoice();
    const old = await desk.charged(invoice);
    await desk.byBank(invoice, PART);
    desk.clock.move(MINUTE);
    expect((await desk.begun(invoice)).id).toBe(old.id);
    expect(await desk.attempts(invoice)).toHaveLength(1);
    expect(await desk.attempt(old)).toMatchObject({ state: 'succeeded', set_aside: false });
  });

  it('that the acquirer never confirmed is set aside as well', async () => {
    const invoice = await desk.invoice();
    desk.acquirer.fault = () => ({ status: 500, body: '' });
    const old = await desk.begun(invoice);
    await desk.byBank(invoice, PART);
    desk.acquirer.fault = null;
    const fresh = await desk.begun(invoice);
    expect(fresh).toMatchObject({ state: 'pending', amount: TOTAL - PART });
    expect((await desk.attempt(old)).set_aside).toBe(true);
  });
});
