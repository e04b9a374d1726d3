import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StaffRole } from '../../src/domain/people/people.policy.js';
import { refusalsOf } from '../../src/domain/files/verdict.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { dump } from '../support/dump.js';
import { keptFiles } from '../support/folders.js';
import { addGroup, addPicture, addService, PICTURE } from '../support/offers.js';
import { openDesk, openOffice, plainPdf } from '../support/office.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { html, png } from '../support/sample-files.js';

const LIST = '/staff/services';
const GROUPS = `${LIST}/groups`;
const pictures = refusalsOf('picture');

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['editor']);
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const everything = () => dump(db(), 'limits', 'sessions');
const row = (id: string) => db()('services').where({ id }).first();
const saved = (name: string) => db()('services').where({ name }).first();
const typed = (group: { id: string }, change: Record<string, string> = {}) => ({
  group_id: group.id,
  name: `Мойка окон ${randomUUID()}`,
  description: 'Стёкла и рамы',
  price: '1 500,50',
  unit: 'за час',
  hint: 'Закажите заранее',
  ...change,
});
const audited = (subject_id: string) => db()('audit').where({ subject_id }).orderBy('id');

describe('the editor', () => {
  it.each(['reviewer', 'operator', 'accountant'] as StaffRole[])('is not for a %s', async (role) => {
    const { visitor } = await openDesk(house, [role]);
    const { id, group_id } = await addService(house);
    const form = await visitor.hidden('/profiles');
    const before = await everything();
    const pages = [LIST, `${LIST}/new`, `${LIST}/${id}`, `${LIST}/${id}/picture`, `${GROUPS}/${group_id}`];
    for (const path of pages) expect((await visitor.get(path)).status, path).toBe(403);
    for (const path of [`${LIST}/new`, `${LIST}/${id}`, `${GROUPS}/new`, `${GROUPS}/${group_id}`])
      expect((await visitor.post(path, { ...form, ...typed({ id: group_id }) })).status, path).toBe(403);
    for (const path of [`${LIST}/${id}/rise`, `${GROUPS}/${group_id}/fall`])
      expect((await visitor.post(path, form)).status, path).toBe(403);
    expect(await everything()).toEqual(before);
  });

  it('does not exist for tenants', async () => {
    const { visitor } = await openOffice(house, { roles: ['administrator'] });
    const { id } = await addService(house);
    for (const path of [LIST, `${LIST}/new`, `${LIST}/${id}`, `${GROUPS}/new`])
      expect((await visitor.get(path)).status, path).toBe(404);
  });

  it('is for their administrator as well', async () => {
    const { visitor } = await openDesk(house, ['administrator']);
    expect((await visitor.get(LIST)).status).toBe(200);
  });
});

describe('a service', () => {
  it.each([
    ['no group', { group_id: '' }, { group_id: 'Выберите группу' }],
    ['a group that is none', { group_id: randomUUID() }, { group_id: 'Выберите группу из списка' }],
    ['no name', { name: ' ' }, { name: 'Укажите название' }],
    ['a price in words', { price: 'сто' }, { price: expect.stringContaining('Укажите сумму в рублях') }],
    ['a price below nothing', { price: '-5' }, { price: expect.stringContaining('1 500,50') }],
    ['parts of a kopeck', { price: '1,005' }, { price: expect.stringContaining('Укажите сумму') }],
    ['a kind that is none', { kind_id: randomUUID() }, { kind_id: 'Выберите вид заявки из списка' }],
    [
      'a field twice',
      { field_1_label: 'День', field_3_label: 'день' },
      { field_3_label: 'Такое поле уже есть выше' },
    ],
    ['a field of no kind', { field_2_kind: 'file' }, { field_2_kind: 'Выберите вид поля' }],
  ])('with %s is refused, and what was typed is kept', async (_what, change, errors) => {
    const group = await addGroup(house);
    const before = await db()('services');
    const form = { ...typed(group), field_4_label: 'Площадь', ...change };
    const answer = await desk.visitor.submit(`${LIST}/new`, form);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual(errors);
    for (const name of ['name', 'price', 'hint', 'field_4_label'] as const)
      expect(valueOf(answer.text, name), name).toBe(form[name]);
    expect(await db()('services')).toEqual(before);
  });

  it('is added at the end of its group, with its fields, and written down', async () => {
    const group = await addGroup(house);
    await addService(house, { group_id: group.id, position: 1 });
    const fields = {
      field_1_label: 'Помещение',
      field_1_kind: 'line',
      field_1_required: 'on',
      field_2_kind: 'text',
      field_3_label: 'День',
      field_3_kind: 'date',
    };
    const form = { ...typed(group), ...fields };
    expect((await desk.visitor.submit(`${LIST}/new`, form)).status).toBe(303);
    const made = (await saved(form.name))!;
    expect(made).toMatchObject({ price: 150_050, unit: 'за час', position: 2, revision: 1, kind_id: null });
    expect(made.fields).toEqual([
      { label: 'Помещение', required: true, kind: 'line' },
      { label: 'День', required: false, kind: 'date' },
    ]);
    expect(await audited(made.id)).toMatchObject([
      { action: 'service.saved', account_id: desk.account.id, details: { after: { name: form.name } } },
    ]);
  });

  it('without a price is told on request, for nothing when it is zero', async () => {
    const group = await addGroup(house);
    for (const [price, kopecks] of [
      ['', null],
      ['0', 0],
    ] as const) {
      const form = typed(group, { price });
      await desk.visitor.submit(`${LIST}/new`, form);
      expect((await saved(form.name))!.price).toBe(kopecks);
    }
  });

  it('of a name that the group has already is refused, whatever its letters', async () => {
    const { group_id, name } = await addService(house);
    const twin = typed({ id: group_id }, { name: name.toUpperCase() });
    const answer = await desk.visitor.submit(`${LIST}/new`, twin);
    expect(errorsOf(answer.text)).toEqual({ name: 'Услуга с таким названием в группе уже есть' });
  });

  it('sent twenty times at once is one', async () => {
    const form = { ...(await desk.visitor.hidden(`${LIST}/new`)), ...typed(await addGroup(house)) };
    const sent = Array.from({ length: 20 }, () => desk.visitor.post(`${LIST}/new`, form));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([303]));
    expect(await db()('services').where({ name: form.name })).toHaveLength(1);
  });

  it('is shown as it is, hidden and shown again', async () => {
    const { id, name, group_id } = await addService(house, { price: 1_650_000 });
    const { text } = await desk.visitor.get(`${LIST}/${id}`);
    expect(valueOf(text, 'price')).toBe('16 500');
    const form = typed({ id: group_id }, { name });
    await desk.visitor.submit(`${LIST}/${id}`, { ...form, hidden: 'on' });
    expect(await row(id)).toMatchObject({ hidden_at: house.clock.now(), revision: 2 });
    await desk.visitor.submit(`${LIST}/${id}`, form);
    expect(await row(id)).toMatchObject({ hidden_at: null, revision: 3 });
  });

  it('that a colleague has changed meanwhile: 409, what stands there now, and what was typed', async () => {
    const { id, name, group_id } = await addService(house, { price: 100_000 });
    const form = await desk.visitor.hidden(`${LIST}/${id}`);
    const other = await openDesk(house, ['editor']);
    const theirs = typed({ id: group_id }, { name, price: '2000', field_1_label: 'Этаж' });
    expect((await other.visitor.submit(`${LIST}/${id}`, theirs)).status).toBe(303);
    const before = await everything();
    const mine = typed({ id: group_id }, { name, price: '3000' });
    const late = await desk.visitor.post(`${LIST}/${id}`, { ...form, ...mine });
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain('Ничего не сохранено');
    expect(words(late.text)).toContain('Сейчас сохранено иначе Цена 2 000 Поле 1 Этаж (одна строка)');
    expect(valueOf(late.text, 'price')).toBe('3000');
    expect(await everything()).toEqual(before);
    const again = { ...mine, _csrf: form._csrf!, revision: valueOf(late.text, 'revision')! };
    expect((await desk.visitor.post(`${LIST}/${id}`, again)).status).toBe(303);
    expect(await row(id)).toMatchObject({ price: 300_000, fields: [], revision: 3 });
  });

  it('moves to another group, to its end', async () => {
    const { id, name } = await addService(house, { position: 1 });
    const group = await addGroup(house);
    await addService(house, { group_id: group.id, position: 1 });
    await desk.visitor.submit(`${LIST}/${id}`, typed(group, { name }));
    expect(await row(id)).toMatchObject({ group_id: group.id, position: 2 });
  });
});

describe('a picture', () => {
  it.each<[string, string, () => Promise<Buffer> | Buffer, string]>([
    ['a PDF', 'уборка.pdf', () => plainPdf(), pictures.extension('.pdf').message],
    ['a page by name a PDF', 'уборка.pdf', () => html, pictures.extension('.pdf').message],
    ['an SVG', 'уборка.svg', () => Buffer.from('<svg/>'), pictures.extension('.svg').message],
    ['a program', 'уборка.exe', () => Buffer.from('MZ'), pictures.extension('.exe').message],
    ['without an ending', 'уборка', () => png(), pictures.noExtension.message],
    ['a PNG named otherwise', 'уборка.jpg', () => png(), pictures.convert('.jpg', 'изображение PNG').message],
    [
      'a PDF named otherwise',
      'уборка.jpg',
      () => plainPdf(),
      pictures.convert('.jpg', 'документ PDF').message,
    ],
    ['empty', 'уборка.jpg', () => Buffer.alloc(0), pictures.empty.message],
  ])('that is %s is refused with words, and nothing of it is kept', async (_what, name, bytes, message) => {
    const group = await addGroup(house);
    const kept = await keptFiles(house);
    const form = typed(group);
    const file = { field: 'picture', name, bytes: await bytes() };
    const answer = await desk.visitor.upload(`${LIST}/new`, form, file);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual({ picture: message });
    expect(message).toMatch(/картинку в формате JPG размером до 2 МБ/);
    expect(message).not.toMatch(/документ(?! PDF)|до 10 МБ|переименуйте/i);
    expect(valueOf(answer.text, 'hint')).toBe(form.hint);
    expect(await saved(form.name)).toBeUndefined();
    expect(await keptFiles(house)).toEqual(kept);
  });

  it('of more than 2 MB is refused', async () => {
    const form = typed(await addGroup(house));
    const file = { field: 'picture', name: 'уборка.jpg', bytes: Buffer.alloc(2 * 1024 * 1024 + 1, 1) };
    const answer = await desk.visitor.upload(`${LIST}/new`, form, file);
    expect(answer.status).toBe(413);
    expect(errorsOf(answer.text).picture).toContain('Файл больше 2 МБ');
  });

  it('is shown, replaced, kept and taken away', async () => {
    const group = await addGroup(house);
    const form = typed(group);
    expect((await desk.visitor.upload(`${LIST}/new`, form, PICTURE)).status).toBe(303);
    const { id, file_id } = (await saved(form.name))!;
    const shown = await desk.visitor.get(`${LIST}/${id}/picture`);
    expect([shown.status, shown.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect((await desk.visitor.upload(`${LIST}/${id}`, form, PICTURE)).status).toBe(303);
    const second = (await row(id))!.file_id;
    expect(second).not.toBe(file_id);
    await desk.visitor.submit(`${LIST}/${id}`, form);
    expect((await row(id))!.file_id).toBe(second);
    await desk.visitor.submit(`${LIST}/${id}`, { ...form, remove_picture: 'on' });
    expect((await row(id))!.file_id).toBeNull();
    expect((await desk.visitor.get(`${LIST}/${id}/picture`)).status).toBe(404);
    expect(await audited(id)).toHaveLength(4);
  });

  it('that came too late is not kept', async () => {
    const { id, group_id, name } = await addService(house, {
      file_id: await addPicture(house, desk.account),
    });
    const kept = await keptFiles(house);
    const hidden = await desk.visitor.hidden(`${LIST}/${id}`);
    await db()('services').where({ id }).update({ revision: 7 });
    const fields = { ...typed({ id: group_id }, { name }), revision: hidden.revision! };
    expect((await desk.visitor.upload(`${LIST}/${id}`, fields, PICTURE)).status).toBe(409);
    expect(await keptFiles(house)).toEqual(kept);
  });
});

describe('a group', () => {
  it('needs a name of its own', async () => {
    const { name } = await addGroup(house);
    const empty = await desk.visitor.submit(`${GROUPS}/new`, { name: '' });
    expect(errorsOf(empty.text)).toEqual({ name: 'Укажите название' });
    const twin = await desk.visitor.submit(`${GROUPS}/new`, { name: name.toLowerCase() });
    expect(errorsOf(twin.text)).toEqual({ name: 'Группа с таким названием уже есть' });
  });

  it('is added, renamed and hidden; a colleague who comes too late is told', async () => {
    const name = `Ремонт ${randomUUID()}`;
    expect((await desk.visitor.submit(`${GROUPS}/new`, { name })).status).toBe(303);
    const { id } = (await db()('service_groups').where({ name }).first())!;
    const stale = await desk.visitor.hidden(`${GROUPS}/${id}`);
    await desk.visitor.submit(`${GROUPS}/${id}`, { name: `${name}, мелкий`, hidden: 'on' });
    expect(await db()('service_groups').where({ id }).first()).toMatchObject({
      name: `${name}, мелкий`,
      hidden_at: house.clock.now(),
      revision: 2,
    });
    const late = await desk.visitor.post(`${GROUPS}/${id}`, { ...stale, name: 'Иначе' });
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain(`Сейчас группа называется «${name}, мелкий» и скрыта`);
    expect(valueOf(late.text, 'name')).toBe('Иначе');
    expect((await audited(id)).map(({ action }) => action)).toEqual([
      'service-group.saved',
      'service-group.saved',
    ]);
  });
});

describe('the order', () => {
  const order = (table: 'services' | 'service_groups', where = {}) =>
    db()(table).where(where).orderBy(['position', 'id']).pluck('id');

  it('is changed by a place at a time, and the ends stay where they are', async () => {
    const group = await addGroup(house);
    const [a, b, c] = [
      await addService(house, { group_id: group.id, position: 1 }),
      await addService(house, { group_id: group.id, position: 1 }),
      await addService(house, { group_id: group.id, position: 9 }),
    ];
    const now = () => order('services', { group_id: group.id });
    const [first, second] = (await now()) as [string, string, string];
    const move = (id: string, to: string) => desk.visitor.submit(LIST, {}, `${LIST}/${id}/${to}`);
    expect((await move(c.id, 'rise')).status).toBe(303);
    expect(await now()).toEqual([first, c.id, second]);
    await move(first, 'rise');
    await move(second, 'fall');
    expect(await now()).toEqual([first, c.id, second]);
    await move(first, 'fall');
    expect(await now()).toEqual([c.id, first, second]);
    expect(new Set([a.id, b.id])).toEqual(new Set([first, second]));
    // Who has a service open loses nothing by its place.
    expect(await row(c.id)).toMatchObject({ revision: 1 });
    expect((await move(c.id, 'aside')).status).toBe(404);
    expect((await move(randomUUID(), 'rise')).status).toBe(404);
  });

  it('by a click that came twice is changed once', async () => {
    const group = await addGroup(house);
    for (const position of [1, 2, 3]) await addService(house, { group_id: group.id, position });
    const now = () => order('services', { group_id: group.id });
    const [first, second, third] = (await now()) as [string, string, string];
    const form = await desk.visitor.hidden(LIST);
    await Promise.all([1, 2, 3].map(() => desk.visitor.post(`${LIST}/${third}/rise`, form)));
    expect(await now()).toEqual([first, third, second]);
  });

  it('of groups is changed as well', async () => {
    const [before, after] = [
      await addGroup(house, { position: 9001 }),
      await addGroup(house, { position: 9002 }),
    ];
    await desk.visitor.submit(LIST, {}, `${GROUPS}/${after.id}/rise`);
    expect((await order('service_groups')).slice(-2)).toEqual([after.id, before.id]);
  });

  it('has no buttons that lead nowhere', async () => {
    const group = await addGroup(house, { position: 9003 });
    const only = await addService(house, { group_id: group.id });
    const { text } = await desk.visitor.get(LIST);
    expect(text).not.toContain(`/staff/services/${only.id}/`);
    expect(linksOf(text)[`Изменить группу: ${group.name}`]).toBe(`${GROUPS}/${group.id}`);
  });
});

it('without groups says what to begin with', async () => {
  const empty = await openDoors();
  try {
    const { visitor } = await openDesk(empty, ['editor']);
    const { text } = await visitor.get(LIST);
    expect(words(text)).toContain('Сначала добавьте группу');
    expect(linksOf(text)).not.toHaveProperty('Добавить услугу');
  } finally {
    await empty.close();
  }
});
