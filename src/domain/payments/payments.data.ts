import type { Database, Transaction } from '../../db/knex.js';
import type { PaymentRow, RefundRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/**
 * Writes an attempt to pay down, unless this person has one open at this invoice: then null, and that one counts. Two at the
 * same instant wait for each other.
 */
export async function insertAttempt(trx: Transaction, row: PaymentRow): Promise<PaymentRow | null> {
  const [written] = await trx('payments')
    .insert(row)
    .onConflict(trx.raw("(invoice_id, account_id) where state in ('new', 'pending') and not set_aside"))
    .ignore()
    .returning('*');
  return written ?? null;
}

/** The attempt that this person has open at this invoice, and that is not set aside. */
export async function findOpenAttempt(
  db: Database,
  invoice_id: string,
  account_id: string,
): Promise<PaymentRow | null> {
  const query = db('payments').where({ invoice_id, account_id, set_aside: false });
  return (await query.whereIn('state', ['new', 'pending']).first()) ?? null;
}

/** An attempt at this invoice. @throws NotFound */
export async function getAttempt(db: Database, invoice_id: string, id: string): Promise<PaymentRow> {
  const row = await db('payments').where({ invoice_id, id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** Any attempt, by our id or by the acquirer's. */
export async function findAttempt(
  db: Database,
  by: { id: string } | { external_id: string },
): Promise<PaymentRow | null> {
  return (await db('payments').where(by).first()) ?? null;
}

/** Attempts at an invoice, the newest first. */
export async function attemptsOf(db: Database, invoice_id: string): Promise<PaymentRow[]> {
  return db('payments').where({ invoice_id }).orderBy('created_at', 'desc').orderBy('id');
}

/** Locks an attempt for a change; its payer is locked before. @throws NotFound */
export async function lockAttempt(trx: Transaction, id: string): Promise<PaymentRow> {
  const row = await trx('payments').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

export async function updateAttempt(
  trx: Transaction,
  id: string,
  change: Partial<PaymentRow>,
): Promise<PaymentRow> {
  const [row] = await trx('payments').where({ id }).update(change).returning('*');
  return row!;
}

/** Claims the right to ask about an attempt now: false when somebody has asked since that moment. */
export async function claimAttempt(db: Database, id: string, now: Date, since: Date): Promise<boolean> {
  const query = db('payments').where({ id });
  void query.where((either) => void either.whereNull('asked_at').orWhere('asked_at', '<=', since));
  return (await query.update({ asked_at: now })) > 0;
}

/**
 * Takes open attempts to be asked about: a minute after they began, every minute of the first quarter of an hour, every ten
 * minutes of the first day, then every hour. Whoever takes one has marked it as asked about.
 */
export async function takeDueAttempts(
  db: Database,
  acquirer: string,
  now: Date,
  most: number,
): Promise<PaymentRow[]> {
  const { rows } = await db.raw<{ rows: PaymentRow[] }>(
    `update payments set asked_at = :now where id in (
       select id from payments
       where state in ('new', 'pending') and acquirer = :acquirer
         and coalesce(asked_at, created_at) <= :now::timestamptz - case
           when created_at > :now::timestamptz - interval '15 minutes' then interval '1 minute'
           when created_at > :now::timestamptz - interval '1 day' then interval '10 minutes'
           else interval '1 hour' end
       order by asked_at nulls first limit :most for update skip locked)
     returning *`,
    { acquirer, now, most },
  );
  return rows;
}

export async function insertRefund(trx: Transaction, row: RefundRow): Promise<void> {
  await trx('refunds').insert(row);
}

/** A refund of this payment's, or any by our id or the acquirer's. */
export async function findRefund(
  db: Database,
  by: { id: string } | { external_id: string },
): Promise<RefundRow | null> {
  return (await db('refunds').where(by).first()) ?? null;
}

/** @throws NotFound */
export async function getRefund(db: Database, id: string): Promise<RefundRow> {
  const row = await findRefund(db, { id });
  if (!row) throw new NotFound();
  return row;
}

/** Locks a refund for a change; its payer and its payment are locked before. @throws NotFound */
export async function lockRefund(trx: Transaction, id: string): Promise<RefundRow> {
  const row = await trx('refunds').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

export async function updateRefund(
  trx: Transaction,
  id: string,
  change: Partial<RefundRow>,
): Promise<RefundRow> {
  const [row] = await trx('refunds').where({ id }).update(change).returning('*');
  return row!;
}

/** The same of refunds, by when something was last heard of them. */
export async function takeDueRefunds(
  db: Database,
  acquirer: string,
  now: Date,
  most: number,
): Promise<RefundRow[]> {
  const { rows } = await db.raw<{ rows: RefundRow[] }>(
    `update refunds set changed_at = :now where id in (
       select r.id from refunds r join payments p on p.id = r.payment_id
       where r.state in ('new', 'pending') and p.acquirer = :acquirer
         and r.changed_at <= :now::timestamptz - case
           when r.created_at > :now::timestamptz - interval '15 minutes' then interval '1 minute'
           when r.created_at > :now::timestamptz - interval '1 day' then interval '10 minutes'
           else interval '1 hour' end
       order by r.changed_at limit :most for update of r skip locked)
     returning *`,
    { acquirer, now, most },
  );
  return rows;
}
