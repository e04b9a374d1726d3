import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openStandInState, type Kept, type KeptRefund } from './stand-in-state.js';
import { kopecks, rubles } from './yookassa.js';

/**
 * A stand-in for YooKassa, for development, the demo and the tests: answers its API v3 as it does, but moves no money. The
 * «bank's page» is one of ours (`/dev/acquirer`), what it knows lies in a folder, and notices go to our own callback.
 */
export interface StandInAcquirer {
  /** Answers a question to the API, wherever its address begins: what `fetch` would. */
  carry: typeof fetch;
  find(id: string): Promise<Kept | null>;
  /** The payer has paid, or does not want to; once. Tells the callback of it. */
  decide(id: string, state: 'succeeded' | 'canceled', now: Date): Promise<Kept | null>;
}

export interface StandInOptions {
  folder: string;
  /** Where the pages and the callback are. */
  publicUrl: string;
  now: () => Date;
}

/** What the shop is known by there. */
export const STAND_IN_SHOP = { shopId: 'stand-in', secret: 'moves-no-money' };

const money = z.object({ value: kopecks, currency: z.literal('RUB') });
const item = z.object({
  description: z.string().min(1).max(128),
  quantity: z.literal('1.00'),
  amount: money,
  vat_code: z.number().int().min(1).max(12),
  payment_subject: z.literal('service'),
  payment_mode: z.literal('full_payment'),
});
const receipt = z.object({ customer: z.object({ email: z.email() }), items: z.array(item).min(1).max(80) });
const metadata = z.record(z.string().max(32), z.string().max(512)).default({});
const order = z.object({
  amount: money,
  capture: z.literal(true),
  confirmation: z.object({ type: z.literal('redirect'), return_url: z.url() }),
  description: z.string().max(128),
  metadata,
  receipt,
});
const refundOrder = z.object({ payment_id: z.string(), amount: money, metadata, receipt });

type Answered = { status: number; body: object };

export function standInAcquirer({ folder, publicUrl, now }: StandInOptions): StandInAcquirer {
  const state = openStandInState(folder);
  const authorization = `Basic ${Buffer.from(Object.values(STAND_IN_SHOP).join(':')).toString('base64')}`;

  async function answer(method: string, path: string, headers: Headers, body: string): Promise<Answered> {
    if (headers.get('authorization') !== authorization) return error(401, 'invalid_credentials');
    const [, what, id] = /\/(payments|refunds)(?:\/([\w-]+))?$/.exec(path) ?? [];
    if (what === undefined || (method === 'POST') !== (id === undefined)) return error(404, 'not_found');
    if (id !== undefined) {
      const found = what === 'payments' ? await state.payment(id) : await state.refund(id);
      return found ? { status: 200, body: shown(found) } : error(404, 'not_found');
    }
    const key = headers.get('idempotence-key') ?? '';
    if (!/^[\w-]{1,64}$/.test(key)) return error(400, 'invalid_request', 'Idempotence-Key');
    return what === 'payments' ? create(key, parse(body)) : refund(key, parse(body));
  }

  async function create(key: string, said: unknown): Promise<Answered> {
    const read = order.safeParse(said);
    if (!read.success) return error(400, 'invalid_request', read.error.issues[0]!.path.join('.'));
    const { amount, confirmation, description, metadata, receipt } = read.data;
    if (sum(receipt.items) !== amount.value) return error(400, 'invalid_request', 'receipt');
    const made = await state.createPayment(key, {
      id: randomUUID(),
      status: 'pending',
      amount: amount.value,
      returnUrl: confirmation.return_url,
      description,
      metadata,
      createdAt: now().toISOString(),
    });
    return { status: 200, body: shown(made) };
  }

  async function refund(key: string, said: unknown): Promise<Answered> {
    const read = refundOrder.safeParse(said);
    if (!read.success) return error(400, 'invalid_request', read.error.issues[0]!.path.join('.'));
    const { payment_id, amount, metadata, receipt } = read.data;
    if (sum(receipt.items) !== amount.value) return error(400, 'invalid_request', 'receipt');
    const made = await state.createRefund(key, {
      id: randomUUID(),
      status: 'succeeded',
      amount: amount.value,
      paymentId: payment_id,
      metadata,
      createdAt: now().toISOString(),
    });
    return made ? { status: 200, body: shown(made) } : error(400, 'invalid_request', 'amount');
  }

  const shown = (one: Kept | KeptRefund) => ({
    id: one.id,
    status: one.status,
    amount: { value: rubles(one.amount), currency: 'RUB' },
    created_at: one.createdAt,
    metadata: one.metadata,
    ...('paymentId' in one
      ? { payment_id: one.paymentId }
      : {
          paid: one.status === 'succeeded',
          test: true,
          description: one.description,
          confirmation: {
            type: 'redirect',
            return_url: one.returnUrl,
            confirmation_url: `${publicUrl}/dev/acquirer/${one.id}`,
          },
          ...(one.status === 'succeeded' && { captured_at: one.decidedAt }),
          ...(one.status === 'canceled' && {
            cancellation_details: { party: 'yoo_money', reason: 'canceled_by_payer' },
          }),
        }),
  });

  /** As they do, but once: what is not heard the clock asks for. */
  async function notify(payment: Kept): Promise<void> {
    const event = `payment.${payment.status}`;
    await fetch(`${publicUrl}/payments/yookassa`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ type: 'notification', event, object: shown(payment) }),
      signal: AbortSignal.timeout(3_000),
    }).catch(() => undefined);
  }

  return {
    async carry(input, { method = 'GET', headers, body } = {}) {
      const address = input instanceof Request ? input.url : input;
      const text = typeof body === 'string' ? body : '';
      const said = await answer(method, new URL(address).pathname, new Headers(headers), text);
      return new Response(JSON.stringify(said.body), { status: said.status });
    },
    find: (id) => state.payment(id),
    async decide(id, status, moment) {
      const decided = await state.decide(id, status, moment);
      if (decided) await notify(decided);
      return state.payment(id);
    },
  };
}

const sum = (items: { amount: { value: number } }[]) =>
  items.reduce((all, { amount }) => all + amount.value, 0);

const error = (status: number, code: string, parameter?: string): Answered => ({
  status,
  body: { type: 'error', id: randomUUID(), code, description: code, ...(parameter && { parameter }) },
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
