import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { moneyOf, NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';

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

describe('a notice', () => {
  it('settles the payment that it names, by what the acquirer says when it is asked', async () => {
    const attempt = await desk.charged(await desk.invoice());
    const answer = await desk.notify(desk.notice(attempt.external_id));
    expect([answer.status, answer.text, answer.headers['set-cookie']]).toEqual([
      200,
      '{"status":"ok"}',
      undefined,
    ]);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
    expect(await desk.ledger(attempt)).toHaveLength(1);
    const [, row] = await desk.db('audit').where({ subject_id: attempt.id }).orderBy('id');
    expect(row).toMatchObject({ account_id: null, ip: '127.0.0.1', details: { amount: TOTAL } });
  });

  /** A notice as YooKassa writes it, with the sum. */
  const full = (charge: string, event: string, value = '276900.00', currency = 'RUB') => {
    const notice = desk.notice(charge, event);
    return { ...notice, object: { ...notice.object, amount: { value, currency }, paid: true, metadata: {} } };
  };
  const refused = async (notices: object[]) => {
    const before = await moneyOf(desk.house);
    for (const notice of notices)
      expect((await desk.notify(notice)).status, JSON.stringify(notice)).toBe(409);
    expect(await moneyOf(desk.house)).toBe(before);
  };

  it('that the acquirer contradicts is refused, leaves nothing, and the log tells of it', async () => {
    const told = vi.spyOn(desk.house.parts.till!, 'report').mockImplementation(() => undefined);
    const open = await desk.begun(await desk.invoice());
    const charge = open.external_id!;
    await refused([
      ...[desk.notice(charge), desk.notice(charge, 'payment.canceled')],
      ...[full(charge, 'payment.succeeded'), full(charge, 'payment.waiting_for_capture', '1.00')],
    ]);
    expect(told).toHaveBeenCalledTimes(4);
    expect(told.mock.calls[0]).toEqual([
      expect.objectContaining({ charge, said: 'succeeded', is: 'pending' }),
      'a notice contradicts the acquirer',
    ]);
    await desk.acquirer.decide(charge, 'succeeded');
    const lies = [
      full(charge, 'payment.succeeded', '1.00'),
      full(charge, 'payment.succeeded', '276900.00', 'USD'),
      desk.notice(charge, 'payment.canceled'),
    ];
    await refused(lies);
    expect((await desk.notify(full(charge, 'payment.succeeded'))).status).toBe(200);
    expect(await desk.ledger(open)).toHaveLength(1);
    desk.acquirer.asked.length = 0;
    await refused(lies);
    expect(desk.acquirer.asked).toEqual([]);
    const second = await desk.begun(await desk.invoice());
    await desk.acquirer.decide(second.external_id!, 'canceled');
    await refused([full(second.external_id!, 'payment.succeeded')]);
    expect((await desk.notify(full(second.external_id!, 'payment.canceled'))).status).toBe(200);
    await refused([full(second.external_id!, 'payment.succeeded')]);
    told.mockRestore();
  });

  it('that contradicts itself cannot be read', async () => {
    const attempt = await desk.charged(await desk.invoice());
    const notice = desk.notice(attempt.external_id);
    const before = await moneyOf(desk.house);
    for (const object of [
      { ...notice.object, status: 'pending' },
      { ...notice.object, amount: { value: '1,00', currency: 'RUB' } },
    ])
      expect((await desk.notify({ ...notice, object })).status).toBe(400);
    expect(await moneyOf(desk.house)).toBe(before);
  });

  it.each(['185.71.76.32', '10.0.0.1', '2a02:5180::1'])(
    'from %s is refused before it is read, and nobody is asked',
    async (address) => {
      const attempt = await desk.charged(await desk.invoice());
      const before = await moneyOf(desk.house);
      desk.acquirer.asked.length = 0;
      for (const body of [desk.notice(attempt.external_id), 'nonsense', '{}'])
        expect((await desk.notify(body, address)).status).toBe(403);
      expect(await moneyOf(desk.house)).toBe(before);
      expect(await desk.db('limits').where('key', 'like', 'payment-notices%')).toEqual([]);
      expect(desk.acquirer.asked).toEqual([]);
    },
  );

  it('that cannot be read is refused, and leaves nothing', async () => {
    const id = '22e12f66-000f-5000-8000-18db351245c7';
    const before = await moneyOf(desk.house);
    const bodies = [
      ...['', 'nonsense', '{', 'null', '17', '[]', '{}'],
      { type: 'notification', event: 'payment.succeeded' },
      { type: 'notification', event: 'payout.succeeded', object: { id } },
      { type: 'error', event: 'payment.succeeded', object: { id } },
      desk.notice(''),
      desk.notice('../../refunds/1'),
      desk.notice('a'.repeat(65)),
      { ...desk.notice(id), object: { id: [id] } },
    ];
    for (const body of bodies) expect((await desk.notify(body)).status, JSON.stringify(body)).toBe(400);
    expect((await desk.notify({ ...desk.notice(id), more: 'x'.repeat(70_000) })).status).toBe(413);
    expect(await moneyOf(desk.house)).toBe(before);
    expect(desk.acquirer.asked).toEqual([]);
  });

  it('of what the acquirer does not know, or what is not ours, is 404 and leaves nothing', async () => {
    const before = await moneyOf(desk.house);
    expect((await desk.notify(desk.notice(randomUUID()))).status).toBe(404);
    expect((await desk.notify(desk.notice(randomUUID(), 'refund.succeeded'))).status).toBe(404);
    const elsewhere = desk.house.parts.till!.acquirer;
    const receipt = { email: 'a@b.test', items: [{ description: 'Чай', amount: 100, vatCode: 1 }] };
    const theirs = { amount: 100, description: 'Чай', returnUrl: 'https://shop.test/', receipt };
    for (const key of [randomUUID(), 'order-17']) {
      const { id } = await elsewhere.create({ ...theirs, key, invoice: randomUUID() });
      expect((await desk.notify(desk.notice(id))).status).toBe(404);
    }
    expect(await moneyOf(desk.house)).toBe(before);
  });

  it.each([
    [500, { status: 500, body: '' }],
    [401, { status: 401, body: '' }],
    ['nonsense', { body: '{}' }],
  ])('is to be repeated when the acquirer answers %s', async (_what, fault) => {
    const attempt = await desk.charged(await desk.invoice());
    const before = await moneyOf(desk.house);
    desk.acquirer.fault = () => fault;
    const answer = await desk.notify(desk.notice(attempt.external_id));
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '10']);
    expect(await moneyOf(desk.house)).toBe(before);
    desk.acquirer.fault = null;
    expect((await desk.notify(desk.notice(attempt.external_id))).status).toBe(200);
    expect(await desk.ledger(attempt)).toHaveLength(1);
  });

  it('said again and out of order is 200 and one ledger row', async () => {
    const attempt = await desk.charged(await desk.invoice());
    const events = [
      'payment.waiting_for_capture',
      'payment.succeeded',
      'payment.waiting_for_capture',
      'payment.succeeded',
    ];
    for (const event of events)
      expect((await desk.notify(full(attempt.external_id, event))).status, event).toBe(200);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
    expect(await desk.ledger(attempt)).toHaveLength(1);
    expect(await desk.lettersTo(desk.bookkeeper.account.email)).toHaveLength(1);
  });

  it('of money that comes after we had given up is still money', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    await desk
      .db('payments')
      .where({ id: attempt.id })
      .update({ state: 'canceled', problem: 'Время вышло.' });
    await desk.notify(desk.notice(attempt.external_id));
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded', problem: null });
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
    // And what is over stays over when an earlier state is heard late.
    desk.acquirer.alter = (body) => ({ ...body, status: 'pending' });
    await desk.notify(desk.notice(attempt.external_id));
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
  });

  it('finds a payment that we have not come to write down', async () => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    const lost = { state: 'new' as const, external_id: null, confirmation_url: null };
    await desk.db('payments').where({ id: attempt.id }).update(lost);
    expect((await desk.notify(desk.notice(attempt.external_id))).status).toBe(200);
    expect(await desk.attempt(attempt)).toMatchObject({
      state: 'succeeded',
      external_id: attempt.external_id,
    });
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
  });

  type Body = Record<string, unknown>;
  const amount = (value: string, currency = 'RUB') => ({ value, currency });
  it.each<[string, string, (body: Body) => Body]>([
    ['less', 'сумма', (body) => ({ ...body, amount: amount('276899.99') })],
    ['more', 'сумма', (body) => ({ ...body, amount: amount('276900.01') })],
    ['another currency', 'валюта', (body) => ({ ...body, amount: amount('276900.00', 'USD') })],
    [
      'another invoice',
      'счёт',
      (body) => ({ ...body, metadata: { ...(body.metadata as Body), invoice: randomUUID() } }),
    ],
    [
      'another payment',
      'платёж',
      (body) => ({ ...body, metadata: { ...(body.metadata as Body), payment: randomUUID() } }),
    ],
    ['nothing of ours', 'платёж', (body) => ({ ...body, metadata: {} })],
  ])('of %s moves no money, and somebody is told', async (_what, differs, alter) => {
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    const advance = await desk.advance();
    desk.acquirer.alter = alter;
    for (let times = 0; times < 3; times += 1)
      expect((await desk.notify(desk.notice(attempt.external_id))).status).toBe(200);
    expect(await desk.ledger(attempt)).toEqual([]);
    expect(await desk.advance()).toBe(advance);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(0);
    expect(await desk.attempt(attempt)).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('не совпали') as unknown,
    });
    const rows = await desk.db('audit').where({ subject_id: attempt.id }).orderBy('id');
    expect(rows.map(({ action }) => action)).toEqual(['payment.begun', 'payment.mismatched']);
    expect(rows[1]!.details).toMatchObject({ reason: `Не совпало: ${differs}` });
    expect(await desk.lettersTo(desk.bookkeeper.account.email)).toEqual([]);
  });
});

it('fifty notices, clicks and rounds of the clock at once are one ledger row and one letter', async () => {
  const invoice = await desk.invoice();
  const attempt = await desk.charged(invoice);
  const at = `${desk.path}/${invoice.id}/payment`;
  const fields = await desk.bookkeeper.visitor.hidden(`${at}/${attempt.id}`);
  desk.clock.move(2 * 60_000);
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      if (n % 5 === 0)
        return (await desk.bookkeeper.visitor.post(`${at}/${attempt.id}/check`, fields)).status;
      if (n % 5 === 1) return desk.round().then(() => 200);
      return (await desk.notify(desk.notice(attempt.external_id))).status;
    }),
  );
  expect(answers.filter((status) => status !== 200 && status !== 303)).toEqual([]);
  expect(await desk.ledger(attempt)).toHaveLength(1);
  expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
  expect(await desk.lettersTo(desk.bookkeeper.account.email)).toHaveLength(1);
  expect(await desk.audits(attempt.id)).toEqual(['payment.begun', 'payment.succeeded']);
});
