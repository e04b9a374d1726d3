import { transaction, type Database } from '../../db/knex.js';
import { addDays, dayOf } from '../../lib/dates.js';
import { SOON_DAYS } from './attention.data.js';
import { tellPayer } from './invoices.letters.js';
import { getAnyInvoice } from './invoices.data.js';
import { markInvoiceTold, untoldInvoices, type InvoiceNotice } from './reminders.data.js';

/** So many invoices a transaction: short locks, and a kill loses little. */
const FEW = 200;

/** Reminds of unpaid invoices, once 3 days before and once when they are overdue. Answers how many letters' invoices. */
export async function remindOfInvoices(db: Database, now: Date): Promise<number> {
  const today = dayOf(now);
  const soon = await tellAll(db, 'soon', { from: today, to: addDays(today, SOON_DAYS) }, now);
  return soon + (await tellAll(db, 'overdue', { from: null, to: addDays(today, -1) }, now));
}

async function tellAll(
  db: Database,
  kind: InvoiceNotice,
  span: { from: string | null; to: string },
  now: Date,
): Promise<number> {
  let told = 0;
  for (;;) {
    const few = await transaction(db, async (trx) => {
      const ids = await untoldInvoices(trx, kind, span, FEW);
      for (const id of ids) {
        await markInvoiceTold(trx, id, kind, now);
        await tellPayer(trx, now, `invoice.${kind}`, await getAnyInvoice(trx, id));
      }
      return ids.length;
    });
    told += few;
    if (few < FEW) return told;
  }
}
