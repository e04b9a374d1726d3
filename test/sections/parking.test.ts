import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { refusalsOf } from '../../src/domain/files/verdict.js';
import { listSchemes } from '../../src/domain/passes/schemes.data.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { keptFiles } from '../support/folders.js';
import { openDesk, openOffice, plainPdf } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { html, jpeg, png } from '../support/sample-files.js';
import { PICTURE } from '../support/offers.js';
import { addScheme } from '../support/schemes.js';

const PATH = '/staff/parking';
const pictures = refusalsOf('picture');
let house: OpenHouse;
let operator: Awaited<ReturnType<typeof openDesk>>;

beforeAll(async () => {
  house = await openDoors();
  operator = await openDesk(house, ['operator'], 'Парковкина');
});
afterAll(() => house?.close());
afterEach(() => house.parts.db('parking_schemes').delete());

const db = () => house.parts.db;
const typed = (change: Record<string, string> = {}) => ({
  site: `Двор ${randomUUID()}`,
  caption: 'Гостевые места 1–4',
  ...change,
});
const sites = async () => (await listSchemes(db())).map(({ site }) => site);
const state = async () => [await dump(db(), 'limits', 'sessions'), await keptFiles(house)];
const add = (fields = typed(), file: Parameters<typeof operator.visitor.upload>[2] = PICTURE) =>
  operator.visitor.upload(`${PATH}/new`, fields, file);

describe('parking schemes', () => {
  it.each([
    ['reviewer', 403],
    ['accountant', 403],
    ['editor', 403],
  ] as const)('are not for a %s', async (role, status) => {
    const { visitor } = await openDesk(house, [role]);
    const { id } = await addScheme(house);
    const page = await visitor.hidden('/profiles');
    const before = await state();
    for (const path of ['', '/new', `/${id}`, `/${id}/removal`, `/${id}/picture`])
      expect((await visitor.get(PATH + path)).status, path).toBe(status);
    const form = { ...page, ...typed(), seen: 'x' };
    for (const path of ['/new', `/${id}`]) {
      const answer = await visitor.upload('/profiles', form, PICTURE, PATH + path);
      expect(answer.status, path).toBe(status);
    }
    for (const path of [`/${id}/rise`, `/${id}/removal`])
      expect((await visitor.post(PATH + path, form)).status, path).toBe(status);
    expect(await state()).toEqual(before);
    expect((await visitor.get('/desktop')).text).not.toContain(`href="${PATH}"`);
  });

  it('do not exist on the staff side for tenants', async () => {
    const { visitor } = await openOffice(house, { roles: ['administrator'] });
    const { id } = await addScheme(house);
    for (const path of ['', '/new', `/${id}`, `/${id}/picture?inline`])
      expect((await visitor.get(PATH + path)).status, path).toBe(404);
  });

  it('that are none are a 404', async () => {
    const page = await operator.visitor.hidden(`${PATH}/new`);
    for (const id of [randomUUID(), 'x'])
      for (const path of [`/${id}`, `/${id}/removal`, `/${id}/picture`])
        expect((await operator.visitor.get(PATH + path)).status, path).toBe(404);
    const none = `${PATH}/${randomUUID()}`;
    expect((await operator.visitor.post(`${none}/rise`, page)).status).toBe(404);
    expect((await operator.visitor.post(`${none}/removal`, { ...page, seen: 'x' })).status).toBe(404);
  });

  it.each([
    [{ site: ' ' }, { site: 'Укажите площадку' }],
    [{ site: 'ы'.repeat(151) }, { site: 'Сократите до 150 символов' }],
    [{ caption: 'ы'.repeat(501) }, { caption: 'Сократите до 500 символов' }],
  ])('refuse what is none (case %#), and keep what was typed', async (change, errors) => {
    const fields = typed(change);
    const before = await state();
    const answer = await add(fields);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    expect([valueOf(answer.text, 'site'), valueOf(answer.text, 'caption')]).toEqual([
      fields.site,
      fields.caption,
    ]);
    expect(await state()).toEqual(before);
  });

  it.each<[string, () => Promise<Parameters<typeof operator.visitor.upload>[2]>, string, number?]>([
    ['no picture', () => Promise.resolve(null), 'Выберите картинку'],
    [
      'a PDF',
      async () => ({ bytes: await plainPdf(), name: 'схема.pdf', field: 'picture' }),
      pictures.extension('.pdf').message,
    ],
    [
      'a PDF named a picture',
      async () => ({ bytes: await plainPdf(), name: 'схема.jpg', field: 'picture' }),
      pictures.convert('.jpg', 'документ PDF').message,
    ],
    [
      'a PNG',
      async () => ({ bytes: await png(), name: 'схема.png', field: 'picture' }),
      pictures.extension('.png').message,
    ],
    [
      'a page',
      () => Promise.resolve({ bytes: html, name: 'схема.jpg', field: 'picture' }),
      pictures.unknownContent('.jpg').message,
    ],
    [
      'more than 2 MB',
      async () => ({
        bytes: Buffer.concat([await jpeg(), Buffer.alloc(2 ** 21)]),
        name: 'a.jpg',
        field: 'picture',
      }),
      'Файл больше 2 МБ. Уменьшите картинку, например сохраните её в формате JPG с меньшим разрешением, и выберите файл снова.',
      413,
    ],
  ])('refuse %s in place of a picture', async (_what, file, message, status = 422) => {
    const fields = typed();
    const before = await state();
    const answer = await add(fields, await file());
    expect([answer.status, errorsOf(answer.text)]).toEqual([status, { picture: message }]);
    expect(valueOf(answer.text, 'site')).toBe(fields.site);
    expect(await state()).toEqual(before);
  });

  it('are added below the others with their picture, and written down', async () => {
    await addScheme(house, { site: 'Первая' });
    const fields = typed({ site: '  Задний   двор ', caption: '' });
    const answer = await add(fields);
    expect([answer.status, answer.headers.location]).toEqual([303, PATH]);
    const list = (await operator.visitor.get(PATH)).text;
    expect(words(list)).toContain('Схема добавлена: Задний двор.');
    expect(rowsOf(list).map(([site, caption]) => [site, caption])).toEqual([
      ['Первая', 'Въезд с улицы'],
      ['Задний двор', '—'],
    ]);
    const row = (await listSchemes(db()))[1]!;
    expect(row).toMatchObject({ position: 2, caption: null, changed_at: house.clock.now() });
    const picture = await operator.visitor.get(`${PATH}/${row.id}/picture?inline`).buffer(true);
    const { width, height, format } = await sharp(picture.body as Buffer).metadata();
    expect([width, height, format]).toEqual([row.width, row.height, 'jpeg']);
    expect(picture.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'private, no-store',
      'content-disposition': expect.stringMatching(/^inline; filename/) as unknown,
    });
    const entry = { action: 'parking.saved', subject_id: row.id, account_id: operator.account.id };
    expect(await count(db(), 'audit', entry)).toBe(1);
  });

  it('are added once by a form that is sent 10 times, and one a site by two people at once', async () => {
    const second = await openDesk(house, ['administrator'], 'Вторая');
    const fields = typed();
    const pages = await Promise.all([operator, second].map(({ visitor }) => visitor.hidden(`${PATH}/new`)));
    const file = { bytes: PICTURE.bytes, name: 'a.jpg' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const { visitor } = [operator, second][n % 2]!;
        const sent = visitor.agent.post(`${PATH}/new`);
        for (const [name, value] of Object.entries({ ...pages[n % 2]!, ...fields }))
          void sent.field(name, value);
        return sent.attach('picture', file.bytes, file.name);
      }),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array<number>(5).fill(303), ...Array<number>(5).fill(422)]);
    expect(await sites()).toEqual([fields.site]);
    expect(
      await count(db(), 'audit', { action: 'parking.saved', subject_id: (await listSchemes(db()))[0]!.id }),
    ).toBe(1);
  });

  it('keep their picture while only words change, and change it when one is sent', async () => {
    const scheme = await addScheme(house);
    const path = `${PATH}/${scheme.id}`;
    expect(
      (await operator.visitor.upload(path, typed({ site: 'Новое имя', caption: '' }), null)).status,
    ).toBe(303);
    const renamed = (await listSchemes(db()))[0]!;
    expect(renamed).toMatchObject({
      id: scheme.id,
      site: 'Новое имя',
      caption: null,
      file_id: scheme.file_id,
    });
    const small = { bytes: await jpeg({ width: 40, height: 30 }), name: 'малая.jpg', field: 'picture' };
    expect((await operator.visitor.upload(path, typed({ site: 'Новое имя' }), small)).status).toBe(303);
    const replaced = (await listSchemes(db()))[0]!;
    expect(replaced).toMatchObject({ width: 40, height: 30, position: scheme.position });
    expect(replaced.file_id).not.toBe(scheme.file_id);
    // A copy of the database from before must find its bytes.
    expect(await count(db(), 'files', { id: scheme.file_id })).toBe(1);
    const journal = rowsOf(
      (await (await openDesk(house, ['administrator'])).visitor.get('/staff/journal')).text,
    );
    expect(journal[1]!.join(' ')).toMatch(/Схема парковки сохранена.*Файл: малая\.jpg/);
  });

  it('that a colleague has changed since are not overwritten unseen', async () => {
    const scheme = await addScheme(house);
    const path = `${PATH}/${scheme.id}`;
    const stale = await operator.visitor.hidden(path);
    await operator.visitor.upload(path, typed({ site: 'Успели раньше' }), null);
    const before = await state();
    const mine = typed({ site: 'Опоздали' });
    const send = (hidden: Record<string, string>) => {
      const sent = operator.visitor.agent.post(path);
      for (const [name, value] of Object.entries({ ...hidden, ...mine })) void sent.field(name, value);
      return sent.attach('picture', PICTURE.bytes, 'a.jpg');
    };
    const late = await send(stale);
    expect([late.status, valueOf(late.text, 'site')]).toEqual([409, 'Опоздали']);
    expect(words(late.text)).toContain('Пока форма была открыта, схему изменил коллега. Ничего не сохранено');
    expect(await state()).toEqual(before);
    // Sent again, it replaces what he was told of.
    const seen = valueOf(late.text, 'seen')!;
    expect((await send({ ...(await operator.visitor.hidden(path)), seen })).status).toBe(303);
    expect(await sites()).toEqual(['Опоздали']);
  });

  it('of one site in another case are refused', async () => {
    await addScheme(house, { site: 'Главный двор' });
    const other = await addScheme(house);
    for (const path of [`${PATH}/new`, `${PATH}/${other.id}`]) {
      const answer = await operator.visitor.upload(path, typed({ site: 'ГЛАВНЫЙ двор' }), PICTURE);
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, { site: 'Схема этой площадки уже есть' }]);
    }
  });

  it('are moved by buttons, one place at a time, once by a button that is pressed 5 times', async () => {
    const [first, , third] = [
      await addScheme(house, { site: 'А' }),
      await addScheme(house, { site: 'Б' }),
      await addScheme(house, { site: 'В' }),
    ];
    const press = (id: string, way: string) => operator.visitor.submit(PATH, {}, `${PATH}/${id}/${way}`);
    expect((await press(third.id, 'rise')).status).toBe(303);
    expect(await sites()).toEqual(['А', 'В', 'Б']);
    await press(first.id, 'fall');
    expect(await sites()).toEqual(['В', 'А', 'Б']);
    // At the end it stays.
    expect((await press(third.id, 'rise')).status).toBe(303);
    expect(await sites()).toEqual(['В', 'А', 'Б']);
    const hidden = await operator.visitor.hidden(PATH);
    await Promise.all(
      Array.from({ length: 5 }, () => operator.visitor.post(`${PATH}/${third.id}/fall`, hidden)),
    );
    expect(await sites()).toEqual(['А', 'В', 'Б']);
    expect(await count(db(), 'audit', { action: 'parking.moved', subject_id: third.id })).toBe(3);
    const list = (await operator.visitor.get(PATH)).text;
    expect(rowsOf(list).map((row) => row[3])).toEqual(['Ниже: А', 'Выше: В Ниже: В', 'Выше: Б']);
  });

  it('are removed after a question, once, and not if they changed meanwhile', async () => {
    const scheme = await addScheme(house, { site: 'Снесли' });
    const path = `${PATH}/${scheme.id}`;
    const stale = await operator.visitor.hidden(`${path}/removal`);
    const question = (await operator.visitor.get(`${path}/removal`)).text;
    expect(words(question)).toContain('Удалить схему парковки?');
    expect(linksOf(question)['Не удалять']).toBe(path);
    await operator.visitor.upload(path, typed({ site: 'Снесли не всё' }), null);
    const late = await operator.visitor.post(`${path}/removal`, stale);
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain('схему изменил коллега. Ничего не удалено.');
    const hidden = await operator.visitor.hidden(`${path}/removal`);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => operator.visitor.post(`${path}/removal`, hidden)),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303]);
    expect(await sites()).toEqual([]);
    expect(await count(db(), 'audit', { action: 'parking.removed', subject_id: scheme.id })).toBe(1);
    expect((await operator.visitor.get(`${path}/picture`)).status).toBe(404);
    expect(words((await operator.visitor.get(PATH)).text)).toContain('Схем пока нет');
  });

  it('are not changed by who lost the role while the form was open', async () => {
    const other = await openDesk(house, ['operator'], 'Бывшая');
    const scheme = await addScheme(house);
    const hidden = await other.visitor.hidden(`${PATH}/${scheme.id}/removal`);
    await db()('accounts')
      .where({ id: other.account.id })
      .update({ staff_roles: ['reviewer'] });
    expect((await other.visitor.post(`${PATH}/${scheme.id}/removal`, hidden)).status).toBe(403);
    expect(await sites()).toEqual([scheme.site]);
  });
});
