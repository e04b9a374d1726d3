import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInvoice, personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { linksOf, rowsOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const BOOKS = '/staff/invoices';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
});
afterAll(() => house?.close());

const line = { name: 'Аренда', quantity: '1', unit: null, price: 100_000, vat_code: 1 };
const bill = (office: Office, change = {}) =>
  addInvoice(house, { organisation: office.organisation.id }, { lines: [line], ...change });
const numbersOf = (html: string) => rowsOf(html).map(([name]) => /№ (.+?) от/.exec(name!)![1]);

/** All pages one after another, and back again. */
async function walked(visitor: Office['visitor'], from: string) {
  const pages: (string | undefined)[][] = [];
  let { text } = await visitor.get(from);
  pages.push(numbersOf(text));
  for (let to = linksOf(text)['Дальше']; to; to = linksOf(text)['Дальше']) {
    text = (await visitor.get(to)).text;
    pages.push(numbersOf(text));
  }
  const back: (string | undefined)[][] = [pages.at(-1)!];
  for (let to = linksOf(text)['Назад']; to; to = linksOf(text)['Назад']) {
    text = (await visitor.get(to)).text;
    back.unshift(numbersOf(text));
  }
  return { pages, back };
}

describe('invoices of one day', () => {
  it('stand by number as a person counts, under later days, for both, forwards and back', async () => {
    const office = await openOffice(house, { name: 'ООО «Порядок»', roles: ['accounting'] });
    const numbers = Array.from({ length: 45 }, (_, n) => `М-${n + 1}`);
    const shuffled = [...numbers].sort((a, b) => (a < b ? 1 : -1));
    for (const number of shuffled) await bill(office, { number, dated_on: '2026-10-05' });
    await bill(office, { number: 'М-99/2', dated_on: '2026-10-06' });
    await bill(office, { number: 'М-99/10', dated_on: '2026-10-06' });
    await bill(office, { number: '20261004000000000001234', dated_on: '2026-10-04' });
    const order = ['М-99/2', 'М-99/10', ...numbers, '20261004000000000001234'];
    const own = `/profiles/${office.organisation.id}/invoices`;
    for (const [visitor, path] of [
      [office.visitor, own],
      [office.visitor, `${own}?show=unpaid`],
      [desk.visitor, `${BOOKS}?search=${encodeURIComponent('порядок')}`],
    ] as const) {
      const { pages, back } = await walked(visitor, path);
      expect(pages.flat()).toEqual(order);
      expect(back).toEqual(pages);
    }
    const found = numbersOf((await desk.visitor.get(`${BOOKS}?search=${encodeURIComponent('М-1')}`)).text);
    expect(found.slice(0, 3)).toEqual(['М-1', 'М-10', 'М-11']);
  });
});

describe('a tenant', () => {
  it('finds what is overdue at once, what is cancelled, and a month', async () => {
    const office = await openOffice(house, { name: 'ООО «Отбор»', roles: ['accounting'] });
    const path = `/profiles/${office.organisation.id}/invoices`;
    expect((await office.visitor.get(path)).text).not.toContain('name="period"');
    await bill(office, { number: 'старый', period: '2025-10', due_on: '2020-09-10', dated_on: '2020-09-01' });
    await bill(office, { number: 'новый', period: '2026-01' });
    await bill(office, { number: 'без месяца', period: null });
    const gone = await bill(office, { number: 'отменённый', period: '2025-12' });
    await bill(office, { number: 'черновик', period: '2027-05', draft: true });
    const cancelled = { state: 'cancelled', cancel_reason: 'Ошибка', cancelled_at: new Date() } as const;
    await house.parts.db('invoices').where({ id: gone.id }).update(cancelled);
    const { text } = await office.visitor.get(path);
    const late = linksOf(text)[words('1 000,00&nbsp;₽')];
    expect(late).toBe(`${path}?show=overdue`);
    expect(words(/<select[^>]*name="period"[\s\S]*?<\/select>/.exec(text)![0])).toBe(
      'Любой Январь 2026 Декабрь 2025 Ноябрь 2025 Октябрь 2025',
    );
    const found = async (query: string) => numbersOf((await office.visitor.get(`${path}?${query}`)).text);
    expect(await found('show=overdue')).toEqual(['старый']);
    expect(await found('show=cancelled')).toEqual(['отменённый']);
    expect(await found('period=2026-01')).toEqual(['новый']);
    expect(await found('period=2025-11')).toEqual([]);
    expect(await found('period=2025-12&show=unpaid')).toEqual([]);
    expect(await found('period=2026-13&show=constructor')).toHaveLength(4);
    expect(await found('period=%00')).toHaveLength(4);
    const page = (await office.visitor.get(`${path}?period=2026-01`)).text;
    expect(page).toContain('value="2026-01" selected');
  });
});

describe('a private payer', () => {
  it('is found by his surname once his ИНН is confirmed, and named alike wherever he pays', async () => {
    const inn = personInn(910_001);
    const invoice = await addInvoice(house, { inn }, { lines: [line], number: 'частный' });
    const draft = await addInvoice(house, { inn }, { lines: [line], draft: true });
    const account = await addAccount(house, { surname: 'Переверзев', name: 'Олег', patronymic: null, inn });
    const found = async (search: string) =>
      rowsOf((await desk.visitor.get(`${BOOKS}?search=${encodeURIComponent(search)}`)).text);
    const seen = async (path: string) => words((await desk.visitor.get(`${BOOKS}/${path}`)).text);
    expect(await found('переверзев')).toEqual([]);
    expect((await found(inn))[0]![1]).toBe(`Частное лицо ИНН ${inn}`);
    expect(await seen(invoice.id)).toContain(`Плательщик Частное лицо, ИНН ${inn}`);
    await house.parts.db('accounts').where({ id: account.id }).update({ inn_confirmed_at: new Date() });
    const named = 'Частное лицо: Переверзев Олег';
    for (const search of ['переверзев', 'олег пере', inn]) {
      const rows = await found(search);
      expect(rows.map(([, payer]) => payer)).toEqual(Array(2).fill(`${named} ИНН ${inn}`));
    }
    expect(await found('tenant.test')).toEqual([]);
    expect(await seen(invoice.id)).toContain(`Плательщик ${named}, ИНН ${inn}`);
    expect(await seen(`${draft.id}/issue`)).toContain(`Плательщик ${named}, ИНН ${inn}`);
    const { text } = await desk.visitor.get(`${BOOKS}/export?format=csv&search=${encodeURIComponent(inn)}`);
    expect(text).toContain(`;${named};${inn};`);
  });
});
