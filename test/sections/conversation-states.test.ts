import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConversationRow } from '../../src/db/rows.js';
import { DAY, HOUR } from '../support/house.js';
import { words } from '../support/page.js';
import {
  addConversation,
  DESK,
  NOON,
  openTalks,
  placesOf,
  sent,
  trace,
  work,
  type Talks,
} from '../support/talks.js';

// Which step is possible when (the decisions on requests and messages), written down here once more, from both sides.

type Face = 'request' | 'message';
type State =
  'new' | 'accepted' | 'working' | 'waiting' | 'done' | 'answered' | 'closed' | 'rejected' | 'withdrawn';
type Step =
  | 'accept'
  | 'start'
  | 'ask'
  | 'finish'
  | 'answer'
  | 'refuse'
  | 'say'
  | 'withdraw'
  | 'return'
  | 'reply'
  | 'rate'
  | 'expire';
type Table = Partial<Record<Step, Partial<Record<State, State>>>>;

const TABLE: Record<Face, Table> = {
  request: {
    accept: { new: 'accepted' },
    start: { accepted: 'working', waiting: 'working' },
    ask: { working: 'waiting' },
    finish: { working: 'done' },
    answer: {},
    refuse: { new: 'rejected', accepted: 'rejected', working: 'rejected', waiting: 'rejected' },
    say: { new: 'new', accepted: 'accepted', working: 'working', waiting: 'waiting', done: 'done' },
    withdraw: { new: 'withdrawn', accepted: 'withdrawn' },
    return: { done: 'working' },
    reply: { new: 'new', accepted: 'accepted', working: 'working', waiting: 'working' },
    rate: { done: 'closed' },
    expire: { done: 'closed' },
  },
  message: {
    accept: {},
    start: { new: 'working' },
    ask: {},
    finish: {},
    answer: { new: 'answered', working: 'answered' },
    refuse: {},
    say: { new: 'new', working: 'working', answered: 'answered' },
    reply: { new: 'new', working: 'working', answered: 'working' },
    rate: { answered: 'closed' },
    expire: { answered: 'closed' },
  },
};
const NAMES: Record<Face, Partial<Record<State, string>>> = {
  request: {
    new: 'Новая',
    accepted: 'Принята',
    working: 'В работе',
    waiting: 'Ожидает ответа',
    done: 'Выполнена',
    closed: 'Закрыта',
    rejected: 'Отклонена',
    withdrawn: 'Отозвана',
  },
  message: { new: 'Новое', working: 'В работе', answered: 'Отвечено', closed: 'Закрыто' },
};
const statesOf = (face: Face) => Object.keys(NAMES[face]) as State[];
const stepsOf = (face: Face) => Object.keys(TABLE[face]) as Step[];

/** Where a step leads; null: nowhere, it is refused. What has closed by itself may still be rated, once. */
function leads(face: Face, step: Step, state: State, rated: boolean): State | null {
  if (step === 'rate' && state === 'closed' && !rated) return 'closed';
  return TABLE[face][step]![state] ?? null;
}

let talks: Talks;
let house: Talks['house'];
let tokens: { tenant: string; staff: string };
beforeAll(async () => {
  talks = await openTalks();
  house = talks.house;
  tokens = {
    tenant: (await talks.office.visitor.hidden('/desktop'))._csrf!,
    staff: (await talks.operator.visitor.hidden(DESK))._csrf!,
  };
});
afterAll(() => talks?.close());
beforeEach(async () => {
  await talks.forgetLimits();
  house.clock.at = NOON;
});

const placeOf = (face: Face) =>
  placesOf(talks.office.organisation)[face === 'request' ? 'service' : 'messages'];
const ADDRESS: Partial<Record<Step, string>> = {
  withdraw: 'withdrawal',
  return: 'return',
  reply: 'replies',
  rate: 'rating',
};

/** Sends the step's form, without looking at the page first. */
async function press(face: Face, id: string, step: Step) {
  const tail = ADDRESS[step];
  if (tail) {
    const fields = { _csrf: tokens.tenant, text: 'Слова', rating: '4' };
    return talks.office.visitor.post(`${placeOf(face)}/${id}/${tail}`, fields);
  }
  const revision = String((await talks.row(id)).revision);
  const fields = { _csrf: tokens.staff, revision, text: 'Слова', step: step === 'say' ? '' : step };
  return talks.operator.visitor.post(`${DESK}/${id}/answers`, fields);
}

/** What a conversation in that state has besides it. */
function as(state: State): Partial<ConversationRow> {
  const done = { state, due_at: null, done_at: NOON };
  if (state === 'waiting') return { state, due_at: null, due_left: 60 };
  if (state === 'done' || state === 'answered') return done;
  if (state === 'closed') return { ...done, closed_at: NOON };
  if (state === 'rejected' || state === 'withdrawn') return { state, due_at: null, closed_at: NOON };
  return { state };
}
const made = async (face: Face, state: State) =>
  (
    await addConversation(
      house,
      talks.office.account,
      { face, organisation: talks.office.organisation },
      as(state),
    )
  ).id;

/** Does one step and holds it against the table; answers the state that it left. */
async function hold(face: Face, id: string, step: Step, state: State, rated: boolean): Promise<State> {
  const expected = leads(face, step, state, rated);
  const before = await trace(house);
  if (step === 'expire') {
    const week = new Date(NOON.getTime() - 7 * DAY);
    if (expected) await talks.db('conversations').where({ id }).update({ done_at: week });
    await talks.close7();
    if (!expected) expect(await trace(house)).toBe(before);
  } else {
    const { status, text } = await press(face, id, step);
    expect([status, step, state]).toEqual([expected ? 303 : 409, step, state]);
    if (!expected) {
      expect(words(text)).toContain(`сейчас в статусе «${NAMES[face][state]}»`);
      expect(await trace(house)).toBe(before);
    }
  }
  const after = (await talks.row(id)).state as State;
  expect([after, step, state]).toEqual([expected ?? state, step, state]);
  return after;
}

describe.each(['request', 'message'] as const)('a %s', (face) => {
  it('takes every step from every state that the table has, and no other', { timeout: 120_000 }, async () => {
    for (const state of statesOf(face)) {
      let id = await made(face, state);
      for (const step of stepsOf(face)) {
        await talks.forgetLimits();
        await hold(face, id, step, state, false);
        if (leads(face, step, state, false)) id = await made(face, state);
      }
    }
  });

  it('goes any way that people take through it', { timeout: 120_000 }, async () => {
    const ways = fc.array(fc.constantFrom(...stepsOf(face)), { minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(ways, async (way) => {
        await talks.forgetLimits();
        const id = await made(face, 'new');
        let state: State = 'new';
        let rated = false;
        for (const step of way) {
          const moves: boolean = leads(face, step, state, rated) !== null;
          state = await hold(face, id, step, state, rated);
          rated ||= step === 'rate' && moves;
        }
        const entries = await talks.entries(id);
        expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => at + 1));
        expect(await talks.row(id)).toMatchObject({ last_entry: entries.length, revision: entries.length });
      }),
      { numRuns: 15 },
    );
  });
});

it('has no withdrawal and no return of a message', async () => {
  const id = await made('message', 'answered');
  for (const step of ['withdraw', 'return'] as const)
    expect((await press('message', id, step)).status).toBe(404);
});

describe('seven days', () => {
  // What the others have left would close with it.
  beforeEach(async () => void (await talks.db('conversations').delete()));
  const enter = () => house.visitor().signIn(talks.office.account.email);
  const { service, messages } = { service: () => placeOf('request'), messages: () => placeOf('message') };
  const done = async () => {
    const id = await made('request', 'working');
    await work(talks.operator.visitor, id, 'finish');
    return id;
  };

  it('«Вернуть в работу» is there to the second, and not after', async () => {
    const [kept, late] = [await done(), await done()];
    house.clock.at = new Date(NOON.getTime() + 7 * DAY);
    const visitor = await enter();
    expect((await visitor.get(`${service()}/${kept}`)).text).toContain('/return"');
    const answer = await visitor.submit(`${service()}/${kept}/return`, { text: 'Опять течёт' });
    expect([answer.status, answer.headers.location]).toEqual([303, `${service()}/${kept}`]);
    expect(await talks.row(kept)).toMatchObject({ state: 'working', done_at: null });
    house.clock.move(1000);
    const before = await trace(house);
    expect((await visitor.get(`${service()}/${late}`)).text).not.toContain('/return"');
    expect((await visitor.get(`${service()}/${late}/return`)).status).toBe(409);
    const refused = await visitor.submit(
      `${service()}/${late}`,
      { text: 'Нет' },
      `${service()}/${late}/return`,
    );
    expect(refused.status).toBe(409);
    expect(words(refused.text)).toContain('Прошло больше 7 дней, вернуть заявку в работу нельзя');
    expect(refused.text).toContain('\nНет</textarea>');
    expect(await trace(house)).toBe(before);
  });

  it('wants a reason for a return', async () => {
    const id = await done();
    const answer = await talks.office.visitor.submit(`${service()}/${id}/return`, { text: ' ' });
    expect(answer.status).toBe(422);
    expect(words(answer.text)).toContain('Напишите, что осталось сделать');
    expect(await talks.row(id)).toMatchObject({ state: 'done' });
  });

  it('it closes by itself when they are over, not before, and may be rated then, once', async () => {
    const request = await done();
    const message = await sent(talks.office.visitor, messages(), {
      kind_id: (await talks.kinds('message'))[0]!.id,
    });
    await work(talks.operator.visitor, message, ['answer', 'Да']);
    house.clock.at = new Date(NOON.getTime() + 7 * DAY - 1000);
    expect(await talks.close7()).toEqual({ closed: 0 });
    house.clock.move(1000);
    expect(await talks.close7()).toEqual({ closed: 2 });
    expect(await talks.close7()).toEqual({ closed: 0 });
    const visitor = await enter();
    for (const [path, closed] of [
      [`${service()}/${request}`, 'Закрыта'],
      [`${messages()}/${message}`, 'Закрыто'],
    ] as const) {
      const page = (await visitor.get(path)).text;
      expect(words(page)).toContain(`${closed}: прошло 7 дней без возражений`);
      expect(page).toContain(`${path}/rating"`);
      expect(page).not.toContain(`${path}/replies"`);
      expect((await visitor.get(`${path}/rating`)).text).not.toContain('Оценить и закрыть');
      const rated = await visitor.submit(`${path}/rating`, { rating: '2', text: 'Долго' });
      expect(rated.status).toBe(303);
      const after = (await visitor.get(path)).text;
      expect(words(after)).toContain('Ваша оценка 2 из 5');
      expect(after).not.toContain(`${path}/rating"`);
      expect((await visitor.get(`${path}/rating`)).status).toBe(409);
      const again = await visitor.submit(path, { rating: '5', text: 'И всё же' }, `${path}/rating`);
      expect([again.status, words(again.text)]).toEqual([
        409,
        expect.stringContaining('Оценка уже поставлена: 2 из 5.'),
      ]);
      expect(again.text).toContain('\nИ всё же</textarea>');
    }
    expect(await talks.row(request)).toMatchObject({ state: 'closed', rating: 2, rating_words: 'Долго' });
    const audit = await talks
      .db('audit')
      .where({ action: 'conversation.closed' })
      .whereIn('subject_id', [request, message]);
    expect(audit.map(({ account_id }) => account_id)).toEqual([null, null]);
  });

  it('they count anew after a return, and not at all for a message that was answered back', async () => {
    const request = await done();
    house.clock.move(6 * DAY);
    const [visitor, operator] = [await enter(), await house.visitor().signIn(talks.operator.account.email)];
    await visitor.submit(`${service()}/${request}/return`, { text: 'Опять' });
    house.clock.move(HOUR / 10);
    await work(operator, request, 'finish');
    const message = await made('message', 'answered');
    await visitor.submit(
      `${messages()}/${message}`,
      { text: 'Ещё вопрос' },
      `${messages()}/${message}/replies`,
    );
    house.clock.move(2 * DAY);
    await talks.close7();
    expect(await talks.row(request)).toMatchObject({ state: 'done' });
    expect(await talks.row(message)).toMatchObject({ state: 'working', done_at: null });
    house.clock.move(5 * DAY);
    expect(await talks.close7()).toEqual({ closed: 1 });
    expect(words((await (await enter()).get(`${service()}/${request}`)).text)).toContain('Закрыта');
  });
});

it('rating wants a mark from 1 to 5', async () => {
  const id = await made('request', 'done');
  const path = `${placeOf('request')}/${id}`;
  const before = await trace(house);
  for (const rating of ['', '0', '6', '5.5', 'пять']) {
    const answer = await talks.office.visitor.submit(`${path}/rating`, { rating, text: 'Так' });
    expect([answer.status, rating]).toEqual([422, rating]);
    expect(words(answer.text)).toContain('Выберите оценку');
  }
  expect(await trace(house)).toBe(before);
});

it('what is over takes no answer, and says how to go on', async () => {
  for (const [face, words_] of [
    ['request', 'Заявка сейчас в статусе «Закрыта». Ответить уже нельзя, отправьте новую заявку.'],
    ['message', 'Обращение сейчас в статусе «Закрыто». Ответить уже нельзя, отправьте новое обращение.'],
  ] as const) {
    const id = await made(face, 'closed');
    const page = await talks.office.visitor.get(`${placeOf(face)}/${id}`);
    expect(page.text).not.toMatch(/\/(replies|colleagues)"/);
    const answer = await press(face, id, 'reply');
    expect([answer.status, words(answer.text)]).toEqual([409, expect.stringContaining(words_)]);
    expect((await talks.office.visitor.get(`${placeOf(face)}/${id}/colleagues`)).status).toBe(409);
  }
});
