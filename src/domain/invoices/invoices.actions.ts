import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { InvoiceRow } from '../../db/rows.js';
import { Conflict } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { allocateAdvance, release, spendAdvance, type PaidAhead } from '../payments/ledger.actions.js';
import { ensurePayer, lockPayer, type Payer } from '../payments/payers.data.js';
import { INVOICE_STATES, leftOf, shownState } from './invoice.js';
import { tellPayer } from './invoices.letters.js';
import {
  getAnyInvoice,
  insertInvoice,
  lockInvoice,
  replaceLines,
  updateInvoice,
  type Invoice,
} from './invoices.data.js';
import { invoicePolicy } from './invoices.policy.js';
import { computed, type LineInput } from './lines.js';

/** An invoice as an accountant writes it, or an import brings it. */
export interface InvoiceFields extends Pick<
  InvoiceRow,
  'external_id' | 'contract_id' | 'number' | 'dated_on' | 'period' | 'due_on' | 'purpose'
> {
  payer: Payer;
  lines: LineInput[];
}

/** Writes a draft (`id` null), or changes one. Answers its id. @throws Conflict when it is no draft, or another wrote it */
export function saveDraft(
  work: StaffWork,
  seen: { id: string; revision: number } | null,
  fields: InvoiceFields,
): Promise<string> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const id = await writeDraft(trx, seen, fields, { by: work.staff.id, now: work.now });
    await record(trx, work.actor, work.now, {
      action: 'invoice.saved',
      subject: id,
      ...('organisation' in fields.payer && { organisation: fields.payer.organisation }),
      details: { number: fields.number },
    });
    return id;
  });
}

/** The same within another's transaction: an import writes many. */
export async function writeDraft(
  trx: Transaction,
  seen: { id: string; revision: number } | null,
  { payer, lines, ...fields }: InvoiceFields,
  { by, now }: { by: string | null; now: Date },
): Promise<string> {
  const { id: payer_id } = await ensurePayer(trx, payer);
  const id = seen?.id ?? randomUUID();
  const rows = lines.map((line, at) => computed(line, id, at + 1));
  const total = rows.reduce((sum, row) => sum + row.total, 0);
  if (!seen) {
    const made = {
      created_by: by,
      created_at: now,
      issued_at: null,
      cancelled_at: null,
      cancel_reason: null,
    };
    const draft = { state: 'draft', currency: 'RUB', allocated: 0, revision: 1 } as const;
    await insertInvoice(trx, { id, payer_id, ...fields, total, ...made, ...draft }, rows);
    return id;
  }
  const before = await lockInvoice(trx, id);
  if (before.state !== 'draft') throw new Conflict(presentState(before));
  if (before.revision !== seen.revision)
    throw new Conflict('Черновик тем временем изменили. Посмотрите, что в нём теперь.');
  await updateInvoice(trx, id, { payer_id, ...fields, total, revision: before.revision + 1 });
  await replaceLines(trx, id, rows);
  return id;
}

/** «Выставить»: the payer sees it and hears of it; what he has paid ahead pays what is due first. @throws Conflict */
export function issue(work: StaffWork, seen: { id: string; revision: number }): Promise<Invoice> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const paid = await issueDraft(trx, seen, { by: work.staff.id, now: work.now });
    await tellPaidAhead(
      trx,
      work,
      paid.filter((one) => one.invoice !== seen.id),
    );
    const invoice = await getAnyInvoice(trx, seen.id);
    await tellPayer(trx, work.now, 'invoice.issued', invoice);
    await record(trx, work.actor, work.now, {
      action: 'invoice.issued',
      subject: invoice.id,
      ...(invoice.organisation_id && { organisation: invoice.organisation_id }),
      details: { number: invoice.number, total: invoice.total },
    });
    return invoice;
  });
}

/**
 * The same within another's transaction. The payer is locked before the invoice, as wherever money moves. Answers what his
 * advance has paid: this one, or what was due before it.
 */
export async function issueDraft(
  trx: Transaction,
  { id, revision }: { id: string; revision: number },
  { by, now }: { by: string | null; now: Date },
): Promise<PaidAhead[]> {
  await lockPayer(trx, (await getAnyInvoice(trx, id)).payer_id);
  const invoice = await lockInvoice(trx, id);
  if (invoice.state !== 'draft' || invoice.revision !== revision) throw new Conflict(presentState(invoice));
  if (invoice.total <= 0) throw new Conflict('В счёте нет суммы: добавьте строки.');
  await updateInvoice(trx, id, { state: 'issued', issued_at: now, revision: revision + 1 });
  return spendAdvance({ trx, now, by }, invoice.payer_id);
}

/** «Отменить», with a reason: what has paid it is an advance again. @throws Conflict when it is cancelled already */
export function cancel(work: StaffWork, id: string, reason: string): Promise<Invoice> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    await lockPayer(trx, (await getAnyInvoice(trx, id)).payer_id);
    const before = await lockInvoice(trx, id);
    if (before.state === 'cancelled') throw new Conflict(presentState(before));
    await release({ trx, now: work.now, by: work.staff.id }, { invoice_id: id });
    const revision = before.revision + 1;
    await updateInvoice(trx, id, {
      state: 'cancelled',
      cancelled_at: work.now,
      cancel_reason: reason,
      revision,
    });
    const invoice = await getAnyInvoice(trx, id);
    if (before.state === 'issued')
      await tellPayer(trx, work.now, 'invoice.cancelled', invoice, 0, before.allocated);
    await record(trx, work.actor, work.now, {
      action: 'invoice.cancelled',
      subject: id,
      ...(invoice.organisation_id && { organisation: invoice.organisation_id }),
      details: { number: invoice.number, reason },
    });
    return invoice;
  });
}

/** Pays an invoice from its payer's advance. Answers how many kopecks. @throws Conflict when nothing can be */
export function payFromAdvance(work: StaffWork, id: string): Promise<number> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const invoice = await getAnyInvoice(trx, id);
    const paid = await allocateAdvance({ trx, now: work.now, by: work.staff.id }, invoice, leftOf(invoice));
    if (paid === 0) throw new Conflict('Зачесть нечего: у плательщика нет аванса или счёт уже оплачен.');
    await record(trx, work.actor, work.now, {
      action: 'invoice.paid-from-advance',
      subject: id,
      ...(invoice.organisation_id && { organisation: invoice.organisation_id }),
      details: { number: invoice.number, amount: paid },
    });
    return paid;
  });
}

/** The audit's rows and the letters about what an advance has paid by itself. */
export async function tellPaidAhead(
  trx: Transaction,
  { actor, now }: Pick<StaffWork, 'actor' | 'now'>,
  paid: PaidAhead[],
): Promise<void> {
  for (const { invoice: id, amount } of paid) {
    const invoice = await getAnyInvoice(trx, id);
    await tellPayer(trx, now, 'invoice.from-advance', invoice, amount);
    await record(trx, actor, now, {
      action: 'invoice.paid-from-advance',
      subject: id,
      ...(invoice.organisation_id && { organisation: invoice.organisation_id }),
      details: { number: invoice.number, amount },
    });
  }
}

/** What stands there now, in words for the one who came too late. */
export const presentState = (
  invoice: Pick<InvoiceRow, 'number' | 'state' | 'total' | 'allocated' | 'due_on'>,
) => `Счёт № ${invoice.number} сейчас в статусе «${INVOICE_STATES[shownState(invoice)]}».`;
