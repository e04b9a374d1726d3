import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getImport, listLines } from '../../src/domain/imports/imports.data.js';
import { openHouse, type TestHouse } from '../support/house.js';
import { addOrganisation } from '../support/people.js';
import {
  CONTRACTS,
  emptyRegister,
  importer,
  ORGANISATIONS,
  PERSON,
  PREMISES,
  SPEKTR,
} from '../support/tables-to-import.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house?.close());

const db = () => house.parts.db;
beforeEach(() => emptyRegister(house));

const { compare, apply, since } = importer(() => house);

describe('organisations', () => {
  it('refuses line by line, with the reason, and takes the rest', async () => {
    await db()('organisations').insert({
      id: randomUUID(),
      name: 'ООО «Занятая»',
      inn: '5003028028',
      kpp: '500301001',
      external_id: 'другая',
      created_at: new Date(),
    });
    const bad: [string[], string][] = [
      [['', 'Без кода', '7704374968', '770401001'], 'Нет внешнего кода'],
      [['о-3', '', '7704374968', '770401001'], 'Нет названия'],
      [['о-3', 'Без ИНН', '', '770401001'], 'ИНН с ошибкой'],
      [['о-3', 'Чужой ИНН', '7704374969', '770401001'], 'ИНН с ошибкой'],
      [['о-3', 'Без КПП', '7704374968', ''], 'Нет КПП'],
      [['о-3', 'Не КПП', '7704374968', '77'], 'КПП с ошибкой'],
      [['о-3', 'Не почта', '7704374968', '770401001', '', 'почта'], 'E-mail ответственного с ошибкой'],
      [['о-1', 'Код ещё раз', '5003028028', '500301001'], 'Такой внешний код уже есть в строке 2'],
      [['о-4', 'ИНН ещё раз', '7704374968', '770401001'], 'Такие ИНН и КПП уже есть в строке 2'],
      [
        ['о-5', 'Чужие реквизиты', '5003028028', '500301001'],
        'Эти ИНН и КПП уже у организации «ООО «Занятая»»',
      ],
    ];
    const { id, counts, refused } = await compare('organisations', [
      ORGANISATIONS,
      SPEKTR,
      ...bad.map(([row]) => row),
    ]);
    expect(counts).toEqual({ added: 1, changed: 0, unchanged: 0, refused: bad.length });
    expect(await refused()).toEqual(bad.map(([, reason], at) => `${at + 3}: ${reason}`));
    await apply(id);
    expect(await db()('organisations').orderBy('name').pluck('name')).toEqual([
      'ООО «Занятая»',
      'ООО «Спектр»',
    ]);
  });

  it('changes nothing when it is compared, all when it is applied, nothing when it comes again', async () => {
    const first = await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON]);
    expect(await db()('organisations')).toEqual([]);
    await apply(first.id);
    await apply(first.id);
    const rows = await db()('organisations').orderBy('external_id');
    expect(rows).toMatchObject([
      {
        external_id: 'о-1',
        name: 'ООО «Спектр»',
        inn: '7704374968',
        kpp: '770401001',
        address: 'Москва',
        responsible_email: 'head@spektr.test',
      },
      { external_id: 'о-2', name: 'ИП Переверзев', kpp: null, address: null },
    ]);
    const again = await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON]);
    expect(again.counts).toEqual({ added: 0, changed: 0, unchanged: 2, refused: 0 });
    await apply(again.id);
    expect(await db()('organisations').orderBy('external_id')).toEqual(rows);
  });

  it('says what changes, finds an organisation without a code by ИНН and КПП, leaves what has no column', async () => {
    const known = await addOrganisation(house, 'ООО «Старое имя»');
    await db()('organisations').where({ id: known.id }).update({ address: 'Там же' });
    const row = ['о-9', 'ООО «Новое имя»', known.inn, known.kpp];
    const { id, counts } = await compare('organisations', [ORGANISATIONS.slice(0, 4), row]);
    expect(counts.changed).toBe(1);
    const [line] = await listLines(db(), id, 'changed', 0, 1);
    expect(line!.changes).toEqual({
      external_id: { before: '', after: 'о-9' },
      name: { before: 'ООО «Старое имя»', after: 'ООО «Новое имя»' },
    });
    await apply(id);
    expect(await db()('organisations').where({ id: known.id }).first()).toMatchObject({
      name: 'ООО «Новое имя»',
      external_id: 'о-9',
      address: 'Там же',
      created_at: known.created_at,
    });
  });

  it('is not applied when the register has changed since; it is compared anew', async () => {
    const { id } = await compare('organisations', [ORGANISATIONS, SPEKTR]);
    const other = await compare('organisations', [
      ORGANISATIONS,
      [...SPEKTR.slice(0, 1), 'Иначе', ...SPEKTR.slice(2)],
    ]);
    await apply(other.id);
    await expect(apply(id)).rejects.toThrow('Данные изменились');
    expect((await getImport(db(), id)).counts).toMatchObject({ added: 0, changed: 1 });
    await apply(id);
    expect(await db()('organisations').pluck('name')).toEqual(['ООО «Спектр»']);
  });

  it('is applied once by twenty at the same instant', async () => {
    const { id } = await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON]);
    await Promise.all(Array.from({ length: 20 }, () => apply(id)));
    expect(await db()('organisations')).toHaveLength(2);
    expect(await db()('audit').where({ action: 'import.applied', subject_id: id })).toHaveLength(1);
  });

  it('takes 10,000 lines within a minute', async () => {
    const nine = (n: number) => String(500_000_000 + n);
    const inn = (n: number) => {
      const digits = nine(n);
      const sum = [2, 4, 10, 3, 5, 9, 4, 6, 8].reduce(
        (all, weight, at) => all + weight * Number(digits[at]),
        0,
      );
      return digits + String((sum % 11) % 10);
    };
    const rows = Array.from({ length: 10_000 }, (_, n) => [
      `к-${n}`,
      `ООО «Номер ${n}»`,
      inn(n),
      '770401001',
      '',
      `head-${n}@numbers.test`,
    ]);
    const addedBefore = (await db()('audit').where({ action: 'organisation.added' }).pluck('id')).length;
    const started = performance.now();
    const { id, counts } = await compare('organisations', [ORGANISATIONS, ...rows]);
    expect(counts.added).toBe(10_000);
    await apply(id);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(await db()('organisations').pluck('id')).toHaveLength(10_000);
    expect(await db()('invitations').pluck('id')).toHaveLength(10_000);
    expect(await db()('outbox').where('recipient', 'like', '%@numbers.test').pluck('id')).toHaveLength(
      10_000,
    );
    expect(await db()('audit').where({ action: 'organisation.added' }).pluck('id')).toHaveLength(
      10_000 + addedBefore,
    );
  });
});

describe('contracts and premises', () => {
  it('find their owners by code, and say what is wrong', async () => {
    await apply((await compare('organisations', [ORGANISATIONS, SPEKTR])).id);
    const contracts = await compare('contracts', [
      CONTRACTS,
      ['д-1', 'о-1', '1234567890', 'Основной договор', '01.12.2025', '30.11.2027'],
      ['д-2', 'о-1', '1234567890-1', 'Дополнительное соглашение', '2026-01-01', ''],
      ['д-3', 'нет', '1', 'Основной договор', '01.12.2025', ''],
      ['д-4', 'о-1', '2', 'Иной', '01.12.2025', ''],
      ['д-5', 'о-1', '3', 'Основной', '31.02.2025', ''],
      ['д-6', 'о-1', '4', 'Основной', '01.12.2025', '30.11.2025'],
      ['д-7', 'о-1', '1234567890', 'Основной', '01.12.2025', ''],
    ]);
    expect(await contracts.refused()).toEqual([
      '4: Нет организации с кодом «нет»',
      '5: Тип — «Основной договор» или «Дополнительное соглашение»',
      '6: Дата начала с ошибкой',
      '7: Окончание раньше начала',
      '8: Договор этой организации с таким номером уже есть в строке 2',
    ]);
    await apply(contracts.id);
    expect(
      await db()('contracts').orderBy('number').select('number', 'kind', 'starts_on', 'ends_on'),
    ).toEqual([
      { number: '1234567890', kind: 'main', starts_on: '2025-12-01', ends_on: '2027-11-30' },
      { number: '1234567890-1', kind: 'supplement', starts_on: '2026-01-01', ends_on: null },
    ]);

    const rooms = [
      ['п-1', 'д-1', 'БК «Спектр»', '412', '184,6'],
      ['п-2', 'д-1', 'БК «Спектр»', '415', '62.35'],
      ['п-3', 'д-9', 'БК «Спектр»', '1', '5'],
      ['п-4', 'д-1', '', '1', '5'],
      ['п-5', 'д-1', 'БК «Спектр»', '1', '0'],
      ['п-6', 'д-1', 'БК «Спектр»', '1', '5,123'],
    ];
    const premises = await compare('premises', [PREMISES, ...rooms]);
    expect(premises.counts).toMatchObject({ added: 2, refused: 4 });
    await apply(premises.id);
    expect(await db()('buildings').pluck('name')).toEqual(['БК «Спектр»']);
    expect(await db()('premises').orderBy('room').select('room', 'area')).toEqual([
      { room: '412', area: '184.60' },
      { room: '415', area: '62.35' },
    ]);
    expect((await compare('premises', [PREMISES, ...rooms])).counts).toMatchObject({
      unchanged: 2,
      added: 0,
    });
  });
});

describe('a contract’s days', () => {
  it('are asked for, and lie between 1990 and 2100', async () => {
    await apply((await compare('organisations', [ORGANISATIONS, SPEKTR])).id);
    const days: [string, string, string | null][] = [
      ['', '', 'Укажите дату начала'],
      ['01.01.0001', '', 'Дата начала — с 1990 по 2100 год'],
      ['31.12.1989', '', 'Дата начала — с 1990 по 2100 год'],
      ['01.12.2025', '01.01.2101', 'Дата окончания — с 1990 по 2100 год'],
      ['01.01.1990', '31.12.2100', null],
    ];
    const lines = days.map(([from, to], n) => [`д-${n}`, 'о-1', String(n), 'Основной', from, to]);
    const { refused, counts } = await compare('contracts', [CONTRACTS, ...lines]);
    expect(await refused()).toEqual(days.flatMap(([, , why], at) => (why ? [`${at + 2}: ${why}`] : [])));
    expect(counts.added).toBe(1);
  });
});

describe('a room', () => {
  const room = (code: string, building: string, name = code, contract = 'д-1') => [
    code,
    contract,
    building,
    name,
    '10',
  ];
  const bring = (...rooms: string[][]) => compare('premises', [PREMISES, ...rooms]);
  beforeEach(async () => {
    await apply((await compare('organisations', [ORGANISATIONS, SPEKTR])).id);
    const rows = ['д-1', 'д-2'].map((code) => [code, 'о-1', code, 'Основной', '01.12.2025', '']);
    await apply((await compare('contracts', [CONTRACTS, ...rows])).id);
    await db()('buildings').insert({ name: 'БК «Спектр»', address: null });
  });

  it('is not put into a building that a slip of the hand has made', async () => {
    const { id, refused } = await bring(
      room('п-1', 'бк «спектр»'),
      room('п-2', 'БК «Спекрт»'),
      room('п-3', 'Корпус 1'),
      room('п-4', 'Корпус 2'),
      room('п-5', 'Корпсу 2'),
      room('п-6', 'КОРПУС 2'),
    );
    const other = 'Если это другое здание, сначала добавьте его в список';
    expect(await refused()).toEqual([
      `3: Здания «БК «Спекрт»» нет в списке зданий. Похоже на «БК «Спектр»». ${other}`,
      `6: Здания «Корпсу 2» нет в списке зданий. Похоже на «Корпус 2». ${other}`,
    ]);
    expect((await getImport(db(), id)).new_buildings).toEqual(['Корпус 1', 'Корпус 2']);
    expect((await listLines(db(), id, 'added', 0, 10)).map(({ line, reason }) => [line, reason])).toEqual([
      [2, null],
      [4, 'Новое здание «Корпус 1»'],
      [5, 'Новое здание «Корпус 2»'],
      [7, 'Новое здание «Корпус 2»'],
    ]);
    expect(await db()('buildings').pluck('name')).toEqual(['БК «Спектр»']);
    const entries = await since();
    await apply(id);
    expect(await db()('premises').orderBy('room').pluck('building')).toEqual([
      'БК «Спектр»',
      'Корпус 1',
      'Корпус 2',
      'Корпус 2',
    ]);
    const written = await entries();
    expect(
      written.filter(({ action }) => action === 'building.saved').map(({ details }) => details),
    ).toMatchObject([
      { file: 'таблица.xlsx', after: { name: 'Корпус 1' } },
      { file: 'таблица.xlsx', after: { name: 'Корпус 2' } },
    ]);
    expect(written.at(-1)!.details).toMatchObject({ new_buildings: ['Корпус 1', 'Корпус 2'] });
  });

  it('stands once in a contract: in the table, and beside what is there', async () => {
    const [contract] = await db()('contracts').where({ external_id: 'д-1' });
    const present = { contract_id: contract!.id, building: 'БК «Спектр»', area: '10' };
    await db()('premises').insert([
      { id: randomUUID(), ...present, room: 'Без кода', external_id: null },
      { id: randomUUID(), ...present, room: 'С кодом', external_id: 'п-0' },
    ]);
    const { id, refused, counts } = await bring(
      room('п-1', 'БК «Спектр»', '412'),
      room('п-2', 'БК «Спектр»', '412'),
      room('п-3', 'БК «Спектр»', '412', 'д-2'),
      room('п-4', 'БК «Спектр»', 'Без кода'),
      room('п-5', 'БК «Спектр»', 'с кодом'),
    );
    expect(await refused()).toEqual([
      '3: Такое помещение в договоре уже есть в строке 2',
      '6: Такое помещение в договоре уже есть',
    ]);
    expect(counts).toMatchObject({ added: 2, changed: 1 });
    await apply(id);
    expect(await db()('premises').where({ room: 'Без кода' }).pluck('external_id')).toEqual(['п-4']);
  });
});

describe('what nobody sees', () => {
  it('is taken out of every cell, as out of a form’s field: a code has no twin', async () => {
    const unseen = ['о\u200b-1', 'ООО\u00a0 «\u202eСпектр\u2069»', '7704374968', '770401001', '\u200b', ''];
    const { refused, id } = await compare('organisations', [ORGANISATIONS, SPEKTR, unseen]);
    expect(await refused()).toEqual(['3: Такой внешний код уже есть в строке 2']);
    await apply(id);
    const again = await compare('organisations', [ORGANISATIONS.slice(0, 4), unseen.slice(0, 4)]);
    expect(again.counts).toMatchObject({ unchanged: 1 });
    expect(
      await (await compare('organisations', [ORGANISATIONS, ['\u202e', ...SPEKTR.slice(1)]])).refused(),
    ).toEqual(['2: Нет внешнего кода']);
    const long = ['x'.repeat(101), ...SPEKTR.slice(1)];
    expect(await (await compare('organisations', [ORGANISATIONS, long])).refused()).toEqual([
      '2: Внешний код длиннее 100 знаков',
    ]);
  });
});

it('what would change nothing is not written down as applied', async () => {
  await apply((await compare('organisations', [ORGANISATIONS, SPEKTR])).id);
  const { id } = await compare('organisations', [ORGANISATIONS, SPEKTR]);
  const entries = await since();
  await apply(id);
  expect(await entries()).toEqual([]);
  expect((await getImport(db(), id)).applied_at).toBeNull();
});

describe('the columns', () => {
  it('are refused twice; «Номер» is not «Номер строки»', async () => {
    const heads = ['Внешний код', 'Название', 'ИНН', 'КПП', 'название*'];
    await expect(compare('organisations', [heads, ['1', '2', '3', '4', '5']])).rejects.toMatchObject({
      errors: { file: 'Столбцы повторяются: «Название». Оставьте по одному' },
    });
    await compare('contracts', [
      [...CONTRACTS, 'Номер строки'],
      ['д', 'о', '1', 'Основной', '', '', '1'],
    ]);
  });

  it('are named where they are needed and missing', async () => {
    await expect(
      compare('contracts', [
        ['Внешний код', 'Номер'],
        ['1', '2'],
      ]),
    ).rejects.toMatchObject({
      errors: { file: 'В первой строке нет столбцов: «Код организации», «Тип», «Начало», «Окончание»' },
    });
  });
});
