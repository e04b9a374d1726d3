import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentTypeRow } from '../../src/db/rows.js';
import { addDocument } from '../../src/domain/documents/documents.actions.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import {
  acceptUntil,
  decide,
  type Office,
  openDesk,
  openOffice,
  rejectWith,
  sendDocument,
} from '../support/office.js';
import { linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addType } from '../support/people.js';

/** Noon in Moscow. */
const NOON = new Date('2027-01-31T09:00:00Z');
const PATH = '/staff/documents';

let house: OpenHouse;
let reviewer: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
let type: DocumentTypeRow;

beforeAll(async () => {
  house = await openDoors({}, new Clock(NOON));
  office = await openOffice(house);
  type = await addType(house);
});
afterAll(() => house?.close());
beforeEach(async () => {
  house.clock.at = NOON;
  reviewer = await openDesk(house);
});

const db = () => house.parts.db;
const accept = (visitor: Visitor, id: string) =>
  decide(visitor, id, 'approval', { valid_until: '10.12.2027' });
const reject = (visitor: Visitor, id: string, fields: Record<string, string>) =>
  decide(visitor, id, 'rejection', fields);
const emptyQueue = () =>
  db()('documents').where({ status: 'sent' }).whereNull('removed_at').update({ removed_at: NOON });

describe('the queue', () => {
  it('is oldest first, says how long each waits, and the next one opens by itself', async () => {
    await emptyQueue();
    const at = await openOffice(house, { name: 'ООО «Очередь»' });
    const ids: string[] = [];
    for (const ago of [2 * DAY + 4 * HOUR, 25 * HOUR, HOUR / 2]) {
      house.clock.at = new Date(NOON.getTime() - ago);
      await at.visitor.signIn(at.account.email).catch(() => undefined);
      ids.push(await sendDocument(house, at, type));
    }
    house.clock.at = NOON;
    const rows = rowsOf((await reviewer.visitor.get(PATH)).text);
    expect(rows.map((cells) => cells.slice(1, 4))).toEqual([
      [`ООО «Очередь» ИНН ${at.organisation.inn}`, '29.01.2027 08:00', '2 дня 4 часа'],
      [`ООО «Очередь» ИНН ${at.organisation.inn}`, '30.01.2027 11:00', '1 день 1 час'],
      [`ООО «Очередь» ИНН ${at.organisation.inn}`, '31.01.2027 11:30', 'меньше часа'],
    ]);
    const menu = (await reviewer.visitor.get(PATH)).text;
    expect(menu).toMatch(/Документы <span class="count"[^>]*>3/);

    const second = await reviewer.visitor.get(`${PATH}/${ids[1]}`);
    expect(words(second.text)).toContain('ООО «Очередь» · ждёт 1 день 1 час · версия 1 · 2 из 3');
    expect(linksOf(second.text)['Пропустить']).toBe(`${PATH}/${ids[2]}`);
    expect(linksOf((await reviewer.visitor.get(`${PATH}/${ids[2]}`)).text)['Пропустить']).toBe(
      `${PATH}/${ids[0]}`,
    );

    expect((await accept(reviewer.visitor, ids[1]!)).headers.location).toBe(`${PATH}/${ids[2]}`);
    expect((await reject(reviewer.visitor, ids[2]!, { words: 'Нет' })).headers.location).toBe(
      `${PATH}/${ids[0]}`,
    );
    expect((await accept(reviewer.visitor, ids[0]!)).headers.location).toBe(PATH);
    const empty = words((await reviewer.visitor.get(PATH)).text);
    expect(empty).toContain('Все документы проверены');
    expect((await reviewer.visitor.get(PATH)).text).not.toContain('class="count"');
  });

  it('is narrowed by status, organisation and type, and searched', async () => {
    await emptyQueue();
    const [north, south] = [
      await openOffice(house, { name: 'АО «Северный Ветер_100%»' }),
      await openOffice(house, { name: 'АО «Южный ветер»' }),
    ];
    const other = await addType(house, { name: 'Акт разграничения' });
    const first = await sendDocument(house, north, type);
    const second = await sendDocument(house, south, other);
    const done = await sendDocument(house, south, type);
    await acceptUntil(reviewer.visitor, done, '31.01.2027');
    const no = await sendDocument(house, north, other);
    await rejectWith(reviewer.visitor, no, 'Нет');
    const ids = async (query: string) => {
      const { status, text } = await reviewer.visitor.get(`${PATH}?${query}`);
      expect(status).toBe(200);
      return [...text.matchAll(/<a class="name" href="\/staff\/documents\/([^"]+)"/g)]
        .map(([, id]) => id)
        .sort();
    };
    const sorted = (...some: string[]) => some.sort();
    expect(await ids('')).toEqual(sorted(first, second));
    expect(await ids('status=nonsense')).toEqual(sorted(first, second));
    expect(await ids(`status=all&organisation=${south.organisation.id}`)).toEqual(sorted(second, done));
    expect(await ids(`status=all&organisation=${north.organisation.id}&type=${other.id}`)).toEqual([no]);
    expect(await ids(`status=rejected&organisation=${north.organisation.id}`)).toEqual([no]);
    expect(await ids(`status=accepted&organisation=${south.organisation.id}`)).toEqual([done]);
    expect(await ids(`status=invalid&organisation=${south.organisation.id}`)).toEqual([]);
    expect(await ids(`organisation=1&type=x`)).toEqual(sorted(first, second));
    expect(await ids(`search=${encodeURIComponent('ВЕТЕР')}`)).toEqual(sorted(first, second));
    expect(await ids(`search=${encodeURIComponent(' южн ')}`)).toEqual([second]);
    expect(await ids(`search=${encodeURIComponent('акт разгр')}`)).toEqual([second]);
    expect(await ids(`search=${north.organisation.inn}`)).toEqual([first]);
    expect(await ids(`search=${encodeURIComponent('Ветер_100%')}`)).toEqual([first]);
    for (const odd of ['%', '_', '\\', "'", '\u0000', 'ы'.repeat(500)]) {
      const found = await ids(`search=${encodeURIComponent(odd)}`);
      expect(found.length, odd.slice(0, 5)).toBeLessThanOrEqual(odd === '\u0000' ? 2 : 1);
    }
    const none = words((await reviewer.visitor.get(`${PATH}?search=zzz`)).text);
    expect(none).toContain('Ничего не найдено');
    const form = (await reviewer.visitor.get(`${PATH}?status=rejected&type=${other.id}&search=x`)).text;
    expect(form).toMatch(/<option value="rejected" selected/);
    expect(form).toMatch(new RegExp(`<option value="${other.id}" selected`));
    expect(valueOf(form, 'search')).toBe('x');

    house.clock.at = new Date('2027-01-31T21:00:00Z');
    reviewer = await openDesk(house);
    expect(await ids(`status=invalid&organisation=${south.organisation.id}`)).toEqual([done]);
    expect(await ids(`status=accepted&organisation=${south.organisation.id}`)).toEqual([]);
  });

  it('is paged both ways with its filter kept', async () => {
    await emptyQueue();
    const at = await openOffice(house, { name: 'ООО «Много»' });
    const member = {
      id: at.membership,
      account_id: at.account.id,
      roles: ['documents'],
      sees_all: false,
      organisation: at.organisation,
    };
    const actor = { account_id: at.account.id, ip: '', request_id: '' };
    for (let n = 0; n < 45; n += 1) {
      const now = new Date(NOON.getTime() - DAY + Math.floor(n / 9) * 1000);
      const file = {
        id: randomUUID(),
        sha256: 'a'.repeat(64),
        size: 1,
        mime: 'application/pdf' as const,
        name: 'x.pdf',
      };
      await addDocument(
        { db: db(), member: member, actor, now, form: null },
        { type_id: type.id, comment: '' },
        file,
      );
    }
    await sendDocument(house, office, type);
    for (const [query, ascending] of [
      [`organisation=${at.organisation.id}`, true],
      [`status=all&organisation=${at.organisation.id}`, false],
    ] as const) {
      const order = await db()('documents')
        .where({ organisation_id: at.organisation.id })
        .orderBy('sent_at', ascending ? 'asc' : 'desc')
        .orderBy('id', ascending ? 'asc' : 'desc')
        .pluck('id');
      const idsOf = (text: string) =>
        [...text.matchAll(/<a class="name" href="\/staff\/documents\/([^"]+)"/g)].map(([, id]) => id!);
      let { text } = await reviewer.visitor.get(`${PATH}?${query}`);
      const pages = [idsOf(text)];
      for (let next = linksOf(text)['Дальше']; next; next = linksOf(text)['Дальше']) {
        expect(next).toContain(query.split('&').at(-1));
        text = (await reviewer.visitor.get(next)).text;
        pages.push(idsOf(text));
      }
      expect(pages.map((ids) => ids.length)).toEqual([20, 20, 5]);
      expect(pages.flat()).toEqual(order);
      const back = [idsOf(text)];
      for (let previous = linksOf(text)['Назад']; previous; previous = linksOf(text)['Назад']) {
        text = (await reviewer.visitor.get(previous)).text;
        back.unshift(idsOf(text));
      }
      expect(back).toEqual(pages);
    }
  });
});
