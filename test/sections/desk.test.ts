import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { HOUR } from '../support/house.js';
import { openDesk, openOffice } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { html } from '../support/sample-files.js';
import {
  act,
  addConversation,
  addMember,
  addPrivate,
  DESK,
  filesOf,
  NOON,
  openTalks,
  paper,
  placesOf,
  sent,
  subjectsAt,
  trace,
  work,
  type Talks,
} from '../support/talks.js';

// The operators' desk: what waits in which order, what they do to it, and what the tenants do not see of that.

let talks: Talks;
let house: Talks['house'];
let office: Talks['office'];
let operator: Visitor;
let service: string;
beforeAll(async () => {
  talks = await openTalks();
  ({ house, office } = talks);
  ({ service } = placesOf(office.organisation));
});
afterAll(() => talks?.close());
beforeEach(async () => {
  house.clock.at = NOON;
  await talks.forgetLimits();
  operator = await house.visitor().signIn(talks.operator.account.email);
});

const kept = async () => [await trace(house), await filesOf(house)];
const made = async (subject: string, change = {}, more = {}) =>
  (
    await addConversation(
      house,
      office.account,
      { organisation: office.organisation, subject, ...more },
      change,
    )
  ).id;
const kindNamed = async (name: string) => (await talks.db('conversation_kinds').where({ name }).first())!.id;

describe('who may', () => {
  it('tenants find no desk, staff without the role may not', async () => {
    const id = await made('Чужим не видно', {}, { files: [(await paper('а.pdf')).bytes] });
    const { file_id } = (await talks.db('conversation_files').where({ conversation_id: id }).first())!;
    const reviewer = await openDesk(house, ['reviewer', 'accountant', 'editor']);
    const { visitor } = await addPrivate(house);
    const before = await kept();
    for (const [who, status] of [
      [office.visitor, 404],
      [visitor, 404],
      [reviewer.visitor, 403],
      [house.visitor(), 303],
    ] as const) {
      const token = await who.hidden(status === 303 ? '/auth/login' : '/contacts');
      for (const path of ['', `/${id}`, `/${id}/files/${file_id}`, '/export', '/figures', '/new'])
        expect([(await who.get(DESK + path)).status, path]).toEqual([status, path]);
      const fields = { ...token, revision: '1', step: 'refuse', text: 'Нет', note: 'Нет', assignee: '' };
      for (const action of ['answers', 'notes', 'assignment', 'classification'])
        expect((await who.post(`${DESK}/${id}/${action}`, fields)).status).toBe(status);
    }
    for (const path of ['/staff/request-kinds', '/staff/ready-answers'])
      expect((await operator.get(path)).status).toBe(403);
    expect(await kept()).toEqual(before);
  });

  it('who lost the role in the middle of it may not; what is none is none', async () => {
    const id = await made('Роль отняли');
    const one = await openDesk(house, ['operator']);
    const page = await one.visitor.hidden(`${DESK}/${id}`);
    await talks
      .db('accounts')
      .where({ id: one.account.id })
      .update({ staff_roles: ['reviewer'] });
    expect((await one.visitor.post(`${DESK}/${id}/answers`, { ...page, step: 'accept' })).status).toBe(403);
    await talks.db('accounts').where({ id: one.account.id }).update({ staff_roles: [] });
    expect((await one.visitor.post(`${DESK}/${id}/answers`, { ...page, step: 'accept' })).status).toBe(404);
    for (const path of [randomUUID(), '1', `${id}/files/${randomUUID()}`])
      expect((await operator.get(`${DESK}/${path}`)).status).toBe(404);
    const missing = { ...(await operator.hidden(DESK)), revision: '1', text: 'Да' };
    expect((await operator.post(`${DESK}/${randomUUID()}/answers`, missing)).status).toBe(404);
  });
});

describe('the queue', () => {
  beforeEach(async () => void (await talks.db('conversations').delete()));

  it('has what is late on top, by working time: nights, weekends and holidays do not count', async () => {
    const at = (text: string) => new Date(`${text}:00+03:00`);
    const [four, nine] = [await kindNamed('Уборка'), await kindNamed('Электрика и освещение')];
    await talks.db('conversation_kinds').where({ id: four }).update({ due_hours: 4 });
    await talks.db('conversation_kinds').where({ id: nine }).update({ due_hours: 9 });
    const openAt = async (moment: string, subject: string) => {
      house.clock.at = at(moment);
      return talks.row(await made(subject));
    };
    // A common request has nine working hours.
    const friday = await openAt('2027-02-19T17:00', 'Пятница');
    const saturday = await openAt('2027-02-20T12:00', 'Суббота');
    const eve = await openAt('2027-02-22T10:00', 'Канун');
    expect(friday.due_at).toEqual(at('2027-02-22T17:00'));
    expect(saturday.due_at).toEqual(at('2027-02-22T18:00'));
    // The 23rd of February is a holiday.
    expect(eve.due_at).toEqual(at('2027-02-24T10:00'));
    house.clock.at = at('2027-02-24T09:59');
    operator = await house.visitor().signIn(talks.operator.account.email);
    const shown = async () =>
      rowsOf((await operator.get(DESK)).text).map((row) => [row[0]!.split(' ')[0], row[3]]);
    expect(await shown()).toEqual([
      ['Пятница', 'Просрочено до 22.02.2027 17:00'],
      ['Суббота', 'Просрочено до 22.02.2027 18:00'],
      ['Канун', 'до 24.02.2027 10:00'],
    ]);
    const heading = async () => words((await operator.get(DESK)).text);
    expect(await heading()).toContain('Ждут нас: 3, из них просрочено: 2.');
    house.clock.move(60_001);
    expect(await heading()).toContain('Ждут нас: 3, из них просрочено: 3.');
    expect((await operator.get('/staff/requests')).text).toMatch(/class="count" title="просрочено">3/);
    // Whose turn it is not stands elsewhere.
    await work(operator, friday.id, 'accept', 'start', ['ask', 'Где?']);
    await work(operator, saturday.id, ['refuse', 'Не наше']);
    expect(await shown()).toHaveLength(1);
    expect(await subjectsAt(operator, `${DESK}?show=waiting`)).toEqual(['Пятница']);
    expect(await subjectsAt(operator, `${DESK}?show=over`)).toEqual(['Суббота']);
  });

  it('time stands still while the tenant is asked, and late work stays late', async () => {
    const id = await made('Спросили');
    await work(operator, id, 'accept');
    house.clock.move(3 * HOUR);
    operator = await house.visitor().signIn(talks.operator.account.email);
    await work(operator, id, 'start', ['ask', 'Где именно?']);
    expect(await talks.row(id)).toMatchObject({ due_at: null, due_left: 6 * 60 });
    house.clock.at = new Date(NOON.getTime() + 24 * HOUR);
    const visitor = await house.visitor().signIn(office.account.email);
    await visitor.submit(`${service}/${id}`, { text: 'У окна' }, `${service}/${id}/replies`);
    expect(await talks.row(id)).toMatchObject({
      state: 'working',
      due_left: null,
      due_at: new Date('2027-02-03T15:00:00Z'),
    });
    const late = await made('Опоздали', { due_at: new Date(house.clock.at.getTime() - HOUR) });
    operator = await house.visitor().signIn(talks.operator.account.email);
    await work(operator, late, 'accept', 'start', ['ask', 'Когда?']);
    expect(await talks.row(late)).toMatchObject({ due_left: -60 });
    house.clock.move(HOUR);
    await visitor.submit(`${service}/${late}`, { text: 'Вчера' }, `${service}/${late}/replies`);
    const { due_at } = await talks.row(late);
    expect(due_at).toEqual(new Date(house.clock.at.getTime() - HOUR));
    // So many minutes of work ago, not by the clock: no term ends at night.
    await talks
      .db('conversations')
      .where({ id: late })
      .update({ state: 'waiting', due_at: null, due_left: -300 });
    await visitor.submit(`${service}/${late}`, { text: 'Утром' }, `${service}/${late}/replies`);
    expect((await talks.row(late)).due_at).toEqual(new Date('2027-02-02T14:00:00Z'));
  });

  it('is narrowed by its address, and passes over what that does not know', async () => {
    const other = await openDesk(house, ['administrator'], 'Другов');
    const mine = await made('Моя');
    const theirs = await made('Его');
    await made('Вопрос', {}, { face: 'message' });
    const { id: foreign } = await addConversation(house, (await addPrivate(house)).account, {
      subject: 'Частная',
    });
    await act(operator, mine, 'assignment', { assignee: talks.operator.account.id });
    await act(operator, theirs, 'assignment', { assignee: other.account.id });
    await act(operator, foreign, 'classification', { kind_id: await kindNamed('Уборка'), organisation: '' });
    const shown = async (query: string) => (await subjectsAt(operator, `${DESK}?${query}`)).sort();
    expect(await shown('')).toEqual(['Вопрос', 'Его', 'Моя', 'Частная']);
    expect(await shown('face=message')).toEqual(['Вопрос']);
    expect(await shown('assignee=me')).toEqual(['Моя']);
    expect(await shown('assignee=nobody')).toEqual(['Вопрос', 'Частная']);
    expect(await shown(`assignee=${other.account.id}`)).toEqual(['Его']);
    expect(await shown(`kind=${await kindNamed('Уборка')}`)).toEqual(['Частная']);
    expect(await shown(`organisation=${office.organisation.id}&face=request`)).toEqual(['Его', 'Моя']);
    expect(await shown('face=request&assignee=nobody&search=частные')).toEqual(['Частная']);
    for (const odd of [
      'show=x',
      'face=x',
      'kind=1',
      'assignee=%27',
      'organisation=null',
      'show=all&show=turn',
      'after=1',
    ])
      expect((await operator.get(`${DESK}?${odd}`)).status, odd).toBe(200);
    const { text } = await operator.get(`${DESK}?face=message&search=вопрос`);
    expect(linksOf(text)['XLSX — заявки и обращения']).toBe(
      `${DESK}/export?face=message&search=${encodeURIComponent('вопрос')}&format=xlsx`,
    );
  });

  it('is paged by its order forwards and back', async () => {
    for (let n = 0; n < 45; n += 1)
      await made(`№ ${n}`, { due_at: new Date(NOON.getTime() + (n % 7) * HOUR) });
    for (const [query, column, way] of [
      ['', 'due_at', 'asc'],
      ['?show=all', 'created_at', 'desc'],
    ] as const) {
      const order = await talks.db('conversations').orderByRaw(`${column} ${way}, id ${way}`).pluck('id');
      const idsOf = (text: string) => [...text.matchAll(/requests\/([\da-f-]{36})"/g)].map(([, id]) => id);
      let text = (await operator.get(DESK + query)).text;
      const pages = [idsOf(text)];
      for (let next = linksOf(text)['Дальше']; next; next = linksOf(text)['Дальше']) {
        text = (await operator.get(next)).text;
        pages.push(idsOf(text));
      }
      expect(pages.flat()).toEqual(order);
      text = (await operator.get(linksOf(text)['Назад']!)).text;
      expect(idsOf(text)).toEqual(pages[1]);
    }
  });
});

describe('a step', () => {
  it('that needs words is not made without them, and keeps the files to be chosen', async () => {
    const id = await made('Слова');
    await work(operator, id, 'accept', 'start');
    const before = await kept();
    for (const step of ['ask', 'refuse']) {
      const answer = await operator.upload(
        `${DESK}/${id}`,
        { step, text: ' ' },
        [await paper('а.pdf')],
        `${DESK}/${id}/answers`,
      );
      expect([answer.status, errorsOf(answer.text)]).toEqual([
        422,
        { text: 'Напишите, что ответить арендатору' },
      ]);
    }
    const empty = await act(operator, id, 'answers', { step: '', text: '' });
    expect([empty.status, errorsOf(empty.text)]).toEqual([422, { text: 'Напишите ответ' }]);
    const foreign = await act(operator, id, 'answers', { step: 'withdraw', text: 'Ха' });
    expect(foreign.status).toBe(422);
    const bad = [await paper('1.pdf'), { field: 'files', name: 'план.pdf', bytes: html }];
    const refused = await operator.upload(
      `${DESK}/${id}`,
      { step: '', text: 'Смета' },
      bad,
      `${DESK}/${id}/answers`,
    );
    expect([refused.status, errorsOf(refused.text).files]).toEqual([
      422,
      expect.stringContaining('план.pdf'),
    ]);
    expect(valueOf(refused.text, 'text')).toBe('Смета');
    expect(await kept()).toEqual(before);
  });

  it('answers, begins and ends it; whoever begins has it, the tenant sees the company', async () => {
    const id = await sent(office.visitor, service, { subject: 'Лампа' });
    await operator.upload(
      `${DESK}/${id}`,
      { step: '', text: 'Посмотрим' },
      [await paper('схема.pdf')],
      `${DESK}/${id}/answers`,
    );
    await work(operator, id, 'accept');
    expect(await talks.row(id)).toMatchObject({ assignee_id: null, answered_in: 0 });
    await work(operator, id, 'start', ['finish', 'Заменили']);
    expect(await talks.row(id)).toMatchObject({
      assignee_id: talks.operator.account.id,
      state: 'done',
      done_at: NOON,
    });
    const page = await office.visitor.get(`${service}/${id}`);
    const text = words(page.text);
    for (const part of ['Управляющая компания', 'Посмотрим', 'Принята', 'В работе', 'Заменили', 'Выполнена'])
      expect(text).toContain(part);
    expect(text).not.toContain('Операторова');
    expect((await office.visitor.get(linksOf(page.text)['схема.pdf']!)).status).toBe(200);
    expect(
      (await operator.get(linksOf((await operator.get(`${DESK}/${id}`)).text)['схема.pdf']!)).status,
    ).toBe(200);
    expect(await talks.db('audit').where({ subject_id: id, action: 'conversation.handled' })).toHaveLength(4);
  });
});

describe('whose it is', () => {
  it('only of those who serve', async () => {
    const id = await made('Кому');
    const reviewer = await openDesk(house, ['reviewer']);
    const blocked = await openDesk(house, ['operator'], 'Ушедшая');
    await talks.db('accounts').where({ id: blocked.account.id }).update({ blocked_at: NOON });
    const before = await trace(house);
    for (const assignee of [reviewer.account.id, blocked.account.id, office.account.id, randomUUID(), 'x']) {
      const answer = await act(operator, id, 'assignment', { assignee });
      expect([answer.status, errorsOf(answer.text)]).toEqual([
        422,
        { assignee: 'Выберите сотрудника из списка' },
      ]);
    }
    expect(await trace(house)).toBe(before);
    const page = (await operator.get(`${DESK}/${id}`)).text;
    expect(page).not.toContain(reviewer.account.id);
    expect(page).not.toContain(blocked.account.id);
  });

  it('is taken, given to another, who hears of it, and given up; the tenant sees none of it', async () => {
    const id = await sent(office.visitor, service, { subject: 'Назначение' });
    const { number } = await talks.row(id);
    const other = await openDesk(house, ['administrator'], 'Другов');
    await act(operator, id, 'assignment', {});
    expect(await talks.row(id)).toMatchObject({ assignee_id: talks.operator.account.id });
    expect(await talks.lettersTo(talks.operator.account.email)).toEqual([]);
    await act(operator, id, 'assignment', { assignee: other.account.id });
    const [letter] = await talks.lettersTo(other.account.email);
    expect(letter!.subject).toBe(`Вам назначено: ${number} Назначение`);
    expect(letter!.text).toContain(`${DESK}/${id}`);
    await act(operator, id, 'assignment', { assignee: '' });
    expect(await talks.row(id)).toMatchObject({ assignee_id: null });
    const desk = words((await operator.get(`${DESK}/${id}`)).text);
    for (const part of ['Исполнитель: Другов Ольга', 'Исполнитель снят']) expect(desk).toContain(part);
    const page = words((await office.visitor.get(`${service}/${id}`)).text);
    expect(page).not.toMatch(/Исполнитель|Другов/);
  });
});

describe('a note', () => {
  it('is seen by no tenant: not on the page, nor its file, nor in a letter or a counter', async () => {
    const id = await sent(office.visitor, service, { subject: 'С заметкой' });
    const observer = await addMember(talks, ['observer'], { sees_all: true });
    const answer = await operator.upload(
      `${DESK}/${id}`,
      { note: 'Должники, не спешить' },
      [await paper('долг.pdf')],
      `${DESK}/${id}/notes`,
    );
    expect(answer.headers.location).toBe(`${DESK}/${id}#e-2`);
    const desk = await operator.get(`${DESK}/${id}`);
    expect(words(desk.text)).toContain('Заметка для сотрудников');
    const file = linksOf(desk.text)['долг.pdf']!;
    expect((await operator.get(file)).status).toBe(200);
    for (const [visitor, place] of [
      [office.visitor, service],
      [office.visitor, '/service'],
      [observer.visitor, service],
    ] as const) {
      const page = await visitor.get(`${place}/${id}`);
      expect(page.text).not.toMatch(/Должники|долг\.pdf|e-2"/);
      expect((await visitor.get(`${place}/${id}/files/${file.split('/').at(-1)}`)).status).toBe(404);
      const list = `${place}?search=${encodeURIComponent('заметкой')}`;
      expect((await visitor.get(list)).text).not.toMatch(/Должники|Новый ответ/);
      expect(await subjectsAt(visitor, `${place}?show=unread`)).not.toContain('С заметкой');
    }
    await work(operator, id, ['', 'Скоро']);
    for (const { text } of await talks.lettersTo(office.account.email))
      expect(text).not.toContain('Должники');
  });

  it('disturbs nobody: what another has open is as true as before; it comes after the end too', async () => {
    const id = await made('Тихо');
    const page = await operator.hidden(`${DESK}/${id}`);
    const other = await openDesk(house, ['operator']);
    expect((await act(other.visitor, id, 'notes', { note: 'Видел' })).status).toBe(303);
    expect(
      (await operator.post(`${DESK}/${id}/answers`, { ...page, step: 'refuse', text: 'Нет' })).status,
    ).toBe(303);
    expect((await act(other.visitor, id, 'notes', { note: 'Потом' })).status).toBe(303);
    const empty = await act(other.visitor, id, 'notes', { note: ' ' });
    expect([empty.status, errorsOf(empty.text)]).toEqual([422, { note: 'Напишите заметку' }]);
  });
});

describe('two people at once', () => {
  it.each([
    ['answers', { step: '', text: 'Мой длинный ответ' }, 'text', 'Мой длинный ответ'],
    ['answers', { step: 'accept', text: 'Принимаем' }, 'text', 'Принимаем'],
    ['assignment', { assignee: '' }, null, null],
    ['classification', { kind_id: '', organisation: '' }, null, null],
  ] as const)(
    '%s %j: the second hears what has changed, and keeps what he typed',
    async (action, typed, field, value) => {
      const id = await made('Вдвоём');
      const sorted = action === 'classification' && { kind_id: await kindNamed('Уборка') };
      const page = { ...(await operator.hidden(`${DESK}/${id}`)), ...typed, ...sorted };
      const other = await openDesk(house, ['operator'], 'Опередилова');
      await work(other.visitor, id, ['accept', 'Уже едем']);
      const before = await kept();
      const file = await paper('а.pdf');
      const form = operator.agent.post(`${DESK}/${id}/${action}`);
      for (const [name, one] of Object.entries(page)) void form.field(name, one);
      const late =
        action === 'answers'
          ? await form.attach('files', file.bytes, file.name)
          : await operator.post(`${DESK}/${id}/${action}`, page);
      expect(late.status).toBe(409);
      if (action === 'answers')
        expect(errorsOf(late.text)).toEqual({ files: 'Выберите файлы снова: на этой странице их уже нет' });
      const text = words(late.text);
      expect(text).toContain('Пока страница была открыта, здесь работал(а) Опередилова Ольга.');
      expect(text).toContain('Заявка сейчас в статусе «Принята».');
      expect(text).toContain('Уже едем');
      if (field) expect(valueOf(late.text, field)).toBe(value);
      if (sorted) expect(late.text).toContain(`<option value="${sorted.kind_id}" selected>`);
      expect(await kept()).toEqual(before);
      // Sent again from the page that he got, it is done.
      const again = Object.fromEntries(
        [...late.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
          .reverse()
          .map(([, name, one]) => [name!, one!]),
      );
      const second = { ...page, ...again, ...(action === 'answers' && { step: '' }), ...(sorted || {}) };
      expect((await operator.post(`${DESK}/${id}/${action}`, second)).status).toBe(303);
    },
  );

  it('a double click is one answer', async () => {
    const id = await made('Дважды');
    const page = { ...(await operator.hidden(`${DESK}/${id}`)), step: '', text: 'Раз' };
    const answers = [
      await operator.post(`${DESK}/${id}/answers`, page),
      await operator.post(`${DESK}/${id}/answers`, page),
    ];
    expect(answers.map(({ status, headers }) => `${status} ${headers.location}`)).toEqual(
      Array<string>(2).fill(`303 ${DESK}/${id}#e-2`),
    );
    expect(await talks.entries(id)).toHaveLength(2);
  });

  it('a form without its revision is not believed', async () => {
    const id = await made('Без номера');
    for (const revision of ['', 'x', '1e999', '-1', '0', '2'])
      expect([409, 422]).toContain((await act(operator, id, 'answers', { revision, text: 'Да' })).status);
    expect(await talks.entries(id)).toHaveLength(1);
  });
});

it('an organisation’s own page leads to its requests', async () => {
  const one = await openOffice(house, { name: 'ООО «Ссылка»', roles: ['administrator'] });
  await sent(one.visitor, placesOf(one.organisation).service, { subject: 'По ссылке' });
  expect(await subjectsAt(operator, `${DESK}?organisation=${one.organisation.id}`)).toEqual(['По ссылке']);
});
