import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Company } from '../../src/domain/organisations/company.js';
import { addInvoice, payAhead, personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk, openOffice, type Office } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { FULL_COMPANY } from '../support/papers.js';
import { addAccount } from '../support/people.js';
import { parsePayment, readQr } from '../support/qr.js';

let house: OpenHouse;
let office: Office;
let path: string;
beforeAll(async () => {
  house = await openDoors();
  office = await openOffice(house, { roles: ['accounting'] });
  path = `/profiles/${office.organisation.id}/invoices`;
});
afterAll(() => house?.close());
beforeEach(() => describeCompany(FULL_COMPANY));

const db = () => house.parts.db;
const line = { name: 'Аренда', quantity: '1', unit: null, price: 122_000, vat_code: 11 };
const bill = (change = {}) =>
  addInvoice(house, { organisation: office.organisation.id }, { lines: [line], ...change });

/** Writes down what the company says of itself; null: nothing has been saved yet. */
async function describeCompany(details: Company | null) {
  await db()('company').delete();
  if (details)
    await db()('company').insert({
      one: true,
      details,
      revision: 1,
      changed_at: house.clock.now(),
      changed_by: null,
    });
  await house.parts.company.refresh();
}

async function read(reply: { body: unknown }): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(reply.body as Buffer)));
  return text.join(' ').replace(/\s+/g, ' ');
}

/** What the page's code says; the picture is drawn from what stands in the page. */
async function codeOn(html: string) {
  const [svg] = /<svg class="qr"[\s\S]*?<\/svg>/.exec(html) ?? [];
  if (!svg) return null;
  const size = Number(/viewBox="0 0 (\d+) /.exec(svg)![1]) * 6;
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" ${svg.slice(4).replace('<path', '<rect width="100%" height="100%" fill="#fff"/><path')}`;
  return parsePayment(await readQr(Buffer.from(drawn))).values;
}

describe('who gets the papers of an invoice', () => {
  const papers = ['pdf', 'receipt'];
  const statuses = (visitor: Office['visitor'], base: string) =>
    Promise.all(papers.map(async (paper) => (await visitor.get(`${base}/${paper}`)).status));

  it('of an organisation: its accounting, once it is issued', async () => {
    const own = await bill();
    const hidden = await bill({ draft: true });
    const observer = await addColleague(house, office.organisation, ['observer', 'documents', 'requests']);
    const stranger = await openOffice(house, { name: 'ООО «Сосед»', roles: ['administrator'] });
    expect(await statuses(observer.visitor, `${path}/${own.id}`)).toEqual([403, 403]);
    expect(await statuses(stranger.visitor, `${path}/${own.id}`)).toEqual([404, 404]);
    const through = `/profiles/${stranger.organisation.id}/invoices/${own.id}`;
    expect(await statuses(stranger.visitor, through)).toEqual([404, 404]);
    expect(await statuses(house.visitor(), `${path}/${own.id}`)).toEqual([303, 303]);
    expect(await statuses(office.visitor, `${path}/${hidden.id}`)).toEqual([404, 404]);
    expect(await statuses(office.visitor, `/desktop/invoices/${own.id}`)).toEqual([404, 404]);
    expect(await statuses(office.visitor, `${path}/${own.id}`)).toEqual([200, 200]);
  });

  it('of a private person: he, once his ИНН is confirmed', async () => {
    const person = await addAccount(house);
    const inn = personInn(700_001);
    const visitor = await house.visitor().signIn(person.email);
    const base = `/desktop/invoices/${(await addInvoice(house, { inn })).id}`;
    await db()('accounts').where({ id: person.id }).update({ inn });
    expect(await statuses(visitor, base)).toEqual([404, 404]);
    await db()('accounts').where({ id: person.id }).update({ inn_confirmed_at: house.clock.now() });
    expect(await statuses(visitor, base)).toEqual([200, 200]);
    const name = `${person.surname} ${person.name}`;
    expect(await read(await visitor.get(`${base}/pdf`))).toMatch(
      new RegExp(`Покупатель ${name}.*, ИНН ${inn}`),
    );
    expect(words((await visitor.get(`${base}/receipt`)).text)).toMatch(
      new RegExp(`Плательщик ${name}.*, ИНН ${inn}`),
    );
  });

  it('of anybody: the accountant, drafts too; the rest of the staff do not', async () => {
    const accountant = await openDesk(house, ['accountant']);
    const reviewer = await openDesk(house, ['reviewer']);
    const { id, number } = await bill({ draft: true });
    expect((await reviewer.visitor.get(`/staff/invoices/${id}/pdf`)).status).toBe(403);
    expect((await office.visitor.get(`/staff/invoices/${id}/pdf`)).status).toBe(404);
    const page = (await accountant.visitor.get(`/staff/invoices/${id}`)).text;
    const text = await read(await accountant.visitor.get(linksOf(page)['Скачать PDF']!));
    for (const part of [number, 'ЧЕРНОВИК', office.organisation.name]) expect(text).toContain(part);
  });
});

describe('the PDF', () => {
  it('opens in the browser under its name, and stays in no cache', async () => {
    const { id } = await bill({ number: '17/26 «А»', dated_on: '2026-11-26' });
    const reply = await office.visitor.get(`${path}/${id}/pdf`);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/pdf',
      'cache-control': 'private, no-store',
    });
    expect(reply.headers['content-disposition']).toBe(
      `inline; filename="Schet _ 17-26 _A_ ot 26.11.2026.pdf"; filename*=UTF-8''${encodeURIComponent('Счёт № 17-26 «А» от 26.11.2026.pdf')}`,
    );
    expect(await read(reply)).toContain('Счёт на оплату № 17/26 «А» от 26.11.2026');
    expect(linksOf((await office.visitor.get(`${path}/${id}`)).text)['Скачать PDF']).toBe(
      `${path}/${id}/pdf`,
    );
  });

  it('tells what has been paid since', async () => {
    const invoice = await bill();
    await payAhead(house, invoice.payer_id, 22_000);
    const accountant = await openDesk(house, ['accountant']);
    await accountant.visitor.submit(`/staff/invoices/${invoice.id}/advance`, {});
    const text = await read(await office.visitor.get(`${path}/${invoice.id}/pdf`));
    expect(text).toContain('Оплачено 220,00 ₽ Осталось оплатить 1 000,00 ₽');
    const code = await codeOn((await office.visitor.get(`${path}/${invoice.id}`)).text);
    expect(code).toMatchObject({
      Sum: '100000',
      Purpose: expect.stringContaining('НДС 180.33 руб.') as string,
    });
  });
});

describe('the code and the receipt', () => {
  it('ask for what is left, to the company’s account', async () => {
    const { id, number } = await bill();
    const page = (await office.visitor.get(`${path}/${id}`)).text;
    const links = linksOf(page);
    expect([links['Оплатить по QR'], links['Квитанция для печати']]).toEqual([
      '#qr',
      `${path}/${id}/receipt`,
    ]);
    const receipt = (await office.visitor.get(`${path}/${id}/receipt`)).text;
    for (const html of [page, receipt]) {
      expect(await codeOn(html)).toMatchObject({
        Name: FULL_COMPANY.legalName,
        PersonalAcc: FULL_COMPANY.account,
        Sum: '122000',
        Purpose: expect.stringMatching(`Оплата счёта № ${number} от .* В т.ч. НДС 220.00 руб.`) as string,
      });
      expect(html).not.toMatch(/style=|data:/);
    }
    const text = words(receipt);
    for (const part of ['Извещение', 'Квитанция', 'Получатель ООО УК «МНПО «СПЕКТР»', 'ИНН 7704374968'])
      expect(text).toContain(part);
    for (const part of ['БИК 044525225', 'Сумма 1 220,00 ₽', `Плательщик ${office.organisation.name}, ИНН`])
      expect(text.split(part), part).toHaveLength(3);
  });

  it('of a company without requisites are words, and the PDF is there all the same', async () => {
    const { id } = await bill();
    await describeCompany({ ...FULL_COMPANY, bank: null, correspondent: null });
    for (const at of [`${path}/${id}`, `${path}/${id}/receipt`]) {
      const { status, text } = await office.visitor.get(at);
      expect([status, await codeOn(text)]).toEqual([200, null]);
      expect(words(text)).toContain('не указала реквизиты (банк, корреспондентский счёт)');
      expect(linksOf(text)).not.toHaveProperty('Оплатить по QR');
    }
    expect(await read(await office.visitor.get(`${path}/${id}/pdf`))).toContain('QR-кода для оплаты нет');
    await describeCompany(null);
    expect((await office.visitor.get(`${path}/${id}/pdf`)).status).toBe(200);
  });

  it('are not there when nothing is left', async () => {
    const { id } = await bill();
    await db()('invoices')
      .where({ id })
      .update({ state: 'cancelled', cancelled_at: house.clock.now(), cancel_reason: 'x' });
    const page = (await office.visitor.get(`${path}/${id}`)).text;
    expect([await codeOn(page), linksOf(page)['Оплатить по QR']]).toEqual([null, undefined]);
    const receipt = await office.visitor.get(`${path}/${id}/receipt`);
    expect([receipt.status, await codeOn(receipt.text)]).toEqual([200, null]);
    expect(words(receipt.text)).toContain('Платить по этому счёту не нужно.');
    expect(await read(await office.visitor.get(`${path}/${id}/pdf`))).toContain('ОТМЕНЁН');
  });
});
