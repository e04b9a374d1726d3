import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { addColleague, openDesk } from '../support/office.js';
import { words } from '../support/page.js';
import { addOrganisation } from '../support/people.js';

// Many who end memberships at the same instant, through HTTP on a real Postgres.

type Colleague = Awaited<ReturnType<typeof addColleague>>;

let house: OpenHouse;
let desks: Awaited<ReturnType<typeof openDesk>>[];
let organisation: Awaited<ReturnType<typeof addOrganisation>>;
beforeAll(async () => {
  house = await openDoors();
  desks = await Promise.all(
    ['Первая', 'Вторая', 'Третья'].map((name) => openDesk(house, ['administrator'], name)),
  );
});
afterAll(() => house?.close());
beforeEach(async () => void (organisation = await addOrganisation(house)));

const db = () => house.parts.db;
const GONE = 'Этот участник уже не связан с профилем.';

const own = (membership: string) => `/profiles/${organisation.id}/accounts/${membership}/removal`;
const companys = (membership: string) =>
  `/staff/organisations/${organisation.id}/members/${membership}/removal`;
/** The form as it stands open, and the button that sends it: each time as if filled in anew. */
async function ending(visitor: Visitor, path: string) {
  const { _csrf } = await visitor.hidden(path);
  return () => visitor.post(path, { _csrf: _csrf!, _once: randomUUID(), reason: 'Уволен' });
}
/** What the page says, or the next one will: a redirect brings the words along. */
const said = ({ text, headers }: { text: string; headers: Record<string, string> }) =>
  words(text) + decodeURIComponent([headers['set-cookie'] ?? []].flat().join());
const times = <T>(count: number, act: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => act(n)));
const administratorsOf = (count: number) =>
  times(count, () => addColleague(house, organisation, ['administrator']));

const members = () => db()('memberships').where({ organisation_id: organisation.id });
const left = async () => (await members().whereNull('ended_at')).map(({ id }) => id);
const ended = async () => (await members().whereNotNull('ended_at')).map(({ id }) => id);
const written = async () =>
  (await db()('audit').where({ organisation_id: organisation.id, action: 'membership.ended' })).map(
    ({ subject_id }) => subject_id,
  );
const lettersTo = async (people: Colleague[]) => {
  const emails = people.map(({ account }) => account.email);
  const letters = await db()('outbox').where({ letter: 'membership.ended' }).whereIn('recipient', emails);
  return letters.map(({ recipient }) => recipient);
};

/** What happened is written down once and told once, whoever else wanted it too. */
async function expectTold(people: Colleague[]): Promise<void> {
  const gone = (await ended()).sort();
  expect((await written()).sort()).toEqual(gone);
  const recipients = await lettersTo(people);
  const owners = people
    .filter(({ membership }) => gone.includes(membership))
    .map(({ account }) => account.email);
  expect(recipients.sort()).toEqual(owners.sort());
}

describe('fifty who end the same membership at the same instant', () => {
  it.each([
    [
      'the organisation’s administrators',
      async (id: string) => {
        const heads = await administratorsOf(3);
        return Promise.all(heads.map(({ visitor }) => ending(visitor, own(id))));
      },
    ],
    [
      'the company’s administrators',
      async (id: string) => {
        await administratorsOf(1);
        return Promise.all(desks.map(({ visitor }) => ending(visitor, companys(id))));
      },
    ],
    [
      'both of them',
      async (id: string) => {
        const [head] = await administratorsOf(1);
        return Promise.all([ending(head!.visitor, own(id)), ending(desks[0]!.visitor, companys(id))]);
      },
    ],
  ])('%s: one does, the others are told', async (_who, open) => {
    const member = await addColleague(house, organisation, ['documents']);
    const buttons = await open(member.membership);
    const answers = await times(50, (n) => buttons[n % buttons.length]!());
    expect(answers.filter((answer) => said(answer).includes('Доступ прекращён:'))).toHaveLength(1);
    expect(answers.filter((answer) => said(answer).includes(GONE))).toHaveLength(49);
    expect(await ended()).toEqual([member.membership]);
    await expectTold([member]);
    expect((await member.visitor.get(member.path)).status).toBe(404);
  });

  it('one form sent fifty times: it is done once, and every answer says that it is done', async () => {
    await administratorsOf(1);
    const member = await addColleague(house, organisation, ['documents']);
    const path = companys(member.membership);
    const form = await desks[0]!.visitor.hidden(path);
    const answers = await times(50, () => desks[0]!.visitor.post(path, { ...form, reason: 'Уволен' }));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 303));
    await expectTold([member]);
  });
});

describe('administrators, all at the same instant', () => {
  const ROUNDS = 5;
  const COUNT = 6;

  it('each of whom ends every other: one at least remains, and who is gone has ended nobody since', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      organisation = await addOrganisation(house);
      const people = await administratorsOf(COUNT);
      const pairs = people.flatMap((by) => people.filter((one) => one !== by).map((one) => ({ by, one })));
      const buttons = await Promise.all(pairs.map(({ by, one }) => ending(by.visitor, own(one.membership))));
      const answers = await Promise.all(buttons.map((press) => press()));
      expect(answers.filter(({ status }) => ![303, 404, 409].includes(status))).toEqual([]);
      expect((await left()).length).toBeGreaterThanOrEqual(1);
      expect(answers.filter(({ status }) => status === 303)).toHaveLength((await ended()).length);
      await expectTold(people);
    }
  });

  it.each([
    [
      'each of whom leaves',
      422,
      (people: Colleague[]) => people.map(({ visitor, membership }) => ending(visitor, own(membership))),
    ],
    [
      'all of whom the company ends',
      409,
      (people: Colleague[]) =>
        people.map(({ membership }, n) => ending(desks[n % desks.length]!.visitor, companys(membership))),
    ],
  ])('%s: exactly one remains, and is told that he is the last', async (_what, refused, open) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      organisation = await addOrganisation(house);
      const people = await administratorsOf(COUNT);
      const buttons = await Promise.all(open(people));
      const answers = await Promise.all(buttons.map((press) => press()));
      const late = answers.filter(({ status }) => status === refused);
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(COUNT - 1);
      expect(late).toHaveLength(1);
      expect(words(late[0]!.text)).toContain('последний администратор');
      expect(await left()).toEqual([people[answers.indexOf(late[0]!)]!.membership]);
      await expectTold(people);
    }
  });
});
