import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvoiceRow } from '../../src/db/rows.js';
import { addInvoice } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { errorsOf, rowsOf, words } from '../support/page.js';
import { statementFile, type Payment } from '../support/statement-file.js';

const PATH = '/staff/statements';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
let inn: string;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
  office = await openOffice(house, { roles: ['accounting'] });
  inn = office.organisation.inn;
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const line = { name: 'Аренда', quantity: '1', unit: null, price: 100_000, vat_code: 1 };
const bill = (change = {}) =>
  addInvoice(house, { organisation: office.organisation.id }, { lines: [line], ...change });
const fresh = async ({ id }: InvoiceRow) => (await db()('invoices').where({ id }).first())!;
const payer = async () => (await db()('payers').where({ organisation_id: office.organisation.id }).first())!;
const load = (payments: Payment[]) => desk.visitor.upload(PATH, {}, statementFile(payments));
const idOf = (reply: { headers: { location?: string } }) => reply.headers.location!.split('/').pop()!;
const lineOf = async (number: string) => (await db()('statement_lines').where({ number }).first())!;
const decide = async (number: string, fields: Record<string, string>) => {
  const { statement_id, id } = await lineOf(number);
  return desk.visitor.submit(`${PATH}/${statement_id}/lines/${id}`, fields);
};

describe('a statement', () => {
  it('is refused when it is none, and nothing is kept', async () => {
    const before = await dump(db(), 'limits', 'sessions');
    const reply = await desk.visitor.upload(PATH, {}, { bytes: Buffer.from('PDF'), name: 'выписка.txt' });
    expect(reply.status).toBe(422);
    expect(errorsOf(reply.text).file).toContain('1CClientBankExchange');
    expect(errorsOf((await desk.visitor.upload(PATH, {}, null)).text).file).toBe('Выберите файл');
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
  });

  it('is matched by number, ИНН and sum; one button writes that down, once', async () => {
    const invoice = await bill();
    const purpose = `Оплата по счёту № ${invoice.number}`;
    const loaded = await load([
      { number: 'A1', inn, sum: '1000.00', purpose },
      { number: 'A2', inn: '7704374968', sum: '100.00', purpose },
    ]);
    expect(loaded.status).toBe(303);
    expect(await count(db(), 'ledger')).toBe(0);
    const page = await desk.visitor.get(`${PATH}/${idOf(loaded)}`);
    const states = rowsOf(page.text).map((row) => row.at(-1));
    expect(states[0]).toContain('Совпал');
    expect(states[1]).toContain('Нужно решение');

    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => desk.visitor.submit(`${PATH}/${idOf(loaded)}/application`, {})),
    );
    expect(clicks.map(({ status }) => status)).toEqual(clicks.map(() => 303));
    expect(await fresh(invoice)).toMatchObject({ allocated: 100_000, total: 100_000 });
    expect(await db()('ledger').pluck('amount')).toEqual([100_000]);
    const letters = await db()('outbox').where({ letter: 'invoice.paid' }).pluck('recipient');
    expect(letters).toEqual([office.account.email]);
    expect(words((await office.visitor.get(`/profiles/${office.organisation.id}/invoices`)).text)).toContain(
      'Оплачен',
    );
  });

  it('doubles nothing when it is loaded again, or another one brings the same payment', async () => {
    const invoice = await bill();
    const paid = { number: 'B1', inn, sum: '1000.00', purpose: `счёт ${invoice.number}` };
    const first = await load([paid]);
    await desk.visitor.submit(`${PATH}/${idOf(first)}/application`, {});
    const [ledger, statements] = [await count(db(), 'ledger'), await count(db(), 'statements')];
    expect((await load([paid])).headers.location).toBe(PATH);
    expect(words((await desk.visitor.get(PATH)).text)).toContain(
      'Новых поступлений в файле нет. Уже были загружены раньше: 1.',
    );
    expect(await count(db(), 'statements')).toBe(statements);
    const reply = await load([{ number: 'B2', inn, sum: '5.00' }, paid]);
    await desk.visitor.submit(`${PATH}/${idOf(reply)}/application`, {});
    expect(await count(db(), 'ledger')).toBe(ledger);
    expect(await count(db(), 'statement_lines', { number: 'B1' })).toBe(1);
  });

  it('keeps payments apart that differ in their purpose alone', async () => {
    const twin = { number: 'B3', inn, sum: '3.00' };
    const loaded = await load([
      { ...twin, purpose: 'по счёту 207' },
      { ...twin, purpose: 'по счёту 208' },
    ]);
    expect(words((await desk.visitor.get(`${PATH}/${idOf(loaded)}`)).text)).toContain(
      'Новых поступлений: 2.',
    );
    expect(await count(db(), 'statement_lines', { number: 'B3' })).toBe(2);
  });

  it('of another account than the company’s is taken when somebody says that it is its too', async () => {
    const company = house.parts.company;
    const own = company.current();
    const before = await count(db(), 'statements');
    for (const details of [
      { account: '40702810000000000001', inn: null },
      { account: null, inn: '7704374968' },
    ]) {
      company.current = () => ({ ...own, ...details });
      const paid = { number: 'B4', inn, sum: '4.00', owner: '7700000000' };
      const refused = await load([paid]);
      expect([refused.status, errorsOf(refused.text).own]).toEqual([
        422,
        expect.stringContaining('загрузите снова'),
      ]);
      expect(refused.text).toContain('name="own"');
    }
    expect(await count(db(), 'statements')).toBe(before);
    const taken = await desk.visitor.upload(
      PATH,
      { own: 'on' },
      statementFile([{ number: 'B4', sum: '4.00' }]),
    );
    expect(taken.status).toBe(303);
    company.current = () => own;
  });

  it('shows those alone that somebody has to decide', async () => {
    const invoice = await bill();
    const loaded = await load([
      { number: 'B5', inn, sum: '1000.00', purpose: `счёт ${invoice.number}` },
      { number: 'B6', inn, sum: '6.00', purpose: 'без номера' },
    ]);
    const page = await desk.visitor.get(`${PATH}/${idOf(loaded)}?show=waiting`);
    expect(rowsOf(page.text).map(([who]) => /№ (B\d)/.exec(who!)?.[1])).toEqual(['B6']);
  });
});

describe('a decision by hand', () => {
  it('wants to know which invoice, or why it is none of ours', async () => {
    await load([{ number: 'C1', inn, sum: '10.00', purpose: 'без номера' }]);
    expect(errorsOf((await decide('C1', { decision: 'invoice', invoice: '' })).text).invoice).toBeDefined();
    expect(errorsOf((await decide('C1', { decision: 'ignore', why: '' })).text).why).toBeDefined();
    const unknown = await decide('C1', { decision: 'invoice', number: 'нет такого' });
    expect(errorsOf(unknown.text)).toEqual({ number: 'Выставленного счёта с таким номером нет' });
    // Every decision has a form of its own: what one of them is sent with Enter is never another.
    const { statement_id, id } = await lineOf('C1');
    const page = (await desk.visitor.get(`${PATH}/${statement_id}/lines/${id}`)).text;
    for (const form of page.match(/<form[^]*?<\/form>/g)!)
      expect(form.match(/name="decision"/g)?.length ?? 0).toBeLessThan(2);
    expect((await decide('C1', { decision: 'all' })).status).toBe(422);
    expect((await lineOf('C1')).state).toBe('waiting');
  });

  it('pays the invoice, and what is too much is an advance', async () => {
    const invoice = await bill();
    const before = (await payer()).advance;
    await load([{ number: 'D1', inn, sum: '1500.00', purpose: 'без номера' }]);
    expect((await decide('D1', { decision: 'invoice', number: invoice.number })).status).toBe(303);
    expect(await fresh(invoice)).toMatchObject({ allocated: 100_000 });
    expect((await payer()).advance).toBe(before + 50_000);
    expect((await decide('D1', { decision: 'ignore', why: 'ошибка' })).status).toBe(409);
    expect(await lineOf('D1')).toMatchObject({ why: expect.stringMatching(/^В аванс: 500,00/) });
  });

  it('shows whose invoice it is before one payer’s money pays another’s, and which of several numbers', async () => {
    const other = await openOffice(house, { roles: ['accounting'], name: 'ООО «Чужая»' });
    const theirs = await addInvoice(house, { organisation: other.organisation.id }, { lines: [line] });
    const [older, newer] = [
      await addInvoice(
        house,
        { organisation: office.organisation.id },
        { number: 'Двойной', dated_on: '2025-11-24' },
      ),
      await addInvoice(house, { organisation: office.organisation.id }, { number: 'Двойной' }),
    ];
    await load([
      { number: 'D2', inn, sum: '10.00', purpose: 'без номера' },
      { number: 'D3', inn, sum: '11.00', purpose: 'без номера' },
    ]);
    const ledger = await count(db(), 'ledger');
    const asked = await decide('D2', { decision: 'invoice', number: theirs.number });
    expect([asked.status, errorsOf(asked.text).invoice]).toEqual([
      422,
      expect.stringContaining('другому плательщику'),
    ]);
    expect(words(asked.text)).toContain('ООО «Чужая», ИНН');
    const which = await decide('D3', { decision: 'invoice', number: 'Двойной' });
    expect(errorsOf(which.text).invoice).toContain('несколько');
    for (const { id } of [older, newer]) expect(which.text).toContain(`value="${id}"`);
    expect(await count(db(), 'ledger')).toBe(ledger);

    const chosen = { decision: 'invoice', number: theirs.number, invoice: theirs.id };
    expect((await decide('D2', chosen)).status).toBe(303);
    expect(await fresh(theirs)).toMatchObject({ allocated: 1000 });
    expect((await decide('D3', { decision: 'invoice', number: 'Двойной', invoice: older.id })).status).toBe(
      303,
    );
    expect((await fresh(older)).allocated).toBe(older.allocated + 1100);
  });

  it('makes an advance, which pays the next invoice when it is issued', async () => {
    const before = (await payer()).advance;
    await load([{ number: 'E1', inn, sum: '300.00', purpose: 'предоплата' }]);
    expect((await decide('E1', { decision: 'advance' })).status).toBe(303);
    expect((await payer()).advance).toBe(before + 30_000);
    const next = await bill({ due_on: '2026-01-01' });
    expect((await fresh(next)).allocated).toBe(Math.min(100_000, before + 30_000));
  });

  it('cannot be an advance of nobody we know', async () => {
    await load([
      { number: 'F1', inn: '7700000000', sum: '1.00' },
      { number: 'F2', sum: '2.00' },
    ]);
    for (const number of ['F1', 'F2'])
      expect(errorsOf((await decide(number, { decision: 'advance' })).text).payer).toContain('не найден');
    expect((await decide('F2', { decision: 'ignore', why: 'Возврат депозита' })).status).toBe(303);
    expect(await lineOf('F2')).toMatchObject({ state: 'ignored', why: 'Возврат депозита' });
  });

  it('has one winner of fifty', async () => {
    const invoice = await bill();
    const ledger = await count(db(), 'ledger');
    await load([{ number: 'G1', inn, sum: '77.00', purpose: 'без номера' }]);
    const asked = Array.from({ length: 50 }, (_, n) =>
      decide('G1', n % 2 ? { decision: 'advance' } : { decision: 'invoice', number: invoice.number }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
    expect(await count(db(), 'ledger')).toBe(ledger + 1);
  });
});

describe('a posting', () => {
  const reverse = async (number: string, reason = 'Не тот счёт') => {
    const { statement_id, id } = await lineOf(number);
    return desk.visitor.submit(`${PATH}/${statement_id}/lines/${id}/reversal`, { reason });
  };

  it('is taken back once, by a row of the ledger, and made anew', async () => {
    const [wrong, right] = [await bill(), await bill()];
    const before = (await payer()).advance;
    await load([{ number: 'H1', inn, sum: '600.00', purpose: 'без номера' }]);
    expect((await reverse('H1')).status).toBe(409);
    await decide('H1', { decision: 'invoice', invoice: wrong.id });
    expect((await fresh(wrong)).allocated).toBe(wrong.allocated + 60_000);
    expect(errorsOf((await reverse('H1', ' ')).text)).toEqual({ reason: 'Укажите причину' });
    const ledger = await count(db(), 'ledger');
    const taken = await Promise.all(Array.from({ length: 10 }, () => reverse('H1')));
    expect(taken.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(9).fill(409)]);
    expect(await count(db(), 'ledger')).toBe(ledger + 1);
    expect((await fresh(wrong)).allocated).toBe(wrong.allocated);
    expect(await lineOf('H1')).toMatchObject({ state: 'waiting', why: 'Проведение отменено: Не тот счёт' });
    expect((await payer()).advance).toBe(before);

    await decide('H1', { decision: 'invoice', invoice: right.id });
    expect((await fresh(right)).allocated).toBe(right.allocated + 60_000);
    expect((await reverse('H1')).status).toBe(303);
    expect((await fresh(right)).allocated).toBe(right.allocated);
    expect(await count(db(), 'ledger')).toBe(ledger + 3);
    expect(await count(db(), 'audit', { action: 'statement.reversed' })).toBe(2);
  });
});
