import type { Database, Transaction } from '../../db/knex.js';
import type { StatementLineRow } from '../../db/rows.js';
import { dayOf } from '../../lib/dates.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { money } from '../../lib/text.js';
import { record } from '../audit/audit.data.js';
import { presentState } from '../invoices/invoices.actions.js';
import { getAnyInvoice } from '../invoices/invoices.data.js';
import { tellPayer } from '../invoices/invoices.letters.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import { findOrganisationByInn } from '../organisations/organisations.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { payBack, receive } from './ledger.actions.js';
import { findBySource, freeOf, hasReturns } from './ledger.data.js';
import { ensurePayer } from './payers.data.js';
import {
  candidates,
  lockLine,
  matchedLines,
  payersOfInns,
  updateLine,
  type Candidate,
} from './statements.data.js';

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

/** What somebody decides of a line: an invoice by its id, the payer's advance, or that it is none of ours. */
export type Decision = { invoice: string } | { advance: true } | { ignore: string };

/** The payers of a line's ИНН: whose it is, as far as the bank knows. */
const payersOf = async (db: Database, { payer_inn }: Pick<StatementLineRow, 'payer_inn'>) =>
  payer_inn === null ? [] : payersOfInns(db, [payer_inn]);

/** The invoices that a line may pay: its payer's, and those of a number that somebody has typed. */
export async function choicesFor(
  db: Database,
  line: Pick<StatementLineRow, 'payer_inn'>,
  number: string | null,
): Promise<Candidate[]> {
  const payers = await payersOf(db, line);
  return candidates(
    db,
    payers.map(({ id }) => id),
    number,
  );
}

/**
 * The invoice of a number that somebody has typed for a line: without asking only where there is one, and its payer paid.
 *
 * @throws Invalid otherwise: whose money pays whose invoice, somebody has to see before
 */
export async function chosenByNumber(
  db: Database,
  line: Pick<StatementLineRow, 'payer_inn'>,
  number: string,
): Promise<string> {
  const found = (await choicesFor(db, line, number)).filter((one) => one.number === number);
  const [only] = found;
  if (!only) throw new Invalid({ number: 'Выставленного счёта с таким номером нет' });
  if (found.length > 1) throw new Invalid({ invoice: `Счетов № ${number} несколько: выберите нужный` });
  if (only.inn !== line.payer_inn)
    throw new Invalid({
      invoice: `Счёт № ${number} выставлен другому плательщику: выберите его, если это верно`,
    });
  return only.id;
}

/** Decides a line by hand. @throws Conflict when it has been decided, Invalid when there is no such invoice or payer */
export function decideLine(work: StaffWork, id: string, decision: Decision): Promise<void> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const line = await lockLine(trx, id);
    if (line.state === 'done' || line.state === 'ignored')
      throw new Conflict(
        line.state === 'done' ? 'Этот платёж уже проведён.' : 'Этот платёж уже отмечен как чужой.',
      );
    let said: object = decision;
    if ('ignore' in decision) {
      const decided = { decided_by: work.staff.id, decided_at: work.now };
      await updateLine(trx, id, { state: 'ignored', why: decision.ignore, ...decided });
    } else if ('advance' in decision) {
      await writeDown(trx, work, line, null, line.payer_id ?? (await payerOf(trx, line)));
    } else {
      const invoice = await getAnyInvoice(trx, decision.invoice);
      if (invoice.state !== 'issued') throw new Conflict(presentState(invoice));
      await writeDown(trx, work, line, invoice.id, invoice.payer_id);
      said = { invoice: invoice.number };
    }
    await record(trx, work.actor, work.now, {
      action: 'statement.decided',
      subject: line.statement_id,
      details: { number: line.number, amount: line.amount, ...said },
    });
  });
}

/** The payer of a line's ИНН, whose first money this is. @throws Invalid */
async function payerOf(trx: Transaction, { payer_inn }: StatementLineRow): Promise<string> {
  const organisation = payer_inn ? await findOrganisationByInn(trx, payer_inn) : null;
  if (organisation) return (await ensurePayer(trx, { organisation: organisation.id })).id;
  if (payer_inn?.length === 12) return (await ensurePayer(trx, { inn: payer_inn })).id;
  throw new Invalid({ payer: 'Плательщик не найден среди арендаторов: выберите счёт' });
}

/**
 * Takes a posting back: the ledger writes down that the money is none of whoever had it, and the line waits again.
 *
 * @throws Conflict when it was not posted, or when some of the money has gone back to the payer
 */
export function reverseLine(work: StaffWork, id: string, reason: string): Promise<void> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const line = await lockLine(trx, id);
    const row = line.state === 'done' ? await findBySource(trx, sourceOf(line)) : null;
    if (!row) throw new Conflict('Этот платёж не проведён.');
    if (await hasReturns(trx, row.id))
      throw new Conflict('Часть этих денег уже возвращена плательщику: отменить проведение нельзя.');
    const { now, staff } = work;
    const note = `Проведение отменено: ${reason}`;
    const back = { source: `${row.source}:undo`, amount: row.amount, paid_on: dayOf(now), note };
    await payBack({ trx, now, by: staff.id }, row, { kind: 'hand', ...back });
    const [payer] = await payersOf(trx, line);
    await updateLine(trx, id, {
      state: 'waiting',
      invoice_id: null,
      payer_id: payer?.id ?? null,
      why: note,
      postings: line.postings + 1,
      decided_by: null,
      decided_at: null,
    });
    await record(trx, work.actor, now, {
      action: 'statement.reversed',
      subject: line.statement_id,
      details: { number: line.number, amount: line.amount, reason },
    });
  });
}

/** What the ledger knows a line's posting by: each time that it is posted anew another. */
const sourceOf = ({ source, postings }: StatementLineRow) =>
  postings === 0 ? source : `${source}#${postings}`;

/** The ledger knows every line once, whatever happens to it here. */
async function writeDown(
  trx: Transaction,
  { staff, now }: StaffWork,
  line: StatementLineRow,
  invoice: string | null,
  payer_id: string,
): Promise<void> {
  const { amount, paid_on } = line;
  const source = sourceOf(line);
  const note = `Платёжное поручение № ${line.number}. ${line.purpose}`.slice(0, 500);
  const received = { payer_id, kind: 'bank', amount, source, payment_id: null, paid_on, note } as const;
  const written = await receive({ trx, now, by: staff.id }, received, invoice);
  const free = written ? await freeOf(trx, written.id) : 0;
  await updateLine(trx, line.id, {
    state: 'done',
    invoice_id: invoice,
    payer_id,
    why: free > 0 && invoice ? `В аванс: ${money(free)}` : null,
    decided_by: staff.id,
    decided_at: now,
  });
  if (written && invoice)
    await tellPayer(trx, now, 'invoice.paid', await getAnyInvoice(trx, invoice), amount, free);
}
