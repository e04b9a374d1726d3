import { randomUUID } from 'node:crypto';
import type { Kopecks } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import { money } from '../../lib/text.js';
import { record } from '../audit/audit.data.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { payBack } from './ledger.actions.js';
import { freeRows } from './ledger.data.js';
import { lockPayer } from './payers.data.js';

/** A transfer that went to a payer: when, by which payment order, and why. */
export interface Transfer {
  amount: Kopecks;
  paid_on: Day;
  number: string;
  reason: string;
}

/**
 * Writes down that a part of an advance went back to its payer by the bank, of the money that came first.
 *
 * @throws Conflict when it is more than he has paid ahead
 */
export function returnAdvance(work: StaffWork, id: string, transfer: Transfer): Promise<void> {
  const { amount, paid_on, number, reason } = transfer;
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const payer = await lockPayer(trx, id);
    if (amount > payer.advance) throw new Conflict(`Аванс плательщика сейчас ${money(payer.advance)}.`);
    const note = `Возврат аванса, платёжное поручение № ${number}. ${reason}`;
    const source = `return:${randomUUID()}`;
    let left = amount;
    for (const { id: row, free } of await freeRows(trx, id)) {
      if (left === 0) break;
      const part = Math.min(free, left);
      const back = { kind: 'bank', source: `${source}:${row}`, amount: part, paid_on, note } as const;
      await payBack({ trx, now: work.now, by: work.staff.id }, { id: row, payer_id: id }, back);
      left -= part;
    }
    await record(trx, work.actor, work.now, {
      action: 'advance.returned',
      subject: id,
      ...(payer.organisation_id && { organisation: payer.organisation_id }),
      details: { number, amount, reason },
    });
  });
}
