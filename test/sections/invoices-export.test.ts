import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf } from '../../src/domain/imports/layouts.js';
import { readTable } from '../../src/domain/imports/table.js';
import { addInvoice } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { addOrganisation } from '../support/people.js';

const DATES = { dated_on: '2026-11-05', due_on: '2026-12-31', period: '2026-11' };

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let payer: Awaited<ReturnType<typeof addOrganisation>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
  payer = await addOrganisation(house, 'ООО «Плательщик»');
  const line = { name: 'Аренда', quantity: '1', unit: null, price: 123_456_789, vat_code: 1 };
  await addInvoice(house, { organisation: payer.id }, { ...DATES, lines: [line], number: 'А-1' });
});
afterAll(() => house?.close());

async function saved(format: string): Promise<Buffer> {
  const answer = await desk.visitor.agent
    .get(`/staff/invoices/export?format=${format}`)
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => done(null, Buffer.concat(pieces)));
    });
  expect(answer.status).toBe(200);
  return answer.body as Buffer;
}

it('has sums that can be added up and days that can be sorted, each as it is shown', async () => {
  const [, row] = await readSheet(await saved('xlsx'));
  const [, number, dated_on, , inn, period, total, allocated, left, due_on] = row!;
  expect([number, inn, period]).toEqual(['А-1', payer.inn, '2026-11']);
  expect([total, allocated, left]).toEqual([1_234_567.89, 0, 1_234_567.89]);
  expect([dated_on, due_on]).toEqual([new Date('2026-11-05'), new Date('2026-12-31')]);
});

it('is text as before in CSV', async () => {
  const [, row] = parse(await saved('csv'), { bom: true, delimiter: ';' });
  expect(row!.slice(1)).toEqual([
    ...['А-1', '05.11.2026', 'ООО «Плательщик»', payer.inn, '2026-11'],
    ...['1234567,89', '0,00', '1234567,89', '31.12.2026', 'Выставлен'],
  ]);
});

it.each(['xlsx', 'csv'])('of %s is read by an import, with the columns that it lacks', async (format) => {
  const path = join(house.config.dataDir, 'saved');
  await writeFile(path, await saved(format));
  const [heads, ...rows] = (await readTable(path, 'invoices')).cells;
  const own = heads!.map((head) => (head === 'ИНН' ? 'ИНН плательщика' : head));
  const lacking = ['Наименование', 'Количество', 'Единица', 'Цена', 'НДС'];
  const [line] = linesOf('invoices', [[...own, ...lacking], ...rows]);
  const csv = format === 'csv';
  expect(line!.cells).toMatchObject({
    number: 'А-1',
    inn: payer.inn,
    period: '2026-11',
    dated_on: csv ? '05.11.2026' : '2026-11-05',
    due_on: csv ? '31.12.2026' : '2026-12-31',
    sum: csv ? '1234567,89' : '1234567.89',
  });
});
