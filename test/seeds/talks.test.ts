import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { startClock } from '../../seeds/demo/clock.js';
import { accountId } from '../../seeds/demo/people-rows.js';
import { talkRows } from '../../seeds/demo/talk-rows.js';
import { demoTalks, seedDemo } from '../../seeds/demo.js';
import type { ConversationEntryRow, ServiceRow } from '../../src/db/rows.js';
import { connect, type Database } from '../../src/db/knex.js';
import { closeByThemselves } from '../../src/domain/conversations/closing.actions.js';
import { CONVERSATION_WRITERS, SERVING } from '../../src/domain/conversations/conversations.policy.js';
import { TRANSITIONS } from '../../src/domain/conversations/faces.js';
import { weeklyFigures } from '../../src/domain/conversations/figures.data.js';
import { listConversations } from '../../src/domain/conversations/lists.data.js';
import { answerName, readAnswers } from '../../src/domain/services/service.js';
import { localStore } from '../../src/domain/files/local-store.js';
import { createPasswords } from '../../src/domain/people/password.js';
import { dayOf } from '../../src/lib/dates.js';
import { cloneDatabase } from '../support/database.js';

const NOW = new Date('2026-11-24T07:05:00Z');
const DAY = 24 * 3_600_000;

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let db: Database;
const dataDir = mkdtempSync(join(tmpdir(), 'cabinet-talks-'));

beforeAll(async () => {
  clone = await cloneDatabase();
  db = connect(clone.url);
  const passwords = createPasswords({ key: 'a key of the tests, long enough', cost: 4 });
  await seedDemo({ db, store: localStore(dataDir), passwords }, NOW);
});

afterAll(async () => {
  await db.destroy();
  await clone.drop();
  rmSync(dataDir, { recursive: true });
});

/** Rows that break a rule; none should. */
const broken = async (sql: string) => (await db.raw<{ rows: unknown[] }>(sql)).rows;
const list = (values: string[]) => `'{${values.join(',')}}'`;

it('tells what may happen, in order and before it is told, on whatever day it is made', async () => {
  const kinds = await db('conversation_kinds').orderBy('position');
  const from = Date.parse('2026-12-01T21:05:00Z');
  for (let hours = 0; hours < 366 * 24; hours += 71) {
    const now = new Date(from + hours * 3_600_000);
    const talks = demoTalks(startClock(now));
    talkRows(talks, kinds);
    const wrong = talks.flatMap(({ key, events }) =>
      events
        .filter(({ at }, index) => at > now || (index > 0 && at <= events[index - 1]!.at))
        .map(({ at }) => `${key}: ${at.toISOString()}`),
    );
    expect(wrong, now.toISOString()).toEqual([]);
  }
});

test('every state of both faces is there, late work and work in time', async () => {
  for (const face of ['request', 'message'] as const) {
    const states = await db('conversations').where({ face }).distinct('state').pluck('state');
    const all = new Set(['new', ...TRANSITIONS[face].map(({ to }) => to)]);
    expect(states.sort()).toEqual([...all].sort());
  }
  const due = await db('conversations').whereNotNull('due_at').pluck('due_at');
  const late = due.filter((at) => at! < NOW);
  expect([late.length > 4, due.length - late.length > 4]).toEqual([true, true]);
  const people = await db('conversations')
    .whereNull('organisation_id')
    .distinct('author_id')
    .pluck('author_id');
  expect(people.sort()).toEqual([accountId('tenant'), accountId('outsider')].sort());
  expect(new Set(await db('conversations').whereNotNull('rating').pluck('rating')).size).toBe(4);
});

test('a row repeats what its entries say, and numbers are given out without a gap', async () => {
  expect(
    await broken(`
    select c.number from conversations c where
      c.last_entry <> (select count(*) from conversation_entries e where e.conversation_id = c.id)
      or c.revision <> (select count(*) from conversation_entries e where e.conversation_id = c.id and e.kind <> 'note')
      or c.state <> coalesce((select state from conversation_entries e where e.conversation_id = c.id
        and e.state is not null order by e.number desc limit 1), 'new')
      or c.answered_at is distinct from (select min(at) from conversation_entries e where e.conversation_id = c.id
        and e.side = 'staff' and e.kind = 'reply')
      or not exists (select from conversation_people p where p.conversation_id = c.id and p.account_id = c.author_id)
  `),
  ).toEqual([]);
  expect(
    await broken(`
    select n.* from conversation_numbers n where n.last <> (select count(*) from conversations c where c.face = n.face
      and extract(year from c.created_at at time zone 'Europe/Moscow') = n.year)
  `),
  ).toEqual([]);
});

test('tenants write where their roles let them, and the staff are those who answer', async () => {
  expect(
    await broken(`
    select c.number, a.email from conversation_entries e join conversations c on c.id = e.conversation_id
    join accounts a on a.id = e.account_id
    where e.side = 'tenant' and (a.created_at > e.at or c.organisation_id is not null and not exists (
        select from memberships m where m.account_id = e.account_id and m.organisation_id = c.organisation_id
          and m.since < e.at and m.ended_at is null and m.roles && ${list(CONVERSATION_WRITERS)}))
      or e.side = 'staff' and not a.staff_roles && ${list(SERVING)}
  `),
  ).toEqual([]);
});

test('an order fills in what its service asks for, and the cleaning wants room, day and area', async () => {
  const orders = await db('conversations as c')
    .join('services as s', 's.id', 'c.service_id')
    .join('conversation_entries as e', 'e.conversation_id', 'c.id')
    .where({ 'e.number': 1 })
    .select<Pick<ServiceRow & ConversationEntryRow, 'fields' | 'text' | 'at'>[]>(
      's.fields',
      'e.text',
      'e.at',
    );
  expect(orders.length).toBeGreaterThan(0);
  for (const { fields, text, at } of orders) {
    const said = fields.map(({ label }, index) => [
      answerName(index),
      text!
        .split('\n')
        .find((line) => line.startsWith(`${label}: `))
        ?.slice(label.length + 2) ?? null,
    ]);
    readAnswers(fields, Object.fromEntries(said) as Record<string, string | null>, dayOf(at));
  }
  const cleaning = await db('services').where({ name: 'Генеральная уборка офиса' }).first();
  expect(() => readAnswers(cleaning!.fields, {}, dayOf(NOW))).toThrow(
    expect.objectContaining({
      errors: {
        answer_1: 'Заполните поле «Помещение»',
        answer_2: 'Заполните поле «Желаемый день»',
        answer_3: 'Заполните поле «Площадь, м²»',
      },
    }),
  );
});

test('the demo people have something to read, the figures have bars, and words are found', async () => {
  for (const who of ['tenant', 'head', 'outsider']) {
    const unread = await db('conversation_people')
      .where({ account_id: accountId(who) })
      .whereNotNull('unread_at');
    expect(unread.length, who).toBeGreaterThan(0);
  }
  const weeks = await weeklyFigures(db, ['request', 'message'], NOW);
  expect(weeks.map(({ opened, first_answer }) => opened > 1 && first_answer !== null)).toEqual(
    weeks.map(() => true),
  );
  const reader = { account: accountId('tenant'), organisation: null, seesAll: false };
  const top = { backwards: false, cursor: null };
  const found = await listConversations(
    db,
    reader,
    'request',
    { search: 'дренаж кондиционера', show: null },
    top,
  );
  expect(found.rows.map(({ subject }) => subject)).toEqual(['Протечка потолка в помещении 415']);
  // What only the staff may see is not found by it.
  const note = await listConversations(db, reader, 'request', { search: 'подрядчик', show: null }, top);
  expect(note.rows).toEqual([]);
});

test('nothing closes at the first start that should have been closed before', async () => {
  expect(await closeByThemselves(db, NOW)).toBe(0);
  expect(await closeByThemselves(db, new Date(NOW.getTime() + 7 * DAY))).toBeGreaterThan(0);
});
