import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addOrganisation, innOf } from '../support/people.js';
import { addBuilding, addRoom, freshInn } from '../support/register.js';

const LIST = '/staff/organisations';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const namesAt = async (path: string) => rowsOf((await desk.visitor.get(path)).text).map(([name]) => name);
const found = (query: Record<string, string>) => namesAt(`${LIST}?${new URLSearchParams(query)}`);
const row = async (id: string) => (await db()('organisations').where({ id }).first())!;
const add = (change: Record<string, string> = {}) =>
  desk.visitor.submit(`${LIST}/new`, { inn: freshInn(), kpp: '770401001', name: 'ООО «Новая»', ...change });

describe('the register', () => {
  it('goes forth and back by name, names alike and names of any signs', async () => {
    const names = Array.from({ length: 24 }, (_, n) =>
      n < 22 ? 'ООО «Тёзка»' : `ООО «Тёзка» 100% _${n} «'&<?#`,
    );
    for (const name of names) await addOrganisation(house, name);
    const seen: string[] = [];
    const pages: string[] = [];
    let path: string | undefined = `${LIST}?search=${encodeURIComponent('тёзка')}`;
    while (path) {
      const { text } = await desk.visitor.get(path);
      pages.push(path);
      seen.push(...rowsOf(text).map(([name]) => name!));
      path = linksOf(text)['Дальше'];
    }
    expect(pages).toHaveLength(2);
    expect(seen).toEqual([...seen].sort((a, b) => a.localeCompare(b, 'ru')));
    expect(seen).toHaveLength(24);
    const back = linksOf((await desk.visitor.get(pages[1]!)).text)['Назад']!;
    expect(await namesAt(back)).toEqual(seen.slice(0, 20));
  });

  it.each([
    'after=x',
    'after=_',
    `after=0KE_${randomUUID()}x`,
    `after=%00_${randomUUID()}`,
    'before=AAA_1',
    `after=AA_${randomUUID()}`,
  ])('opens on its first page where the address says %s', async (query) => {
    expect(await namesAt(`${LIST}?${query}`)).toEqual(await namesAt(LIST));
  });

  it('finds a part of a name, an ИНН or a contract, and takes no sign for a pattern', async () => {
    const { id, inn } = await addOrganisation(house, 'АО «Сто_процентов 50%»');
    await db()('contracts').where({ organisation_id: id }).update({ number: 'ЯЩ-7/2031' });
    const name = ['АО «Сто_процентов 50%»'];
    for (const search of ['сто_проц', '50%', inn.slice(2), `${inn.slice(0, 4)} ${inn.slice(4)}`, 'ящ-7/2031'])
      expect(await found({ search }), search).toEqual(name);
    for (const search of ['сто1проц', '5%0', '\\', 'ящ_7'])
      expect(await found({ search }), search).toEqual([]);
    expect((await desk.visitor.get(`${LIST}?search=%00%ED%A0%80`)).status).toBe(200);
  });

  it('leads to the buildings from its top', async () => {
    const { text } = await desk.visitor.get(LIST);
    expect(text.indexOf('href="/staff/buildings"')).toBeLessThan(text.indexOf('<tbody>'));
    expect(linksOf(text)['Здания']).toBe('/staff/buildings');
  });

  it('is narrowed to what wants attention', async () => {
    const today = dayOf(house.clock.now());
    const [managed, bare, ending, over] = [
      await addOrganisation(house, 'Узкий 1'),
      await addOrganisation(house, 'Узкий 2'),
      await addOrganisation(house, 'Узкий 3'),
      await addOrganisation(house, 'Узкий 4'),
    ];
    const { account } = await addColleague(house, managed, ['administrator']);
    await db()('contracts').where({ organisation_id: bare.id }).delete();
    await db()('contracts')
      .where({ organisation_id: ending.id })
      .update({ ends_on: addDays(today, 60) });
    await db()('contracts')
      .where({ organisation_id: over.id })
      .update({ ends_on: addDays(today, 61) });
    const building = await addBuilding(house, 'БЦ «Узкий»');
    await addRoom(house, ending, building);
    const search = 'Узкий';
    expect(await found({ search, state: 'orphaned' })).toEqual(['Узкий 2', 'Узкий 3', 'Узкий 4']);
    expect(await found({ search, state: 'bare' })).toEqual(['Узкий 2']);
    expect(await found({ search, state: 'ending' })).toEqual(['Узкий 3']);
    expect(await found({ building: 'БЦ «Узкий»' })).toEqual(['Узкий 3']);
    expect(await found({ search, state: 'other', building: 'нет' })).toHaveLength(4);
    const [first] = rowsOf((await desk.visitor.get(`${LIST}?search=${encodeURIComponent('Узкий 3')}`)).text);
    expect(first!.slice(2)).toEqual([expect.stringContaining('ещё 60 дней'), 'нет', 'БЦ «Узкий»']);
    // A blocked administrator is none.
    await db()('accounts').where({ id: account.id }).update({ blocked_at: house.clock.now() });
    expect(await found({ search, state: 'orphaned' })).toContain('Узкий 1');
  });

  it('asks as many queries for twenty lines as for one', async () => {
    const count = async (path: string) => {
      let queries = 0;
      const hear = () => (queries += 1);
      db().on('query', hear);
      await desk.visitor.get(path);
      db().removeListener('query', hear);
      return queries;
    };
    expect(await count(LIST)).toBe(await count(`${LIST}?search=${encodeURIComponent('50%')}`));
    expect(await count(LIST)).toBeLessThanOrEqual(5);
  });
});

describe('a new organisation', () => {
  it.each([
    ['nothing', { inn: '', kpp: '', name: ' ' }, { inn: 'Укажите ИНН', name: 'Укажите название' }],
    ['a slip in the ИНН', { inn: '7704374967' }, { inn: expect.stringContaining('Проверьте ИНН') }],
    ['no КПП', { kpp: '' }, { kpp: 'Укажите КПП: он есть у каждой организации' }],
    ['a КПП that is none', { kpp: '7704' }, { kpp: expect.stringContaining('9 знаков') }],
    ['an entrepreneur with a КПП', { inn: '773474855420' }, { kpp: expect.stringContaining('нет КПП') }],
  ])('is refused with %s, and what was typed stays', async (_what, change, errors) => {
    const before = await db()('organisations').count();
    const answer = await add({ address: 'Москва, ул. Длинная', ...change });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    expect(valueOf(answer.text, 'address')).toBe('Москва, ул. Длинная');
    expect(await db()('organisations').count()).toEqual(before);
  });

  it('is added with its audit row; an entrepreneur has no КПП', async () => {
    const answer = await add({
      inn: ' 7734 7485 5420 ',
      kpp: '',
      name: 'ИП  Переверзев',
      external_id: 'Т-1',
    });
    const id = answer.headers.location!.split('/').pop()!;
    expect(await row(id)).toMatchObject({ inn: '773474855420', kpp: null, name: 'ИП Переверзев' });
    const audit = await db()('audit').where({ subject_id: id }).pluck('action');
    expect(audit).toEqual(['organisation.added']);
    const again = await add({ inn: '773474855420', kpp: '' });
    expect(errorsOf(again.text)).toEqual({ inn: 'Организация с таким ИНН и КПП уже есть' });
    const code = await add({ external_id: 'Т-1' });
    expect(errorsOf(code.text)).toEqual({ external_id: 'Этот код уже у другой организации' });
  });

  it('is one of fifty who add it at the same instant', async () => {
    const inn = freshInn();
    const { _csrf } = await desk.visitor.hidden(`${LIST}/new`);
    const fields = { _csrf: _csrf!, inn, kpp: '770401001', name: 'ООО «Одна»' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => desk.visitor.post(`${LIST}/new`, { ...fields, _once: randomUUID() })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(49);
    expect(await db()('organisations').where({ inn })).toHaveLength(1);
    expect(
      await db()('audit')
        .where({ action: 'organisation.added' })
        .whereRaw("details->'after'->>'inn' = ?", [inn]),
    ).toHaveLength(1);
  });
});

describe('requisites', () => {
  it('are changed; a colleague’s change is shown first, with what was typed', async () => {
    const { id } = await addOrganisation(house, 'ООО «Прежняя»');
    const path = `${LIST}/${id}/edit`;
    const stale = await desk.visitor.hidden(path);
    const typed = { inn: innOf(900_001), kpp: '770401001', name: 'ООО «Иная»', address: 'Москва' };
    expect((await desk.visitor.submit(path, typed)).status).toBe(303);
    const late = await desk.visitor.post(path, {
      ...stale,
      _once: randomUUID(),
      ...typed,
      name: 'ООО «Поздняя»',
    });
    expect([late.status, valueOf(late.text, 'name')]).toEqual([409, 'ООО «Поздняя»']);
    expect(words(late.text)).toContain('данные изменил коллега');
    expect((await row(id)).name).toBe('ООО «Иная»');
    // Sent again, it replaces what the colleague wrote.
    const { seen } = { seen: /name="seen" value="([^"]*)"/.exec(late.text)![1]! };
    const sent = { ...stale, _once: randomUUID(), ...typed, name: 'ООО «Поздняя»', seen };
    expect((await desk.visitor.post(path, sent)).status).toBe(303);
    const audit = await db()('audit').where({ subject_id: id, action: 'organisation.changed' }).orderBy('id');
    expect(audit.map(({ details }) => [details.before, details.after])).toMatchObject([
      [{ name: 'ООО «Прежняя»' }, { name: 'ООО «Иная»' }],
      [{ name: 'ООО «Иная»' }, { name: 'ООО «Поздняя»' }],
    ]);
  });
});
