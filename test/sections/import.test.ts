import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, words } from '../support/page.js';
import { addOrganisation, innOf } from '../support/people.js';
import { addBuilding, addRoom } from '../support/register.js';
import { addImport } from '../support/tables-to-import.js';

const PATH = '/staff/import';
const HEADS = 'Внешний код;Название;ИНН;КПП';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const table = (...lines: string[]) => ({
  bytes: Buffer.from([HEADS, ...lines].join('\n')),
  name: 'Выгрузка 1С.csv',
});
const send = (file: { bytes: Buffer; name: string } | null, kind = 'organisations') =>
  desk.visitor.upload(PATH, { kind }, file);
const line = (n: number, name = `ООО «Номер ${n}»`) => `к-${n};${name};${innOf(600_000 + n)};770401001`;

describe('the table', () => {
  it.each([
    ['no file', null, 'organisations', { file: 'Выберите файл' }],
    ['a kind that is none', table(line(1)), 'people', { kind: 'Выберите, что импортировать' }],
    ['another table', table(line(1)), 'contracts', { file: expect.stringContaining('нет столбцов') }],
    [
      'a document',
      { bytes: Buffer.from('%PDF-1.7\nпусто'), name: 'x.pdf' },
      'organisations',
      { file: expect.anything() },
    ],
  ])('is refused: %s, and nothing is kept', async (_name, file, kind, errors) => {
    const answer = await send(file, kind);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    expect(await db()('imports')).toEqual([]);
  });

  it('is compared, shown by verdict and in pages, applied, and listed', async () => {
    const lines = Array.from({ length: 60 }, (_, n) => line(n));
    const answer = await send(table(...lines, 'к-1;Повтор;7704374968;770401001', ';;;1'));
    expect(answer.status).toBe(303);
    const page = answer.headers.location!;
    const refused = (await desk.visitor.get(page)).text;
    expect(rowsOf(refused).map(([at, , why]) => [at, why])).toEqual([
      ['62', 'Такой внешний код уже есть в строке 3'],
      ['63', 'Нет внешнего кода'],
    ]);
    const added = (await desk.visitor.get(`${page}?verdict=added`)).text;
    expect(rowsOf(added)).toHaveLength(50);
    const next = /href="([^"]*)" rel="next"/.exec(added)![1]!.replaceAll('&amp;', '&');
    expect(rowsOf((await desk.visitor.get(next)).text)).toHaveLength(10);
    expect(words(added)).toContain('Применить: 60 строк');
    expect(await db()('organisations')).toEqual([]);

    const form = await desk.visitor.hidden(page);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => desk.visitor.post(`${page}/application`, form)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
    expect(await db()('organisations').pluck('id')).toHaveLength(60);
    expect(words((await desk.visitor.get(page)).text)).toContain('Добавлено: 60');
    expect(words((await desk.visitor.get(PATH)).text)).toContain('отклонено: 2, добавлено: 60 Применён');
    const again = await send(table(...lines));
    expect(words((await desk.visitor.get(again.headers.location!)).text)).toContain('Применять нечего');
    // Not applied is not done.
    await send(table(line(900), ';;;1'));
    expect(words((await desk.visitor.get(PATH)).text)).toContain('отклонено: 1, добавится: 1 Не применён');
  });

  it('that is too big is told how a table is made smaller', async () => {
    const answer = await send({ bytes: Buffer.alloc(10 * 1024 * 1024 + 1, 'x'), name: 'Выгрузка.csv' });
    const file = errorsOf(answer.text).file;
    expect([answer.status, file]).toEqual([
      413,
      'Файл больше 10 МБ. Разделите таблицу на части или уберите лишние листы и столбцы, и выберите файл снова.',
    ]);
  });

  it('says whom it would write to, where the table names somebody', async () => {
    const told = async (heads: string, cells: string) => {
      const bytes = Buffer.from(`${heads}\n${cells}\n`);
      const answer = await send({ bytes, name: 'Ответственные.csv' });
      return words((await desk.visitor.get(answer.headers.location!)).text);
    };
    const said = 'На новый адрес ответственного уйдёт приглашение';
    expect(await told(`${HEADS};E-mail ответственного`, `${line(950)};head@import.test`)).toContain(said);
    expect(await told(HEADS, line(950))).not.toContain(said);
  });

  it('names new buildings, before and after', async () => {
    const { contract } = await addRoom(house, await addOrganisation(house), await addBuilding(house));
    await db()('contracts').where({ id: contract.id }).update({ external_id: 'д-1' });
    const bytes = Buffer.from(
      'Внешний код;Код договора;Здание;Помещение;Площадь\nп-1;д-1;Новый корпус;1;10\n',
    );
    const page = (await send({ bytes, name: 'Помещения.csv' }, 'premises')).headers.location!;
    const text = words((await desk.visitor.get(page)).text);
    expect(text).toContain('Новые здания: 1 — «Новый корпус».');
    expect(text).toContain('Новое здание «Новый корпус»');
    await desk.visitor.submit(page, {}, `${page}/application`);
    expect(words((await desk.visitor.get(page)).text)).toContain('Добавлены здания: 1 — «Новый корпус».');
  });

  it('is listed in pages, there and back', async () => {
    await db()('imports').delete();
    for (let n = 0; n < 21; n += 1) {
      house.clock.move(1000);
      await addImport(house);
    }
    const first = (await desk.visitor.get(PATH)).text;
    expect(rowsOf(first)).toHaveLength(20);
    const second = (await desk.visitor.get(linksOf(first)['Дальше']!)).text;
    expect(rowsOf(second)).toHaveLength(1);
    const back = (await desk.visitor.get(linksOf(second)['Назад']!)).text;
    expect(rowsOf(back)).toEqual(rowsOf(first));
  });

  it('shows what would change, and is compared anew when the register has changed', async () => {
    const first = await send(table(line(700, 'ООО «Раньше»')));
    await desk.visitor.submit(first.headers.location!, {}, `${first.headers.location}/application`);
    const page = (await send(table(line(700, 'ООО «<b>Потом</b>»')))).headers.location!;
    const shown = (await desk.visitor.get(page)).text;
    expect(words(shown)).toContain('Название: было «ООО «Раньше»», станет «ООО «<b>Потом</b>»»');
    expect(shown).not.toContain('<b>Потом');
    await db()('organisations').where({ external_id: 'к-700' }).update({ name: 'ООО «Тем временем»' });
    const late = await desk.visitor.submit(page, {}, `${page}/application`);
    expect([late.status, words(late.text)]).toEqual([
      409,
      expect.stringContaining('было «ООО «Тем временем»»'),
    ]);
    expect(await db()('organisations').where({ external_id: 'к-700' }).pluck('name')).toEqual([
      'ООО «Тем временем»',
    ]);
  });

  it.each(['verdict=constructor', 'after=x', 'after=999999999999', 'verdict=added&after=-1'])(
    'bears %s',
    async (query) => {
      const page = (await send(table(line(800)))).headers.location!;
      expect((await desk.visitor.get(`${page}?${query}`)).status).toBe(200);
    },
  );
});
