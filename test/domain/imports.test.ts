import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import writeXlsx from 'write-excel-file/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyImport, previewImport } from '../../src/domain/imports/imports.actions.js';
import { getImport, listLines } from '../../src/domain/imports/imports.data.js';
import type { ImportKind } from '../../src/domain/imports/layouts.js';
import { answerInvitation } from '../../src/domain/memberships/invitations.actions.js';
import { readTable } from '../../src/domain/imports/table.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { openHouse, type TestHouse } from '../support/house.js';
import { addAccount, addOrganisation, join as joinOrganisation } from '../support/people.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse()));
afterAll(() => house?.close());

const db = () => house.parts.db;
beforeEach(async () => {
  for (const table of [
    'imports',
    'outbox',
    'invitations',
    'memberships',
    'premises',
    'contracts',
    'organisations',
    'buildings',
  ])
    await db()(table).delete();
});

const importing = () => ({
  db: db(),
  staff: null,
  actor: { account_id: null, ip: '', request_id: 'test' },
  now: house.clock.now(),
  form: null,
});
const compare = async (kind: ImportKind, cells: string[][]) => {
  const id = await previewImport(importing(), { kind, name: 'таблица.xlsx', cells });
  const { counts } = await getImport(db(), id);
  return {
    id,
    counts,
    refused: async () =>
      (await listLines(db(), id, 'refused', 0, 100)).map(({ line, reason }) => `${line}: ${reason}`),
  };
};
const apply = (id: string) => applyImport(importing(), id);

const ORGANISATIONS = ['Внешний код', 'Название', 'ИНН', 'КПП', 'Адрес', 'E-mail ответственного'];
const SPEKTR = ['о-1', 'ООО «Спектр»', '7704374968', '770401001', 'Москва', 'head@spektr.test'];
const PERSON = ['о-2', 'ИП Переверзев', '773474855420', '', '', ''];
const CONTRACTS = ['Внешний код', 'Код организации', 'Номер', 'Тип', 'Начало', 'Окончание'];
const PREMISES = ['Внешний код', 'Код договора', 'Здание', 'Помещение', 'Площадь, м²'];

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
      [['о-1', 'Код ещё раз', '5003028028', '500301001'], 'Повторяет строку 2'],
      [['о-4', 'ИНН ещё раз', '7704374968', '770401001'], 'Повторяет строку 2'],
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

const RESPONSIBLE = ['Внешний код', 'Название', 'ИНН', 'КПП', 'E-mail ответственного'];
const journal = () => db()('audit').orderBy('id');
const since = async () => {
  const from = Number((await journal().pluck('id')).at(-1) ?? 0);
  return async () =>
    (await journal().where('id', '>', from)).map(({ action, details, organisation_id, subject_id }) => ({
      action,
      details,
      organisation: organisation_id,
      subject: subject_id,
    }));
};

describe('the responsible address', () => {
  const named = (email: string) => ['о-1', 'ООО «Спектр»', '7704374968', '770401001', email];
  const bring = async (email: string) =>
    apply((await compare('organisations', [RESPONSIBLE, named(email)])).id);
  const invitations = async () =>
    (await db()('invitations').orderBy('created_at').orderByRaw('state desc')).map(
      ({ email, state, roles }) => [email, state, roles.join()],
    );
  const letters = (recipient: string) => db()('outbox').where({ recipient }).pluck('letter');
  const organisation = async () => (await db()('organisations').where({ external_id: 'о-1' }).first())!;

  it('of an import is invited to be the administrator, as by the form; the one before no longer is', async () => {
    await bring('first@spektr.test');
    expect(await invitations()).toEqual([['first@spektr.test', 'open', 'administrator']]);
    expect(await letters('first@spektr.test')).toEqual(['invitation']);
    const entries = await since();
    house.clock.move(1000);
    await bring('second@spektr.test');
    expect(await invitations()).toEqual([
      ['first@spektr.test', 'withdrawn', 'administrator'],
      ['second@spektr.test', 'open', 'administrator'],
    ]);
    expect((await entries()).map(({ action }) => action)).toEqual([
      'import.compared',
      'organisation.responsible',
      'invitation.withdrawn',
      'invitation.sent',
      'import.applied',
    ]);
    // The same table once more asks nobody again.
    await bring('second@spektr.test');
    expect(await letters('second@spektr.test')).toEqual(['invitation']);
    await bring('');
    expect((await invitations()).map(([, state]) => state)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('gets a letter from the company where the server’s command line invites, and becomes the administrator', async () => {
    await bring('head@spektr.test');
    await house.deliver();
    const [mail] = (await keptMails(join(house.config.dataDir, 'mail'))).filter(
      ({ to }) => to === 'head@spektr.test',
    );
    expect(mail!.text.replace(/\s+/g, ' ')).toContain(
      'Управляющая компания приглашает вас в профиль организации ООО «Спектр»',
    );
    const account = await addAccount(house, { email: 'head@spektr.test' });
    const [invitation] = await db()('invitations');
    const own = { id: account.id };
    const actor = { account_id: account.id, ip: '', request_id: 'test' };
    await answerInvitation({ db: db(), own, actor, now: house.clock.now() }, invitation!.id, true);
    expect(await db()('memberships').first()).toMatchObject({ roles: ['administrator'], given_by: null });
  });

  it('invites nobody where there is an administrator, but takes back what the company sent', async () => {
    await bring('first@spektr.test');
    const { id } = await organisation();
    await joinOrganisation(house, await addAccount(house), { id }, ['administrator']);
    await bring('second@spektr.test');
    expect(await invitations()).toEqual([['first@spektr.test', 'withdrawn', 'administrator']]);
  });

  it('of a member is refused, as by the form', async () => {
    await bring('');
    const account = await addAccount(house);
    await joinOrganisation(house, account, await organisation(), ['documents']);
    const { refused } = await compare('organisations', [RESPONSIBLE, named(account.email)]);
    expect(await refused()).toEqual([
      '2: E-mail ответственного: Этот человек уже участник профиля: назначьте его администратором',
    ]);
  });
});

describe('the journal', () => {
  it('tells of every row what was added and what was changed, and from which file', async () => {
    const about = (id: string) => ({ import: id, file: 'таблица.xlsx' });
    const entries = await since();
    const first = await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON]);
    await apply(first.id);
    const other = [...SPEKTR.slice(0, 1), 'ООО «Иначе»', ...SPEKTR.slice(2)];
    const second = await compare('organisations', [ORGANISATIONS, other, PERSON]);
    await apply(second.id);
    const [spektr, person] = await db()('organisations').orderBy('external_id').pluck('id');
    const before = {
      name: 'ООО «Спектр»',
      inn: '7704374968',
      kpp: '770401001',
      address: 'Москва',
      external_id: 'о-1',
    };
    const added = { ...before, responsible_email: null, caretaker_id: null };
    expect(await entries()).toMatchObject([
      {
        action: 'import.compared',
        subject: first.id,
        details: { kind: 'organisations', file: 'таблица.xlsx' },
      },
      {
        action: 'organisation.added',
        subject: spektr,
        organisation: spektr,
        details: { ...about(first.id), after: added },
      },
      {
        action: 'organisation.added',
        subject: person,
        details: { after: { name: 'ИП Переверзев', kpp: null } },
      },
      {
        action: 'organisation.responsible',
        subject: spektr,
        details: { before: null, after: 'head@spektr.test' },
      },
      { action: 'invitation.sent', organisation: spektr },
      { action: 'import.applied', details: { file: 'таблица.xlsx', counts: { added: 2 } } },
      { action: 'import.compared' },
      {
        action: 'organisation.changed',
        subject: spektr,
        organisation: spektr,
        details: { ...about(second.id), before, after: { ...before, name: 'ООО «Иначе»' } },
      },
      { action: 'import.applied' },
    ]);
  });

  it('tells it of contracts and rooms, at both organisations where one moves', async () => {
    await apply((await compare('organisations', [ORGANISATIONS, SPEKTR, PERSON])).id);
    const contract = ['д-1', 'о-1', '77', 'Основной', '01.12.2025', ''];
    await apply((await compare('contracts', [CONTRACTS, contract])).id);
    const room = ['п-1', 'д-1', 'БК «Спектр»', '412', '184,6'];
    await apply((await compare('premises', [PREMISES, room])).id);
    const [spektr, person] = await db()('organisations').orderBy('external_id').pluck('id');
    const entries = await since();
    await apply((await compare('contracts', [CONTRACTS, ['д-1', 'о-2', '78', ...contract.slice(3)]])).id);
    await apply((await compare('premises', [PREMISES, [...room.slice(0, 4), '62,35']])).id);
    const terms = { kind: 'main', starts_on: '2025-12-01', ends_on: null, external_id: 'д-1' };
    const moved = {
      before: { number: '77', organisation: 'ООО «Спектр»', ...terms },
      after: { number: '78', organisation: 'ИП Переверзев', ...terms },
    };
    expect((await entries()).filter(({ action }) => !action.startsWith('import'))).toMatchObject([
      { action: 'contract.saved', organisation: spektr, details: moved },
      { action: 'contract.saved', organisation: person, details: moved },
      {
        action: 'premises.saved',
        organisation: person,
        details: { contract: '78', before: { area: '184.60', room: '412' }, after: { area: '62.35' } },
      },
    ]);
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
      '8: Повторяет строку 2',
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

describe('a table', () => {
  const read = async (bytes: Buffer) => {
    const path = join(house.config.dataDir, randomUUID());
    await writeFile(path, bytes);
    return readTable(path);
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
    ['too many lines', Buffer.from(`код\n${'x\n'.repeat(20_005)}`), 'больше 20000 строк'],
  ])('is refused: %s', async (_name, bytes, words) => {
    await expect(read(bytes)).rejects.toMatchObject({ errors: { file: expect.stringContaining(words) } });
  });

  it('without the columns that are needed says which', async () => {
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
