import type { Transaction } from '../../src/db/knex.js';
import type { StatementLineRow } from '../../src/db/rows.js';
import { leftOf } from '../../src/domain/invoices/invoice.js';
import { receive } from '../../src/domain/payments/ledger.actions.js';
import type { StatementLine } from '../../src/domain/payments/statement.js';
import { proposed } from '../../src/domain/payments/statements.actions.js';
import { insertLines, insertStatement, payersOfInns } from '../../src/domain/payments/statements.data.js';
import { day } from '../../src/lib/dates.js';
import type { BankLine, BankStatement } from './bank-lines.js';
import { idOf } from './ids.js';
import { billId, BOOKKEEPER, organisationOf, said, type Step } from './money-steps.js';
import { INN, PEOPLE } from './people.js';
import type { NewAuditRow } from './people-rows.js';

const MINUTE = 60_000;

/** A statement is loaded, and what is decided of it is written down minutes later. */
export function loading(statement: BankStatement, index: number, numbers: Map<string, string>): Step {
  const { loaded, from, to, lines } = statement;
  const id = idOf('statement', String(index));
  const file_name = `kl_to_1c ${day(from).slice(0, 5)}-${day(to)}.txt`;
  const decided_at = new Date(loaded.getTime() + 5 * MINUTE);
  const tell = (at: Date, what: string, details: Record<string, unknown>) =>
    said(at, `statement.${what}`, id, null, details);
  async function play(trx: Transaction): Promise<NewAuditRow[]> {
    await insertStatement(trx, {
      id,
      file_name,
      loaded_by: BOOKKEEPER,
      loaded_at: loaded,
      from_day: from,
      to_day: to,
    });
    const brought: StatementLine[] = [];
    for (const [at, line] of lines.entries())
      brought.push(await bankLine(trx, line, `${index}${at + 1}`, numbers));
    const inns = brought.map(({ payer_inn }) => payer_inn).filter((inn) => inn !== null);
    const payers = await payersOfInns(trx, inns);
    const rows: StatementLineRow[] = [];
    const audit = [tell(loaded, 'loaded', { file: file_name, lines: lines.length, added: lines.length })];
    for (const [at, line] of lines.entries()) {
      const row = proposed(brought[at]!, payers, id, at + 1);
      row.id = idOf('statement-line', `${index}/${at}`);
      const decided = await decide(trx, line, row, decided_at);
      if (decided) audit.push(tell(decided_at, 'decided', decided));
      rows.push(row);
    }
    await insertLines(trx, rows);
    const applied = lines.filter(({ decided }) => decided === 'invoice').length;
    if (applied > 0) audit.push(tell(decided_at, 'applied', { lines: applied }));
    return audit;
  }
  return { at: loaded, play };
}

/** Writes down what is decided of a line, and says it in the row; answers what was decided by hand. */
async function decide(
  trx: Transaction,
  { decided, bills }: BankLine,
  row: StatementLineRow,
  at: Date,
): Promise<Record<string, unknown> | null> {
  if (!decided) return null;
  const { number, amount, source, paid_on, purpose } = row;
  const signed = { decided_by: BOOKKEEPER, decided_at: at };
  if (typeof decided === 'object') {
    Object.assign(row, { state: 'ignored', why: decided.ignore, ...signed });
    return { number, amount, ignore: decided.ignore };
  }
  const invoice_id = decided === 'invoice' ? billId(bills![0]!) : null;
  Object.assign(row, { state: 'done', invoice_id, why: null, ...signed });
  const note = `Платёжное поручение № ${number}. ${purpose}`;
  const came = {
    payer_id: row.payer_id!,
    kind: 'bank',
    amount,
    source,
    payment_id: null,
    paid_on,
    note,
  } as const;
  await receive({ trx, now: at, by: BOOKKEEPER }, came, invoice_id);
  return decided === 'advance' ? { number, amount, advance: true } : null;
}

/** A line as the bank's file says it. */
async function bankLine(trx: Transaction, line: BankLine, number: string, numbers: Map<string, string>) {
  const { from, paid, bills = [], more = 0 } = line;
  const owed = bills.length > 0 ? await trx('invoices').whereIn('id', bills.map(billId)) : [];
  const amount = line.amount ?? owed.reduce((sum, invoice) => sum + leftOf(invoice), more);
  const [, inn = null, , name = null] = organisationOf(from) ?? [];
  const [, person = from] = PEOPLE.find(([key]) => key === from) ?? [];
  return {
    source: `bank:demo/${from}/${number}`,
    paid_on: paid,
    number,
    amount,
    payer_name: name ?? person,
    payer_inn: inn ?? INN[from] ?? null,
    purpose: line.purpose.replace('#', bills.map((key) => numbers.get(key)).join(' и ')),
  };
}
