import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receive } from '../../src/domain/payments/ledger.actions.js';
import { personInn, addInvoice, RENT } from '../support/bills.js';
import { moneyOf, MINUTE, NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';
import { DAY } from '../support/house.js';
import { addColleague, openDesk, openOffice } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const TOTAL = 27_690_000;
let desk: CashDesk;
beforeAll(async () => {
  desk = await openCashDesk();
});
afterAll(() => desk?.close());
beforeEach(async () => {
  desk.clock.at = NOON;
  await desk.calm();
});

const page = async (invoice: { id: string }, payment: { id: string }, query = '') => {
  const { text, status } = await desk.bookkeeper.visitor.get(
    `${desk.path}/${invoice.id}/payment/${payment.id}${query}`,
  );
  expect(status).toBe(200);
  return { text, words: words(text) };
};
const check = (invoice: { id: string }, payment: { id: string }) => {
  const at = `${desk.path}/${invoice.id}/payment/${payment.id}`;
  return desk.bookkeeper.visitor.submit(at, {}, `${at}/check`);
};

describe('«Оплатить картой»', () => {
  it('leads by a page of ours that names the host', async () => {
    const invoice = await desk.invoice();
    const { text } = await desk.bookkeeper.visitor.get(`${desk.path}/${invoice.id}`);
    expect(text).toContain(`action="${desk.path}/${invoice.id}/payment"`);
    const attempt = await desk.begun(invoice);
    expect(attempt).toMatchObject({ state: 'pending', amount: TOTAL, acquirer: 'yookassa', problem: null });
    const shown = await page(invoice, attempt);
    expect(shown.words).toMatch(/Вы перейдёте на сайт 127\.0\.0\.1:1: .* Сумма 276 900,00 ₽/);
    expect(linksOf(shown.text)['Перейти к оплате на сайт 127.0.0.1:1']).toBe(attempt.confirmation_url);
    expect(shown.text).toMatch(/href="http:\/\/127\.0\.0\.1:1\/[^"]*" rel="noopener noreferrer"/);
    expect(await desk.audits(attempt.id)).toEqual(['payment.begun']);
    const [{ key, body }] = desk.acquirer.orders() as [ReturnType<CashDesk['acquirer']['orders']>[0]];
    expect(key).toBe(attempt.id);
    expect(body).toMatchObject({
      amount: { value: '276900.00', currency: 'RUB' },
      metadata: { payment: attempt.id, invoice: invoice.id },
      confirmation: {
        return_url: `http://localhost:3000${desk.path}/${invoice.id}/payment/${attempt.id}?back`,
      },
      receipt: { customer: { email: desk.bookkeeper.account.email } },
    });
  });

  it('asks for what is left as we count it, whatever the form says', async () => {
    const invoice = await desk.invoice({
      lines: [RENT, { ...RENT, name: 'Уборка', price: 333, vat_code: 1 }],
    });
    await desk.db.transaction((trx) =>
      receive(
        { trx, now: NOON, by: null },
        {
          payer_id: invoice.payer_id,
          kind: 'bank',
          amount: 10_000_01,
          source: `bank:${invoice.id}`,
          payment_id: null,
          paid_on: '2026-11-26',
          note: null,
        },
        invoice.id,
      ),
    );
    const answer = await desk.bookkeeper.visitor.submit(
      `${desk.path}/${invoice.id}`,
      { amount: '1', sum: '0.01' },
      `${desk.path}/${invoice.id}/payment`,
    );
    expect(answer.status).toBe(303);
    const [attempt] = await desk.attempts(invoice);
    const left = invoice.total - 10_000_01;
    expect(attempt!.amount).toBe(left);
    const { items } = desk.acquirer.orders()[0]!.body.receipt as { items: { amount: { value: string } }[] };
    const sum = items.reduce((all, { amount }) => all + Number(amount.value.replace('.', '')), 0);
    expect([items.length, sum]).toEqual([2, left]);
  });

  it('pressed fifty times at once is one attempt', async () => {
    const invoice = await desk.invoice();
    const answers = await Promise.all(Array.from({ length: 50 }, () => desk.pay(invoice)));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`)).size).toBe(1);
    expect(await desk.attempts(invoice)).toHaveLength(1);
    expect(desk.acquirer.orders()).toHaveLength(1);
    // Another person's is another: each has the page of his own.
    await desk.pay(invoice, desk.office.visitor);
    expect(await desk.attempts(invoice)).toHaveLength(2);
  });

  it('is there for a whole list of a firm at the end of a month, and is bounded', async () => {
    const invoices = [];
    for (let count = 0; count < 60; count += 1) invoices.push(await desk.invoice());
    for (const times of [1, 2])
      for (const invoice of invoices) expect((await desk.pay(invoice)).status, `${times}`).toBe(303);
    await desk.db('limits').where('key', 'like', 'payment:%').update({ points: 200 });
    const late = await desk.pay(invoices[0]!);
    expect(late.status).toBe(429);
    expect(await desk.pay(invoices[0]!, desk.office.visitor)).toMatchObject({ status: 303 });
  });

  it('is nothing for who may not', async () => {
    const invoice = await desk.invoice();
    const draft = await desk.invoice({ draft: true });
    const stranger = await openOffice(desk.house, { roles: ['accounting'], name: 'ООО «Чужая»' });
    const observer = await addColleague(desk.house, desk.office.organisation, ['observer']);
    const { visitor: staff } = await openDesk(desk.house, ['accountant']);
    const before = await moneyOf(desk.house);
    const theirs = `/profiles/${stranger.organisation.id}/invoices`;
    const statuses = await Promise.all([
      desk.pay(invoice, observer.visitor),
      desk.pay(invoice, stranger.visitor),
      desk.pay(invoice, stranger.visitor, theirs),
      desk.pay(invoice, staff),
      desk.pay(draft),
      desk.pay({ id: '0f8fad5b-d9cb-469f-a165-70867728950e' }),
      desk.pay(invoice, desk.bookkeeper.visitor, '/desktop/invoices'),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 404, 404, 404, 404, 404, 404]);
    expect(await moneyOf(desk.house)).toBe(before);
    expect(desk.acquirer.asked).toEqual([]);
  });

  it('is a conflict where nothing is left', async () => {
    const invoice = await desk.invoice();
    const state = { state: 'cancelled' as const, cancel_reason: 'Ошибка' };
    await desk.db('invoices').where({ id: invoice.id }).update(state);
    const answer = await desk.pay(invoice);
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('сейчас в статусе «Отменён»');
  });

  it('is shown to nobody where no acquirer is', async () => {
    const none = await openCashDesk({ acquirer: null });
    const invoice = await none.invoice();
    const { text } = await none.bookkeeper.visitor.get(`${none.path}/${invoice.id}`);
    expect(text).not.toContain('Оплатить картой');
    expect((await none.pay(invoice)).status).toBe(404);
    expect((await none.notify(none.notice('22e12f66-000f-5000-8000-18db351245c7'))).status).toBe(404);
    await none.close();
  });

  it('pays a private person’s, while the ИНН is his', async () => {
    const inn = personInn(900_001);
    const account = await addAccount(desk.house, { inn, inn_confirmed_at: NOON });
    const visitor = await desk.house.visitor().signIn(account.email);
    const invoice = await addInvoice(desk.house, { inn });
    const answer = await desk.pay(invoice, visitor, '/desktop/invoices');
    expect(answer.status).toBe(303);
    const [attempt] = await desk.attempts(invoice);
    await desk.acquirer.decide(attempt!.external_id!, 'succeeded');
    desk.clock.move(5_000);
    await visitor.submit(answer.headers.location!, {}, `${answer.headers.location}/check`);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
    expect(await desk.lettersTo(account.email)).toHaveLength(1);
    await desk.db('accounts').where({ id: account.id }).update({ inn_confirmed_at: null });
    expect((await desk.pay(invoice, visitor, '/desktop/invoices')).status).toBe(404);
  });
});

describe('what came of it', () => {
  it('is found out when it is asked for, is one ledger row and a letter; to look at it writes nothing', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    const before = await moneyOf(desk.house);
    for (const query of ['', '?back', '?back=asked']) {
      const shown = await page(invoice, attempt, query);
      expect(shown.words).not.toContain('Оплачено');
      if (query) expect(shown.words).toContain('Проверяем оплату');
    }
    expect(await moneyOf(desk.house)).toBe(before);

    desk.clock.move(5_000);
    expect((await check(invoice, attempt)).status).toBe(303);
    expect((await page(invoice, attempt, '?back')).words).toMatch(
      /Оплачено Получено 276 900,00 ₽\. Спасибо!/,
    );
    expect(await desk.ledger(attempt)).toMatchObject([
      {
        kind: 'card',
        amount: TOTAL,
        source: `card:${attempt.external_id}`,
        paid_on: '2026-11-27',
        created_by: null,
      },
    ]);
    expect(await desk.invoiceNow(invoice)).toMatchObject({ allocated: TOTAL, state: 'issued' });
    expect(await desk.audits(attempt.id)).toEqual(['payment.begun', 'payment.succeeded']);
    const letters = await desk.lettersTo(desk.bookkeeper.account.email);
    expect(letters).toHaveLength(1);
    expect(letters[0]!.replaceAll('\u00a0', ' ')).toContain('получено 276 900,00 ₽. Счёт оплачен полностью.');
    // Once more changes nothing.
    await check(invoice, attempt);
    expect(await desk.ledger(attempt)).toHaveLength(1);
  });

  it('is told in words when it is nothing, and one may try again', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.begun(invoice);
    await desk.acquirer.decide(attempt.external_id!, 'canceled');
    desk.acquirer.alter = (body) => ({
      ...body,
      cancellation_details: { party: 'payment_network', reason: 'insufficient_funds' },
    });
    desk.clock.move(5_000);
    await check(invoice, attempt);
    const shown = await page(invoice, attempt, '?back');
    expect(shown.words).toMatch(/Не оплачено На карте недостаточно денег\..*Оплатить картой ещё раз/);
    expect(await desk.ledger(attempt)).toEqual([]);
    expect(await desk.audits(attempt.id)).toEqual(['payment.begun', 'payment.canceled']);
    desk.acquirer.alter = null;
    expect((await desk.begun(invoice)).id).not.toBe(attempt.id);
  });

  it('is asked about at most every few seconds', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.begun(invoice);
    desk.clock.move(5_000);
    desk.acquirer.asked.length = 0;
    await Promise.all(Array.from({ length: 10 }, () => check(invoice, attempt)));
    expect(desk.acquirer.asked).toHaveLength(1);
  });

  it.each([
    [
      'cancelled',
      async (id: string) =>
        void (await desk
          .db('invoices')
          .where({ id })
          .update({ state: 'cancelled', cancel_reason: 'Ошибка' })),
    ],
    [
      'paid by another',
      async (id: string) => {
        const { payer_id } = (await desk.db('invoices').where({ id }).first())!;
        const bank = {
          kind: 'bank' as const,
          amount: TOTAL,
          payment_id: null,
          paid_on: '2026-11-27',
          note: null,
        };
        await desk.db.transaction((trx) =>
          receive({ trx, now: NOON, by: null }, { payer_id, source: `bank:${id}`, ...bank }, id),
        );
      },
    ],
  ])('is an advance when the invoice was %s meanwhile', async (_how, meanwhile) => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    await meanwhile(invoice.id);
    const before = await desk.advance();
    const { allocated } = await desk.invoiceNow(invoice);
    expect((await desk.notify(desk.notice(attempt.external_id))).status).toBe(200);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
    expect(await desk.advance()).toBe(before + TOTAL);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(allocated);
    const [letter] = await desk.lettersTo(desk.bookkeeper.account.email);
    expect(letter!.replaceAll('\u00a0', ' ')).toContain('276 900,00 ₽ остались авансом');
    // What is issued next, and due first, is paid with it.
    expect(await desk.invoice({ due_on: '2026-11-20' })).toMatchObject({ allocated: TOTAL });
    expect(await desk.advance()).toBe(before);
  });
});

describe('an acquirer', () => {
  it.each([
    [500, { status: 500, body: '{}' }],
    ['nothing in time', 'hang' as const],
    ['half an answer', 'break' as const],
    ['nonsense', { body: '<html>' }],
  ])('that answers %s is asked again with the same key, and nothing is paid twice', async (_what, fault) => {
    const invoice = await desk.invoice();
    desk.acquirer.fault = () => fault;
    const attempt = await desk.begun(invoice);
    expect(attempt).toMatchObject({ state: 'new', external_id: null });
    expect((await page(invoice, attempt)).words).toContain(
      'Платёжный сервис пока не ответил. Деньги не списаны.',
    );
    desk.acquirer.fault = null;
    // Whoever presses again gets the same attempt; the clock asks a minute later.
    expect((await desk.begun(invoice)).id).toBe(attempt.id);
    expect(await desk.round()).toBe(0);
    desk.clock.move(MINUTE);
    expect(await desk.round()).toBe(1);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'pending' });
    const orders = desk.acquirer.orders();
    expect(orders.map(({ key }) => key)).toEqual([attempt.id, attempt.id]);
    expect(orders[0]).toEqual(orders[1]);
  });

  it.each([
    [400, 'Платёжный сервис не принял платёж. Деньги не списаны.'],
    [401, 'Оплата картой сейчас не работает. Деньги не списаны, попробуйте позже.'],
    [403, 'Оплата картой сейчас не работает. Деньги не списаны, попробуйте позже.'],
    [404, 'Оплата картой сейчас не работает. Деньги не списаны, попробуйте позже.'],
  ])('that refuses with %i is told in words', async (status, said) => {
    const invoice = await desk.invoice();
    desk.acquirer.fault = () => ({ status, body: '{"type":"error","code":"invalid_request"}' });
    const attempt = await desk.begun(invoice);
    expect(attempt).toMatchObject({ state: 'failed', problem: said });
    expect((await page(invoice, attempt)).words).toContain(`Не оплачено ${said}`);
    expect(await desk.audits(attempt.id)).toEqual(['payment.begun', 'payment.failed']);
    desk.acquirer.fault = null;
    expect((await desk.begun(invoice)).state).toBe('pending');
  });

  it('that was away for a day ends the attempt, and one may begin anew', async () => {
    const invoice = await desk.invoice();
    desk.acquirer.fault = () => ({ status: 503, body: '' });
    const attempt = await desk.begun(invoice);
    desk.clock.move(DAY + MINUTE);
    const asked = desk.acquirer.asked.length;
    expect(await desk.round()).toBeGreaterThan(0);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'failed' });
    // By then its key is forgotten: it is not asked for once more.
    expect(desk.acquirer.orders().filter(({ key }) => key === attempt.id)).toHaveLength(1);
    expect(asked).toBeGreaterThan(0);
  });

  it('that refuses our key when a payment is asked about changes nothing', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    desk.acquirer.fault = () => ({ status: 401, body: '' });
    desk.clock.move(MINUTE);
    await desk.round();
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'pending' });
    desk.acquirer.fault = null;
    desk.clock.move(MINUTE);
    await desk.round();
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
  });
});
