import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Refused, Unclear, type Order } from '../../src/domain/payments/acquirer.js';
import { receiptItems } from '../../src/domain/payments/receipt.js';
import { kopecks, rubles, yookassa } from '../../src/domain/payments/yookassa.js';
import { openStandIn, type StandIn } from '../support/stand-in.js';

const SECRET = 'test_nobody-sees-this';
const ID = '22e12f66-000f-5000-8000-18db351245c7';
const ORDER: Order = {
  key: '0f8fad5b-d9cb-469f-a165-70867728950e',
  invoice: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  amount: 150_005,
  description: 'Счёт № 17 от 01.11.2026',
  returnUrl: 'https://my.company.test/back',
  receipt: { email: 'payer@tenant.test', items: [{ description: 'Аренда', amount: 150_005, vatCode: 11 }] },
};
/** What an error of theirs may repeat, and no reason may. */
const LEAK = `${SECRET} payer@tenant.test`;

let standIn: StandIn;
let heard: string[];
beforeAll(async () => {
  standIn = await openStandIn();
});
afterAll(() => standIn?.close());
beforeEach(() => {
  standIn.asked.length = standIn.raw.length = 0;
  standIn.answer = () => 'hang';
  heard = [];
});

const open = (change: { url?: string; timeoutMs?: number } = {}) =>
  yookassa({
    name: 'yookassa',
    url: `${standIn.url}/v3`,
    shopId: '100500',
    secret: SECRET,
    timeoutMs: 5_000,
    log: (reason) => heard.push(reason),
    ...change,
  });
const says = (body: unknown, status = 200, headers = {}) => {
  standIn.answer = () => ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
};
const rub = (value: string) => ({ value, currency: 'RUB' });
const CHARGE = {
  id: ID,
  status: 'pending',
  amount: rub('1500.05'),
  confirmation: { type: 'redirect', confirmation_url: 'https://yoomoney.ru/pay?orderId=1' },
  metadata: { payment: ORDER.key, invoice: ORDER.invoice },
  paid: false,
};
const RETURN = {
  id: '216749f7-0016-50be-b000-078d43a63ae4',
  payment_id: ID,
  status: 'succeeded',
  amount: rub('0.05'),
};
const problem = (code: string) => ({ type: 'error', id: ID, code, description: LEAK, parameter: 'amount' });

/** Every question there is. */
const QUESTIONS: [string, () => Promise<unknown>][] = [
  ['create', () => open().create(ORDER)],
  ['find', () => open().find(ID)],
  ['refund', () => open().refund({ key: ORDER.key, charge: ID, amount: 5, receipt: ORDER.receipt })],
  ['findRefund', () => open().findRefund(RETURN.id)],
];

describe.each(QUESTIONS)('%s', (name, ask) => {
  it.each([
    [400, 'invalid_request', 'request'],
    [401, 'invalid_credentials', 'key'],
    [403, 'forbidden', 'forbidden'],
    [405, 'invalid_request', 'request'],
    [415, 'invalid_request', 'request'],
  ] as const)('answered HTTP %i is refused, and nothing was done', async (status, code, kind) => {
    says(problem(code), status);
    const error = await ask().catch((reason: unknown) => reason as Refused);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).code).toBe(kind);
    expect(heard).toEqual([`HTTP ${status} ${code}`]);
  });

  it('answered HTTP 404 is not there', async () => {
    says(problem('not_found'), 404);
    if (name.startsWith('find')) expect(await ask()).toBeNull();
    else await expect(ask()).rejects.toMatchObject({ code: 'missing' });
  });

  it.each([202, 301, 302, 307, 408, 429, 500, 502, 503, 504])(
    'answered HTTP %i is asked again with the same key',
    async (status) => {
      says(problem('internal_server_error'), status, { Location: `${standIn.url}/elsewhere` });
      await expect(ask()).rejects.toBeInstanceOf(Unclear);
      // Once, and wherever it points to the secret does not go.
      expect(standIn.asked).toHaveLength(1);
      expect(heard).toEqual([`HTTP ${status} internal_server_error`]);
    },
  );

  it.each([
    ...['', 'OK', `<html>${LEAK}</html>`, 'null', '17', '[]', '{}'],
    JSON.stringify({ ...CHARGE, ...RETURN, amount: { value: 1500.05, currency: 'RUB' } }),
    JSON.stringify({ ...CHARGE, ...RETURN, amount: rub('1500.5') }),
    JSON.stringify({ ...CHARGE, ...RETURN, amount: rub('-1.00') }),
    JSON.stringify({ ...CHARGE, ...RETURN, amount: rub('1e3') }),
    JSON.stringify({ ...CHARGE, ...RETURN, status: 'done' }),
    JSON.stringify({ ...CHARGE, ...RETURN, id: '../../payouts' }),
  ])('answered %j is not understood', async (body) => {
    says(body);
    await expect(ask()).rejects.toBeInstanceOf(Unclear);
    expect(heard).toEqual(['not understood']);
  });

  it('answered about something else is not understood', async () => {
    says({ ...CHARGE, ...RETURN, id: 'another-payment' });
    if (name.startsWith('find')) await expect(ask()).rejects.toBeInstanceOf(Unclear);
  });

  it('whose answer breaks off, or whose acquirer is away, is asked again', async () => {
    standIn.answer = () => 'break';
    await expect(ask()).rejects.toBeInstanceOf(Unclear);
    expect(heard[0]).toMatch(/^the connection broke: /);
  });

  it('goes out with the key of the shop, and nothing of it is told', async () => {
    says({ ...CHARGE, ...RETURN, id: name === 'find' ? ID : RETURN.id });
    await ask();
    const { headers } = standIn.raw[0]!;
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`100500:${SECRET}`).toString('base64')}`);
    expect(standIn.asked[0]!.path).not.toContain('?');
    says(LEAK, 500);
    await expect(ask()).rejects.toThrow('HTTP 500');
    expect(JSON.stringify(heard)).not.toMatch(/nobody-sees|tenant\.test/);
  });
});

it('that does not answer in time is unclear; nobody there, too', async () => {
  await expect(open({ timeoutMs: 100 }).create(ORDER)).rejects.toThrow('no answer in time');
  standIn.answer = async () => {
    await new Promise((later) => setTimeout(later, 300));
    return { body: JSON.stringify(CHARGE) };
  };
  await expect(open({ timeoutMs: 100 }).find(ID)).rejects.toBeInstanceOf(Unclear);
  expect(await open().find(ID)).toMatchObject({ id: ID });
  const gone = await openStandIn();
  await gone.close();
  await expect(open({ url: gone.url }).find(ID)).rejects.toThrow('the connection broke: ECONNREFUSED');
});

describe('a payment', () => {
  it('is asked for with our id as its key, and a receipt', async () => {
    says(CHARGE);
    expect(await open().create(ORDER)).toEqual({
      id: ID,
      state: 'pending',
      amount: 150_005,
      currency: 'RUB',
      reason: null,
      payment: ORDER.key,
      invoice: ORDER.invoice,
      payUrl: 'https://yoomoney.ru/pay?orderId=1',
      paidAt: null,
    });
    expect(standIn.asked[0]).toMatchObject({ method: 'POST', path: '/v3/payments' });
    const { headers, body } = standIn.raw[0]!;
    expect(headers).toMatchObject({ 'idempotence-key': ORDER.key, 'content-type': 'application/json' });
    expect(JSON.parse(body)).toEqual({
      amount: rub('1500.05'),
      capture: true,
      confirmation: { type: 'redirect', return_url: 'https://my.company.test/back' },
      description: 'Счёт № 17 от 01.11.2026',
      metadata: { payment: ORDER.key, invoice: ORDER.invoice },
      receipt: {
        customer: { email: 'payer@tenant.test' },
        items: [
          {
            description: 'Аренда',
            quantity: '1.00',
            amount: rub('1500.05'),
            vat_code: 11,
            payment_subject: 'service',
            payment_mode: 'full_payment',
          },
        ],
      },
    });
  });

  it.each([
    ['waiting_for_capture', 'pending'],
    ['succeeded', 'succeeded'],
    ['canceled', 'canceled'],
  ])('that is %s is %s', async (status, state) => {
    const captured_at = '2026-11-27T21:30:00.123Z';
    says({ ...CHARGE, status, captured_at, cancellation_details: { party: 'x', reason: 'card_expired' } });
    expect(await open().find(ID)).toMatchObject({
      state,
      payUrl: null,
      reason: 'card_expired',
      paidAt: new Date(captured_at),
    });
    expect(standIn.asked[0]).toMatchObject({ method: 'GET', path: `/v3/payments/${ID}` });
  });

  it('of somebody else has nothing of ours', async () => {
    says({ ...CHARGE, metadata: { payment: 17 }, confirmation: undefined });
    expect(await open().find(ID)).toMatchObject({ payment: null, invoice: null, payUrl: null });
  });

  it('never leads to a page that is none', async () => {
    says({ ...CHARGE, confirmation: { confirmation_url: 'javascript:alert(1)' } });
    await expect(open().find(ID)).rejects.toBeInstanceOf(Unclear);
  });
});

it('a refund names the payment and has a key of its own', async () => {
  says(RETURN);
  const back = await open().refund({ key: ORDER.key, charge: ID, amount: 5, receipt: ORDER.receipt });
  expect(back).toMatchObject({ id: RETURN.id, charge: ID, amount: 5, state: 'succeeded', refund: null });
  expect(standIn.asked[0]).toMatchObject({ method: 'POST', path: '/v3/refunds' });
  expect(standIn.raw[0]!.headers['idempotence-key']).toBe(ORDER.key);
  expect(JSON.parse(standIn.raw[0]!.body)).toMatchObject({
    payment_id: ID,
    amount: rub('0.05'),
    metadata: { refund: ORDER.key },
  });
});

it('sums go there and back without a float', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999_999_99 }), (sum) => {
      expect(kopecks.parse(rubles(sum))).toBe(sum);
    }),
  );
  expect([rubles(5), rubles(29), rubles(100), rubles(150_005)]).toEqual(['0.05', '0.29', '1.00', '1500.05']);
});

describe('a receipt', () => {
  const line = (total: number, change = {}) => ({
    name: 'Аренда',
    quantity: '1.000',
    unit: null,
    total,
    vat_code: 11,
    ...change,
  });
  const sum = (items: { amount: number }[]) => items.reduce((all, { amount }) => all + amount, 0);

  it('has the lines of the invoice', () => {
    const lines = [line(100), line(250, { name: 'Уборка', quantity: '12.500', unit: 'м²', vat_code: 1 })];
    expect(receiptItems(lines, 350)).toEqual([
      { description: 'Аренда', amount: 100, vatCode: 11 },
      { description: 'Уборка, 12,5 м²', amount: 250, vatCode: 1 },
    ]);
  });

  it('of a part has a share of each', () => {
    expect(receiptItems([line(100), line(200), line(300)], 300).map(({ amount }) => amount)).toEqual([
      50, 100, 150,
    ]);
    expect(receiptItems([line(100), line(100), line(100)], 100).map(({ amount }) => amount)).toEqual([
      34, 33, 33,
    ]);
    expect(receiptItems([line(1), line(1000)], 1)).toHaveLength(1);
  });

  it('sums to the amount to the kopeck, whatever is paid', () => {
    const lines = fc.array(fc.integer({ min: -1_000, max: 10_000_000 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(lines, fc.double({ min: 0, max: 1, noNaN: true }), (totals, part) => {
        const all = totals.reduce((total, one) => total + one, 0);
        fc.pre(all > 0);
        const amount = Math.max(1, Math.floor(all * part));
        const items = receiptItems(
          totals.map((total) => line(total, { vat_code: (Math.abs(total) % 3) + 1 })),
          amount,
        );
        expect(sum(items)).toBe(amount);
        expect(items.length).toBeLessThanOrEqual(80);
        for (const item of items) expect(item.amount).toBeGreaterThan(0);
      }),
    );
  });

  it('has no line that is too long', () => {
    const [item] = receiptItems([line(5, { name: 'я'.repeat(300), quantity: '2.000', unit: 'шт.' })], 5);
    expect(item!.description).toHaveLength(128);
    expect(item!.description).toMatch(/я, 2 шт\.$/);
  });
});
