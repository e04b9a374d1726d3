import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addNotice } from '../support/notices.js';
import { addOrganisation } from '../support/people.js';
import { addBuilding, addRoom } from '../support/register.js';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let organisation: Awaited<ReturnType<typeof addOrganisation>>;
let path: string;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());
beforeEach(async () => {
  organisation = await addOrganisation(house);
  path = `/staff/organisations/${organisation.id}/contracts`;
});

const db = () => house.parts.db;
const contracts = () => db()('contracts').where({ organisation_id: organisation.id }).orderBy('number');
const terms = (change = {}) => ({
  number: 'Я-1',
  kind: 'supplement',
  starts_on: '1.2.2026',
  ends_on: '31.01.27',
  ...change,
});

describe('a contract', () => {
  it('is added, once of fifty of the same number', async () => {
    const { _csrf } = await desk.visitor.hidden(`${path}/new`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        desk.visitor.post(`${path}/new`, { _csrf: _csrf!, _once: randomUUID(), ...terms() }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(49);
    expect((await contracts()).at(-1)).toMatchObject({
      kind: 'supplement',
      starts_on: '2026-02-01',
      ends_on: '2027-01-31',
    });
  });

  it.each([
    ['nothing', { number: '', kind: '', starts_on: '' }, ['number', 'kind', 'starts_on']],
    ['no such day', { starts_on: '31.02.2026' }, ['starts_on']],
    ['a day of another age', { starts_on: '01.01.0225' }, ['starts_on']],
    ['an end beyond the century', { ends_on: '31.12.9999' }, ['ends_on']],
    ['an end before the beginning', { ends_on: '31.01.2026' }, ['ends_on']],
  ])('is refused with %s', async (_what, change, fields) => {
    const answer = await desk.visitor.submit(`${path}/new`, terms(change));
    expect([answer.status, Object.keys(errorsOf(answer.text))]).toEqual([422, fields]);
    expect(valueOf(answer.text, 'number')).toBe(terms(change).number);
    expect(await contracts()).toHaveLength(1);
  });

  it('is changed; a colleague’s change is shown first', async () => {
    const [contract] = await contracts();
    const form = `${path}/${contract!.id}`;
    const stale = await desk.visitor.hidden(form);
    expect((await desk.visitor.submit(form, terms({ ends_on: '' }))).status).toBe(303);
    expect((await contracts())[0]).toMatchObject({ number: 'Я-1', ends_on: null });
    const late = await desk.visitor.post(form, {
      ...stale,
      _once: randomUUID(),
      ...terms({ number: 'Я-2' }),
    });
    expect([late.status, valueOf(late.text, 'number')]).toEqual([409, 'Я-2']);
    expect((await contracts())[0]!.number).toBe('Я-1');
  });

  it('of another organisation is a 404', async () => {
    const other = await addOrganisation(house);
    const foreign = (await db()('contracts').where({ organisation_id: other.id }).first())!;
    for (const end of ['', '/premises/new'])
      expect((await desk.visitor.get(`${path}/${foreign.id}${end}`)).status).toBe(404);
  });
});

describe('removing a contract', () => {
  it('takes its rooms along, says so first, and only takes what was shown', async () => {
    const building = await addBuilding(house);
    const { contract, premises } = await addRoom(house, organisation, building);
    const form = `${path}/${contract.id}/removal`;
    const page = words((await desk.visitor.get(form)).text);
    expect(page).toContain('Вместе с договором удалится 1 помещение');
    expect(page).toContain(premises.room);
    const question = await desk.visitor.hidden(form);
    const room = { building: building.name, room: 'Ещё одно', area: '5' };
    await desk.visitor.submit(`${path}/${contract.id}/premises/new`, room);
    const late = await desk.visitor.post(form, question);
    expect([late.status, words(late.text)]).toEqual([409, expect.stringContaining('удалятся 2 помещения')]);
    expect(await contracts()).toHaveLength(1);
    expect((await desk.visitor.submit(form, {})).headers.location).toBe(
      `/staff/organisations/${organisation.id}`,
    );
    expect(await contracts()).toEqual([]);
    expect(await db()('premises').where({ contract_id: contract.id })).toEqual([]);
    const audit = await db()('audit')
      .where({ organisation_id: organisation.id })
      .orderBy('id')
      .pluck('action');
    expect(audit.slice(-3)).toEqual(['premises.removed', 'premises.removed', 'contract.removed']);
    expect((await desk.visitor.get(form)).status).toBe(404);
  });

  it('of fifty at the same instant happens once', async () => {
    const [contract] = await contracts();
    const form = `${path}/${contract!.id}/removal`;
    const question = await desk.visitor.hidden(form);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => desk.visitor.post(form, { ...question, _once: randomUUID() })),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(49);
  });
});

describe('a room', () => {
  it('is added with a comma or a point, changed and removed', async () => {
    const building = await addBuilding(house);
    const [contract] = await contracts();
    const form = `${path}/${contract!.id}/premises`;
    const room = { building: building.name, room: '4 этаж, 412', area: '1 184,6' };
    expect((await desk.visitor.submit(`${form}/new`, room)).status).toBe(303);
    const [row] = await db()('premises').where({ contract_id: contract!.id });
    expect(row).toMatchObject({ area: '1184.60', building: building.name });
    expect(valueOf((await desk.visitor.get(`${form}/${row!.id}`)).text, 'area')).toBe('1184,60');
    const question = await desk.visitor.hidden(`${form}/${row!.id}/removal`);
    expect((await desk.visitor.submit(`${form}/${row!.id}`, { ...room, area: '12.5' })).status).toBe(303);
    // What is removed is what was shown.
    expect((await desk.visitor.post(`${form}/${row!.id}/removal`, question)).status).toBe(409);
    expect((await desk.visitor.submit(`${form}/${row!.id}/removal`, {})).status).toBe(303);
    expect(await db()('premises').where({ contract_id: contract!.id })).toEqual([]);
    const audit = await db()('audit').where({ subject_id: row!.id }).orderBy('id').pluck('action');
    expect(audit).toEqual(['premises.saved', 'premises.saved', 'premises.removed']);
  });

  it.each([
    ['no building', { building: '' }, { building: 'Выберите здание' }],
    ['an unknown building', { building: 'Нет такого' }, { building: 'Выберите здание из списка' }],
    ['no area', { area: '0' }, { area: 'Площадь больше нуля' }],
    ['an area that is none', { area: '12,345' }, { area: expect.stringContaining('184,6') }],
  ])('is refused with %s', async (_what, change, errors) => {
    const building = await addBuilding(house);
    const [contract] = await contracts();
    const sent = { building: building.name, room: '412', area: '10', ...change };
    const answer = await desk.visitor.submit(`${path}/${contract!.id}/premises/new`, sent);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
  });
});

describe('buildings', () => {
  const LIST = '/staff/buildings';

  it('are listed with their tenants; a new name goes to rooms and notifications', async () => {
    const building = await addBuilding(house, 'БЦ «Старое имя»');
    await addRoom(house, organisation, building);
    const over = await addOrganisation(house);
    const { contract } = await addRoom(house, over, building);
    await db()('contracts').where({ id: contract.id }).update({ ends_on: '2022-01-01' });
    const line = rowsOf((await desk.visitor.get(LIST)).text).find(([name]) => name!.includes('Старое имя'))!;
    expect(line.slice(1)).toEqual(['Москва, ул. Усачёва, 33', '1 — показать список']);
    const form = `${LIST}/${building.id}`;
    const stale = await desk.visitor.hidden(form);
    const sent = { name: 'БЦ «Новое имя»', address: 'Москва' };
    expect((await desk.visitor.submit(form, sent)).status).toBe(303);
    expect(await db()('premises').where({ building: 'БЦ «Новое имя»' })).toHaveLength(2);
    const late = await desk.visitor.post(form, { ...stale, _once: randomUUID(), name: 'БЦ «Позднее»' });
    expect([late.status, valueOf(late.text, 'name')]).toEqual([409, 'БЦ «Позднее»']);
    expect(words(late.text)).toContain('изменил коллега');
  });

  it('are removed where nothing names them', async () => {
    const building = await addBuilding(house);
    const form = `${LIST}/${building.id}`;
    const { contract } = await addRoom(house, organisation, building);
    expect(words((await desk.visitor.get(form)).text)).toContain('пока в договорах есть помещения');
    const kept = await desk.visitor.submit(`${form}/removal`, {});
    expect([kept.status, words(kept.text)]).toEqual([409, expect.stringContaining('есть помещения в нём')]);
    await db()('premises').where({ contract_id: contract.id }).delete();
    const notice = await addNotice(house, { created_by: desk.account.id, audience: 'buildings' });
    await db()('notification_buildings').insert({ notification_id: notice.id, building: building.name });
    expect((await desk.visitor.submit(`${form}/removal`, {})).status).toBe(409);
    await db()('notification_buildings').where({ building: building.name }).delete();
    expect(linksOf((await desk.visitor.get(form)).text)['Удалить здание']).toBe(`${form}/removal`);
    expect((await desk.visitor.submit(`${form}/removal`, {})).headers.location).toBe(LIST);
    expect(await db()('buildings').where({ id: building.id })).toEqual([]);
    const [entry] = await db()('audit').where({ subject_id: building.id });
    expect(entry).toMatchObject({ action: 'building.removed', details: { before: { name: building.name } } });
    expect((await desk.visitor.get(`${form}/removal`)).status).toBe(404);
  });

  it('of one name are one, whatever the case', async () => {
    const { _csrf } = await desk.visitor.hidden(`${LIST}/new`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        desk.visitor.post(`${LIST}/new`, {
          _csrf: _csrf!,
          _once: randomUUID(),
          name: n % 2 ? 'бц «Гонка»' : 'БЦ «ГОНКА»',
        }),
      ),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    const refused = answers.find(({ status }) => status === 422)!;
    expect(errorsOf(refused.text)).toEqual({ name: 'Здание с таким названием уже есть' });
  });
});
