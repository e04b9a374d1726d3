import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InvoiceRow } from '../../src/db/rows.js';
import { payAhead, RENT } from '../support/bills.js';
import { NOON, openCashDesk, type CashDesk } from '../support/cash-desk.js';
import { openDesk } from '../support/office.js';
import { words } from '../support/page.js';
import { statementFile } from '../support/statement-file.js';

let desk: CashDesk;
let staff: Awaited<ReturnType<typeof openDesk>>['visitor'];
beforeAll(async () => {
  desk = await openCashDesk();
  staff = (await openDesk(desk.house, ['accountant'])).visitor;
});
afterAll(() => desk?.close());
beforeEach(async () => {
  desk.clock.at = NOON;
  await desk.calm();
  // Each begins with nothing owed and nothing paid ahead.
  await desk.db('invoices').update({ state: 'cancelled', cancel_reason: '—', allocated: 0 });
  await desk.db('payers').update({ advance: 0 });
});

const bill = (more: Parameters<CashDesk['invoice']>[0] = {}) =>
  desk.invoice({ lines: [{ ...RENT, quantity: '1', price: 100_000 }], ...more });
const letter = async () =>
  (await desk.lettersTo(desk.bookkeeper.account.email)).map((text) => text.replace(/\s+/g, ' '));
const books = ({ id }: Pick<InvoiceRow, 'id'>) => `/staff/invoices/${id}`;
const issue = (invoice: InvoiceRow) => staff.submit(`${books(invoice)}/issue`, { revision: '1' });

/** Such a payment stands in a statement, and the accountant says which invoice it is for. */
async function decide(sum: string, { number }: InvoiceRow) {
  const file = statementFile([{ sum, inn: desk.office.organisation.inn, purpose: 'Оплата' }]);
  const at = (await staff.upload('/staff/statements', {}, file)).headers.location!;
  const line = (await desk
    .db('statement_lines')
    .where({ statement_id: at.split('/').at(-1)! })
    .first())!;
  const decision = { decision: 'invoice', number };
  expect((await staff.submit(`${at}/lines/${line.id}`, decision)).status).toBe(303);
}

describe('the letter about a new invoice', () => {
  it('asks for nothing where an advance covers it all', async () => {
    const invoice = await bill({ draft: true });
    await payAhead(desk.house, invoice.payer_id, 150_000);
    await issue(invoice);
    const [text] = await letter();
    expect(text).toContain(
      'на сумму 1 000,00 ₽ выставлен. Он полностью оплачен из аванса, платить ничего не нужно.',
    );
    expect(text).not.toMatch(/Оплатите|осталось/);
  });

  it('says what is left where it covers a part', async () => {
    const invoice = await bill({ draft: true });
    await payAhead(desk.house, invoice.payer_id, 40_000);
    await issue(invoice);
    expect((await letter())[0]).toMatch(
      /Оплатите его до 07\.12\.2026 включительно\. Часть суммы зачтена из аванса, осталось оплатить 600,00 ₽\./,
    );
  });

  it('does not ask to pay by a day that is over; the accountant was warned', async () => {
    const invoice = await bill({ draft: true, due_on: '2026-10-10' });
    expect(words((await staff.get(books(invoice))).text)).toContain('Срок оплаты уже прошёл.');
    expect(words((await staff.get(`${books(invoice)}/issue`)).text)).toContain(
      'счёт сразу станет просроченным',
    );
    await issue(invoice);
    const [text] = await letter();
    expect(text).toContain('Срок оплаты, 10.10.2026, уже прошёл: оплатите его как можно скорее.');
    expect(text).not.toContain('включительно');
    // The last day itself is not over.
    const today = await bill({ draft: true, due_on: '2026-11-27' });
    expect(words((await staff.get(books(today))).text)).not.toContain('Срок оплаты уже прошёл.');
  });
});

describe('the letter about money', () => {
  it('from a bank says what of it became an advance', async () => {
    const invoice = await bill();
    await decide('3000.00', invoice);
    expect((await letter())[0]).toContain(
      'получено 3 000,00 ₽. Счёт оплачен полностью. 2 000,00 ₽ остались авансом',
    );
    desk.mailbox.letters.length = 0;
    await decide('50.00', invoice);
    expect((await letter())[0]).toContain('получено 50,00 ₽. Счёт уже был оплачен. 50,00 ₽ остались авансом');
  });

  it('of a cancelled invoice says where it is', async () => {
    const invoice = await bill();
    await desk.byBank(invoice, 70_000);
    await staff.submit(`${books(invoice)}/cancellation`, { reason: 'Ошибка в сумме' });
    expect((await letter())[0]).toMatch(
      /платить по нему не нужно\. Причина: Ошибка в сумме 700,00 ₽ остались авансом/,
    );
  });
});
