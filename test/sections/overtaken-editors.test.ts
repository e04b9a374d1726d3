import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listOpenKinds } from '../../src/domain/conversations/kinds.data.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { dump } from '../support/dump.js';
import { openDesk } from '../support/office.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addType } from '../support/people.js';

// Two of the staff have one editor open at once, and both save.

let house: OpenHouse;
let chief: Visitor;
let other: Visitor;
beforeAll(async () => {
  house = await openDoors();
  chief = (await openDesk(house, ['administrator'])).visitor;
  other = (await openDesk(house, ['administrator'], 'Вторая')).visitor;
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const everything = () => dump(db(), 'limits', 'sessions');

async function addKind(): Promise<string> {
  const id = randomUUID();
  const like = (await listOpenKinds(db(), 'request'))[0]!;
  await db()('conversation_kinds').insert({ ...like, id, name: `Вид ${id}`, position: 50 });
  return `/staff/request-kinds/${id}`;
}

async function addAnswer(): Promise<string> {
  const id = randomUUID();
  const row = { id, face: 'request' as const, name: `Ответ ${id}`, text: 'Сделаем', position: 1 };
  await db()('conversation_answers').insert(row);
  return `/staff/ready-answers/${id}`;
}

const answer = (change: Record<string, string> = {}) => ({
  face: 'request',
  name: `Ответ ${randomUUID()}`,
  text: 'Приняли,\n{имя}',
  position: '7',
  ...change,
});

interface Case {
  what: string;
  /** Answers the address of its editor. */
  add: () => Promise<string>;
  theirs: Record<string, string>;
  mine: Record<string, string>;
  /** What whoever comes second is told. */
  told: string;
}

describe.each<Case>([
  {
    what: 'a kind',
    add: addKind,
    theirs: {
      face: 'request',
      name: 'Лифты',
      department: 'Лифтёры',
      email: '',
      due_hours: '4',
      position: '7',
      hidden: 'on',
    },
    mine: {
      face: 'request',
      name: 'Подъёмники',
      department: '',
      email: '',
      due_hours: '4',
      position: '7',
    },
    told: 'Название Лифты Кто отвечает Лифтёры Скрыть да',
  },
  {
    what: 'a ready-made answer',
    add: addAnswer,
    theirs: answer({ face: 'message', name: 'Взяли', text: 'Взяли в работу' }),
    mine: answer({ name: 'Приняли' }),
    told: 'Для чего Обращения Название Взяли Текст Взяли в работу',
  },
  {
    what: 'a document type',
    add: async () => `/staff/document-types/${(await addType(house, { required: true })).id}`,
    theirs: {
      name: 'Полис',
      required: 'on',
      term_months: '',
      reasons: 'Нет подписи\nНет печати',
      position: '3',
    },
    mine: { name: 'Приказ', term_months: '6', reasons: 'Нет подписи', position: '3' },
    told: 'Название Полис Обязательный да Срок, месяцев не указано Готовые причины отказа Нет подписи; Нет печати',
  },
])('$what that a colleague has changed meanwhile', ({ add, theirs, mine, told }) => {
  it('is not overwritten unseen: 409, what is saved now, and all that was typed', async () => {
    const path = await add();
    const stale = await chief.hidden(path);
    expect((await other.submit(path, theirs)).status).toBe(303);
    const before = await everything();

    const late = await chief.post(path, { ...stale, ...mine });
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain('данные изменил коллега. Ничего не сохранено, введённое вами — ниже.');
    expect(words(late.text)).toContain(`Сейчас сохранено иначе ${told} `);
    for (const [name, value] of Object.entries(mine))
      if (name !== 'face') expect(valueOf(late.text, name) ?? '').toBe(value);
    // A box that was left empty stays so, whatever the colleague has ticked.
    expect(late.text).not.toMatch(/<input[^>]* checked/);
    expect(await everything()).toEqual(before);

    // Sent again, it replaces what he was told of.
    const again = { ...mine, _csrf: stale._csrf!, seen: valueOf(late.text, 'seen')! };
    expect((await chief.post(path, again)).status).toBe(303);
    expect(valueOf((await chief.get(path)).text, 'name')).toBe(mine.name);
  });

  it('is kept too where the form did not pass at first', async () => {
    const path = await add();
    const stale = await chief.hidden(path);
    const name = `Раньше ${randomUUID()}`;
    expect((await other.submit(path, { ...theirs, name })).status).toBe(303);
    const wrong = await chief.post(path, { ...stale, ...mine, name: '' });
    expect([wrong.status, errorsOf(wrong.text)]).toEqual([422, { name: 'Укажите название' }]);
    const mended = { ...mine, _csrf: stale._csrf!, seen: valueOf(wrong.text, 'seen')! };
    expect((await chief.post(path, mended)).status).toBe(409);
    expect(valueOf((await chief.get(path)).text, 'name')).toBe(name);
  });

  it('at the same instant is saved by one of them', async () => {
    const path = await add();
    const forms = await Promise.all([chief, other].map((visitor) => visitor.hidden(path)));
    const answers = await Promise.all(
      [chief, other].map((visitor, at) =>
        visitor.post(path, { ...forms[at]!, ...mine, name: `Одновременно ${randomUUID()}` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  });
});

describe('a ready-made answer that a colleague has removed meanwhile', () => {
  const NEW = '/staff/ready-answers/new';
  const actionOf = (html: string) => /<form method="post" action="([^"]*)" novalidate>/.exec(html)?.[1];
  const remove = async (path: string) => expect((await other.submit(`${path}/removal`, {})).status).toBe(303);

  it('is a 404 to whoever never had it open', async () => {
    const path = await addAnswer();
    await remove(path);
    const page = await chief.hidden(NEW);
    expect((await chief.get(path)).status).toBe(404);
    expect((await chief.post(path, { ...page, ...answer() })).status).toBe(404);
    expect((await chief.post(path, { ...page, ...answer({ name: '' }) })).status).toBe(404);
  });

  it('is not saved; what was typed stays, and can be saved as a new one', async () => {
    const path = await addAnswer();
    const stale = await chief.hidden(path);
    await remove(path);
    const before = await everything();
    const mine = answer({ face: 'message' });
    const late = await chief.post(path, { ...stale, ...mine });
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain(
      'этот ответ удалил коллега. Ничего не сохранено, введённое вами — ниже: его можно сохранить как новый ответ.',
    );
    expect(words(late.text)).toContain('Сохранить как новый');
    for (const name of ['name', 'text', 'position'] as const)
      expect(valueOf(late.text, name)).toBe(mine[name]);
    expect(late.text).toContain('<option value="message" selected>');
    expect(late.text).not.toContain('/removal"');
    expect(await everything()).toEqual(before);

    const again = { ...mine, _csrf: stale._csrf!, _once: valueOf(late.text, '_once')! };
    expect(actionOf(late.text)).toBe(NEW);
    expect((await chief.post(NEW, again)).status).toBe(303);
    expect(await db()('conversation_answers').where({ name: mine.name })).toHaveLength(1);
  });

  it('keeps also what did not pass', async () => {
    const path = await addAnswer();
    const stale = await chief.hidden(path);
    await remove(path);
    const mine = answer({ name: '' });
    const wrong = await chief.post(path, { ...stale, ...mine });
    expect([wrong.status, errorsOf(wrong.text)]).toEqual([422, { name: 'Укажите название' }]);
    expect([valueOf(wrong.text, 'text'), actionOf(wrong.text)]).toEqual([mine.text, NEW]);
    expect(words(wrong.text)).toContain('этот ответ удалил коллега');
  });
});

it('a ready-made answer that a colleague has changed is not removed unseen', async () => {
  const path = await addAnswer();
  const stale = await chief.hidden(`${path}/removal`);
  await other.submit(path, answer({ text: 'Лучше прежнего' }));
  const late = await chief.post(`${path}/removal`, stale);
  expect(late.status).toBe(409);
  expect(words(late.text)).toContain('данные изменил коллега. Ничего не удалено, ниже — как сейчас.');
  expect(words(late.text)).toContain('Лучше прежнего');
  expect((await chief.submit(`${path}/removal`, {})).headers.location).toBe('/staff/ready-answers');
  expect((await chief.get(path)).status).toBe(404);
});
