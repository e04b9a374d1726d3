import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { Entry } from '../audit/audit.data.js';
import { writeImported } from '../invoices/imported.actions.js';
import type { InvoiceValues } from './invoices.plan.js';
import type { Planned } from './plan.js';
import type { Writing } from './writing.actions.js';

/** Writes the invoices that a plan adds and the drafts that it changes; answers what the journal tells of them. */
export async function writeInvoices(
  trx: Transaction,
  plan: Planned<InvoiceValues>[],
  { by, actor, now, about, issue }: Writing,
): Promise<Entry[]> {
  const changes = plan.map(({ id, values, present }) => ({
    id: id ?? randomUUID(),
    values: values!,
    present,
  }));
  const written = await writeImported(
    trx,
    changes.map(({ id, values: { said: _said, revision: _none, ...fields }, present }) => ({
      id,
      fields,
      revision: (present?.revision ?? 0) + 1,
    })),
    { issue, by, actor, now },
  );
  const named = new Map(written.map((invoice) => [invoice.id, invoice]));
  return changes.flatMap(({ id, values, present }): Entry[] => {
    const { number, total, organisation_id } = named.get(id)!;
    const entry = { subject: id, ...(organisation_id && { organisation: organisation_id }) };
    const before = present && inJournal(present);
    const saved = { ...about, number, before, after: inJournal(values) };
    return [
      { ...entry, action: 'invoice.saved', details: saved },
      ...(issue ? [{ ...entry, action: 'invoice.issued', details: { ...about, number, total } }] : []),
    ];
  });
}

/** An invoice's facts, its lines together. */
function inJournal({ external_id, said }: InvoiceValues): Record<string, unknown> {
  const facts = Object.entries(said).filter(([, words]) => words);
  const [lines, others] = [true, false].map((wanted) =>
    facts.filter(([name]) => name.startsWith('line_') === wanted),
  );
  const { number: _number, total: invoice_sum, ...rest } = Object.fromEntries(others!);
  return { external_id, ...rest, invoice_sum, invoice_lines: lines!.map(([, words]) => words) };
}
