import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeXlsx from 'write-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../../src/domain/imports/table.js';
import { openHouse, type TestHouse } from '../support/house.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house?.close());

describe('a table', () => {
  const read = async (bytes: Buffer) => {
    const path = join(house.config.dataDir, randomUUID());
    await writeFile(path, bytes);
    return (await readTable(path, 'organisations')).cells;
  };
  const win1251 = (text: string) =>
    Buffer.from(
      [...text].map((sign) => {
        const code = sign.charCodeAt(0);
        if (code >= 0x410 && code <= 0x44f) return code - 0x350;
        return sign === 'Ё' ? 0xa8 : sign === 'ё' ? 0xb8 : sign === '«' ? 0xab : sign === '»' ? 0xbb : code;
      }),
    );

  it.each([
    [
      'UTF-8 with commas',
      Buffer.from('\ufeffВнешний код,Название\r\nо-1,"ООО «Ёж, и ""Сова"""\r\n'),
      'ООО «Ёж, и "Сова"',
    ],
    ['windows-1251 with semicolons', win1251('Внешний код;Название\nо-1;ООО «Ёж»\n'), 'ООО «Ёж»'],
    [
      'UTF-16, as Excel says «Текст Юникод»',
      Buffer.from('\ufeffВнешний код\tНазвание\r\nо-1\tООО «Ёж»\r\n', 'utf16le'),
      'ООО «Ёж»',
    ],
    ['UTF-16 without a mark', Buffer.from('Внешний код;Название\r\nо-1;ООО «Ёж»\r\n', 'utf16le'), 'ООО «Ёж»'],
    [
      'UTF-16 of the other order',
      Buffer.from('\ufeffВнешний код;Название\r\nо-1;ООО «Ёж»\r\n', 'utf16le').swap16(),
      'ООО «Ёж»',
    ],
    ['tabs', Buffer.from('Внешний код\tНазвание\n\nо-1\tООО\n'), 'ООО'],
  ])('is read in %s', async (_name, bytes, name) => {
    expect(await read(bytes)).toEqual([
      ['Внешний код', 'Название'],
      ['о-1', name],
    ]);
  });

  it('is read from a workbook, with numbers and days as one types them', async () => {
    const cell = (value: string | number | Date, format?: string) =>
      ({
        value,
        type: value instanceof Date ? Date : typeof value === 'number' ? Number : String,
        ...(format && { format }),
      }) as never;
    const bytes = await writeXlsx([
      [cell('Внешний код'), cell('ИНН'), cell('Начало'), cell('Площадь')],
      [cell('о-1'), cell(7704374968), cell(new Date('2027-11-30T00:00:00Z'), 'dd.mm.yyyy'), cell(184.6)],
    ] as never).toBuffer();
    expect(await read(bytes)).toEqual([
      ['Внешний код', 'ИНН', 'Начало', 'Площадь'],
      ['о-1', '7704374968', '2027-11-30', '184.6'],
    ]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'нет строк'],
    ['heads alone', Buffer.from('Внешний код;Название\n'), 'нет строк'],
    ['a broken workbook', Buffer.from('PK\u0003\u0004 и ничего дальше'), 'не читается как таблица'],
    [
      'a workbook of the old kind',
      Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(512)]),
      'Это файл старого Excel или под паролем. Сохраните файл как XLSX или CSV',
    ],
    ['too many lines', Buffer.from(`код\n${'x\n'.repeat(20_005)}`), 'больше 20\u00a0000\u00a0строк'],
  ])('is refused: %s', async (_name, bytes, words) => {
    await expect(read(bytes)).rejects.toMatchObject({ errors: { file: expect.stringContaining(words) } });
  });
});
