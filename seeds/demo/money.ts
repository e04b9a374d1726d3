import type { Transaction } from '../../src/db/knex.js';
import type { InvoiceLineRow, InvoiceRow, PaymentRow } from '../../src/db/rows.js';
import { issueDraft } from '../../src/domain/invoices/invoices.actions.js';
import { lockInvoice, updateInvoice } from '../../src/domain/invoices/invoices.data.js';
import { leftOf } from '../../src/domain/invoices/invoice.js';
import { computed } from '../../src/domain/invoices/lines.js';
import { markInvoiceTold, type InvoiceNotice } from '../../src/domain/invoices/reminders.data.js';
import { receive, release, spendAdvance } from '../../src/domain/payments/ledger.actions.js';
import { writeCompany } from '../../src/domain/organisations/company.data.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { bankStatements } from './bank-lines.js';
import { demoBills, monthStart, type Bill } from './bills.js';
import type { Clock } from './clock.js';
import { DEMO_COMPANY } from './company.js';
import { idOf } from './ids.js';
import { contractId, organisationId } from './organisation-rows.js';
import { billId, BOOKKEEPER, organisationOf, payerId, said, type Step } from './money-steps.js';
import { INN } from './people.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';
import { loading } from './statement-steps.js';

const FIRST_NUMBER = 1041;

/**
 * Plays half a year of money through in its order, with the domain's own hands where money moves: so the sums of
 * invoices, the ledger and what pays what are as they would be. Answers what the audit has to say.
 */
export async function playMoney(trx: Transaction, clock: Clock): Promise<NewAuditRow[]> {
  const bills = demoBills(clock);
  const statements = bankStatements(clock);
  const ahead = statements.flatMap(({ lines }) => lines.filter(({ decided }) => decided === 'advance'));
  const payers = new Set([...bills.map(({ payer }) => payer), ...ahead.map(({ from }) => from)]);
  await trx('payers').insert([...payers].map(payerRow));
  const numbers = numbered(bills);
  const invoices = bills.map((bill) => ({ bill, ...invoiceOf(bill, numbers.get(bill.key)!, clock) }));
  await trx('invoices').insert(invoices.map(({ row }) => row));
  await trx('invoice_lines').insert(invoices.flatMap(({ lines }) => lines));
  const steps = [
    ...invoices.flatMap(({ bill, row }) => stepsOf(bill, row, clock)),
    ...statements.map((statement, at) => loading(statement, at, numbers)),
    ...cards(clock),
    morning(clock),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  const audit = [
    await introduceCompany(trx, clock.ago(200, '12:30:00')),
    ...invoices.map(({ bill, row }) =>
      said(row.created_at, 'invoice.saved', row.id, bill.payer, { number: row.number }),
    ),
  ];
  for (const { play } of steps) audit.push(...(await play(trx)));
  await rememberLetters(trx, clock);
  return audit;
}

/** Yesterday's clock: what was paid ahead the day before pays what is overdue. */
function morning(clock: Clock): Step {
  const at = clock.ago(1, '09:30:00');
  return {
    at,
    async play(trx) {
      const paid = await spendAdvance({ trx, now: at, by: null }, payerId('spektr'), clock.day(-2));
      const rows = await trx('invoices').whereIn(
        'id',
        paid.map(({ invoice }) => invoice),
      );
      return paid.map(({ invoice, amount }) => {
        const { number } = rows.find(({ id }) => id === invoice)!;
        const row = said(at, 'invoice.paid-from-advance', invoice, 'spektr', { number, amount });
        return { ...row, account_id: null };
      });
    },
  };
}

/** The company's requisites, where none are saved yet. */
async function introduceCompany(trx: Transaction, now: Date): Promise<NewAuditRow> {
  await writeCompany(trx, 0, DEMO_COMPANY, { account: accountId('staff'), now });
  const { inn, kpp, ogrn, account, bank, bik, correspondent } = DEMO_COMPANY;
  const after = { inn, kpp, ogrn, account, bank, bik, correspondent };
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, null]));
  const about = { organisation_id: null, subject_id: null, details: { before, after } };
  return { ...done, at: now, account_id: accountId('staff'), action: 'company.changed', ...about };
}

function payerRow(key: string) {
  const whose = organisationOf(key)
    ? { organisation_id: organisationId(key), inn: null }
    : { organisation_id: null, inn: INN[key]! };
  return { id: payerId(key), ...whose, advance: 0 };
}

/** The numbers, in the order of the days. */
function numbered(bills: Bill[]): Map<string, string> {
  const inOrder = [...bills].sort((a, b) => a.dated.localeCompare(b.dated));
  return new Map(inOrder.map(({ key }, at) => [key, String(FIRST_NUMBER + at)]));
}

/** An invoice as it is issued, or still written; with its lines. */
function invoiceOf(bill: Bill, number: string, clock: Clock): { row: InvoiceRow; lines: InvoiceLineRow[] } {
  const { key, payer, contract, period, dated, due, purpose } = bill;
  const [id, issued] = [billId(key), !bill.draft && !bill.fromAdvance];
  const lines = bill.lines.map((line, at) => computed(line, id, at + 1));
  const row: InvoiceRow = {
    id,
    external_id: null,
    payer_id: payerId(payer),
    contract_id: contract && contractId(contract),
    number,
    dated_on: dated,
    period,
    due_on: due,
    state: issued ? 'issued' : 'draft',
    purpose,
    currency: 'RUB',
    total: lines.reduce((sum, line) => sum + line.total, 0),
    allocated: 0,
    created_by: BOOKKEEPER,
    created_at: bill.draft ? clock.hours(1) : clock.ago(dated, '09:30:00'),
    issued_at: issued ? clock.ago(dated, '10:00:00') : null,
    cancelled_at: null,
    cancel_reason: null,
    revision: issued ? 2 : 1,
  };
  return { row, lines };
}

/** What becomes of an invoice: it is issued, and perhaps cancelled. */
function stepsOf(
  { payer, dated, draft, fromAdvance, cancelled }: Bill,
  row: InvoiceRow,
  clock: Clock,
): Step[] {
  const { id, number, total } = row;
  const at = clock.ago(dated, '10:00:00');
  if (draft) return [];
  const issuing: Step = {
    at,
    async play(trx) {
      // Without an advance nothing more would happen: those are written as they are, which takes a moment for all.
      if (fromAdvance) await issueDraft(trx, { id, revision: 1 }, { by: BOOKKEEPER, now: at });
      return [said(at, 'invoice.issued', id, payer, { number, total })];
    },
  };
  return cancelled ? [issuing, cancelling(payer, row, cancelled)] : [issuing];
}

function cancelling(payer: string, { id, number }: InvoiceRow, how: NonNullable<Bill['cancelled']>): Step {
  const { at, reason } = how;
  return {
    at,
    async play(trx) {
      await release({ trx, now: at, by: BOOKKEEPER }, { invoice_id: id });
      const change = { state: 'cancelled', cancelled_at: at, cancel_reason: reason, revision: 3 } as const;
      await updateInvoice(trx, id, change);
      return [said(at, 'invoice.cancelled', id, payer, { number, reason })];
    },
  };
}

/** Who has paid by card: what was paid, by whom, and when. */
function cards(clock: Clock): Step[] {
  const paid = [
    ['spektr/power-2', 'head', clock.ago(addDays(monthStart(clock, 1), 4), '14:31:07')],
    ['outsider/car-1', 'outsider', clock.ago(28, '20:15:40')],
  ] as const;
  return paid.map(([key, who, at]): Step => ({
    at,
    async play(trx) {
      const invoice = await lockInvoice(trx, billId(key));
      const id = idOf('payment', key);
      const amount = leftOf(invoice);
      const payment: PaymentRow = {
        id,
        invoice_id: invoice.id,
        payer_id: invoice.payer_id,
        account_id: accountId(who),
        acquirer: 'stand-in',
        amount,
        currency: 'RUB',
        state: 'succeeded',
        external_id: `demo-${id}`,
        confirmation_url: null,
        problem: null,
        set_aside: false,
        refunded: 0,
        created_at: at,
        changed_at: at,
        asked_at: at,
      };
      await trx('payments').insert(payment);
      const came = {
        payer_id: invoice.payer_id,
        kind: 'card',
        amount,
        source: `card:${payment.external_id}`,
      } as const;
      const rest = { payment_id: id, paid_on: dayOf(at), note: null };
      await receive({ trx, now: at, by: null }, { ...came, ...rest }, invoice.id);
      return [];
    },
  }));
}

/** What the daily job has told of by now: without it, it would write to everybody at the first start. */
async function rememberLetters(trx: Transaction, { today, ago, now }: Clock): Promise<void> {
  const soon = addDays(today, 3);
  const unpaid = await trx('invoices').where('state', 'issued').whereRaw('allocated < total');
  for (const { id, due_on, issued_at } of unpaid.filter((one) => one.due_on <= soon)) {
    const told: [InvoiceNotice, Date][] = [['soon', ago(addDays(due_on, -3), '09:00:00')]];
    if (due_on < today) told.push(['overdue', ago(addDays(due_on, 1), '09:00:00')]);
    for (const [kind, at] of told) {
      const from = Math.max(at.getTime(), issued_at!.getTime());
      await markInvoiceTold(trx, id, kind, new Date(Math.min(from, now.getTime())));
    }
  }
}
