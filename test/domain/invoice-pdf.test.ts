import { extractImages, extractText, getDocumentProxy, getMeta } from 'unpdf';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Invoice } from '../../src/domain/invoices/invoices.data.js';
import { invoicePdf } from '../../src/domain/invoices/invoice-pdf.js';
import { payableOf, paymentCode } from '../../src/domain/invoices/payment-qr.js';
import { COMPANY } from '../../src/domain/organisations/company.js';
import { RENT } from '../support/bills.js';
import { FULL_COMPANY, manyLines, paperInvoice } from '../support/papers.js';
import { parsePayment, readQr } from '../support/qr.js';

const NOW = new Date('2026-11-26T09:00:00Z');
const BUYER = 'ООО «Ромашка и партнёры»';

/** The document as another library than ours reads it: the text of every page, its lines joined. */
async function read(invoice: Invoice, { company = FULL_COMPANY, buyer = BUYER } = {}) {
  const bytes = await invoicePdf({ company, invoice, buyer, now: NOW });
  const pdf = await getDocumentProxy(bytes.slice());
  const { text } = await extractText(pdf);
  const pages = text.map((page) => page.replace(/\s+/g, ' '));
  return { bytes, pdf, pages, text: pages.join(' ') };
}

const last = (text: string) => text.slice(text.indexOf('Итого'));

describe('the document of an invoice', () => {
  it('says whom to pay, who pays, what for, and how much in figures and in words', async () => {
    const { text, pages } = await read(paperInvoice({ purpose: 'Аренда за ноябрь' }));
    expect(pages).toHaveLength(1);
    for (const part of [
      ...['ПАО Сбербанк', 'БИК 044525225', '40702810200000000001', '30101810400000000225'],
      'Счёт на оплату № 1117/26 от 26.11.2026',
      'Поставщик ООО УК «МНПО «СПЕКТР», ИНН 7704374968, КПП 770401001, 115230, г. Москва',
      'Покупатель ООО «Ромашка и партнёры», ИНН 7707083893, КПП 770701001',
      ...['Договор № А-17/2024', 'Пояснение Аренда за ноябрь', 'Оплатить до 06.12.2026 включительно'],
      '1 Аренда нежилого помещения за ноябрь 2026 года 184,6 м² 1 500,00 ₽ 22 % 276 900,00 ₽',
      ...['Итого 276 900,00 ₽', 'В том числе НДС 49 932,79 ₽', 'Всего 1 наименование, на сумму 276 900,00 ₽'],
      'Двести семьдесят шесть тысяч девятьсот рублей 00 копеек',
      'К оплате: 276 900,00 ₽',
      'Страница 1 из 1',
    ])
      expect(text).toContain(part);
    for (const part of ['Оплачено', 'Осталось', 'ОТМЕНЁН', 'ЧЕРНОВИК']) expect(text).not.toContain(part);
  });

  it('is named, in Russian, and holds its fonts as subsets', async () => {
    const { pdf, bytes } = await read(paperInvoice());
    const { info } = await getMeta(pdf);
    expect(info).toMatchObject({
      Title: 'Счёт на оплату № 1117/26 от 26.11.2026',
      Author: FULL_COMPANY.legalName,
      Language: 'ru-RU',
    });
    expect(await pdf.getViewerPreferences()).toMatchObject({ DisplayDocTitle: true });
    expect(bytes.length).toBeLessThan(40_000);
  });

  it('tells what is paid and what is left, and the code asks for that', async () => {
    const invoice = paperInvoice({ allocated: 100_000_00 });
    const { text } = await read(invoice);
    expect(last(text)).toContain('Оплачено 100 000,00 ₽ Осталось оплатить 176 900,00 ₽');
    expect(text).toContain('К оплате: 176 900,00 ₽');
  });

  it('that is paid, cancelled or a draft has no code and says why', async () => {
    const cases: [Partial<Invoice>, string][] = [
      [{ allocated: 276_900_00 }, 'Счёт оплачен полностью.'],
      [{ state: 'cancelled', cancel_reason: 'Ошибка в сумме' }, 'ОТМЕНЁН'],
      [{ state: 'draft' }, 'ЧЕРНОВИК'],
    ];
    for (const [change, words] of cases) {
      const { text, pdf } = await read(paperInvoice(change));
      expect(text).toContain(words);
      expect(text).not.toContain('QR');
      expect(await extractImages(pdf, 1)).toHaveLength(0);
    }
  });

  it('has words in place of a code where requisites are missing', async () => {
    const { text, pdf } = await read(paperInvoice(), { company: COMPANY });
    expect(text).toContain('не указаны реквизиты (ИНН, расчётный счёт, банк, БИК, корреспондентский счёт)');
    expect(await extractImages(pdf, 1)).toHaveLength(0);
  });

  it('tells «Без НДС» from a rate of 0 %', async () => {
    const of = async (vat_code: number) =>
      last((await read(paperInvoice({ lines: [{ ...RENT, vat_code }] }))).text);
    expect(await of(1)).toMatch(/^Итого 276 900,00 ₽ НДС Без НДС/);
    expect(await of(2)).toMatch(/^Итого 276 900,00 ₽ В том числе НДС 0,00 ₽/);
  });

  it('is of a private person too', async () => {
    const { text } = await read(
      paperInvoice({ organisation: null, kpp: null, inn: '500100732259', contract: null }),
      {
        buyer: 'Иванов Иван Иванович',
      },
    );
    expect(text).toContain('Покупатель Иванов Иван Иванович, ИНН 500100732259 Оплатить');
  });

  it('goes on over pages, the head on every one of them, no line lost or cut in two', async () => {
    const { pages, text } = await read(paperInvoice({ lines: manyLines(200) }));
    expect(pages.length).toBeGreaterThan(5);
    const tables = pages.filter((page) => /Строка \d+:/.test(page));
    for (const page of tables) expect(page).toMatch(/№ Наименование Кол-во Ед\. Цена НДС Сумма/);
    pages.forEach((page, at) => expect(page).toContain(`Страница ${at + 1} из ${pages.length}`));
    const rows = [...text.matchAll(/(\d+) Строка (\d+): .+? ([\d ]+,5) м²/g)].map((row) => row.slice(1, 3));
    expect(rows).toEqual(Array.from({ length: 200 }, (_, at) => [String(at + 1), String(at + 1)]));
    expect(pages.at(-1)).toContain('К оплате');
  });

  it('takes a name of several pages and a word of several lines', async () => {
    const name = `${'слово '.repeat(900)}${'Ъ'.repeat(300)} конец`;
    const { pages, text } = await read(paperInvoice({ lines: [{ ...RENT, name }] }));
    expect(pages.length).toBeGreaterThan(2);
    expect(text.match(/слово/g)).toHaveLength(900);
    expect(text.match(/Ъ/g)).toHaveLength(300);
    expect(text).toContain('конец');
  });

  it('keeps letters apart that another document had, and shows what the font has not as a question', async () => {
    await read(paperInvoice({ contract: 'йёЙЁЩщ ABC' }));
    const { text } = await read(paperInvoice({ contract: 'AА BВ ёйЁЙ €§ \u202e漢😀' }));
    expect(text).toContain('Договор № AА BВ ёйЁЙ €§ ??');
  });

  it('holds the code of exactly these bytes', async () => {
    const invoice = paperInvoice({ allocated: 100_00 });
    const code = paymentCode(FULL_COMPANY, payableOf(invoice));
    const { pdf } = await read(invoice);
    const [image, ...others] = await extractImages(pdf, 1);
    expect(others).toHaveLength(0);
    const { data, width, height, channels } = image!;
    const bytes = await readQr(sharp(data, { raw: { width, height, channels } }));
    expect(code).toMatchObject({ ok: true, bytes });
    expect(parsePayment(bytes).values).toMatchObject({ Sum: '27680000', PayeeINN: '7704374968' });
  });
});
