import type { Database, Transaction } from '../../db/knex.js';
import type { AllocationRow, Kopecks, LedgerRow } from '../../db/rows.js';
import { dayOf, type Day } from '../../lib/dates.js';
import { NotFound } from '../../lib/errors.js';

/** Writes a row down once: null when its source has been written down before. */
export async function insertLedger(trx: Transaction, row: Omit<LedgerRow, 'id'>): Promise<LedgerRow | null> {
  const [written] = await trx('ledger').insert(row).onConflict('source').ignore().returning('*');
  return written ?? null;
}

export async function insertAllocation(trx: Transaction, row: Omit<AllocationRow, 'id'>): Promise<void> {
  await trx('allocations').insert(row);
}

/** @throws NotFound */
export async function getLedgerRow(db: Database, id: number): Promise<LedgerRow> {
  const row = await db('ledger').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** The row that a source was written down as; null: it was not. */
export async function findBySource(db: Database, source: string): Promise<LedgerRow | null> {
  return (await db('ledger').where({ source }).first()) ?? null;
}

/** Whether something of a row went back. */
export const hasReturns = async (db: Database, returns_id: number): Promise<boolean> =>
  !!(await db('ledger').where({ returns_id }).first('id'));

/** What of a source's row went back otherwise than by the acquirer. */
export async function returnedByHand(db: Database, source: string): Promise<Kopecks> {
  const rows = await db('ledger as b')
    .join('ledger as l', 'l.id', 'b.returns_id')
    .where('l.source', source)
    .whereNot('b.kind', 'refund')
    .select<{ amount: Kopecks }[]>('b.amount');
  return rows.reduce((sum, { amount }) => sum - amount, 0);
}

/** What became of money that came: what pays the invoice it came for, what went back, and what of it is, or was, an advance. */
export interface Fate {
  here: Kopecks;
  back: Kopecks;
  ahead: Kopecks;
}

/** What became of what a source brought for an invoice; null: it brought nothing. */
export async function fateOf(db: Database, source: string, invoice: string): Promise<Fate | null> {
  const { rows } = await db.raw<{ rows: Record<'amount' | 'here' | 'back', string | number>[] }>(
    `select l.amount,
       coalesce((select sum(a.amount) from allocations a where a.ledger_id = l.id and a.invoice_id = :invoice), 0) as here,
       coalesce((select -sum(r.amount) from ledger r where r.returns_id = l.id), 0) as back
     from ledger l where l.source = :source`,
    { source, invoice },
  );
  if (!rows[0]) return null;
  const [amount, here, back] = [rows[0].amount, rows[0].here, rows[0].back].map(Number) as [
    number,
    number,
    number,
  ];
  return { here, back, ahead: amount - here - back };
}

/** What of rows that came is free: neither taken by an invoice nor gone back. */
const FREE = `
  select l.id, l.amount
    + coalesce((select sum(r.amount) from ledger r where r.returns_id = l.id), 0)
    - coalesce((select sum(a.amount) from allocations a where a.ledger_id = l.id), 0) as free
  from ledger l where l.amount > 0` as const;

/** Of one row that came, what is free. */
export async function freeOf(db: Database, id: number): Promise<Kopecks> {
  const { rows } = await db.raw<{ rows: { free: string | number }[] }>(`${FREE} and l.id = ?` as const, [id]);
  return Number(rows[0]?.free ?? 0);
}

/** A payer's rows that have something free, the oldest first. */
export async function freeRows(db: Database, payer: string): Promise<{ id: number; free: Kopecks }[]> {
  const { rows } = await db.raw<{ rows: { id: number; free: string | number }[] }>(
    `select * from (${FREE} and l.payer_id = ?) f where f.free > 0 order by f.id` as const,
    [payer],
  );
  return rows.map(({ id, free }) => ({ id, free: Number(free) }));
}

/** What invoices have of a row, the latest allocation first; or what an invoice has of rows. */
export async function allocatedBy(
  db: Database,
  by: { ledger_id: number } | { invoice_id: string },
): Promise<{ ledger_id: number; invoice_id: string; amount: Kopecks }[]> {
  const rows = await db('allocations')
    .where(by)
    .groupBy('ledger_id', 'invoice_id')
    .havingRaw('sum(amount) > 0')
    .orderByRaw('max(id) desc')
    .select<{ ledger_id: number; invoice_id: string; amount: string | number }[]>(
      'ledger_id',
      'invoice_id',
      db.raw('sum(amount) as amount'),
    );
  return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
}

/** What of money that came is free, and which invoices have the rest: in the order in which a refund takes it from them. */
export interface Uses {
  free: Kopecks;
  invoices: { id: string; number: string; dated_on: Day; amount: Kopecks }[];
}

/** Where what a source brought is now. */
export async function usesOf(db: Database, source: string): Promise<Uses> {
  const row = await findBySource(db, source);
  if (!row) return { free: 0, invoices: [] };
  const uses = await allocatedBy(db, { ledger_id: row.id });
  const ids = uses.map(({ invoice_id }) => invoice_id);
  const named = await db('invoices').whereIn('id', ids).select('id', 'number', 'dated_on');
  const byId = new Map(named.map((invoice) => [invoice.id, invoice]));
  const invoices = uses.map(({ invoice_id, amount }) => ({ ...byId.get(invoice_id)!, amount }));
  return { free: await freeOf(db, row.id), invoices };
}

/**
 * How money came to an invoice or left it. Came for it: `card`, `bank`, `hand`, and `ahead`: by card, but it did not need it.
 * `advance`: it was there before. Left it: `moved` to the advance, `refund` to a card or `returned` otherwise; `…-ahead`:
 * what came for it went back, but out of the advance.
 */
export type PaymentWay =
  | 'card'
  | 'bank'
  | 'hand'
  | 'ahead'
  | 'advance'
  | 'moved'
  | 'refund'
  | 'refund-ahead'
  | 'returned'
  | 'returned-ahead';

/** A line of an invoice's payments. */
export interface InvoicePayment {
  way: PaymentWay;
  amount: Kopecks;
  on: Day;
}

/** What came to an invoice and what left it, and what else came by card for it; oldest first. */
export async function paymentsOf(db: Database, invoice: string): Promise<InvoicePayment[]> {
  // What is written down in one transaction has one moment: so an allocation is told from a later one, and what a refund
  // took from what was moved.
  const { rows } = await db.raw<{
    rows: { way: PaymentWay; amount: string | number; at: Date; paid_on: Day | null }[];
  }>(
    `select 1 as part, a.id, a.at, a.amount,
       case when a.amount > 0 and a.at = l.at then l.paid_on end as paid_on,
       case when a.amount > 0 then case when a.at = l.at then l.kind else 'advance' end
         else coalesce((select case min(r.kind) when 'refund' then 'refund' else 'returned' end
           from ledger r where r.returns_id = l.id and r.at = a.at having count(*) > 0), 'moved') end as way
     from allocations a join ledger l on l.id = a.ledger_id where a.invoice_id = :invoice
     union all
     select 2, l.id, l.at, l.amount - s.here, l.paid_on,
       case when l.amount > 0 then 'ahead' when l.kind = 'refund' then 'refund-ahead' else 'returned-ahead' end
     from payments p join ledger l on l.payment_id = p.id cross join lateral (
       select coalesce(sum(a.amount), 0) as here from allocations a
       where a.ledger_id = coalesce(l.returns_id, l.id) and a.invoice_id = p.invoice_id and a.at = l.at
         and sign(a.amount) = sign(l.amount)) s
     where p.invoice_id = :invoice and l.amount <> s.here
     order by at, part, id`,
    { invoice },
  );
  return rows.map(({ way, amount, at, paid_on }) => ({
    way,
    amount: Number(amount),
    on: paid_on ?? dayOf(at),
  }));
}
