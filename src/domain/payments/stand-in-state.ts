import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface KeptBase {
  id: string;
  /** In kopecks. */
  amount: number;
  metadata: Record<string, string>;
  createdAt: string;
}

/** A payment that the stand-in acquirer knows. */
export interface Kept extends KeptBase {
  status: 'pending' | 'succeeded' | 'canceled';
  description: string;
  returnUrl: string;
  decidedAt?: string;
}

export interface KeptRefund extends KeptBase {
  status: 'succeeded';
  paymentId: string;
}

/** What the stand-in acquirer knows, as files of a folder: a payment, a refund, and what was asked for with a key. */
export function openStandInState(folder: string) {
  const file = (kind: string, id: string) => join(folder, `${kind}-${id}.json`);

  async function read<T>(kind: string, id: string): Promise<T | null> {
    if (!/^[\w-]+$/.test(id)) return null;
    const text = await readFile(file(kind, id), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text) as T);
  }

  async function written(value: object): Promise<string> {
    await mkdir(folder, { recursive: true });
    const draft = join(folder, `.${randomUUID()}`);
    await writeFile(draft, JSON.stringify(value));
    return draft;
  }

  /** Makes what is asked for with this key, unless it has been made: then that. It appears at once or not at all. */
  async function make<T extends { id: string }>(kind: string, key: string, value: T): Promise<T> {
    const known = await read<{ id: string }>(`key-${kind}`, key);
    if (known) return (await read<T>(kind, known.id))!;
    await rename(await written(value), file(kind, value.id));
    const draft = await written({ id: value.id });
    try {
      await link(draft, file(`key-${kind}`, key));
      return value;
    } catch {
      await rm(file(kind, value.id));
      return (await read<T>(kind, (await read<{ id: string }>(`key-${kind}`, key))!.id))!;
    } finally {
      await rm(draft);
    }
  }

  // One after another: a sum is looked at and changed.
  let last: Promise<unknown> = Promise.resolve();
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  }

  async function refundsOf(paymentId: string): Promise<KeptRefund[]> {
    const names = (await readdir(folder)).filter((name) => name.startsWith('refund-'));
    const all = await Promise.all(names.map((name) => read<KeptRefund>('refund', name.slice(7, -5))));
    return all.filter((one): one is KeptRefund => one?.paymentId === paymentId);
  }

  return {
    payment: (id: string) => read<Kept>('payment', id),
    refund: (id: string) => read<KeptRefund>('refund', id),
    createPayment: (key: string, payment: Kept) => alone(() => make('payment', key, payment)),

    /** Null when there is no such payment, or more would go back than was paid. */
    createRefund: (key: string, refund: KeptRefund) =>
      alone(async () => {
        const known = await read<{ id: string }>('key-refund', key);
        if (known) return read<KeptRefund>('refund', known.id);
        const payment = await read<Kept>('payment', refund.paymentId);
        const before = await refundsOf(refund.paymentId).catch(() => []);
        const back = before.reduce((all, { amount }) => all + amount, refund.amount);
        if (payment?.status !== 'succeeded' || back > payment.amount) return null;
        return make('refund', key, refund);
      }),

    /** What the payer decided, once; null when he had before, or there is no such payment. */
    decide: (id: string, status: 'succeeded' | 'canceled', now: Date) =>
      alone(async () => {
        const payment = await read<Kept>('payment', id);
        if (payment?.status !== 'pending') return null;
        const decided: Kept = { ...payment, status, decidedAt: now.toISOString() };
        await rename(await written(decided), file('payment', id));
        return decided;
      }),
  };
}
