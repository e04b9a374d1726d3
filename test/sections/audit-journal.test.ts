import { readdirSync, readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockwork, record } from '../../src/domain/audit/audit.data.js';
import { ROOT } from '../../src/lib/places.js';
import { ACTION_WORDS } from '../../src/sections/journal-words.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk, openOffice, type Office } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';
import { addImport } from '../support/tables-to-import.js';

const PATH = '/staff/journal';

let house: OpenHouse;
let chief: Pick<Office, 'account' | 'visitor'>;
beforeAll(async () => {
  house = await openDoors();
  chief = await openDesk(house, ['administrator'], 'Журналова');
});
afterAll(() => house?.close());

const read = async (query: Record<string, string> = {}) =>
  (await chief.visitor.get(`${PATH}?${new URLSearchParams(query)}`)).text;
const entries = async (query: Record<string, string> = {}) => rowsOf(await read(query));
const write = (action: string, details: Record<string, unknown>, at = house.clock.now()) =>
  house.parts.db.transaction((trx) => record(trx, clockwork('test'), at, { action, details }));

describe('the words', () => {
  const folder = path(ROOT, 'src/domain');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.actions.ts'))
    .map((name) => readFileSync(path(folder, name), 'utf8'));
  /** What names are made of where the code puts them together. */
  const MADE: Record<string, string[]> = {
    'access.${state}': ['access.granted', 'access.refused'],
    'notification.${what}': ['written', 'changed', 'published', 'withdrawn', 'removed'].map(
      (what) => `notification.${what}`,
    ),
    'invoice.${kind}': [],
  };
  /** Letters are called alike; these are no actions. */
  const LETTERS = [
    'access.responsible',
    'administrator.appointed',
    'administrator.joined',
    'conversation.answered',
    'conversation.assigned',
    'conversation.moved',
    'conversation.replied',
    'conversation.returned',
    'document.ending',
    'handover.taken',
    'invoice.from-advance',
    'invoice.paid',
    'invoice.refunded',
  ];

  it('are there for every action that the code writes', () => {
    const written = new Set<string>();
    for (const source of sources) {
      for (const [, quote, name] of source.matchAll(/(['`])([a-z-]+\.(?:[a-z-]+|\$\{\w+\}))\1/g)) {
        if (quote === '`') expect(Object.keys(MADE), 'an action whose name is made of parts').toContain(name);
        for (const one of MADE[name!] ?? [name!]) written.add(one);
      }
    }
    expect(written.size).toBeGreaterThan(50);
    expect([...written].filter((name) => !(name in ACTION_WORDS) && !LETTERS.includes(name))).toEqual([]);
    for (const said of Object.values(ACTION_WORDS)) expect(said).toMatch(/^[А-ЯЁ]/);
  });
});

describe('the journal', () => {
  it('says who did what, when and where, in words', async () => {
    const office = await openOffice(house, { roles: ['administrator'], name: 'ООО «Журнальная»' });
    const member = await openOffice(house);
    house.clock.move(1000);
    await office.visitor.submit(`/profiles/${office.organisation.id}/accounts/new`, {
      email: member.account.email,
      roles: ['documents', 'passes'],
    });
    const [[title, at, who, details]] = (await entries({ organisation: 'журнальн' })) as [string[]];
    expect(title).toBe('Доступ предоставлен ООО «Журнальная»');
    expect(at).toMatch(/^\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d$/);
    expect(who).toContain(`Константинопольская Мария ${office.account.email} `);
    expect(details).toBe(
      `Участник: Константинопольская Мария (${member.account.email}) Роли: Документы, Пропуска Видит всё: нет`,
    );
  });

  it('shows what changed, and nothing that it has no name for', async () => {
    await write('company.changed', {
      before: { name: 'Спектр', hours: null, password_hash: '$2b$secret' },
      after: { name: 'Меридиан', hours: 'всегда', token: 'tajna', constructor: 'x' },
      secret: 'tajna',
    });
    const text = words(await read({ group: 'company' }));
    expect(text).toContain('Кабинет, по расписанию');
    expect(text).toContain('Название: Спектр → Меридиан Часы работы: — → всегда');
    expect(text).not.toMatch(/secret|tajna|2b/);
    await write('company.changed', { after: { name: '<b onclick=alert(1)>' } });
    expect(await read({ group: 'company' })).not.toContain('<b onclick');
  });

  it('names an import’s file and leads to it; tells the server’s command line from a visitor', async () => {
    const id = await addImport(house);
    const [entry] = await house.parts.db('audit').where({ subject_id: id });
    expect(entry!.details).toMatchObject({ file: 'таблица.csv' });
    const text = await read({ group: 'organisations' });
    expect(linksOf(text)['Файл импорта загружен']).toBe(`/staff/import/${id}`);
    expect(words(text)).toContain('Файл: таблица.csv');
    // One that was never applied is forgotten some day: nothing leads there then.
    await house.parts.db('imports').where({ id }).delete();
    expect(linksOf(await read({ group: 'organisations' }))['Файл импорта загружен']).toBeUndefined();
    const command = { account_id: null, ip: '', request_id: 'command:import' };
    await house.parts.db.transaction((trx) =>
      record(trx, command, house.clock.now(), { action: 'import.applied', details: { file: 'ночь.csv' } }),
    );
    expect((await entries({ group: 'organisations' }))[0]).toMatchObject({ 2: 'Команда на сервере' });
  });

  it('finds a person: what he did, and what was done to him', async () => {
    const person = await addAccount(house);
    const visitor = await house.visitor().signIn(person.email);
    await visitor.submit('/desktop/personal', {
      surname: 'Иная',
      name: 'Анна',
      patronymic: '',
      phone: '',
      inn: '',
    });
    house.clock.move(1000);
    await chief.visitor.submit(`/staff/people/${person.id}/blocking`, { reason: 'Проверка' });
    const found = await entries({ person: ` ${person.email.toUpperCase()} ` });
    expect(found.map(([title]) => title)).toEqual([
      'Аккаунт заблокирован',
      'Личные данные изменены',
      'Вход в кабинет',
    ]);
    expect(found[0]![3]).toContain('Причина: Проверка');
    expect(found[1]![3]).toBe('Изменено: фамилия, имя, отчество');
    expect((await entries({ person: person.email, group: 'sign-in' })).map(([title]) => title)).toEqual([
      'Вход в кабинет',
    ]);
  });

  it.each([
    ['person', 'nobody@nowhere.test', 'Аккаунта с таким адресом нет'],
    ['organisation', 'Нет такой', 'Такой организации нет'],
    ['from', '32.13.2026', 'Укажите день, например 26.11.2026'],
    ['to', 'завтра', 'Укажите день, например 26.11.2026'],
  ])('says at %s what «%s» lacks', async (field, value, message) => {
    const text = await read({ [field]: value });
    expect(errorsOf(text)).toEqual({ [field]: message });
    expect(words(text)).toContain('Ничего не найдено');
    expect(text).toContain(`value="${value}"`);
  });

  it('says that the last day is before the first, and keeps both', async () => {
    const text = await read({ from: '11.01.2026', to: '10.01.2026' });
    expect(errorsOf(text)).toEqual({ to: 'Укажите день не раньше, чем «С дня»' });
    expect([valueOf(text, 'from'), valueOf(text, 'to')]).toEqual(['11.01.2026', '10.01.2026']);
    expect(errorsOf(await read({ from: '10.01.2026', to: '10.01.2026' }))).toEqual({});
  });

  it('tells a reason from the one before it', async () => {
    const person = await addAccount(house);
    const path = `/staff/people/${person.id}`;
    await chief.visitor.submit(`${path}/blocking`, { reason: 'Утечка' });
    house.clock.move(1000);
    await chief.visitor.submit(`${path}/unblocking`, { reason: 'Всё в порядке' });
    house.clock.move(1000);
    const [found] = await entries({ person: person.email, group: 'people' });
    expect(found![3]).toContain('Причина: Всё в порядке Причина блокировки: Утечка');
    // As it was written before.
    await write('account.unblocked', { reason: 'ok', before: 'a' });
    expect((await entries({ group: 'people' }))[0]![3]).toBe('Причина: ok Было: a');
  });

  it('counts days in Moscow, the last one whole', async () => {
    await write('import.compared', { file: 'в полночь' }, new Date('2026-01-09T21:00:00Z'));
    await write('import.compared', { file: 'до полуночи' }, new Date('2026-01-10T20:59:59.999Z'));
    await write('import.compared', { file: 'раньше' }, new Date('2026-01-09T20:59:59.999Z'));
    await write('import.compared', { file: 'позже' }, new Date('2026-01-10T21:00:00Z'));
    const found = await entries({ from: '10.01.2026', to: '10.1.26' });
    expect(found.map((cells) => cells[3])).toEqual(['Файл: до полуночи', 'Файл: в полночь']);
  });

  it('goes in pages, there and back, through entries of one moment', async () => {
    house.clock.move(1000);
    for (let n = 0; n < 45; n += 1) await write('building.saved', { name: `Здание ${n}` });
    const seen: string[] = [];
    const pages = [`${PATH}?group=organisations&from=01.02.2026`];
    for (let page = pages[0]; page;) {
      const { text } = await chief.visitor.get(page);
      seen.push(...rowsOf(text).map((cells) => cells[3]!));
      page = linksOf(text)['Дальше'];
      if (page) pages.push(page);
    }
    const built = seen.filter((one) => one.startsWith('Название: Здание'));
    expect(built).toEqual(Array.from({ length: 45 }, (_, n) => `Название: Здание ${44 - n}`));
    const last = await chief.visitor.get(pages.at(-1)!);
    const back = await chief.visitor.get(linksOf(last.text)['Назад']!);
    expect(rowsOf(back.text).map((cells) => cells[3])).toEqual(
      seen.slice(20 * (pages.length - 2), 20 * (pages.length - 1)),
    );
    for (const odd of [
      'after=1_x',
      'before=9_999999999999999',
      'group=__proto__',
      'from=\0',
      `person=${'x'.repeat(3000)}`,
    ])
      expect((await chief.visitor.get(`${PATH}?${odd}`)).status, odd).toBe(200);
  });
});
