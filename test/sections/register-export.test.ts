import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkTable } from '../../src/domain/imports/imports.actions.js';
import { readTable } from '../../src/domain/imports/table.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { words } from '../support/page.js';
import { addAccount, addOrganisation, join as joinOrganisation } from '../support/people.js';

const PATH = '/staff/organisations/export';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());

async function saved(
  query: string,
): Promise<{ cells: string[][]; type: string; name: string; bytes: Buffer }> {
  const answer = await desk.visitor.agent
    .get(PATH + query)
    .buffer(true)
    .parse((response, done) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => done(null, Buffer.concat(pieces)));
    });
  expect(answer.status).toBe(200);
  const bytes = answer.body as Buffer;
  const path = join(house.config.dataDir, 'saved');
  await writeFile(path, bytes);
  return {
    cells: (await readTable(path, 'organisations')).cells,
    type: String(answer.headers['content-type']),
    name: decodeURIComponent(String(answer.headers['content-disposition'])),
    bytes,
  };
}

it('saves what is filtered, as a workbook and as CSV, and what an import reads again', async () => {
  const romashka = await addOrganisation(house, 'ООО «Ромашка»');
  await house.parts.db('organisations').where({ id: romashka.id }).update({ external_id: '1С-7' });
  const head = await addAccount(house, { surname: 'Жуков', name: 'Алексей' });
  await joinOrganisation(house, head, romashka, ['administrator']);
  await addOrganisation(house, 'АО «Другая»');
  for (const format of ['xlsx', 'csv']) {
    const { cells, type, name } = await saved(`?search=ромаш&format=${format}`);
    expect(cells[0]!.slice(0, 4)).toEqual(['Внешний код', 'Название', 'ИНН', 'КПП']);
    expect(cells.slice(1)).toEqual([
      [
        '1С-7',
        'ООО «Ромашка»',
        romashka.inn,
        '770401001',
        '',
        '',
        expect.stringMatching(/-А$/),
        'Жуков Алексей',
        '',
      ],
    ]);
    expect(type).toContain(format === 'csv' ? 'text/csv' : 'spreadsheetml');
    expect(name).toMatch(new RegExp(`attachment.*Организации \\d\\d\\.\\d\\d\\.\\d{4}\\.${format}`));
  }
  expect((await saved('')).cells).toHaveLength(3);
});

it('defuses what a spreadsheet would take for a formula', async () => {
  for (const name of ['=1+1', '+7', '-1', '@SUM(A1)', '\t=1']) await addOrganisation(house, name);
  const { bytes } = await saved('?format=csv');
  const lines = bytes.toString().split(/\r?\n/).slice(1);
  for (const line of lines) expect(line.split(';')[1] ?? '').not.toMatch(/^"?[=+\-@\t]/);
  expect(bytes.toString()).toContain("'=1+1");
});

it.each(['csv', 'xlsx'])('saved as %s and imported again changes nothing', async (format) => {
  const { db } = house.parts;
  const name = (text: string) => `${text} туда и обратно`;
  const texts = ['=1+1', '+7', '-1', '@SUM(A1)', "'=1", "''+2", "'просто", '＝3', 'ООО "Ёж; и сова"'];
  for (const [n, text] of texts.entries()) {
    const { id } = await addOrganisation(house, name(text));
    await db('organisations')
      .where({ id })
      .update({ external_id: `${text}${format}`, address: n % 2 ? text : null });
  }
  const { cells } = await saved(`?search=${encodeURIComponent('туда и обратно')}&format=${format}`);
  const again = await checkTable(db, { kind: 'organisations', cells }, house.clock.now());
  expect(again.plan.filter(({ verdict }) => verdict !== 'unchanged')).toEqual([]);
  expect(again.counts.unchanged).toBe(texts.length);
  await db('contracts').delete();
  await db('organisations').whereLike('name', '%туда и обратно').delete();
});

it('goes on beyond a thousand', async () => {
  const { db } = house.parts;
  await db.raw(`insert into organisations (id, name, inn, created_at)
    select gen_random_uuid(), 'ИП Номер ' || n, '77' || lpad(n::text, 10, '0'), now() from generate_series(1, 2500) n`);
  const { cells } = await saved('?search=Номер&format=csv');
  expect(new Set(cells.slice(1).map((row) => row[1])).size).toBe(2500);
});

it('is told in the journal: who, what was filtered, how many', async () => {
  await addOrganisation(house, 'ЗАО «Журнальное»');
  await saved(`?search=${encodeURIComponent('журнальн')}&state=orphaned&format=csv`);
  const [entry] = await house.parts.db('audit').where({ action: 'register.exported' }).orderBy('id', 'desc');
  expect(entry).toMatchObject({
    account_id: desk.account.id,
    details: { search: 'журнальн', shown: 'orphaned', building: null, exported: 1, format: 'csv' },
  });
  const text = words((await desk.visitor.get('/staff/journal?group=organisations')).text);
  expect(text).toContain('Список организаций сохранён');
  expect(text).toContain('Отбор: Без администратора Формат: CSV Поиск: журнальн Организаций в файле: 1');
});
