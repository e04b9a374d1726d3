import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import type { SentFiles } from '../support/client.js';
import { openDesk } from '../support/office.js';
import { errorsOf, valueOf } from '../support/page.js';
import { act, DESK, openTalks, paper, placesOf, sent, trace, type Talks } from '../support/talks.js';

// What is typed at the desk on its way to an answer: ready-made ones, and what waits while something else is done first.

let talks: Talks;
let house: Talks['house'];
let operator: Visitor;
let service: string;
beforeAll(async () => {
  talks = await openTalks();
  house = talks.house;
  ({ service } = placesOf(talks.office.organisation));
});
afterAll(() => talks?.close());
beforeEach(async () => {
  await talks.forgetLimits();
  operator = await house.visitor().signIn(talks.operator.account.email);
});

it('a ready-made answer comes with what is known filled in', async () => {
  const id = await sent(talks.office.visitor, service, { subject: 'Кран <b>' });
  const answer = {
    id: randomUUID(),
    face: 'request' as const,
    name: 'Приняли',
    text: '{Имя}, заявка {номер} «{тема}»: {статус}. Исполнитель {исполнитель}. Придём {день}.',
    position: 1,
  };
  await talks
    .db('conversation_answers')
    .insert([answer, { ...answer, id: randomUUID(), face: 'message', name: 'Не здесь' }]);
  const page = (await operator.get(`${DESK}/${id}`)).text;
  expect(page).not.toContain('Не здесь');
  await act(operator, id, 'assignment', { assignee: talks.operator.account.id });
  const { number } = await talks.row(id);
  const insert = (ready: string, text: string, files?: SentFiles) =>
    act(operator, id, 'answers', { step: 'insert', ready, text }, files);
  const before = await trace(house);
  const filled = `Мария Сергеевна, заявка ${number} «Кран <b>»: Новая. Исполнитель Операторова Ольга. Придём {день}.`;
  const alone = await insert(answer.id, '');
  expect([alone.status, valueOf(alone.text, 'text')]).toEqual([200, filled]);
  // What he has written so far stays above it; files cannot be given back.
  const added = await insert(answer.id, 'Добрый день!', [await paper('схема.pdf')]);
  expect(valueOf(added.text, 'text')).toBe(`Добрый день!\n\n${filled}`);
  expect(errorsOf(added.text)).toEqual({ files: 'Выберите файлы снова: на этой странице их уже нет' });
  for (const odd of ['', 'x', randomUUID()]) {
    const refused = await insert(odd, 'Добрый день!');
    expect([refused.status, errorsOf(refused.text)]).toEqual([
      422,
      { ready: 'Выберите готовый ответ из списка' },
    ]);
    expect(valueOf(refused.text, 'text')).toBe('Добрый день!');
  }
  expect(await trace(house)).toBe(before);
});

it('what stands in the other forms of the page waits for the one who typed it, until it is sent', async () => {
  const id = await sent(talks.office.visitor, service);
  const self = { assignee: talks.operator.account.id };
  const answer = await act(operator, id, 'assignment', { ...self, text: 'Почти дописал', note: 'Узнать' });
  const waits = `${DESK}/${id}/answers`;
  expect([answer.status, answer.headers.location]).toEqual([303, waits]);
  const page = (await operator.get(waits)).text;
  expect([valueOf(page, 'text'), valueOf(page, 'note')]).toEqual(['Почти дописал', 'Узнать']);
  const other = await openDesk(house, ['operator'], 'Другая');
  expect(valueOf((await other.visitor.get(waits)).text, 'text')).toBe('');

  // The note is saved beside a changed answer: that one goes on waiting.
  const noted = await act(operator, id, 'notes', { note: 'Узнать', text: 'Дописал' });
  expect(noted.headers.location).toBe(waits);
  expect(valueOf((await operator.get(waits)).text, 'text')).toBe('Дописал');
  const said = await act(operator, id, 'answers', { step: '', text: 'Дописал', note: 'И ещё' });
  expect(said.headers.location).toBe(`${DESK}/${id}/notes`);
  expect(valueOf((await operator.get(waits)).text, 'text')).toBe('');
  expect(valueOf((await operator.get(`${DESK}/${id}/notes`)).text, 'note')).toBe('И ещё');
  expect((await talks.entries(id)).map(({ text }) => text)).toEqual([
    'В комнате 412',
    null,
    'Узнать',
    'Дописал',
  ]);
});

it('a page that comes back for another reason is still the one that its reader saw', async () => {
  const other = await openDesk(house, ['operator'], 'Опередилова');
  const ready = randomUUID();
  await talks
    .db('conversation_answers')
    .insert({ id: ready, face: 'request', name: 'Едем', text: 'Едем', position: 2 });
  const page = async (id: string) => operator.hidden(`${DESK}/${id}`);
  const revisionIn = (text: string) => /name="revision" value="(\d*)"/.exec(text)![1]!;
  const answersOf = async (id: string) =>
    (await talks.entries(id)).filter(({ text }) => text === 'Мой ответ').length;

  const redrawn: [string, (id: string, seen: Record<string, string>) => Promise<string>][] = [
    [
      'a ready-made answer',
      async (id, seen) =>
        (await operator.post(`${DESK}/${id}/answers`, { ...seen, step: 'insert', ready, text: '' })).text,
    ],
    [
      'a refusal',
      async (id, seen) =>
        (await operator.post(`${DESK}/${id}/answers`, { ...seen, step: '', text: '' })).text,
    ],
    [
      'a note',
      async (id, seen) => {
        const fields = { ...seen, note: 'Узнать', text: 'Мой ответ' };
        const saved = await operator.post(`${DESK}/${id}/notes`, fields);
        return (await operator.get(saved.headers.location!)).text;
      },
    ],
  ];
  for (const [why, redraw] of redrawn) {
    const id = await sent(talks.office.visitor, service, { subject: why });
    const seen = await page(id);
    await act(other.visitor, id, 'answers', { step: 'accept', text: 'Уже едем' });
    const text = await redraw(id, seen);
    expect(revisionIn(text), why).toBe(seen.revision);
    const mine = { ...seen, revision: revisionIn(text), _once: randomUUID(), step: '', text: 'Мой ответ' };
    const late = await operator.post(`${DESK}/${id}/answers`, mine);
    expect([late.status, await answersOf(id)], why).toEqual([409, 0]);
    const now = { ...mine, revision: revisionIn(late.text), _once: randomUUID() };
    expect((await operator.post(`${DESK}/${id}/answers`, now)).status, why).toBe(303);
    expect(await answersOf(id), why).toBe(1);
  }

  // His own step is no surprise to him.
  const id = await sent(talks.office.visitor, service);
  const self = { assignee: talks.operator.account.id, text: 'Мой ответ' };
  const taken = await act(operator, id, 'assignment', self);
  const waits = await operator.hidden(taken.headers.location!);
  expect(waits.revision).toBe(String((await talks.row(id)).revision));
});
