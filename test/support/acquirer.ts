import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config.js';
import { STAND_IN_SHOP, standInAcquirer } from '../../src/domain/payments/stand-in.js';
import { openStandIn, type Answer, type Asked, type StandIn } from './stand-in.js';

/** The body of an answer, as it may be changed on its way. */
type Body = Record<string, unknown>;

/** YooKassa behind its protocol, with faults: what it is asked goes over the network. */
export interface TestAcquirer extends StandIn {
  config: NonNullable<Config['acquirer']>;
  /** The payer's decision on their page. */
  decide(charge: string, state: 'succeeded' | 'canceled'): Promise<unknown>;
  /** Does what it is asked to, and answers this instead. */
  fault: ((asked: Asked) => Answer | Promise<Answer> | null) | null;
  /** Changes what is answered about everything. */
  alter: ((body: Body) => Body) | null;
  /** What it was asked to make, with the keys. */
  orders(): { key: string; path: string; body: Body }[];
}

export async function openAcquirer(now: () => Date): Promise<TestAcquirer> {
  const standIn = await openStandIn();
  const folder = await mkdtemp(join(tmpdir(), 'acquirer-'));
  // Nobody hears its notices: the tests send them.
  const core = standInAcquirer({ folder, publicUrl: 'http://127.0.0.1:1', now });
  const close = standIn.close.bind(standIn);
  const acquirer: TestAcquirer = Object.assign(standIn, {
    config: {
      kind: 'yookassa' as const,
      networks: ['127.0.0.0/8'],
      url: `${standIn.url}/v3`,
      ...STAND_IN_SHOP,
      timeoutMs: 3_000,
    },
    decide: (charge: string, state: 'succeeded' | 'canceled') => core.decide(charge, state, now()),
    fault: null,
    alter: null,
    orders: () =>
      standIn.raw.flatMap(({ headers, body }, at) => {
        const { method, path } = standIn.asked[at]!;
        const key = String(headers['idempotence-key']);
        return method === 'POST' ? [{ key, path, body: JSON.parse(body) as Body }] : [];
      }),
    async close() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  });
  acquirer.answer = async (asked, raw) => {
    const response = await core.carry(standIn.url + asked.path, {
      method: asked.method,
      headers: raw!.headers as Record<string, string>,
      body: raw!.body,
    });
    const body = (await response.json()) as Body;
    const fault = await acquirer.fault?.(asked);
    if (fault) return fault;
    const told = acquirer.alter && response.status === 200 ? acquirer.alter(body) : body;
    return { status: response.status, body: JSON.stringify(told) };
  };
  return acquirer;
}
