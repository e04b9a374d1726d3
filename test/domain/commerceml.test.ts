import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommerceMl } from '../../src/domain/imports/commerceml.js';
import { readInvoice } from '../../src/domain/imports/invoice-reading.js';
import { linesIn } from '../../src/domain/imports/reading.js';
import { readTable } from '../../src/domain/imports/table.js';
import { lineTotal } from '../../src/domain/invoices/lines.js';
import { commerceMl, invoiceXml, type GoodsXml } from '../support/commerceml.js';
import { windows1251 } from '../support/statement-file.js';

/** The invoices of a file as they would be imported, or what is wrong with it. */
function read(bytes: Buffer | string) {
  const table = readCommerceMl(Buffer.from(bytes));
  if ('problem' in table) return table;
  const invoices = linesIn('invoices', table).map((line) => ({ line: line.line, ...readInvoice(line) }));
  return { invoices, skipped: table.skipped };
}
const one = (xml: string) => {
  const found = read(xml);
  if ('problem' in found) throw new Error(found.problem);
  return found.invoices[0]!;
};
const problemOf = (bytes: Buffer | string) => (read(bytes) as { problem: string }).problem;

describe('a file of 1C', () => {
  it('is read: head, payer, contract, due day, lines with their rates', () => {
    const xml = commerceMl(
      invoiceXml({
        id: 'счёт-1',
        requisites: { 'Номер договора': '№ 77/А от 01.12.2025', Период: '11.2026' },
        due: '2026-11-20',
        goods: [
          {
            name: 'Аренда &quot;А&quot; &amp;lt; &#8470;1',
            quantity: '184.600',
            price: '1500.05',
            sum: '276909.23',
          },
          {
            name: '<![CDATA[Вода & стоки]]>',
            quantity: '3',
            price: '0.33',
            sum: '0.99',
            rate: 'Без НДС',
            unit: 'м³',
          },
        ],
        total: '276910.22',
      }),
    );
    expect(read(xml)).toMatchObject({
      skipped: 0,
      invoices: [
        {
          line: 1,
          external_id: 'счёт-1',
          number: '15',
          dated_on: '2026-11-01',
          inn: '7704374968',
          kpp: '770401001',
          contract: '77/А',
          period: '2026-11',
          due_on: '2026-11-20',
          total: 27_691_022,
          lines: [
            {
              name: 'Аренда "А" &lt; №1',
              quantity: '184.6',
              unit: 'шт',
              price: 150_005,
              vat_code: 4,
              total: 27_690_923,
            },
            { name: 'Вода & стоки', quantity: '3', unit: 'м³', price: 33, vat_code: 1, total: 99 },
          ],
        },
      ],
    });
  });

  it.each([
    ['windows-1251', (xml: string) => windows1251(xml)],
    ['WINDOWS-1251', (xml: string) => windows1251(xml)],
    ['UTF-8', (xml: string) => Buffer.from(`\ufeff${xml}`)],
    ['utf-8', (xml: string) => Buffer.from(xml)],
    ['UTF-16', (xml: string) => Buffer.from(`\ufeff${xml}`, 'utf16le')],
  ])('is read in %s', (encoding, encode) => {
    const found = read(encode(commerceMl(invoiceXml({ id: 'ё-1' }), { encoding })));
    expect(found).toMatchObject({ invoices: [{ external_id: 'ё-1', lines: [{ name: 'Аренда' }] }] });
  });

  it('is read with a namespace, prefixes, wrappers, and without a due day', () => {
    const plain = one(commerceMl(invoiceXml({ id: '1' })));
    const inside = commerceMl(invoiceXml({ id: '1' }), {
      namespace: 'urn:1C.ru:commerceml_210',
      container: true,
    });
    const prefixed = inside.replace(/<(\/?)(?=[А-Я])/g, '<$1cml:').replace('xmlns=', 'xmlns:cml=');
    expect(one(inside)).toEqual(plain);
    expect(one(prefixed)).toEqual(plain);
    expect(one(`<Ответ>${commerceMl(invoiceXml({ id: '1' }), { encoding: null })}</Ответ>`)).toEqual(plain);
    expect(plain).toMatchObject({ due_on: null, default_due: '2026-11-11', contract: undefined });
  });

  it('has a payer by his role, among others, a person as well', () => {
    const parties = (...roles: [string, string][]) =>
      roles
        .map(([role, inn]) => `<Контрагент><ИНН>${inn}</ИНН>${role && `<Роль>${role}</Роль>`}</Контрагент>`)
        .join('');
    const inn = (xml: string) => one(commerceMl(invoiceXml({ id: '1', parties: xml })));
    expect(inn(parties(['Продавец', '5003028028'], ['Покупатель', '7704374968']))).toMatchObject({
      inn: '7704374968',
    });
    expect(inn(parties(['Покупатель', '5003028028'], ['Плательщик', '7704374968']))).toMatchObject({
      inn: '7704374968',
    });
    expect(inn(parties(['', '7704374968']))).toMatchObject({ inn: '7704374968' });
    expect(inn(parties(['Продавец', '7704374968']))).toMatchObject({ problem: 'Нет ИНН плательщика' });
    const person = '<Контрагент><РеквизитыФизЛица><ИНН>773474855420</ИНН></РеквизитыФизЛица></Контрагент>';
    expect(inn(person)).toMatchObject({ inn: '773474855420', kpp: null });
  });

  it('has other documents, which are counted', () => {
    const others = ['Заказ товара', 'Отпуск товара', 'Счет-фактура', 'Счет на оплату поставщика'].map(
      (operation) => invoiceXml({ id: randomUUID(), operation }),
    );
    const removed = invoiceXml({ id: 'x', requisites: { ПометкаУдаления: 'true' } });
    const theirs = invoiceXml({ id: 'y' }).replace('<Роль>Продавец</Роль>', '<Роль>Покупатель</Роль>');
    const found = read(
      commerceMl([...others, removed, theirs, invoiceXml({ id: '1', operation: 'Счёт на оплату' })].join('')),
    );
    expect(found).toMatchObject({ skipped: 6, invoices: [{ external_id: '1' }] });
    expect(problemOf(commerceMl(others.join('')))).toBe(
      'В файле нет документов «Счет на оплату», есть другие документы: 4',
    );
  });

  it('says currencies other than roubles, and one document a line', () => {
    const found = read(
      commerceMl(
        ['RUB', '643', 'руб', 'руб.', 'USD']
          .map((currency, at) => invoiceXml({ id: String(at % 4), currency }))
          .join(''),
      ),
    );
    expect(
      (found as { invoices: { line: number; problem?: string }[] }).invoices.map(({ line, problem }) => [
        line,
        problem,
      ]),
    ).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, undefined],
      [5, 'Валюта счёта — «USD», а выставить можно только в рублях'],
    ]);
  });
});

describe('sums', () => {
  const of = (goods: GoodsXml[], total: string, more = '') =>
    one(commerceMl(invoiceXml({ id: '1', goods, total, more })));

  it('of the lines are the books’ own, the price is told by them', () => {
    expect(of([{ quantity: '3', price: '33.3333', sum: '100.00' }], '100')).toMatchObject({
      total: 10_000,
      lines: [{ price: 3_333, total: 10_000 }],
    });
    expect(of([{ quantity: '2', price: '100.00', sum: '190.00' }], '190.00')).toMatchObject({
      lines: [{ price: 9_500, total: 19_000 }],
    });
    expect(of([{ quantity: '2.000000', price: '1500.000', sum: '' }], '')).toMatchObject({
      total: 300_000,
      lines: [{ quantity: '2', price: 150_000 }],
    });
  });

  it('sum up to the document’s: a kopeck a line is rounding, more is refused', () => {
    const goods = [
      { price: '33.33', sum: '33.33' },
      { price: '66.66', sum: '66.66' },
    ];
    expect(of(goods, '100.00')).toMatchObject({ total: 10_000, lines: [{ total: 3_333 }, { total: 6_667 }] });
    expect(of(goods, '99.97')).toMatchObject({ total: 9_997, lines: [{ total: 3_333 }, { total: 6_664 }] });
    expect(of(goods, '100.02')).toMatchObject({
      problem: expect.stringContaining('не сходится с суммой счёта'),
    });
    expect(of(goods, 'сто')).toMatchObject({ problem: 'Сумма счёта с ошибкой' });
    expect(of([{ price: '5', sum: '-5' }], '-5')).toMatchObject({
      problem: 'Строка счёта 1: сумма с ошибкой',
    });
  });

  it('include the tax that stands apart', () => {
    const apart = { price: '1000.00', sum: '1000.00', tax: '200.00', included: 'false' };
    expect(of([apart], '1200.00')).toMatchObject({
      total: 120_000,
      lines: [{ price: 120_000, vat_code: 4 }],
    });
    expect(of([apart], '')).toMatchObject({ total: 120_000 });
    // Some write the sum with the tax all the same.
    expect(of([{ ...apart, sum: '1200.00' }], '1200.00')).toMatchObject({ total: 120_000 });
    expect(of([{ ...apart, included: 'true' }], '1000.00')).toMatchObject({ total: 100_000 });
  });

  it('are exact whatever they are', () => {
    const rubles = (kopecks: number) =>
      `${Math.trunc(kopecks / 100)}.${String(kopecks % 100).padStart(2, '0')}`;
    const thousandths = (n: number) => `${Math.trunc(n / 1000)}.${String(n % 1000).padStart(3, '0')}`;
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 999_999 }).map(thousandths),
      price: fc.integer({ min: 1, max: 9_999_999 }),
      off: fc.integer({ min: -1, max: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: -1, max: 1 }),
        (lines, off) => {
          const goods = lines.map(({ quantity, price, off }) => ({
            quantity,
            price: rubles(price),
            total: Math.max(1, lineTotal(quantity, price) + off),
          }));
          const total = goods.reduce((sum, good) => sum + good.total, 0) + off;
          fc.pre(total > 0);
          const made = goods.map(({ total, ...good }) => ({ ...good, sum: rubles(total) }));
          const found = of(made, rubles(total));
          if ('problem' in found) {
            // A single kopeck cannot be less.
            expect(Math.max(...goods.map((good) => good.total))).toBe(1);
            return;
          }
          expect(found.total).toBe(total);
          expect(found.lines.reduce((sum, one) => sum + one.total, 0)).toBe(total);
          expect(found.lines.map(({ quantity }) => Number(quantity))).toEqual(
            goods.map((good) => Number(good.quantity)),
          );
          const moved = found.lines.filter((one, at) => one.total !== goods[at]!.total);
          expect(moved.length).toBe(Math.abs(off));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what is no such file', () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ха"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`;
  const outside = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>`;
  const body = commerceMl(invoiceXml({ id: '&x;&c;' }), { encoding: null });

  it.each([
    ['entities that grow', bomb + body, 'DTD'],
    ['a file of the server', outside + body, 'DTD'],
    ['a DTD elsewhere', `<!doctype a SYSTEM "http://127.0.0.1/x.dtd">${body}`, 'DTD'],
    ['half of it', body.slice(0, -40), 'не целиком'],
    ['tags across', '<а><б></а></б>', 'не целиком'],
    ['nothing', '<?xml version="1.0"?>', 'не целиком'],
    ['another XML', '<html><body/></html>', 'не CommerceML'],
    ['no document', '<КоммерческаяИнформация/>', 'нет документов'],
    ['an unknown encoding', '<?xml version="1.0" encoding="IBM866"?><а/>', 'UTF-8 или windows-1251'],
    ['too deep', `${'<а>'.repeat(5000)}${'</а>'.repeat(5000)}`, 'не читается'],
  ])('is refused: %s', (_name, xml, words) => {
    expect(problemOf(xml)).toContain(words);
  });

  it('is refused in bytes that are not what it declares', () => {
    expect(problemOf(windows1251(commerceMl(invoiceXml({ id: '1' }), { encoding: 'UTF-8' })))).toContain(
      'кодировке',
    );
  });

  it('does not know entities of its own', () => {
    expect(one(commerceMl(invoiceXml({ id: '&x;&#0;&#1114112;' })))).toMatchObject({ external_id: '&x;' });
  });

  it.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'puts nothing into our own things by the name %s',
    (name) => {
      read(commerceMl(invoiceXml({ id: '1', more: `<${name}><Ид>1</Ид></${name}>` })));
      const ours = {} as Record<string, unknown>;
      expect([ours['Ид'], ours.constructor, typeof ours.toString]).toEqual([undefined, Object, 'function']);
    },
  );
});

describe('in its thread', () => {
  let dir: string;
  beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'commerceml-'))));
  afterAll(() => rm(dir, { recursive: true }));
  const file = async (bytes: string | Buffer) => {
    const path = join(dir, randomUUID());
    await writeFile(path, bytes);
    return path;
  };

  it('is told from a table by what it begins with, and only of invoices', async () => {
    const path = await file(commerceMl(invoiceXml({ id: '1' })));
    expect(await readTable(path, 'invoices')).toMatchObject({ places: [1], skipped: 0 });
    expect((await readTable(path, 'organisations')).places).toBeUndefined();
  });

  it('takes ten thousand lines in the time that it has, and no more than twenty thousand', async () => {
    const goods = Array.from({ length: 10 }, (): GoodsXml => ({}));
    const documents = Array.from({ length: 1000 }, (_, n) => invoiceXml({ id: String(n), goods, total: '' }));
    const path = await file(commerceMl(documents.join('')));
    expect((await readTable(path, 'invoices')).cells).toHaveLength(10_001);
    const more = `<Услуги>${'<Услуга/>'.repeat(20_000)}</Услуги>`;
    const long = await file(commerceMl(invoiceXml({ id: '1', more })));
    await expect(readTable(long, 'invoices')).rejects.toMatchObject({
      errors: { file: expect.stringContaining('больше 20') },
    });
  });

  it('is not begun where it is too much', async () => {
    const wide = `<КоммерческаяИнформация>${'<а/>'.repeat(9_000_000)}</КоммерческаяИнформация>`;
    await expect(readTable(await file(wide), 'invoices')).rejects.toMatchObject({
      errors: { file: expect.anything() },
    });
  });
});
