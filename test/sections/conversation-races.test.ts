import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { DAY } from '../support/house.js';
import { openDesk } from '../support/office.js';
import { words } from '../support/page.js';
import {
  addConversation,
  addMember,
  addPrivate,
  DESK,
  idOf,
  openTalks,
  placesOf,
  SAID,
  work,
  type Talks,
} from '../support/talks.js';

// Fifty at the same instant: one is heard, the others are told, and nobody waits for ever.

let talks: Talks;
let house: Talks['house'];
let service: string;
let messages: string;
let people: { visitor: Visitor; token: string; id: string }[];
let staff: { visitor: Visitor; token: string; id: string }[];
beforeAll(async () => {
  talks = await openTalks();
  house = talks.house;
  ({ service, messages } = placesOf(talks.office.organisation));
  const withToken = async (
    { visitor, account }: { visitor: Visitor; account: { id: string } },
    from: string,
  ) => ({
    visitor,
    token: (await visitor.hidden(from))._csrf!,
    id: account.id,
  });
  people = await Promise.all(
    Array.from({ length: 10 }, async () =>
      withToken(await addMember(talks, ['requests'], { sees_all: true }), '/desktop'),
    ),
  );
  staff = await Promise.all(
    Array.from({ length: 5 }, async (_, n) =>
      withToken(await openDesk(house, ['operator'], `Оператор ${n}`), DESK),
    ),
  );
});
afterAll(() => talks?.close());
beforeEach(() => talks.forgetLimits());

const times = <T>(count: number, one: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => one(n)));
const statuses = (answers: { status: number }[]) =>
  answers.reduce<Record<number, number>>(
    (all, { status }) => ({ ...all, [status]: (all[status] ?? 0) + 1 }),
    {},
  );
const made = async (face: 'request' | 'message', ...steps: string[]) => {
  const { account, organisation } = talks.office;
  const { id } = await addConversation(house, account, { face, organisation });
  await work(talks.operator.visitor, id, ...steps.map((step): [string, string] => [step, 'Слова']));
  return id;
};
const serial = (number: string) => Number(number.slice(7));
/** Every face's numbers of the year, in their order. */
const numbers = async (letter: string) =>
  (await talks.db('conversations').where('number', 'like', `${letter}-%`).pluck('number'))
    .map(serial)
    .sort((a, b) => a - b);

describe('numbers', () => {
  it('are unique and without a gap under 200 posts of both faces at once', { timeout: 120_000 }, async () => {
    const kind_id = (await talks.kinds('message'))[0]!.id;
    const answers = await times(200, async (n) => {
      const { visitor, token } = people[n % 10]!;
      const fields = { _csrf: token, _once: randomUUID(), kind_id, subject: `Новое ${n}`, text: `Слово${n}` };
      const send = () => visitor.post(`${n % 3 ? service : messages}/new`, fields);
      let answer = await send();
      // Where the machine has too much to do some are asked to come again; nothing is written of those, nor twice.
      for (let again = 0; answer.status === 503 && again < 10; again += 1) answer = await send();
      return answer;
    });
    expect(statuses(answers)).toEqual({ 303: 200 });
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(200);
    const [requests, talks_] = [await numbers('З'), await numbers('О')];
    expect(requests.length + talks_.length).toBe(200);
    for (const all of [requests, talks_]) expect(all).toEqual(all.map((_, at) => at + 1));
  });

  it('leave none out where a post was rolled back', async () => {
    const last = (await numbers('З')).at(-1) ?? 0;
    const { visitor, token } = people[0]!;
    const send = () => visitor.post(`${service}/new`, { _csrf: token, ...SAID });
    await talks.db.raw(`create function refuse() returns trigger language plpgsql as $$ begin
      if new.action = 'conversation.opened' then raise exception 'refused'; end if; return new; end $$`);
    await talks.db.raw('create trigger refuse before insert on audit for each row execute function refuse()');
    expect(statuses([await send(), await send()])).toEqual({ 500: 2 });
    await talks.db.raw('drop trigger refuse on audit; drop function refuse()');
    const answer = await send();
    expect(serial((await talks.row(idOf(answer.headers.location!))).number)).toBe(last + 1);
  });
});

it('one form that comes fifty times is one request, and all are led to it', { timeout: 90_000 }, async () => {
  const { visitor } = await addPrivate(house);
  const page = await visitor.hidden('/service/new');
  const answers = await times(50, () => visitor.post('/service/new', { ...page, ...SAID }));
  expect(statuses(answers)).toEqual({ 303: 50 });
  expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
});

it('one reply that comes fifty times is one entry', { timeout: 90_000 }, async () => {
  const id = await made('request');
  const { visitor, token } = people[0]!;
  const fields = { _csrf: token, _once: randomUUID(), text: 'Один раз' };
  const answers = await times(50, () => visitor.post(`${service}/${id}/replies`, fields));
  expect(statuses(answers)).toEqual({ 303: 50 });
  expect(await talks.entries(id)).toHaveLength(2);
});

it('fifty replies of five people all stand there, in one order', { timeout: 90_000 }, async () => {
  const id = await made('request');
  const answers = await times(50, (n) => {
    const { visitor, token } = people[n % 5]!;
    return visitor.post(`${service}/${id}/replies`, {
      _csrf: token,
      _once: randomUUID(),
      text: `Ответ ${n}`,
    });
  });
  expect(statuses(answers)).toEqual({ 303: 50 });
  const entries = await talks.entries(id);
  expect(entries.map(({ number }) => number)).toEqual(Array.from({ length: 51 }, (_, n) => n + 1));
  expect(new Set(entries.map(({ text }) => text)).size).toBe(51);
});

describe('the staff', () => {
  const press = (id: string, action: string, fields: (n: number) => Record<string, string>) =>
    times(50, async (n) => {
      const { visitor, token } = staff[n % 5]!;
      return visitor.post(`${DESK}/${id}/${action}`, { _csrf: token, _once: randomUUID(), ...fields(n) });
    });
  const lateTexts = (answers: { status: number; text: string }[]) =>
    answers.filter(({ status }) => status === 409).map(({ text }) => words(text));

  it('one takes it, forty-nine hear who has', { timeout: 90_000 }, async () => {
    const id = await made('request');
    const answers = await press(id, 'assignment', (n) => ({ revision: '1', assignee: staff[n % 5]!.id }));
    expect(statuses(answers)).toEqual({ 303: 1, 409: 49 });
    const { assignee_id, revision } = await talks.row(id);
    const winner = staff.findIndex((one) => one.id === assignee_id);
    expect(revision).toBe(2);
    expect(await talks.entries(id)).toHaveLength(2);
    for (const text of lateTexts(answers)) expect(text).toContain(`Исполнитель: Оператор ${winner} Ольга.`);
  });

  it('of different steps at once one is made, and one letter is written', { timeout: 90_000 }, async () => {
    const id = await made('request', 'accept', 'start');
    const { revision } = await talks.row(id);
    const before = (await talks.db('outbox')).length;
    const steps = ['ask', 'finish', 'refuse', '', 'finish'];
    const answers = await press(id, 'answers', (n) => ({
      revision: String(revision),
      step: steps[n % 5]!,
      text: `Слова ${n}`,
    }));
    expect(statuses(answers)).toEqual({ 303: 1, 409: 49 });
    const row = await talks.row(id);
    expect(row.revision).toBe(revision + 1);
    expect((await talks.db('outbox')).length).toBe(before + 1);
    const [last] = (await talks.entries(id)).slice(-1);
    const winner = answers.findIndex(({ status }) => status === 303);
    for (const [n, { text }] of answers.entries()) {
      if (n === winner) continue;
      expect(words(text)).toContain('здесь работал(а) Оператор');
      // What he had typed is still before him.
      expect(text).toMatch(new RegExp(`>\\n?Слова ${n}<`));
    }
    expect(last!.text).toBe(`Слова ${winner}`);
  });

  it('and a tenant: a withdrawal and the beginning of work never both win', { timeout: 90_000 }, async () => {
    for (let round = 0; round < 4; round += 1) {
      await talks.forgetLimits();
      const id = await made('request', 'accept');
      const answers = await times(50, (n) => {
        const one = (n % 2 ? staff : people)[n % 5]!;
        const fields = { _csrf: one.token, _once: randomUUID(), revision: '2', step: 'start', text: '' };
        return one.visitor.post(n % 2 ? `${DESK}/${id}/answers` : `${service}/${id}/withdrawal`, fields);
      });
      expect(statuses(answers)).toEqual({ 303: 1, 409: 49 });
      const winner = answers.findIndex(({ status }) => status === 303);
      expect(await talks.row(id)).toMatchObject({ state: winner % 2 ? 'working' : 'withdrawn' });
      expect(await talks.entries(id)).toHaveLength(3);
    }
  });
});

it(
  'closing, a reply and a rating at once: each comes before or after, never between',
  { timeout: 120_000 },
  async () => {
    for (let round = 0; round < 5; round += 1) {
      await talks.forgetLimits();
      const id = await made('message', 'answer');
      const week = new Date(house.clock.now().getTime() - 7 * DAY);
      await talks.db('conversations').where({ id }).update({ done_at: week });
      const closings: Promise<unknown>[] = [];
      const answers = await times(50, (n) => {
        if (n % 10 === round * 2) closings.push(talks.close7());
        const { visitor, token } = people[n % 5]!;
        const fields = { _csrf: token, _once: randomUUID(), text: `Ответ ${n}`, rating: '3' };
        return visitor.post(`${messages}/${id}/${n % 2 ? 'replies' : 'rating'}`, fields);
      });
      await Promise.all(closings);
      const [row, entries] = [await talks.row(id), await talks.entries(id)];
      const ok = answers.filter(({ status }) => status === 303).length;
      expect(ok + answers.filter(({ status }) => status === 409).length).toBe(50);
      const closed = entries.filter(({ side }) => side === 'clock').length;
      const ratings = entries.filter(({ details }) => 'rating' in details).length;
      const replies = entries.filter(({ kind, side }) => kind === 'reply' && side === 'tenant').length;
      expect(ratings + replies).toBe(ok);
      // It was reopened by a reply, or is closed, by one rating or by the clock: and then no reply came after.
      if (row.state === 'working') expect([ratings, closed, row.rating]).toEqual([0, 0, null]);
      else expect([row.state, ratings, replies, row.rating]).toEqual(['closed', 1, 0, 3]);
      expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => at + 1));
    }
  },
);

it(
  'nobody waits for another in a circle, whatever words they write at once',
  { timeout: 120_000 },
  async () => {
    const kind_id = (await talks.kinds('message'))[0]!.id;
    const ids = await times(5, () => made('request'));
    const letter = (n: number) => String.fromCharCode(1072 + n);
    for (let round = 0; round < 10; round += 1) {
      await talks.forgetLimits();
      // New to the list of known words, and the other way round in the other face: numbers hold up their own face alone.
      const wordsOf = (stem: string) => [0, 1, 2, 3].map((n) => stem + letter(round) + letter(n)).join(' ');
      const [some, others] = [wordsOf('слово'), wordsOf('дело')];
      const answers = await times(50, (n) => {
        const { visitor, token } = people[n % 5]!;
        const place = n % 2 ? service : messages;
        const texts = n % 2 ? { subject: some, text: others } : { subject: others, text: some };
        const to = n % 10 < 8 ? `${place}/new` : `${service}/${ids[n % 5]}/replies`;
        return visitor.post(to, { _csrf: token, _once: randomUUID(), kind_id, ...texts });
      });
      expect(statuses(answers)).toEqual({ 303: 50 });
    }
  },
);
