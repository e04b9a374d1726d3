import { z } from 'zod';
import type { Kopecks } from '../../db/rows.js';
import { Refused, Unclear, type Acquirer, type Charge, type Return } from './acquirer.js';
import type { Receipt } from './receipt.js';

export interface YookassaOptions {
  name: Acquirer['name'];
  /** `https://api.yookassa.ru/v3` or a stand-in. */
  url: string;
  shopId: string;
  secret: string;
  timeoutMs: number;
  /** Hears why there was no answer; it is told neither the key nor whom it was about. */
  log: (reason: string) => void;
  /** Who carries the questions: the network, unless a stand-in answers in this very process. */
  carry?: typeof fetch;
}

/** `1500.05` of whole kopecks. */
export function rubles(amount: Kopecks): string {
  return `${Math.trunc(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}

/** Whole kopecks of `1500.05`. */
export const kopecks = z
  .string()
  .regex(/^\d{1,12}\.\d{2}$/)
  .transform((value): Kopecks => Number(value.replace('.', '')));

const money = z.object({ value: kopecks, currency: z.string().max(3) });
const common = {
  id: z.string().regex(/^[\w-]{10,64}$/),
  amount: money,
  cancellation_details: z.object({ reason: z.string().max(100) }).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
};
const charge = z.object({
  ...common,
  status: z.enum(['pending', 'waiting_for_capture', 'succeeded', 'canceled']),
  confirmation: z.object({ confirmation_url: z.url({ protocol: /^https?$/ }).optional() }).optional(),
  captured_at: z.iso.datetime({ offset: true }).optional(),
});
const refund = z.object({
  ...common,
  payment_id: z.string().max(64),
  status: z.enum(['pending', 'succeeded', 'canceled']),
});

/** YooKassa's API v3, https://yookassa.ru/developers/api. Money is captured at once; a receipt goes along (54-ФЗ). */
export function yookassa(options: YookassaOptions): Acquirer {
  const { shopId, secret, timeoutMs, carry = fetch } = options;
  const authorization = `Basic ${Buffer.from(`${shopId}:${secret}`).toString('base64')}`;

  /** One question. @throws Refused, Unclear */
  async function ask<T>(
    answer: z.ZodType<T>,
    path: string,
    order?: { key: string; body: object },
  ): Promise<T> {
    try {
      return await asked(answer, path, order);
    } catch (error) {
      options.log((error as Error).message);
      throw error;
    }
  }

  async function asked<T>(answer: z.ZodType<T>, path: string, order?: { key: string; body: object }) {
    const { status, text } = await sent(`${options.url}${path}`, {
      method: order ? 'POST' : 'GET',
      headers: {
        Authorization: authorization,
        Accept: 'application/json',
        // A connection kept from before may be closed by the other side at the moment we write.
        Connection: 'close',
        ...(order && { 'Content-Type': 'application/json', 'Idempotence-Key': order.key }),
      },
      ...(order && { body: JSON.stringify(order.body) }),
      // Wherever an answer points to, the secret is not taken there.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (status !== 200) throw refusal(status, text);
    const read = answer.safeParse(parse(text));
    if (!read.success) throw new Unclear('not understood');
    return read.data;
  }

  async function sent(url: string, question: RequestInit): Promise<{ status: number; text: string }> {
    try {
      const response = await carry(url, question);
      return { status: response.status, text: await response.text() };
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } };
      throw new Unclear(
        name === 'TimeoutError' ? 'no answer in time' : `the connection broke: ${cause?.code ?? name}`,
      );
    }
  }

  const found = async <T>(answer: Promise<T>): Promise<T | null> => {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Refused && error.code === 'missing') return null;
      throw error;
    }
  };
  const at = (id: string) => encodeURIComponent(id);

  return {
    name: options.name,
    async create({ key, invoice, amount, description, returnUrl, receipt }) {
      const body = {
        amount: inRubles(amount),
        capture: true,
        confirmation: { type: 'redirect', return_url: returnUrl },
        description: description.slice(0, 128),
        metadata: { payment: key, invoice },
        receipt: receiptOf(receipt),
      };
      return chargeOf(await ask(charge, '/payments', { key, body }));
    },
    find: async (id) => {
      const answer = await found(ask(charge, `/payments/${at(id)}`));
      return answer && chargeOf(sameAs(id, answer));
    },
    async refund({ key, charge: payment_id, amount, receipt }) {
      const body = {
        payment_id,
        amount: inRubles(amount),
        metadata: { refund: key },
        receipt: receiptOf(receipt),
      };
      return returnOf(await ask(refund, '/refunds', { key, body }));
    },
    findRefund: async (id) => {
      const answer = await found(ask(refund, `/refunds/${at(id)}`));
      return answer && returnOf(sameAs(id, answer));
    },
  };
}

const inRubles = (amount: Kopecks) => ({ value: rubles(amount), currency: 'RUB' });

const receiptOf = ({ email, items }: Receipt) => ({
  customer: { email },
  items: items.map(({ description, amount, vatCode }) => ({
    description,
    quantity: '1.00',
    amount: inRubles(amount),
    vat_code: vatCode,
    payment_subject: 'service',
    payment_mode: 'full_payment',
  })),
});

/** Asked for one thing, an answer about another says nothing. @throws Unclear */
function sameAs<T extends { id: string }>(id: string, answer: T): T {
  if (answer.id !== id) throw new Unclear('an answer about something else');
  return answer;
}

const text = (value: unknown) => (typeof value === 'string' ? value : null);

function chargeOf({
  id,
  status,
  amount,
  confirmation,
  captured_at,
  ...said
}: z.infer<typeof charge>): Charge {
  return {
    id,
    state: status === 'waiting_for_capture' ? 'pending' : status,
    amount: amount.value,
    currency: amount.currency,
    reason: said.cancellation_details?.reason ?? null,
    payment: text(said.metadata?.payment),
    invoice: text(said.metadata?.invoice),
    payUrl: (status === 'pending' && confirmation?.confirmation_url) || null,
    paidAt: captured_at ? new Date(captured_at) : null,
  };
}

function returnOf({ id, status, amount, payment_id, ...said }: z.infer<typeof refund>): Return {
  return {
    id,
    state: status,
    amount: amount.value,
    currency: amount.currency,
    reason: said.cancellation_details?.reason ?? null,
    charge: payment_id,
    refund: text(said.metadata?.refund),
  };
}

const CODES: Record<number, Refused['code']> = { 401: 'key', 403: 'forbidden', 404: 'missing' };

/** Theirs: https://yookassa.ru/developers/using-api/response-handling/http-codes. Their words may repeat what we sent. */
function refusal(status: number, said: string): Refused | Unclear {
  const read = z.object({ code: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(parse(said));
  const reason = read.success ? `HTTP ${status} ${read.data.code}` : `HTTP ${status}`;
  // 202: still at work on it. 408, 429 and 5xx: what became of it nobody knows, or it may be asked again.
  const final = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return final ? new Refused(CODES[status] ?? 'request', reason) : new Unclear(reason);
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
