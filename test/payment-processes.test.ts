import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCashDesk, type CashDesk } from './support/cash-desk.js';
import type { Client } from './support/client.js';
import { type HouseProcess, startProcess } from './support/processes.js';

const PATIENCE = { timeout: 30_000, interval: 50 };
const TOTAL = 27_690_000;

let desk: CashDesk;
/** Without jobs: to be killed in the middle of something. */
let victims: HouseProcess[];
const environment = () => {
  const { config } = desk.acquirer;
  if (config.kind !== 'yookassa') throw new Error('the tests speak to YooKassa');
  return {
    ACQUIRER: 'yookassa',
    YOOKASSA_URL: config.url,
    YOOKASSA_SHOP_ID: config.shopId,
    YOOKASSA_SECRET: config.secret,
    YOOKASSA_ADDRESSES: '127.0.0.0/8',
  };
};

beforeAll(async () => {
  desk = await openCashDesk();
  desk.clock.at = new Date();
  victims = await Promise.all([1, 2].map(() => startProcess(desk.house, { ...environment(), JOBS: 'off' })));
}, 120_000);
afterAll(async () => {
  await Promise.all((victims ?? []).map((one) => one.end('SIGKILL')));
  await desk?.close();
});

/** The bookkeeper at this process. */
async function enter(process: HouseProcess): Promise<Client> {
  return process.client().signIn(desk.bookkeeper.account.email);
}

describe('kill -9', () => {
  it('while the acquirer makes the payment: it is asked for again with the same key, and paid once', async () => {
    const victim = victims.pop()!;
    const client = await enter(victim);
    const invoice = await desk.invoice();
    const at = `${desk.path}/${invoice.id}`;
    const fields = await client.hidden(at);
    // It is made there; its answer never arrives.
    const made = new Promise<void>((resolve) => {
      desk.acquirer.fault = () => (resolve(), 'hang');
    });
    const answer = client.post(`${at}/payment`, fields).catch(() => 'cut off');
    await made;
    await victim.end('SIGKILL');
    expect(await answer).toBe('cut off');
    desk.acquirer.fault = null;
    const [attempt] = await desk.attempts(invoice);
    expect(attempt).toMatchObject({ state: 'new', external_id: null, amount: TOTAL });

    const heir = await startProcess(desk.house, { ...environment(), JOBS: 'on' });
    try {
      // A minute later, as it seems to the row.
      const earlier = new Date(Date.now() - 2 * 60_000);
      await desk.db('payments').where({ id: attempt!.id }).update({ created_at: earlier });
      await vi.waitFor(
        async () => expect(await desk.attempt(attempt!)).toMatchObject({ state: 'pending' }),
        PATIENCE,
      );
      const orders = desk.acquirer.orders().filter(({ key }) => key === attempt!.id);
      expect(orders).toHaveLength(2);
      expect(orders[0]).toEqual(orders[1]);
      // And whoever presses again gets that one.
      expect((await desk.begun(invoice)).id).toBe(attempt!.id);
      const { external_id } = await desk.attempt(attempt!);
      await desk.acquirer.decide(external_id!, 'succeeded');
      await desk.db('payments').where({ id: attempt!.id }).update({ asked_at: earlier });
      await vi.waitFor(
        async () => expect(await desk.attempt(attempt!)).toMatchObject({ state: 'succeeded' }),
        PATIENCE,
      );
    } finally {
      expect(await heir.end()).toBe(0);
    }
    expect(await desk.ledger(attempt!)).toHaveLength(1);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
  }, 90_000);

  it('between the charge and its row: nothing is lost, nothing is written twice', async () => {
    const victim = victims.pop()!;
    const client = await enter(victim);
    const invoice = await desk.invoice();
    const attempt = await desk.charged(invoice);
    const at = `${desk.path}/${invoice.id}/payment/${attempt.id}`;
    const fields = await client.hidden(at);
    await desk.db('payments').where({ id: attempt.id }).update({ asked_at: null });
    const asked = new Promise<void>((resolve) => {
      desk.acquirer.fault = () => (resolve(), 'hang');
    });
    const answer = client.post(`${at}/check`, fields).catch(() => 'cut off');
    await asked;
    await victim.end('SIGKILL');
    expect(await answer).toBe('cut off');
    desk.acquirer.fault = null;
    expect(await desk.ledger(attempt)).toEqual([]);

    // The clock of another process and the acquirer's own notice come at the same time.
    desk.clock.at = new Date(Date.now() + 2 * 60_000);
    await Promise.all([
      desk.round(),
      ...Array.from({ length: 5 }, () => desk.notify(desk.notice(attempt.external_id))),
    ]);
    expect(await desk.attempt(attempt)).toMatchObject({ state: 'succeeded' });
    expect(await desk.ledger(attempt)).toHaveLength(1);
    expect((await desk.invoiceNow(invoice)).allocated).toBe(TOTAL);
  }, 60_000);
});
