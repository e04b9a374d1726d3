import { describe, expect, it } from 'vitest';
import { match, type Unpaid } from '../../src/domain/payments/matching.js';
import { readStatement } from '../../src/domain/payments/statement.js';
import { Invalid } from '../../src/lib/errors.js';
import { statementFile, statementText, windows1251 } from '../support/statement-file.js';

const TODAY = '2026-11-26';

const problemOf = (bytes: Buffer) => {
  try {
    readStatement(bytes, TODAY);
  } catch (error) {
    return error instanceof Invalid ? error.errors.file : error;
  }
  return null;
};

describe('a bank statement', () => {
  const one = { number: '17', day: '25.11.2026', sum: '12345.67', inn: '7704374968', payer: 'ООО «Ёлка»' };
  const text = statementText([{ ...one, purpose: 'Оплата по счёту № 1245' }]);

  it.each([
    ['something else', Buffer.from('Номер;Сумма\n1;2')],
    ['nothing', Buffer.alloc(0)],
    ['a statement cut short', windows1251(text.replace(/КонецФайла[^]*/, ''))],
    ['a document cut short', windows1251(text.replace('КонецДокумента\r\n', ''))],
    ['no sum', windows1251(text.replace('Сумма=12345.67', 'Сумма='))],
    ['a sum of letters', windows1251(text.replace('Сумма=12345.67', 'Сумма=сто'))],
    ['a sum below nothing', windows1251(text.replace('Сумма=12345.67', 'Сумма=-5.00'))],
    ['no date', windows1251(text.replaceAll('25.11.2026', '32.11.2026'))],
    ['a day to come', windows1251(text.replaceAll('25.11.2026', '27.11.2026'))],
  ])('is refused with words: %s', (_, bytes) => {
    expect(problemOf(bytes)).toMatch(/^[А-Я].{15,}/);
  });

  const expected = {
    paid_on: '2026-11-25',
    number: '17',
    amount: 1_234_567,
    payer_name: 'ООО «Ёлка»',
    payer_inn: '7704374968',
    purpose: 'Оплата по счёту № 1245',
  };

  it('is read in windows-1251 and in UTF-8, with a mark or without', () => {
    for (const bytes of [windows1251(text), Buffer.from(text), Buffer.from(`\ufeff${text}`)]) {
      const { lines, from_day, to_day } = readStatement(bytes, TODAY);
      expect([from_day, to_day]).toEqual(['2026-11-25', '2026-11-25']);
      expect(lines).toEqual([expect.objectContaining(expected)]);
    }
  });

  it('brings what came to its own account, and nothing that went out', () => {
    const sent = { ...one, to: '40702810400000009999' };
    expect(readStatement(statementFile([one, sent]).bytes, TODAY).lines).toHaveLength(1);
    expect(readStatement(statementFile([]).bytes, TODAY).lines).toEqual([]);
  });

  it('has one source a payment, whatever else stands in the file', () => {
    const [alone] = readStatement(statementFile([one]).bytes, TODAY).lines;
    const [, second] = readStatement(statementFile([{ number: '5' }, one]).bytes, TODAY).lines;
    expect(second!.source).toBe(alone!.source);
    const [other] = readStatement(statementFile([{ ...one, sum: '12345.68' }]).bytes, TODAY).lines;
    expect(other!.source).not.toBe(alone!.source);
  });

  it('tells apart documents that differ in their purpose alone, and those that say just the same', () => {
    const twins = [
      { ...one, purpose: 'по счёту 207' },
      { ...one, purpose: 'по счёту 208' },
      { ...one, purpose: 'по  счёту 207' },
    ];
    const sources = (payments: typeof twins) =>
      readStatement(statementFile(payments).bytes, TODAY).lines.map(({ source }) => source);
    const all = sources(twins);
    expect(new Set(all).size).toBe(3);
    // However they are mixed in another file.
    expect(new Set(sources([twins[1]!, twins[0]!, twins[2]!]))).toEqual(new Set(all));
    expect(sources([twins[1]!])).toEqual([all[1]]);
  });

  it('does without signs that no database takes', () => {
    const [line] = readStatement(windows1251(text.replace('Ёлка', 'Ёл\0ка')), TODAY).lines;
    expect(line!.payer_name).toBe('ООО «Ёлка»');
  });

  it('does without an ИНН that is none', () => {
    expect(readStatement(statementFile([{ ...one, inn: '12' }]).bytes, TODAY).lines[0]!.payer_inn).toBeNull();
  });
});

describe('matching', () => {
  const unpaid: Unpaid[] = [
    { id: 'a', number: '1245', dated_on: '2026-11-01', left: 100_000 },
    { id: 'b', number: '12', dated_on: '2026-11-01', left: 50_000 },
    { id: 'c', number: '7/2026-А', dated_on: '2026-11-01', left: 70_000 },
    { id: 'd', number: 'Р-1', dated_on: '2025-11-24', left: 30_000 },
    { id: 'e', number: 'Р-1', dated_on: '2026-11-24', left: 30_000 },
  ];
  const pays = (purpose: string, amount: number) => match({ purpose, amount }, unpaid);

  it.each([
    ['Оплата по счету №1245 от 01.11.2026', 100_000, 'a'],
    ['счёт 1245, НДС', 100_000, 'a'],
    ['счёт 1245 от 1.11.26 по договору 12', 100_000, 'a'],
    ['За аренду (сч. № 12)', 50_000, 'b'],
    ['сч 7/2026-а', 70_000, 'c'],
    ['Р-1 от 24.11.2025', 30_000, 'd'],
    ['Р-1 от 24.11.2026', 30_000, 'e'],
  ])('is certain: %s', (purpose, amount, invoice) => {
    expect(pays(purpose, amount)).toEqual({ invoice, why: null });
  });

  it.each([
    ['Оплата по счёту 1245', 100_001, 'a', /Больше/],
    ['Оплата по счёту 1245', 99_999, 'a', /Меньше/],
    ['Оплата по счёту 1245 от 01.11.2025', 100_000, 'a', /от 01.11.2026/],
    ['Возврат ошибочно перечисленного по счёту 1245', 100_000, 'a', /возврат/],
    ['Счета 1245 и 12', 150_000, null, /несколько/],
    ['Счёт Р-1', 30_000, null, /день не указан/],
    ['За аренду', 50_000, 'b', /совпала сумма/],
    ['Договор № 1245, без счёта', 999, null, /не указан/],
    ['По договору 12450', 999, null, /не указан/],
    ['Счёт 12/7 от 12-34', 999, null, /не указан/],
  ])('is for a person to say: %s', (purpose, amount, invoice, why) => {
    const found = pays(purpose, amount);
    expect(found.invoice).toBe(invoice);
    expect(found.why).toMatch(why);
  });

  it('has nothing to offer where nothing is unpaid', () => {
    expect(match({ purpose: 'Счёт 1', amount: 1 }, []).why).toMatch(/нет неоплаченных/);
  });
});
