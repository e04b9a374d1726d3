import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { payableOf, paymentCode, type Payable, type Payee } from '../../src/domain/invoices/payment-qr.js';
import type { Invoice } from '../../src/domain/invoices/invoices.data.js';
import { qrPath, qrPng } from '../../src/lib/qr.js';
import { parsePayment, readQr } from '../support/qr.js';

const PAYEE: Payee = {
  legalName: 'ООО УК «МНПО «СПЕКТР»',
  inn: '7704374968',
  kpp: '770401001',
  account: '40702810200000000001',
  bank: 'ПАО Сбербанк',
  bik: '044525225',
  correspondent: '30101810400000000225',
};
const PAYABLE: Payable = { number: '17', dated_on: '2026-11-30', left: 27_690_000, vat: 4_993_279 };

function code(payee: Partial<Payee> = {}, payable: Partial<Payable> = {}) {
  const made = paymentCode({ ...PAYEE, ...payee }, { ...PAYABLE, ...payable });
  if (!made.ok) throw new Error(`missing: ${made.missing.join()}`);
  return { ...made, ...parsePayment(made.bytes) };
}

describe('the payment code', () => {
  it('is what the standard says, to the byte', () => {
    const { bytes } = code();
    expect(Buffer.from(bytes).toString()).toBe(
      'ST00012|Name=ООО УК «МНПО «СПЕКТР»|PersonalAcc=40702810200000000001|BankName=ПАО Сбербанк|BIC=044525225' +
        '|CorrespAcc=30101810400000000225|Sum=27690000' +
        '|Purpose=Оплата счёта № 17 от 30.11.2026. В т.ч. НДС 49932.79 руб.|PayeeINN=7704374968|KPP=770401001',
    );
  });

  it('says that there is no VAT, and does without a КПП', () => {
    const { values, keys } = code({ inn: '500100732259', kpp: null }, { vat: null });
    expect(values.Purpose).toBe('Оплата счёта № 17 от 30.11.2026. Без НДС');
    expect(values.PayeeINN).toBe('500100732259');
    expect(keys).not.toContain('KPP');
  });

  it.each([
    ['legalName', 'название'],
    ['inn', 'ИНН'],
    ['account', 'расчётный счёт'],
    ['bank', 'банк'],
    ['bik', 'БИК'],
    ['correspondent', 'корреспондентский счёт'],
  ] as const)('is none without %s', (field, word) => {
    const without = { ok: false, missing: [word] };
    for (const value of field === 'legalName' || field === 'bank'
      ? ['', ' \n']
      : [null, '', '123', '1'.repeat(21)])
      expect(paymentCode({ ...PAYEE, [field]: value }, PAYABLE)).toEqual(without);
  });

  it('names everything that is missing at once', () => {
    const nothing = { inn: null, kpp: null, account: null, bank: null, bik: null, correspondent: null };
    const { missing } = paymentCode({ ...PAYEE, ...nothing }, PAYABLE) as { missing: string[] };
    expect(missing).toEqual(['ИНН', 'расчётный счёт', 'банк', 'БИК', 'корреспондентский счёт']);
  });

  it.each([0, -1, 0.5, NaN, Number.MAX_SAFE_INTEGER + 1])('is none for %s kopecks', (left) => {
    expect(() => paymentCode(PAYEE, { ...PAYABLE, left })).toThrow(RangeError);
  });

  it.each([1, 99, 100, Number.MAX_SAFE_INTEGER])('has %i kopecks as a whole number', (left) => {
    const { Sum } = code({}, { left }).values;
    expect(Sum).toBe(String(left));
    expect(Sum!.length).toBeLessThanOrEqual(18);
  });
});

describe('the limits of the standard', () => {
  const LATIN = { legalName: 'X', bank: 'B' };

  it('Name: 160 signs are kept, the 161st is cut', () => {
    const name = 'N'.repeat(160);
    expect(code({ ...LATIN, legalName: name }).values.Name).toBe(name);
    expect(code({ ...LATIN, legalName: `${name}M` }).values.Name).toBe(name);
  });

  it('BankName: 45 signs are kept, of 46 the form of ownership is abbreviated, then the end cut', () => {
    const bank = 'Б'.repeat(45);
    expect(code({ bank }).values.BankName).toBe(bank);
    expect(code({ bank: `${bank}В` }).values.BankName).toBe(bank);
    expect(code({ bank: 'Публичное акционерное общество «Сбербанк России»' }).values.BankName).toBe(
      'ПАО «Сбербанк России»',
    );
  });

  it('Purpose: 210 signs are kept, a longer number loses its end and nothing else', () => {
    const bare = code({}, { number: '' }).values.Purpose!.length;
    const number = 'Ж'.repeat(210 - bare);
    const whole = code({}, { number }).values.Purpose!;
    expect(whole).toHaveLength(210);
    expect(whole).toContain(`${number} от`);
    expect(code({}, { number: `${number}Ы` }).values.Purpose).toBe(whole);
  });

  // 94 bytes of the block are keys, separators and digits: 206 are left for both names.
  it('300 bytes exactly are UTF-8; with one more it is windows-1251', () => {
    const bank = 'Б'.repeat(45);
    const fits = code({ legalName: 'Ж'.repeat(58), bank });
    expect([fits.encoding, fits.required]).toEqual(['utf-8', 300]);
    const over = code({ legalName: `${'Ж'.repeat(58)}i`, bank });
    expect([over.encoding, over.required]).toEqual(['windows-1251', 198]);
    expect(over.values).toMatchObject({ Name: `${'Ж'.repeat(58)}i`, BankName: bank });
  });

  it('the longest values that the standard allows fit into windows-1251', () => {
    const { encoding, required, values } = code({ legalName: 'Ё'.repeat(200), bank: '№'.repeat(200) });
    expect([encoding, required]).toEqual(['windows-1251', 299]);
    expect([values.Name!.length, values.BankName!.length]).toEqual([160, 45]);
  });

  it('what is too long for UTF-8 and not in windows-1251 has its name cut to 300 bytes', () => {
    const { encoding, required, values } = code({ legalName: `Ә${'ж'.repeat(159)}`, bank: 'B'.repeat(44) });
    expect([encoding, required]).toEqual(['utf-8', 300]);
    expect(values.Name).toBe(`Ә${'ж'.repeat(80)}`);
    expect(values.CorrespAcc).toBe(PAYEE.correspondent);
  });
});

describe('values', () => {
  it('with a | get another separator, which no value holds', () => {
    expect(code({ legalName: 'ООО «А|Б»' })).toMatchObject({ separator: '~', values: { Name: 'ООО «А|Б»' } });
    expect(code({ legalName: 'А|Б~В' }, { number: '1^2' })).toMatchObject({
      separator: '#',
      values: { Name: 'А|Б~В', Purpose: expect.stringContaining('№ 1^2 от') as string },
    });
  });

  it('with every possible separator lose the |', () => {
    const { separator, values } = code({ legalName: 'А|~^#$&*@;%!_?+/Б' });
    expect([separator, values.Name]).toEqual(['|', 'А ~^#$&*@;%!_?+/Б']);
  });

  it('lose line breaks, control signs and marks of direction', () => {
    const { values } = code({ legalName: '\u202eООО\r\n«А\u00a0\t\0Б»\u2028 ' }, { number: '1\u200b7\n' });
    expect(values.Name).toBe('ООО «А Б»');
    expect(values.Purpose).toContain('№ 17 от');
  });

  it('may hold =', () => {
    expect(code({ legalName: 'А=Б' }).values.Name).toBe('А=Б');
  });

  const text = fc.string({ unit: 'binary', maxLength: 250 });
  const cyrillic = fc.string({ unit: fc.constantFrom(...'ЖёЫ №«»|~=i'), maxLength: 250 });
  it('come back whatever they are, and no limit is passed', () => {
    const words = fc.oneof(text, cyrillic);
    fc.assert(
      fc.property(words, words, words, fc.integer({ min: 1, max: 1e15 }), (name, bank, number, left) => {
        const made = paymentCode(
          { ...PAYEE, legalName: `О${name}`, bank: `Б${bank}` },
          { ...PAYABLE, number, left },
        );
        if (!made.ok) throw new Error('missing');
        const { values, keys, required } = parsePayment(made.bytes);
        expect(keys.join()).toBe('Name,PersonalAcc,BankName,BIC,CorrespAcc,Sum,Purpose,PayeeINN,KPP');
        expect(required).toBeLessThanOrEqual(300);
        expect([...values.Name!].length).toBeLessThanOrEqual(160);
        expect([...values.BankName!].length).toBeLessThanOrEqual(45);
        expect([...values.Purpose!].length).toBeLessThanOrEqual(210);
        expect(Object.values(values).join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(values).toMatchObject({ PersonalAcc: PAYEE.account, Sum: String(left), PayeeINN: PAYEE.inn });
        expect(values.Purpose).toMatch(/^Оплата счёта № .* от 30\.11\.2026\. В т\.ч\. НДС 49932\.79 руб\.$/);
      }),
    );
  });
});

describe('an invoice', () => {
  const line = { vat_code: 11, vat: 2200, total: 12_200 };
  const invoice = (change: object) =>
    payableOf({
      number: '1',
      dated_on: '2026-11-30',
      state: 'issued',
      total: 12_200,
      allocated: 0,
      lines: [line],
      ...change,
    } as Invoice);

  it('is paid whole with all of its tax, a part of it with the same part', () => {
    expect(invoice({})).toEqual({ number: '1', dated_on: '2026-11-30', left: 12_200, vat: 2200 });
    expect(invoice({ allocated: 12_199 })).toMatchObject({ left: 1, vat: 0 });
    expect(invoice({ allocated: 6100 })).toMatchObject({ left: 6100, vat: 1100 });
  });

  it('tells a rate of 0 % from no VAT', () => {
    expect(invoice({ lines: [{ ...line, vat_code: 2, vat: 0 }] }).vat).toBe(0);
    expect(invoice({ lines: [{ ...line, vat_code: 1, vat: 0 }] }).vat).toBeNull();
  });
});

describe('the symbol', () => {
  const utf8 = code().bytes;
  const windows = code({ legalName: 'Ж'.repeat(160), bank: 'Б'.repeat(45) }).bytes;
  const largest = code({ legalName: `Ә${'ж'.repeat(160)}` }, { number: 'Ж'.repeat(200) }).bytes;

  it.each([
    ['UTF-8', utf8],
    ['windows-1251', windows],
    ['the largest', largest],
  ])('as a PNG holds exactly these bytes (%s)', async (_, bytes) => {
    const png = await qrPng(bytes);
    expect(Buffer.from(await readQr(png)).equals(Buffer.from(bytes))).toBe(true);
  });

  it('has a light margin of four modules', async () => {
    const { data, info } = await sharp(await qrPng(utf8, 3))
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const dark = Array.from(data).flatMap((value, at) => (value < 128 ? [at] : []));
    const [xs, ys] = [dark.map((at) => at % info.width), dark.map((at) => Math.floor(at / info.width))];
    expect([Math.min(...xs), Math.min(...ys)]).toEqual([12, 12]);
    expect([Math.max(...xs), Math.max(...ys)]).toEqual([info.width - 13, info.height - 13]);
  });

  it.each([utf8, windows])('as a path holds them too (case %#)', async (bytes) => {
    const { size, path } = await qrPath(bytes);
    expect(path).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size * 6}" height="${size * 6}" viewBox="0 0 ${size} ${size}"><rect width="100%" height="100%" fill="#fff"/><path d="${path}"/></svg>`;
    expect(Buffer.from(await readQr(Buffer.from(svg))).equals(Buffer.from(bytes))).toBe(true);
  });
});
