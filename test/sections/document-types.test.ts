import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { openDesk, openOffice, sendDocument } from '../support/office.js';
import { errorsOf, rowsOf, valueOf, words } from '../support/page.js';
import { addType } from '../support/people.js';

const PATH = '/staff/document-types';
let house: OpenHouse;
let chief: Awaited<ReturnType<typeof openDesk>>;

beforeAll(async () => {
  house = await openDoors();
  chief = await openDesk(house, ['administrator']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const typed = (change: Record<string, string> = {}) => ({
  name: `Договор страхования ${randomUUID()}`,
  required: 'on',
  term_months: '12',
  reasons: 'Нет подписи\r\n\r\n  Не та редакция  \n',
  position: '3',
  ...change,
});
const saved = (name: string) => db()('document_types').where({ name }).first();

describe('document types', () => {
  it.each([
    ['reviewer', 403],
    ['operator', 403],
  ] as const)('are not for a %s', async (role, status) => {
    const { visitor } = await openDesk(house, [role]);
    const type = await addType(house);
    const page = await visitor.hidden('/profiles');
    const before = await dump(db(), 'limits', 'sessions');
    for (const path of [PATH, `${PATH}/new`, `${PATH}/${type.id}`])
      expect((await visitor.get(path)).status).toBe(status);
    for (const path of [`${PATH}/new`, `${PATH}/${type.id}`]) {
      expect((await visitor.post(path, { ...page, ...typed() })).status).toBe(status);
    }
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
    const menu = (await visitor.get(role === 'reviewer' ? '/staff/documents' : '/profiles')).text;
    expect(menu).not.toContain('Типы документов');
  });

  it('do not exist for tenants', async () => {
    const { visitor } = await openOffice(house, { roles: ['administrator'] });
    const page = await visitor.hidden('/profiles');
    for (const path of [PATH, `${PATH}/new`]) expect((await visitor.get(path)).status).toBe(404);
    expect((await visitor.post(`${PATH}/new`, { ...page, ...typed({ name: 'Чужой' }) })).status).toBe(404);
    expect(await saved('Чужой')).toBeUndefined();
  });

  it.each([
    [{ name: ' ' }, { name: 'Укажите название' }],
    [{ name: 'ы'.repeat(301) }, { name: 'Сократите до 300 символов' }],
    [{ term_months: '0' }, { term_months: 'Укажите число месяцев от 1 до 120' }],
    [{ term_months: '121' }, { term_months: 'Укажите число месяцев от 1 до 120' }],
    [{ term_months: '1,5' }, { term_months: 'Укажите число месяцев от 1 до 120' }],
    [{ term_months: '-1' }, { term_months: 'Укажите число месяцев от 1 до 120' }],
    [{ position: 'первый' }, { position: 'Укажите число от 0 до 9999' }],
    [{ position: '10000' }, { position: 'Укажите число от 0 до 9999' }],
    [{ reasons: 'ы'.repeat(5001) }, { reasons: 'Сократите до 5000 символов' }],
  ])('refuse what is no type (case %#), and keep what was typed', async (change, errors) => {
    const fields = typed(change);
    const before = await dump(db(), 'limits', 'sessions');
    const answer = await chief.visitor.submit(`${PATH}/new`, fields);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    for (const name of ['name', 'term_months', 'position'] as const)
      expect(valueOf(answer.text, name)).toBe(fields[name]);
    expect(answer.text).toMatch(/name="required"[^>]* checked/);
    expect(answer.text).not.toMatch(/name="hidden"[^>]* checked/);
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
  });

  it('are added with everything that was typed, and written down', async () => {
    const fields = typed();
    const answer = await chief.visitor.submit(`${PATH}/new`, fields);
    expect([answer.status, answer.headers.location]).toEqual([303, PATH]);
    const row = await saved(fields.name);
    expect(row).toMatchObject({
      required: true,
      term_months: 12,
      reasons: ['Нет подписи', 'Не та редакция'],
      position: 3,
      hidden_at: null,
    });
    const page = (await chief.visitor.get(PATH)).text;
    expect(words(page)).toContain(`Тип «${fields.name}» добавлен.`);
    expect(rowsOf(page)).toContainEqual([fields.name, 'Да', '12 месяцев', '2']);
    expect(
      await count(db(), 'audit', {
        action: 'document-type.saved',
        subject_id: row!.id,
        account_id: chief.account.id,
      }),
    ).toBe(1);
  });

  it('are changed: what is unticked is off, what is emptied is unset', async () => {
    const type = await addType(house, { required: true });
    const page = (await chief.visitor.get(`${PATH}/${type.id}`)).text;
    expect([valueOf(page, 'name'), valueOf(page, 'term_months')]).toEqual([type.name, '12']);
    expect(page).toMatch(/name="required"[^>]* checked/);
    expect(page).toContain(type.reasons.join('\n'));
    const wrong = await chief.visitor.submit(`${PATH}/${type.id}`, {
      name: '',
      term_months: '',
      reasons: '',
      position: '',
    });
    expect(wrong.status).toBe(422);
    expect(wrong.text).not.toMatch(/name="required"[^>]* checked/);
    await chief.visitor.submit(`${PATH}/${type.id}`, {
      name: `${type.name} (новый)`,
      term_months: '',
      reasons: '',
      position: '',
      hidden: 'on',
    });
    const now = await db()('document_types').where({ id: type.id }).first();
    expect(now).toMatchObject({
      name: `${type.name} (новый)`,
      required: false,
      term_months: null,
      reasons: [],
      position: 0,
      hidden_at: house.clock.now(),
    });
    expect(rowsOf((await chief.visitor.get(PATH)).text).at(-1)![0]).toContain('Скрыт');

    house.clock.move(60_000);
    await chief.visitor.submit(`${PATH}/${type.id}`, typed({ name: 'Ещё раз скрыт', hidden: 'on' }));
    expect((await saved('Ещё раз скрыт'))!.hidden_at).toEqual(now!.hidden_at);
    await chief.visitor.submit(`${PATH}/${type.id}`, typed({ name: 'Снова открыт' }));
    expect((await saved('Снова открыт'))!.hidden_at).toBeNull();
  });

  it('of one name in another case are refused', async () => {
    const type = await addType(house, { name: 'Приказ о пожарной безопасности' });
    const other = await addType(house);
    const twin = typed({ name: 'ПРИКАЗ о пожарной безопасности' });
    for (const path of [`${PATH}/new`, `${PATH}/${other.id}`]) {
      const answer = await chief.visitor.submit(path, twin);
      expect([answer.status, errorsOf(answer.text)]).toEqual([
        422,
        { name: 'Тип с таким названием уже есть' },
      ]);
    }
    expect(
      (await chief.visitor.submit(`${PATH}/${type.id}`, typed({ name: type.name.toUpperCase() }))).status,
    ).toBe(303);
  });

  it('are added once by a form that is sent 10 times, and by two people at once', async () => {
    const second = await openDesk(house, ['administrator'], 'Вторая');
    const fields = typed();
    const pages = await Promise.all([chief, second].map(({ visitor }) => visitor.hidden(`${PATH}/new`)));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        [chief, second][n % 2]!.visitor.post(`${PATH}/new`, { ...pages[n % 2]!, ...fields }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort();
    // One of the two people made it; the other one's form says that there is one.
    expect(statuses).toEqual([...Array<number>(5).fill(303), ...Array<number>(5).fill(422)]);
    expect(await count(db(), 'document_types', { name: fields.name })).toBe(1);
    expect(
      await count(db(), 'audit', {
        action: 'document-type.saved',
        subject_id: (await saved(fields.name))!.id,
      }),
    ).toBe(1);
  });

  it('that are none are a 404', async () => {
    const page = await chief.visitor.hidden(PATH);
    for (const id of [randomUUID(), 'x']) {
      expect((await chief.visitor.get(`${PATH}/${id}`)).status).toBe(404);
      expect((await chief.visitor.post(`${PATH}/${id}`, { ...page, ...typed() })).status).toBe(404);
    }
  });

  it('come to the tenant in their order, hidden ones not at all, with their present name', async () => {
    const office = await openOffice(house);
    const options = async () =>
      [
        ...(await office.visitor.get(`${office.path}/new`)).text.matchAll(/<option value="[^"]+">([^<]*)/g),
      ].map(([, name]) => name);
    await db()('document_types').update({ hidden_at: house.clock.now() });
    const [second, first] = [
      await addType(house, { name: 'Второй', position: 9 }),
      await addType(house, { name: 'Первый', position: 1 }),
    ];
    const id = await sendDocument(house, office, second);
    expect(await options()).toEqual(['Первый', 'Второй']);
    await chief.visitor.submit(
      `${PATH}/${second.id}`,
      typed({ name: 'Второй, переименованный', position: '0', hidden: 'on' }),
    );
    expect(await options()).toEqual(['Первый']);
    expect(words((await office.visitor.get(office.path)).text)).toContain('Второй, переименованный');
    expect((await office.visitor.get(`${office.path}/${id}`)).status).toBe(200);
    expect(first.name).toBe('Первый');
  });
});
