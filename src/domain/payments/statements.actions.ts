import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { StatementLineRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { findInvoiceByNumber, getAnyInvoice } from '../invoices/invoices.data.js';
import { tellPayer } from '../invoices/invoices.letters.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { findOrganisationByInn } from '../organisations/organisations.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { receive } from './ledger.actions.js';
import { match } from './matching.js';
import { ensurePayer } from './payers.data.js';
import type { Statement, StatementLine } from './statement.js';
import {
  insertLines,
  insertStatement,
  lockLine,
  matchedLines,
  payersOfInns,
  updateLine,
  type PayerOfInn,
} from './statements.data.js';

/** Loads a statement: what it brings anew is matched where that is certain, nothing is written down yet. */
export function loadStatement(
  work: StaffWork,
  name: string,
  { lines, ...days }: Statement,
): Promise<{ id: string; added: number }> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const id = randomUUID();
    await insertStatement(trx, {
      id,
      file_name: name,
      loaded_by: work.staff.id,
      loaded_at: work.now,
      ...days,
    });
    const inns = [...new Set(lines.map(({ payer_inn }) => payer_inn).filter((inn) => inn !== null))];
    const payers = await payersOfInns(trx, inns);
    const rows = lines.map((line, at) => proposed(line, payers, id, at + 1));
    const added = await insertLines(trx, rows);
    await record(trx, work.actor, work.now, {
      action: 'statement.loaded',
      subject: id,
      details: { file: name, lines: lines.length, added },
    });
    return { id, added };
  });
}

/** A line with the invoice that it pays for certain, or may pay; of the unpaid invoices of its payer's ИНН. */
export function proposed(
  line: StatementLine,
  payers: PayerOfInn[],
  statement_id: string,
  position: number,
): StatementLineRow {
  const own = payers.filter(({ inn }) => inn === line.payer_inn);
  const found = match(
    line,
    own.flatMap(({ unpaid }) => unpaid),
  );
  const why = line.payer_inn === null ? 'В выписке нет ИНН плательщика' : found.why;
  const payer = own.find(({ unpaid }) => unpaid.some(({ id }) => id === found.invoice)) ?? own[0];
  return {
    id: randomUUID(),
    statement_id,
    position,
    ...line,
    state: why === null ? 'matched' : 'waiting',
    invoice_id: found.invoice,
    payer_id: payer?.id ?? null,
    why,
    decided_by: null,
    decided_at: null,
  };
}

/** «Провести совпавшие»: every line whose invoice is certain, all of them or none. Answers how many. */
export function applyMatched(work: StaffWork, statement: string): Promise<number> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const ids = await matchedLines(trx, statement);
    let done = 0;
    for (const id of ids) {
      const line = await lockLine(trx, id);
      if (line.state !== 'matched') continue;
      await writeDown(trx, work, line, line.invoice_id, line.payer_id!);
      done += 1;
    }
    await record(trx, work.actor, work.now, {
      action: 'statement.applied',
      subject: statement,
      details: { lines: done },
    });
    return done;
  });
}

/** What somebody decides of a line: an invoice by its number, the payer's advance, or that it is none of ours. */
export type Decision = { invoice: string } | { advance: true } | { ignore: string };

/** Decides a line by hand. @throws Conflict when it has been decided, Invalid when there is no such invoice or payer */
export function decideLine(work: StaffWork, id: string, decision: Decision): Promise<void> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const line = await lockLine(trx, id);
    if (line.state === 'done' || line.state === 'ignored')
      throw new Conflict(
        line.state === 'done' ? 'Этот платёж уже проведён.' : 'Этот платёж уже отмечен как чужой.',
      );
    if ('ignore' in decision) {
      const decided = { decided_by: work.staff.id, decided_at: work.now };
      await updateLine(trx, id, { state: 'ignored', why: decision.ignore, ...decided });
    } else if ('advance' in decision) {
      await writeDown(trx, work, line, null, line.payer_id ?? (await payerOf(trx, line)));
    } else {
      const invoice = await findInvoiceByNumber(trx, decision.invoice, line.payer_inn);
      if (!invoice) throw new Invalid({ invoice: 'Выставленного счёта с таким номером нет' });
      await writeDown(trx, work, line, invoice.id, invoice.payer_id);
    }
    await record(trx, work.actor, work.now, {
      action: 'statement.decided',
      subject: line.statement_id,
      details: { number: line.number, amount: line.amount, ...decision },
    });
  });
}

/** The payer of a line's ИНН, whose first money this is. @throws Invalid */
async function payerOf(trx: Transaction, { payer_inn }: StatementLineRow): Promise<string> {
  const organisation = payer_inn ? await findOrganisationByInn(trx, payer_inn) : null;
  if (organisation) return (await ensurePayer(trx, { organisation: organisation.id })).id;
  if (payer_inn?.length === 12) return (await ensurePayer(trx, { inn: payer_inn })).id;
  throw new Invalid({ invoice: 'Плательщик не найден среди арендаторов: укажите номер счёта' });
}

/** The ledger knows every line once, whatever happens to it here. */
async function writeDown(
  trx: Transaction,
  { staff, now }: StaffWork,
  line: StatementLineRow,
  invoice: string | null,
  payer_id: string,
): Promise<void> {
  const { source, amount, paid_on } = line;
  const note = `Платёжное поручение № ${line.number}. ${line.purpose}`.slice(0, 500);
  const received = { payer_id, kind: 'bank', amount, source, payment_id: null, paid_on, note } as const;
  const written = await receive({ trx, now, by: staff.id }, received, invoice);
  const decided = { decided_by: staff.id, decided_at: now };
  await updateLine(trx, line.id, { state: 'done', invoice_id: invoice, payer_id, ...decided });
  if (written && invoice)
    await tellPayer(trx, now, 'invoice.paid', await getAnyInvoice(trx, invoice), amount);
}
