import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InvoiceRow } from '../../src/db/rows.js';
import { RENT } from '../support/bills.js';
import { MINUTE, NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';
import { openDesk } from '../support/office.js';
import { words } from '../support/page.js';

const SUM = 300_000;
let desk: CashDesk;
let staff: Awaited<ReturnType<typeof openDesk>>['visitor'];
beforeAll(async () => {
  desk = await openCashDesk();
  staff = (await openDesk(desk.house, ['accountant'])).visitor;
});
afterAll(() => desk?.close());
beforeEach(async () => {
  desk.clock.at = NOON;
  await desk.calm();
  const [payer] = await desk.db('payers').where({ organisation_id: desk.payer.organisation });
  if (payer?.advance) await desk.invoice({ lines: [{ ...RENT, quantity: '1', price: payer.advance }] });
});

const bill = () => desk.invoice({ lines: [{ ...RENT, quantity: '1', price: SUM }] });
const at = (invoice: Pick<InvoiceRow, 'id'>) => `${desk.path}/${invoice.id}`;
const page = async (path: string) => (await desk.bookkeeper.visitor.get(path)).text;
const books = ({ id }: Pick<InvoiceRow, 'id'>) => `/staff/invoices/${id}`;
async function cancel(invoice: InvoiceRow) {
  desk.clock.move(MINUTE);
  const form = `${books(invoice)}/cancellation`;
  expect((await staff.submit(form, { reason: 'Ошибка в сумме' })).status).toBe(303);
}
const OPEN = /Перейти к оплате/;

describe('the page of a payment whose invoice is', () => {
  it('cancelled says so and leads nowhere; what comes all the same is an advance that can be found', async () => {
    const invoice = await bill();
    const attempt = await desk.begun(invoice);
    await cancel(invoice);
    const paying = `${at(invoice)}/payment/${attempt.id}`;
    const before = words(await page(paying));
    expect(before).toContain('Счёт отменён Платить по нему не нужно.');
    expect(before).not.toMatch(OPEN);
    for (const back of ['?back', '?back=asked']) {
      const shown = words(await page(paying + back));
      expect(shown).toMatch(/Проверяем оплату .* Счёт отменён\. Платить по нему не нужно\./);
      expect(shown).not.toMatch(OPEN);
    }
    expect(words((await staff.get(books(invoice))).text)).toContain('Уже не нужна');
    expect((await desk.pay(invoice)).status).toBe(409);

    await desk.acquirer.decide(attempt.external_id!, 'succeeded');
    await desk.notify(desk.notice(attempt.external_id!));
    expect(words(await page(paying))).toContain(
      'Счёт отменён, поэтому 3 000,00 ₽ стали авансом: из него сами оплатятся следующие счета.',
    );
    const cancelled = words(await page(at(invoice)));
    expect(cancelled).toContain('27.11.2026 Банковская карта, в аванс 3 000,00 ₽');
    expect(cancelled).toContain('Ваш аванс 3 000,00 ₽');

    desk.clock.move(MINUTE);
    const back = `${books(invoice)}/payments/${attempt.id}/refund`;
    expect((await staff.submit(back, { amount: '1 000', reason: 'Счёт отменён' })).status).toBe(303);
    expect(words(await page(at(invoice)))).toContain('Возврат на карту из аванса −1 000,00 ₽');
    expect(words(await page(paying))).toMatch(/2 000,00 ₽ стали авансом.* Возвращено: 1 000,00 ₽\./);
    await staff.submit(back, { amount: '2 000', reason: 'Счёт отменён' });
    expect(words(await page(paying))).toMatch(
      /Деньги возвращены Получено 3 000,00 ₽\. .* Возвращено: 3 000,00 ₽\./,
    );
    const desktop = words((await staff.get(books(invoice))).text);
    expect(desktop).toContain('Возврат на карту из аванса −2 000,00 ₽');
    expect(desktop).toMatch(/3 000,00 ₽ 3 000,00 ₽ Возвращено/);
  });

  it('paid otherwise says so and leads nowhere; what comes all the same is an advance', async () => {
    const invoice = await bill();
    const attempt = await desk.begun(invoice);
    await desk.byBank(invoice, SUM);
    const paying = `${at(invoice)}/payment/${attempt.id}`;
    const before = words(await page(paying));
    expect(before).toContain('Счёт уже оплачен Больше платить не нужно.');
    expect(before).not.toMatch(OPEN);
    expect(words((await staff.get(books(invoice))).text)).toContain('Уже не нужна');
    await desk.acquirer.decide(attempt.external_id!, 'succeeded');
    await desk.notify(desk.notice(attempt.external_id!));
    expect(words(await page(paying))).toContain(
      'Счёту столько не понадобилось, поэтому 3 000,00 ₽ стали авансом',
    );
    const shown = words(await page(at(invoice)));
    expect(shown).toMatch(/Банковский перевод 3 000,00 ₽ 27\.11\.2026 Банковская карта, в аванс 3 000,00 ₽/);
  });

  it('not paid yet leads on to the payment at once, whoever comes back without paying', async () => {
    const invoice = await bill();
    const attempt = await desk.begun(invoice);
    for (const back of ['', '?back', '?back=asked'])
      expect(await page(`${at(invoice)}/payment/${attempt.id}${back}`)).toContain(attempt.confirmation_url!);
  });
});

describe('the payments of an invoice', () => {
  it('tell the accountant of a payer who did not want to, and not of himself', async () => {
    const invoice = await bill();
    const attempt = await desk.begun(invoice);
    await desk.acquirer.decide(attempt.external_id!, 'canceled');
    await desk.notify(desk.notice(attempt.external_id!, 'payment.canceled'));
    expect(words((await staff.get(books(invoice))).text)).toContain('Плательщик отказался от оплаты.');
    expect(words(await page(`${at(invoice)}/payment/${attempt.id}`))).toContain('Вы отказались от оплаты.');
  });

  it('tell what moved to the advance from what went back', async () => {
    const invoice = await bill();
    const attempt = await desk.charged(invoice);
    await desk.notify(desk.notice(attempt.external_id));
    desk.clock.move(MINUTE);
    const back = `${books(invoice)}/payments/${attempt.id}/refund`;
    await staff.submit(back, { amount: '1 000', reason: 'Оплачено дважды' });
    await cancel(invoice);
    expect(words(await page(at(invoice)))).toMatch(
      /Банковская карта 3 000,00 ₽ 27\.11\.2026 Возврат на карту −1 000,00 ₽ 27\.11\.2026 Перенесено в аванс −2 000,00 ₽/,
    );
    desk.clock.move(MINUTE);
    const next = await desk.invoice({ due_on: '2026-11-01' });
    expect(words(await page(at(next)))).toContain('Зачтено из аванса 2 000,00 ₽');
  });
});

describe('the form of a refund', () => {
  const form = async (invoice: Pick<InvoiceRow, 'id'>, attempt: { id: string }) =>
    words((await staff.get(`${books(invoice)}/payments/${attempt.id}/refund`)).text);

  it('says which invoices the money pays now, the other ones above all', async () => {
    const invoice = await bill();
    const attempt = await desk.charged(invoice);
    await desk.notify(desk.notice(attempt.external_id));
    expect(await form(invoice, attempt)).toMatch(
      /Возврат снимет оплату со счетов, .*: Этот счёт № \S+ от 27\.11\.2026: 3 000,00 ₽ Поля/,
    );
    await cancel(invoice);
    expect(await form(invoice, attempt)).toContain('Эти деньги сейчас в авансе плательщика');
    const next = await desk.invoice({
      lines: [{ ...RENT, quantity: '1', price: 89_800 }],
      due_on: '2026-10-01',
    });
    expect((await desk.invoiceNow(next)).allocated).toBe(89_800);
    expect(await form(invoice, attempt)).toContain(`Другой счёт № ${next.number} от 27.11.2026: 898,00 ₽`);
  });
});
