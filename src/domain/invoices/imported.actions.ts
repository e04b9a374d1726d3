import type { Transaction } from '../../db/knex.js';
import type { Actor } from '../audit/audit.data.js';
import { spendAdvance, type PaidAhead } from '../payments/ledger.actions.js';
import { lockPayers, payerKey } from '../payments/payers.data.js';
import { namedInvoices, writeInvoices, type BooksInvoice } from './imported.data.js';
import { tellPaidAhead, type InvoiceFields } from './invoices.actions.js';
import { tellIssued } from './issued-many.letters.js';
import { computed } from './lines.js';

/** An invoice that an import adds, or a draft that it changes. */
export interface ImportedInvoice {
  id: string;
  fields: InvoiceFields;
  revision: number;
}

/**
 * Writes many invoices as the books say them, within another's transaction: as drafts, or issued, with what that brings
 * («Выставить» of one): an advance pays what is due first, and each payer hears of it in one letter. Answers how they are then.
 * What is there already is a locked draft.
 */
export async function writeImported(
  trx: Transaction,
  invoices: ImportedInvoice[],
  { issue, by, actor, now }: { issue: boolean; by: string | null; actor: Actor; now: Date },
): Promise<Omit<BooksInvoice, 'lines'>[]> {
  const payers = await lockPayers(
    trx,
    invoices.map(({ fields }) => fields.payer),
  );
  const lines = invoices.flatMap(({ id, fields }) =>
    fields.lines.map((line, at) => computed(line, id, at + 1)),
  );
  const totals = new Map<string, number>();
  for (const { invoice_id, total } of lines) totals.set(invoice_id, (totals.get(invoice_id) ?? 0) + total);
  const rows = invoices.map(({ id, revision, fields: { payer, lines: _lines, ...fields } }) => ({
    id,
    payer_id: payers.get(payerKey(payer))!.id,
    ...fields,
    total: totals.get(id)!,
    state: issue ? ('issued' as const) : ('draft' as const),
    currency: 'RUB' as const,
    allocated: 0,
    created_by: by,
    created_at: now,
    issued_at: issue ? now : null,
    cancelled_at: null,
    cancel_reason: null,
    revision,
  }));
  await writeInvoices(trx, rows, lines);
  const ids = rows.map(({ id }) => id);
  const written = await namedInvoices(trx, ids);
  if (!issue) return written;
  const paid: PaidAhead[] = [];
  for (const { id } of [...payers.values()].filter(({ advance }) => advance > 0))
    paid.push(...(await spendAdvance({ trx, now, by }, id)));
  const issued = paid.length > 0 ? await namedInvoices(trx, ids) : written;
  await tellIssued(trx, now, issued);
  const others = paid.filter(({ invoice }) => !ids.includes(invoice));
  await tellPaidAhead(trx, { actor, now }, others);
  return issued;
}
