import { randomUUID } from 'node:crypto';
import type { InvoiceRow, LedgerRow } from '../../src/db/rows.js';
import { issueDraft, writeDraft } from '../../src/domain/invoices/invoices.actions.js';
import type { LineInput } from '../../src/domain/invoices/lines.js';
import { receive } from '../../src/domain/payments/ledger.actions.js';
import { readStatement } from '../../src/domain/payments/statement.js';
import { decideLine } from '../../src/domain/payments/postings.actions.js';
import { loadStatement } from '../../src/domain/payments/statements.actions.js';
import type { Payer } from '../../src/domain/payments/payers.data.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import type { Cast } from './cast.js';
import type { Fields } from './client.js';
import type { TestHouse } from './house.js';
import { innOf } from './people.js';
import { statementFile } from './statement-file.js';

let serial = 0;

export const RENT: LineInput = {
  name: 'Аренда нежилого помещения за ноябрь 2026 года',
  quantity: '184.600',
  unit: 'м²',
  price: 150_000,
  vat_code: 11,
};

/** An invoice of this payer, issued unless `draft`; `change` says what it is besides. */
export async function addInvoice(
  house: TestHouse,
  payer: Payer,
  {
    draft = false,
    lines = [RENT],
    ...change
  }: Partial<InvoiceRow> & { draft?: boolean; lines?: LineInput[] } = {},
): Promise<InvoiceRow> {
  const { db } = house.parts;
  const now = house.clock.now();
  serial += 1;
  const fields = {
    external_id: null,
    contract_id: null,
    number: `${serial}-${randomUUID().slice(0, 4)}`,
    dated_on: dayOf(now),
    period: dayOf(now).slice(0, 7),
    due_on: addDays(dayOf(now), 10),
    purpose: null,
    ...change,
  };
  const id = await db.transaction(async (trx) => {
    const made = await writeDraft(trx, null, { ...fields, payer, lines }, { by: null, now });
    if (!draft) await issueDraft(trx, { id: made, revision: 1 }, { by: null, now });
    return made;
  });
  return (await db('invoices').where({ id }).first())!;
}

/** So many kopecks from a payer that no invoice takes yet. */
export async function payAhead(house: TestHouse, payer_id: string, amount: number): Promise<LedgerRow> {
  const now = house.clock.now();
  const row = await house.parts.db.transaction((trx) =>
    receive(
      { trx, now, by: null },
      {
        payer_id,
        kind: 'hand',
        amount,
        source: `hand:${randomUUID()}`,
        payment_id: null,
        paid_on: dayOf(now),
        note: null,
      },
      null,
    ),
  );
  return row!;
}

/** What an accountant types for a draft. */
export const BILL_FIELDS: Record<string, (cast: Cast, subject: { invoice: string }) => Fields> = {
  'POST /staff/invoices/new': ({ target }) => typedDraft(target.inn),
  'POST /staff/invoices/:invoice/edit': ({ target }) => ({ ...typedDraft(target.inn), revision: '1' }),
  'POST /staff/invoices/:invoice/issue': () => ({ revision: '1' }),
  'POST /staff/invoices/:invoice/cancellation': () => ({ reason: 'Выставлен по ошибке' }),
  'POST /staff/invoices/:invoice/advance': () => ({}),
  'POST /staff/advances/:payer/return': () => ({
    amount: '1',
    paid_on: '26.11.2026',
    number: '7',
    reason: 'По письму',
  }),
  'POST /staff/statements': () => ({}),
  'POST /staff/statements/:statement/application': () => ({}),
  'POST /staff/statements/:statement/lines/:line': () => ({ decision: 'ignore', why: 'Возврат депозита' }),
  'POST /staff/statements/:statement/lines/:line/reversal': () => ({ reason: 'Не тот плательщик' }),
};

const typedDraft = (inn: string) => ({
  inn,
  number: randomUUID().slice(0, 8),
  dated_on: '26.11.2026',
  due_on: '06.12.2026',
  line_1_name: 'Аренда',
  line_1_quantity: '184,6',
  line_1_price: '1 500',
  line_1_vat: '11',
});

/** A person's ИНН that nobody else has: 12 digits with the right control digits. */
export function personInn(number: number): string {
  const ten = innOf(number).slice(0, 10);
  const sum = (weights: number[], digits: string) =>
    (weights.reduce((all, weight, at) => all + weight * Number(digits[at]), 0) % 11) % 10;
  const eleven = ten + String(sum([7, 2, 4, 10, 3, 5, 9, 4, 6, 8], ten));
  return eleven + String(sum([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8], eleven));
}

export interface BillSubject {
  invoice: string;
  payer: string;
  statement: string;
  line: string;
}

/** A statement with one payment: one that waits for a decision, or is posted. */
async function addStatement(
  { house, accounts }: Cast,
  posted: boolean,
): Promise<{ statement: string; line: string }> {
  const { db } = house.parts;
  const staff = accounts.accountant;
  const work = {
    db,
    staff,
    actor: { account_id: staff.id, ip: '', request_id: 'test' },
    now: house.clock.now(),
    form: null,
  };
  const { id: statement } = await loadStatement(
    work,
    'kl_to_1c.txt',
    readStatement(statementFile([{}]).bytes, dayOf(house.clock.now())),
  );
  const line = (await db('statement_lines').where({ statement_id: statement! }).first())!.id;
  const invoice = posted && (await addInvoice(house, { inn: personInn(500_000 + (serial += 1)) })).id;
  if (invoice) await decideLine(work, line, { invoice });
  return { statement: statement!, line };
}

/** The invoice that a line is about: the organisation's, or the asker's own, whose ИНН has been confirmed. */
export async function billSubject(
  cast: Cast,
  pattern: string,
  organisation: { id: string },
  actor: keyof Cast['actors'] | undefined,
): Promise<BillSubject> {
  const { house, accounts } = cast;
  const none = { payer: randomUUID(), invoice: randomUUID(), statement: randomUUID(), line: randomUUID() };
  if (pattern.includes(':statement'))
    return { ...none, ...(await addStatement(cast, pattern.endsWith('reversal'))) };
  if (pattern.includes(':payer')) {
    const { payer_id } = await addInvoice(house, { organisation: organisation.id }, { draft: true });
    await payAhead(house, payer_id, 100);
    return { ...none, payer: payer_id };
  }
  if (!pattern.includes(':invoice')) return none;
  if (pattern.includes(':organisation') || pattern.startsWith('/staff')) {
    const draft = /edit|issue/.test(pattern);
    const { id, payer_id } = await addInvoice(house, { organisation: organisation.id }, { draft });
    if (pattern.endsWith('advance')) await payAhead(house, payer_id, 100);
    return { ...none, invoice: id };
  }
  const own = organisation.id === cast.own.id;
  const person = accounts[actor && actor !== 'nobody' ? actor : own ? 'head' : 'stranger'];
  const inn = personInn(600_000 + (serial += 1));
  const confirmed = { inn, inn_confirmed_at: house.clock.now() };
  await house.parts.db('accounts').where({ id: person.id }).update(confirmed);
  const { id } = await addInvoice(house, { inn });
  return { ...none, invoice: id };
}
