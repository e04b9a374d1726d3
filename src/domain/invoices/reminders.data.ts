import type { Database, Transaction } from '../../db/knex.js';
import type { Day } from '../../lib/dates.js';

export type InvoiceNotice = 'soon' | 'overdue';

/** Some unpaid invoices due within these days (inclusive) whose payer has not been told so, locked for whoever tells. */
export async function untoldInvoices(
  trx: Transaction,
  kind: InvoiceNotice,
  { from, to }: { from: Day | null; to: Day },
  limit: number,
): Promise<string[]> {
  const query = trx('invoices as i')
    .where('i.state', 'issued')
    .whereRaw('i.allocated < i.total')
    .where('i.due_on', '<=', to)
    .whereNotExists(
      trx('invoice_notices as n').whereRaw('n.invoice_id = i.id').where('n.kind', kind).select('n.kind'),
    )
    .orderBy(['i.due_on', 'i.id'])
    .limit(limit)
    .forUpdate('i')
    .skipLocked();
  if (from) void query.where('i.due_on', '>=', from);
  return query.pluck('i.id');
}

/** Payers who have paid ahead, and yet have something unpaid that was due by this day. */
export async function idlePayers(db: Database, until: Day): Promise<string[]> {
  const owed = db('invoices as i')
    .whereRaw('i.payer_id = p.id')
    .where('i.state', 'issued')
    .whereRaw('i.allocated < i.total')
    .where('i.due_on', '<=', until);
  return db('payers as p').where('p.advance', '>', 0).whereExists(owed).orderBy('p.id').pluck('p.id');
}

export async function markInvoiceTold(
  trx: Transaction,
  invoice_id: string,
  kind: InvoiceNotice,
  told_at: Date,
): Promise<void> {
  await trx('invoice_notices').insert({ invoice_id, kind, told_at });
}
