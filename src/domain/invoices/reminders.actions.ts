import { transaction, type Database } from '../../db/knex.js';
import { addDays, dayOf, type Day } from '../../lib/dates.js';
import { clockwork } from '../audit/audit.data.js';
import { spendAdvance } from '../payments/ledger.actions.js';
import { SOON_DAYS } from './attention.data.js';
import { tellPaidAhead } from './invoices.actions.js';
import { tellPayer } from './invoices.letters.js';
import { getAnyInvoice } from './invoices.data.js';
import { idlePayers, markInvoiceTold, untoldInvoices, type InvoiceNotice } from './reminders.data.js';

/** So many invoices a transaction: short locks, and a kill loses little. */
const FEW = 200;

/**
 * Reminds of unpaid invoices, once 3 days before and once when they are overdue. What is overdue is paid from the payer's
 * advance first, if he has one. Answers how many letters' invoices.
 */
export async function remindOfInvoices(db: Database, now: Date): Promise<number> {
  const today = dayOf(now);
  await spendAdvances(db, addDays(today, -1), now);
  const soon = await tellAll(db, 'soon', { from: today, to: addDays(today, SOON_DAYS) }, now);
  return soon + (await tellAll(db, 'overdue', { from: null, to: addDays(today, -1) }, now));
}

async function spendAdvances(db: Database, until: Day, now: Date): Promise<void> {
  for (const payer of await idlePayers(db, until))
    await transaction(db, async (trx) => {
      const paid = await spendAdvance({ trx, now, by: null }, payer, until);
      await tellPaidAhead(trx, { actor: clockwork('invoice-reminders'), now }, paid);
    });
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
