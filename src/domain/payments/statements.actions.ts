import { randomUUID } from 'node:crypto';
import type { StatementLineRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { invoicePolicy } from '../invoices/invoices.policy.js';
import type { Company } from '../organisations/company.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { match } from './matching.js';
import type { Statement, StatementLine } from './statement.js';
import {
  insertLines,
  insertStatement,
  knownSources,
  paidAlready,
  payersOfInns,
  type PayerOfInn,
} from './statements.data.js';

/**
 * Makes sure that a statement is of the company's own account, where that is known.
 *
 * @throws Invalid at `own`, where somebody can say that it is, too
 */
export function expectOwn(
  { accounts, owners }: Pick<Statement, 'accounts' | 'owners'>,
  { account, inn }: Pick<Company, 'account' | 'inn'>,
): void {
  const digits = (text: string) => text.replace(/\D/g, '');
  const foreign = account !== null && !accounts.map(digits).includes(digits(account));
  const others = inn === null ? [] : owners.filter((owner) => owner !== inn);
  if (foreign)
    throw new Invalid({
      own: `Выписка по счёту ${accounts.join(', ')}, а в реквизитах компании — ${account}. Если и этот счёт ваш, отметьте это и загрузите снова`,
    });
  if (others.length > 0)
    throw new Invalid({
      own: `Деньги пришли на ИНН ${others.join(', ')}, а у компании ИНН ${inn}. Если счёт ваш, отметьте это и загрузите снова`,
    });
}

/**
 * Loads a statement: what it brings anew is matched where that is certain, nothing is written down yet. A file that brings
 * nothing anew leaves nothing: its id is null.
 */
export function loadStatement(
  work: StaffWork,
  name: string,
  { lines, from_day, to_day }: Statement,
): Promise<{ id: string | null; added: number }> {
  return asStaff(work, invoicePolicy.keep, async (trx) => {
    const sources = await knownSources(
      trx,
      lines.map(({ source }) => source),
    );
    const fresh = lines.filter(({ source }) => !sources.has(source));
    if (fresh.length === 0) return { id: null, added: 0 };
    const id = randomUUID();
    await insertStatement(trx, {
      id,
      file_name: name,
      loaded_by: work.staff.id,
      loaded_at: work.now,
      from_day,
      to_day,
    });
    const inns = [...new Set(fresh.map(({ payer_inn }) => payer_inn).filter((inn) => inn !== null))];
    const payers = await payersOfInns(trx, inns);
    const rows = fresh.map((line, at) => proposed(line, payers, id, at + 1));
    const vague = rows.filter(({ state, invoice_id }) => state === 'waiting' && invoice_id === null);
    const paid = await paidAlready(trx, vague);
    for (const row of rows) if (paid.has(row.id)) row.why = `Счёт № ${paid.get(row.id)!} уже оплачен`;
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
    postings: 0,
    decided_by: null,
    decided_at: null,
  };
}
