import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePayer } from '../../src/domain/payments/payers.data.js';
import { addInvoice, payAhead, personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { openDesk } from '../support/office.js';
import { errorsOf, rowsOf, words } from '../support/page.js';
import { addAccount, addOrganisation } from '../support/people.js';

const PATH = '/staff/advances';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const payerOf = async (name: string, ...came: number[]) => {
  const organisation = await addOrganisation(house, name);
  const { id } = await db().transaction((trx) => ensurePayer(trx, { organisation: organisation.id }));
  for (const amount of came) await payAhead(house, id, amount);
  return { id, organisation };
};
const advance = async (id: string) => (await db()('payers').where({ id }).first())!.advance;
const transfer = { paid_on: '1.11.2026', number: '12', reason: 'По письму № 4' };
const giveBack = (id: string, fields: Record<string, string>) =>
  desk.visitor.submit(`${PATH}/${id}/return`, { ...transfer, ...fields });

describe('advances', () => {
  beforeEach(async () => void (await db()('payers').update({ advance: 0 })));

  it('are listed by their size, page by page, whose there is one', async () => {
    expect(words((await desk.visitor.get(PATH)).text)).toContain('Авансов нет');
    const rows = Array.from({ length: 25 }, (_, n) => ({
      id: randomUUID(),
      organisation_id: null,
      inn: String(770000000000 + n),
      advance: n === 0 ? 0 : 100 * Math.ceil(n / 2),
    }));
    await db()('payers').insert(rows);
    const first = await desk.visitor.get(PATH);
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
    const second = await desk.visitor.get(next);
    const sums = [first, second].flatMap(({ text }) => rowsOf(text).map(([, sum]) => sum));
    expect(sums).toHaveLength(24);
    expect(sums.map((sum) => parseFloat(sum!))).toEqual(
      rows
        .filter((row) => row.advance > 0)
        .map((row) => row.advance / 100)
        .sort((a, b) => b - a),
    );
    const previous = /href="([^"]*before=[^"]*)"/.exec(second.text)![1]!;
    expect(rowsOf((await desk.visitor.get(previous)).text)).toEqual(rowsOf(first.text));
    // What is no cursor of this list is its first page.
    for (const odd of ['x', 'MQ_x', `bm8_${randomUUID()}`])
      expect((await desk.visitor.get(`${PATH}?after=${odd}`)).status).toBe(200);
  });

  it('of a private person is known by his name, as his invoices are', async () => {
    const inn = personInn(700_001);
    await addAccount(house, { inn, inn_confirmed_at: house.clock.now(), surname: 'Авансов', name: 'Пётр' });
    const { id } = await db().transaction((trx) => ensurePayer(trx, { inn }));
    await payAhead(house, id, 100);
    expect(words((await desk.visitor.get(PATH)).text)).toContain('Частное лицо: Авансов Пётр');
    expect(words((await desk.visitor.get(`${PATH}/${id}/return`)).text)).toContain(
      'Частное лицо: Авансов Пётр',
    );
  });
});

describe('an advance that goes back', () => {
  it('is refused beyond what there is, without its order, and from days to come', async () => {
    const { id } = await payerOf('ООО «Мало»', 10_000);
    const before = await dump(db(), 'limits', 'sessions');
    for (const [fields, field] of [
      [{ amount: '0' }, 'amount'],
      [{ amount: '1e3' }, 'amount'],
      [{ amount: '1', number: ' ' }, 'number'],
      [{ amount: '1', reason: '' }, 'reason'],
      [{ amount: '1', paid_on: '31.12.2099' }, 'paid_on'],
    ] as [Record<string, string>, string][]) {
      const answer = await giveBack(id, fields);
      expect([answer.status, Object.keys(errorsOf(answer.text))]).toEqual([422, [field]]);
    }
    const much = await giveBack(id, { amount: '100,01' });
    expect([much.status, words(much.text)]).toEqual([
      409,
      expect.stringContaining('Аванс плательщика сейчас 100,00'),
    ]);
    expect((await desk.visitor.get(`${PATH}/${randomUUID()}/return`)).status).toBe(404);
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
  });

  it('takes the oldest money first, and nothing that an invoice has', async () => {
    const { id, organisation } = await payerOf('ООО «Два платежа»', 10_000, 5_000);
    const line = { name: 'Аренда', quantity: '1', unit: null, price: 4_000, vat_code: 1 };
    const invoice = await addInvoice(house, { organisation: organisation.id }, { lines: [line] });
    expect(await advance(id)).toBe(11_000);
    const answer = await giveBack(id, { amount: '80' });
    expect([answer.status, answer.headers.location]).toEqual([303, PATH]);
    expect(await advance(id)).toBe(3_000);
    const rows = await db()('ledger').where({ payer_id: id }).orderBy('id');
    expect(rows.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['hand', 10_000],
      ['hand', 5_000],
      ['bank', -6_000],
      ['bank', -2_000],
    ]);
    expect(rows.at(-1)!.note).toBe('Возврат аванса, платёжное поручение № 12. По письму № 4');
    expect((await db()('invoices').where({ id: invoice.id }).first())!.allocated).toBe(4_000);
  });

  it('goes once of twenty clicks of one form, and never beyond what there is', async () => {
    const { id } = await payerOf('ООО «Двадцать»', 10_000);
    const fields = { ...(await desk.visitor.hidden(`${PATH}/${id}/return`)), ...transfer, amount: '60' };
    const clicks = await Promise.all(
      Array.from({ length: 20 }, () => desk.visitor.post(`${PATH}/${id}/return`, fields)),
    );
    expect(clicks.map(({ status }) => status)).toEqual(clicks.map(() => 303));
    expect(await advance(id)).toBe(4_000);
    const others = await Promise.all(Array.from({ length: 10 }, () => giveBack(id, { amount: '30' })));
    expect(others.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(await advance(id)).toBe(1_000);
    expect(await count(db(), 'audit', { action: 'advance.returned', subject_id: id })).toBe(2);
  });
});
