import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAFF_HELP } from '../../src/sections/staff/help.chapters.js';
import type { Visitor } from '../support/browser-less.js';
import { percent } from '../support/client.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { ownLinks } from '../support/markup.js';
import { openDesk } from '../support/office.js';
import { linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const PATH = '/staff/help';

let house: OpenHouse;
let chief: Visitor;
beforeAll(async () => {
  house = await openDoors();
  chief = await desk('administrator');
});
afterAll(() => house?.close());

const desk = async (...roles: NonNullable<Parameters<typeof openDesk>[1]>) =>
  (await openDesk(house, roles)).visitor;
const chaptersOn = (html: string) =>
  ownLinks(/<main[\s\S]*<\/main>/.exec(html)![0]).filter((href) => href.startsWith(`${PATH}/`));
const ALL = STAFF_HELP.groups.flatMap(({ chapters }) => chapters).map(({ address }) => `${PATH}/${address}`);

describe('the help of the company’s own people', () => {
  it('is in their menu, a group of its own, and leads to that of the tenants', async () => {
    expect(linksOf((await chief.get('/staff/documents')).text).Помощь).toBe(PATH);
    const { text } = await chief.get(PATH);
    expect(chaptersOn(text)).toEqual(ALL);
    expect(words(text)).toContain('Сотрудникам управляющей компании');
    expect(linksOf(text)['Помощь арендаторам']).toBe('/help');
    // They are the very ones whom one would be told to ask.
    expect(words(text)).not.toContain('Напишите или позвоните нам');
  });

  it('tells each what his roles open, and every link to a screen works', async () => {
    const [reviewer, both] = [await desk('reviewer'), await desk('editor', 'reviewer')];
    const operator = await desk('operator');
    expect(chaptersOn((await operator.get(PATH)).text)).toEqual([`${PATH}/requests`, `${PATH}/parking`]);
    const tenants = (await operator.get('/help')).text;
    expect(linksOf(tenants)['Помощь сотрудникам управляющей компании']).toBe(PATH);
    const theirs = ['review', 'notifications', 'services'].map((one) => `${PATH}/${one}`);
    expect(chaptersOn((await reviewer.get(PATH)).text)).toEqual([`${PATH}/review`]);
    expect(chaptersOn((await both.get(PATH)).text)).toEqual(theirs);
    expect((await reviewer.get(`${PATH}/people`)).status).toBe(403);
    // What one does not see is no neighbour of what one does.
    const { text } = await both.get(theirs[0]!);
    expect(ownLinks(/<nav class="pages turn text"[\s\S]*?<\/nav>/.exec(text)![0])).toEqual([theirs[1]]);
    const read = [
      ...ALL.map((path) => [chief, path] as const),
      ...theirs.map((path) => [both, path] as const),
    ];
    for (const [visitor, path] of read) {
      const page = await visitor.get(path);
      const screen = /<p class="actions"><a class="btn" href="([^"]*)"/.exec(page.text)![1]!;
      expect([page.status, (await visitor.get(screen)).status], path).toEqual([200, 200]);
    }
  });

  it('does not exist for tenants and is no concern of visitors', async () => {
    const tenant = await house.visitor().signIn((await addAccount(house)).email);
    for (const path of [PATH, `${PATH}?search=${percent('импорт')}`, ...ALL])
      expect((await tenant.get(path)).status, path).toBe(404);
    expect((await house.visitor().get(PATH)).headers.location).toContain('/auth/login');
    const first = (await tenant.get('/help')).text;
    const found = (await tenant.get(`/help?search=${percent('администратор')}`)).text;
    for (const html of [first, found]) expect(html).not.toContain(PATH);
    expect(linksOf((await chief.get('/help')).text)['Помощь сотрудникам управляющей компании']).toBe(PATH);
  });
});

describe('its search', () => {
  const search = async (visitor: Visitor, query: string) =>
    (await visitor.get(`${PATH}?search=${percent(query)}`)).text;

  it.each([
    ['импорт', 'import'],
    ['готовые ответы', 'requests'],
    ['просроченные заявки', 'requests'],
    ['заблокировать человека', 'people'],
    ['назначить администратора', 'access'],
    ['журнал', 'company'],
    ['причины отказа', 'document-types'],
    ['сохранить список xlsx', 'import'],
    ['здания', 'organisations'],
  ])('«%s» finds %s', async (query, chapter) => {
    expect(chaptersOn(await search(chief, query))).toContain(`${PATH}/${chapter}`);
  });

  it('finds only what one may read', async () => {
    const reviewer = await desk('reviewer');
    expect(chaptersOn(await search(reviewer, 'документы'))).toEqual([`${PATH}/review`]);
    const none = await search(reviewer, 'заблокировать');
    expect([chaptersOn(none), words(none)]).toEqual([[], expect.stringContaining('ничего не нашлось')]);
    expect(words(none)).not.toContain('Можно спросить нас');
  });

  it('mends slips of the hand from its own words', async () => {
    const page = await search(chief, 'импотр');
    expect(chaptersOn(page)).toContain(`${PATH}/import`);
    expect(words(page)).toContain('Показано похожее');
  });
});
