import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../src/lib/places.js';
import { openHouse, type TestHouse } from '../support/house.js';
import { commerceMl, invoiceXml } from '../support/commerceml.js';
import { addOrganisation } from '../support/people.js';
import { hashTables } from '../support/tables.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house?.close());

const HEADS = 'Внешний код;Название;ИНН;КПП';
const SPEKTR = 'о-1;ООО «Спектр»;7704374968;770401001';

/** Runs `npm run import` on the house's database. */
function run(...args: string[]): Promise<{ code: number; printed: string; told: string }> {
  const command = ['--import', 'tsx', join(ROOT, 'src/commands/import.ts'), ...args];
  const { config, url } = house;
  const env = { PATH: process.env.PATH, NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: config.dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, cwd: ROOT }, (error, printed, told) =>
      resolve({ code: error ? Number(error.code) : 0, printed, told }),
    );
  });
}

async function table(...lines: string[]): Promise<string> {
  const path = join(house.config.dataDir, 'Ночь.csv');
  await writeFile(path, [HEADS, ...lines].join('\n'));
  return path;
}

it('only looks with --check, says what it would do, and is 1 where lines are refused', async () => {
  const { db } = house.parts;
  const before = await hashTables(db);
  const file = await table(SPEKTR, 'о-2;;;');
  const { code, printed } = await run('--check', 'organisations', file);
  expect([code, printed]).toEqual([
    1,
    'строка 3: Нет названия\nдобавится 1, изменится 0, без изменений 0, отклонено 1\n',
  ]);
  expect((await run('organisations', await table(SPEKTR), '--check')).code).toBe(0);
  expect(await hashTables(db)).toEqual(before);
});

it('applies, and writes nothing where nothing changes', async () => {
  const { db } = house.parts;
  const file = await table(SPEKTR);
  const { code, printed } = await run('organisations', file);
  expect([code, printed]).toEqual([0, 'добавлено 1, изменено 0, без изменений 0, отклонено 0\n']);
  expect(await db('audit').orderBy('id').pluck('action')).toEqual([
    'import.compared',
    'organisation.added',
    'import.applied',
  ]);
  const before = await hashTables(db);
  expect((await run('organisations', file)).printed).toContain('без изменений 1');
  expect(await hashTables(db)).toEqual(before);
});

it('takes invoices of 1C, as drafts where that is asked for, twice is once', async () => {
  const { db } = house.parts;
  const { inn, kpp } = await addOrganisation(house);
  const documents = [
    invoiceXml({ id: 'с-1', inn, kpp: kpp ?? '', due: '2099-11-20' }),
    invoiceXml({ id: 'с-2', inn, kpp: kpp ?? '' }).replace('2026-11-01', '2001-11-01'),
    invoiceXml({ id: 'а-1', operation: 'Акт выполненных работ' }),
  ];
  const path = join(house.config.dataDir, 'счета.xml');
  await writeFile(path, commerceMl(documents.join('')));
  const said = 'пропущено других документов: 1\n';
  expect((await run('--drafts', 'invoices', path)).printed).toBe(
    `${said}срок оплаты уже прошёл, счетов: 1\nдобавлено 2, изменено 0, без изменений 0, отклонено 0\n`,
  );
  const draft = { state: 'draft', created_by: null };
  expect(await db('invoices').select('state', 'created_by')).toEqual([draft, draft]);
  const before = await hashTables(db);
  expect((await run('invoices', path)).printed).toBe(
    `${said}добавлено 0, изменено 0, без изменений 2, отклонено 0\n`,
  );
  expect(await hashTables(db)).toEqual(before);
});

it.each([
  [['organisations', '/нет/такого.csv'], 'Файла нет: /нет/такого.csv'],
  [['people', 'x.csv'], 'Usage:'],
  [['organisations'], 'Usage:'],
  [['organisations', 'x.csv', '--force'], 'Usage:'],
])('is 2 and says why: %j', async (args, words) => {
  const { code, told } = await run(...args);
  expect([code, told]).toEqual([2, expect.stringContaining(words)]);
});
