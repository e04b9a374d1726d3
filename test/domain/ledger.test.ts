import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InvoiceRow } from '../../src/db/rows.js';
import { leftOf, shownState } from '../../src/domain/invoices/invoice.js';
import { cancel, payFromAdvance } from '../../src/domain/invoices/invoices.actions.js';
import { returnAdvance } from '../../src/domain/payments/advances.actions.js';
import { payBack, receive } from '../../src/domain/payments/ledger.actions.js';
import { ensurePayer } from '../../src/domain/payments/payers.data.js';
import { Conflict } from '../../src/lib/errors.js';
import { addInvoice } from '../support/bills.js';
import { openHouse, type TestHouse } from '../support/house.js';
import { addAccount, addOrganisation } from '../support/people.js';

let house: TestHouse;
let accountant: { id: string };
beforeAll(async () => {
  house = await openHouse();
  accountant = await addAccount(house, { staff: ['accountant'] });
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const day = '2026-11-27';

/** One payer, and what the sequence has done to him so far. */
interface World {
  organisation: string;
  payer: string;
  invoices: string[];
  rows: { id: number; payer_id: string; source: string }[];
}
type Step = (world: World) => Promise<unknown>;

const work = () => ({
  db: db(),
  staff: accountant,
  actor: { account_id: accountant.id, ip: '', request_id: 'test' },
  now: house.clock.now(),
  form: null,
});
const moving = <T>(change: (moving: Parameters<typeof receive>[0]) => Promise<T>) =>
  db().transaction((trx) => change({ trx, now: house.clock.now(), by: null }));
const pick = <T>(all: T[], at: number): T | undefined => all[at % Math.max(all.length, 1)];

async function come(world: World, amount: number, invoice: string | null, source: string) {
  const said = { payer_id: world.payer, kind: 'bank' as const, amount, source, payment_id: null };
  const row = await moving((one) => receive(one, { ...said, paid_on: day, note: null }, invoice));
  if (row) world.rows.push(row);
}

const at = fc.nat(20);
const sum = fc.integer({ min: 1, max: 30_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  // «Выставить»: what was paid ahead pays it.
  sum.map((price) => async (world: World) => {
    const lines = [{ name: 'Аренда', quantity: '1.000', unit: null, price, vat_code: 1 }];
    world.invoices.push((await addInvoice(house, { organisation: world.organisation }, { lines })).id);
  }),
  // A payment of an invoice: a part, all of it, or too much.
  fc.tuple(sum, at).map(
    ([amount, n]) =>
      (world: World) =>
        come(world, amount, pick(world.invoices, n) ?? null, `card:${randomUUID()}`),
  ),
  // An import brings money that names no invoice.
  sum.map((amount) => (world: World) => come(world, amount, null, `bank:${randomUUID()}`)),
  // The same is reported once more, perhaps with another sum.
  fc.tuple(at, at, sum).map(([n, m, amount]) => async (world: World) => {
    const row = pick(world.rows, n);
    if (row) await come(world, amount, pick(world.invoices, m) ?? null, row.source);
  }),
  // Something goes back, or would be more than came.
  fc.tuple(at, sum).map(([n, amount]) => (world: World) => {
    const row = pick(world.rows, n);
    const said = { kind: 'refund' as const, source: `refund:${randomUUID()}`, paid_on: day, note: null };
    return row ? moving((one) => payBack(one, row, { ...said, amount })) : Promise.resolve();
  }),
  // What was paid ahead goes back by the bank, or would be more than there is.
  sum.map(
    (amount) => (world: World) =>
      returnAdvance(work(), world.payer, { amount, paid_on: day, number: '1', reason: 'По письму' }),
  ),
  at.map((n) => async (world: World) => {
    const id = pick(world.invoices, n);
    if (id) await cancel(work(), id, 'Ошибка');
  }),
  at.map((n) => async (world: World) => {
    const id = pick(world.invoices, n);
    if (id) await payFromAdvance(work(), id);
  }),
);

async function expectBalanced({ payer, organisation }: World): Promise<void> {
  const { rows } = await db().raw<{ rows: Record<string, string | number>[] }>(
    `select (select coalesce(sum(amount), 0) from ledger where payer_id = p.id) as ledger,
            (select coalesce(sum(amount), 0) from allocations where payer_id = p.id) as allocated,
            advance from payers p where id = ?`,
    [payer],
  );
  const [money] = rows.map((row) => ({
    ledger: Number(row.ledger),
    allocated: Number(row.allocated),
    advance: Number(row.advance),
  }));
  expect(money!.ledger, organisation).toBe(money!.allocated + money!.advance);
  expect(money!.advance).toBeGreaterThanOrEqual(0);

  const { rows: bills } = await db().raw<{ rows: (InvoiceRow & { lines: number; paid: number })[] }>(
    `select i.*, (select sum(total)::int from invoice_lines where invoice_id = i.id) as lines,
            (select coalesce(sum(amount), 0)::int from allocations where invoice_id = i.id) as paid
     from invoices i where payer_id = ?`,
    [payer],
  );
  for (const { lines, paid, ...invoice } of bills) {
    expect([invoice.total, invoice.allocated]).toEqual([lines, paid]);
    const open = paid >= lines ? 'paid' : paid > 0 ? 'partly' : 'issued';
    const state = invoice.state === 'cancelled' ? 'cancelled' : open;
    expect(shownState(invoice)).toBe(state);
    expect(leftOf(invoice)).toBe(state === 'cancelled' ? 0 : lines - paid);
    if (state === 'cancelled') expect(paid).toBe(0);
  }
  // No row that came has given more than it brought, to invoices and back together.
  const { rows: overdrawn } = await db().raw<{ rows: unknown[] }>(
    `select l.id from ledger l where l.payer_id = ? and l.amount > 0 and l.amount
       + coalesce((select sum(r.amount) from ledger r where r.returns_id = l.id), 0)
       - coalesce((select sum(a.amount) from allocations a where a.ledger_id = l.id), 0) < 0`,
    [payer],
  );
  expect(overdrawn).toEqual([]);
}

it('balances through any sequence of invoices, payments, advances, refunds and cancellations', async () => {
  const done: Record<string, number> = { done: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 25 }), async (steps) => {
      const { id: organisation } = await addOrganisation(house);
      const { id: payer } = await db().transaction((trx) => ensurePayer(trx, { organisation }));
      const world: World = { organisation, payer, invoices: [], rows: [] };
      for (const one of steps) {
        try {
          await one(world);
          done.done! += 1;
        } catch (error) {
          if (!(error instanceof Conflict)) throw error;
          done.refused! += 1;
        }
        await expectBalanced(world);
      }
    }),
    { numRuns: 40 },
  );
  expect(done.done).toBeGreaterThan(100);
  expect(done.refused).toBeGreaterThan(5);
});
