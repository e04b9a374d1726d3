import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { openOffice } from '../support/office.js';
import { linksOf } from '../support/page.js';
import {
  act,
  addMember,
  DESK,
  openTalks,
  placesOf,
  sent,
  subjectsAt,
  work,
  type Talks,
} from '../support/talks.js';

// What is found by which words, by whom, and what of it is saved as a table.

let talks: Talks;
let house: Talks['house'];
let office: Talks['office'];
let service: string;
let operator: Visitor;
let leak: string;
beforeAll(async () => {
  talks = await openTalks();
  ({ house, office } = talks);
  operator = talks.operator.visitor;
  ({ service } = placesOf(office.organisation));
  leak = await sent(office.visitor, service, {
    subject: 'Протечка в туалете',
    text: 'Капает с потолка возле умывальника, ёлка намокла',
  });
  await sent(office.visitor, service, {
    subject: 'Холодно',
    text: 'Не греют батареи отопления в комнате 412',
  });
});
afterAll(() => talks?.close());
beforeEach(() => talks.forgetLimits());

const find = (search: string, visitor = office.visitor, place = service) =>
  subjectsAt(visitor, `${place}?search=${encodeURIComponent(search)}`);
const atDesk = (search: string, more = '') =>
  subjectsAt(operator, `${DESK}?show=all&search=${encodeURIComponent(search)}${more}`);

describe('by number', () => {
  it('as it is written, typed in short, or by its last digits', async () => {
    const { number } = await talks.row(leak);
    expect(number).toBe('З-2027-000001');
    for (const typed of [
      number,
      'з-2027-000001',
      'З2027-1',
      ' з2027-1 ',
      'з-1',
      '2027-1',
      '000001',
      '1',
      '№ 1',
      '№З-2027-000001',
      '3-2027-1',
      'Z2027-1',
      '#1',
    ])
      expect([typed, await find(typed)]).toEqual([typed, ['Протечка в туалете']]);
    for (const typed of [
      'О-2027-000001',
      '0-2027-1',
      'O-2027-1',
      'З-2026-1',
      'З-2027-000003',
      '3',
      '999999999',
    ])
      expect([typed, await find(typed)]).toEqual([typed, []]);
    expect(await find('412')).toEqual(['Холодно']);
  });

  it('gives no access by itself', async () => {
    const stranger = await openOffice(house, { name: 'ООО «Сосед»', roles: ['administrator'] });
    const { service: theirs } = placesOf(stranger.organisation);
    await sent(stranger.visitor, theirs, { subject: 'Своя' });
    for (const typed of ['З-2027-000001', '1', 'протечка', 'Ромашка']) {
      expect(await find(typed, stranger.visitor, theirs)).toEqual([]);
      expect(await find(typed, stranger.visitor, '/service')).toEqual([]);
    }
  });
});

describe('by words', () => {
  it.each([
    ['протечки', 'another form'],
    ['ПРОТЕЧКУ туалетов', 'two forms, in capitals'],
    ['потолок', 'a word of the text'],
    ['протчека', 'a slip of the hand'],
    ['умывальнека', 'a wrong letter'],
    ['елка', '«е» for «ё»'],
    ['ёлки', '«ё» as it stands'],
  ])('finds it by %s: %s', async (typed) => {
    expect(await find(typed)).toEqual(['Протечка в туалете']);
  });

  it('wants all of them, and finds nothing by what nobody wrote', async () => {
    expect(await find('протечка батареи')).toEqual([]);
    expect(await find('криптозавр')).toEqual([]);
    expect(await find('и в на')).toEqual([]);
  });

  it('finds by answers of both sides, by a return, by the names of organisation and author', async () => {
    await work(operator, leak, 'accept', ['start', 'Выслали сантехника']);
    await office.visitor.submit(
      `${service}/${leak}`,
      { text: 'Никого не видели' },
      `${service}/${leak}/replies`,
    );
    for (const typed of ['сантехник', 'сантехники выслали', 'видели'])
      expect([typed, await find(typed)]).toEqual([typed, ['Протечка в туалете']]);
    expect(await atDesk('Ромашки', '&face=request')).toHaveLength(2);
    expect(await atDesk('Ромашка Константинопольская протечка')).toHaveLength(1);
  });

  it('never by a note of the staff, nor by what was in one', async () => {
    await act(operator, leak, 'notes', { note: 'Скандалисты, тянуть время' });
    for (const typed of ['скандалисты', 'скандалист', 'тянуть']) {
      expect(await find(typed)).toEqual([]);
      expect(await find(typed, office.visitor, '/service')).toEqual([]);
      expect(await atDesk(typed)).toEqual([]);
    }
    expect(await talks.db('conversation_words').where('word', 'like', 'скандалист%')).toEqual([]);
  });

  it('only what one may see: not colleagues’, in the profile and among his own', async () => {
    const one = await addMember(talks, ['requests']);
    expect(await find('протечка', one.visitor)).toEqual([]);
    expect(await find('протечка', one.visitor, '/service')).toEqual([]);
    const all = await addMember(talks, ['observer'], { sees_all: true });
    expect(await find('протечка', all.visitor)).toEqual(['Протечка в туалете']);
    expect(await find('протечка', all.visitor, '/service')).toEqual([]);
  });

  it('finds by the new organisation once it was moved there', async () => {
    const organisation = (await openOffice(house, { name: 'АО «Одуванчик»', roles: ['administrator'] }))
      .organisation;
    const id = await sent(office.visitor, '/service', { subject: 'Переезд' });
    await talks.db('memberships').insert({
      ...(await talks.db('memberships').where({ id: office.membership }).first())!,
      id: crypto.randomUUID(),
      organisation_id: organisation.id,
    });
    const kind_id = (await talks.row(id)).kind_id;
    await act(operator, id, 'classification', { kind_id, organisation: organisation.id });
    expect(await atDesk('одуванчики')).toEqual(['Переезд']);
    expect(await atDesk('', `&organisation=${organisation.id}`)).toEqual(['Переезд']);
  });

  it('takes whatever is typed', { timeout: 120_000 }, async () => {
    const odd = [
      "'",
      "''",
      '\\',
      "\\'",
      ':*',
      '!',
      '<->',
      '( | )',
      '%',
      '_',
      "http://a.b/c'd?e=%5C&f",
      'a'.repeat(3000),
    ];
    for (const typed of odd) await find(typed);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (typed) => {
        await find(typed.toWellFormed());
        await atDesk(typed.toWellFormed());
      }),
      { numRuns: 60 },
    );
    for (const text of [...odd, 'щ'.repeat(10_000), 'слово '.repeat(1600), '🙂'.repeat(2000)]) {
      await talks.forgetLimits();
      await sent(office.visitor, '/service', { subject: 'Странное', text });
    }
  });
});

describe('as a table', () => {
  async function saved(visitor: Visitor, path: string) {
    const answer = await visitor.agent
      .get(path)
      .buffer(true)
      .parse((response, done) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => done(null, Buffer.concat(pieces)));
      });
    expect(answer.status).toBe(200);
    const bytes = answer.body as Buffer;
    const csv = path.includes('format=csv');
    const cells = csv ? parse(bytes, { bom: true, delimiter: ';' }) : await readSheet(bytes);
    const name = decodeURIComponent(String(answer.headers['content-disposition']));
    return { cells: cells as string[][], name, text: bytes.toString() };
  }

  it('saves what the list shows, filtered as it is, and nothing of anybody else’s', async () => {
    const one = await openOffice(house, { name: 'ООО «Таблица»', roles: ['administrator'] });
    const place = placesOf(one.organisation).service;
    await sent(one.visitor, place, { subject: 'Окно скрипит' });
    const over = await sent(one.visitor, place, { subject: 'Окно разбито' });
    await sent(one.visitor, place, { subject: 'Дверь' });
    await one.visitor.submit(`${place}/${over}/withdrawal`, {});
    const page = await one.visitor.get(`${place}?search=окна&show=open`);
    const links = linksOf(page.text);
    for (const format of ['xlsx', 'csv'] as const) {
      const { cells, name } = await saved(one.visitor, links[`${format.toUpperCase()} — заявки`]!);
      expect(cells[0]).toEqual(['Номер', 'Тема', 'Статус', 'Вид', 'Заявитель', 'Отправил', 'Отправлено']);
      expect(cells.slice(1)).toEqual([
        [
          expect.stringMatching(/^З-2027-/),
          'Окно скрипит',
          'Новая',
          'Общая заявка',
          'ООО «Таблица»',
          'Константинопольская Мария',
          // A workbook's dates are what a clock in Moscow shows.
          format === 'csv' ? '02.02.2027 12:00' : new Date('2027-02-02T12:00:00Z'),
        ],
      ]);
      expect(name).toContain(`attachment`);
      expect(name).toContain(`Заявки 02.02.2027.${format}`);
    }
    const all = await saved(one.visitor, `${place}/export`);
    expect(
      all.cells
        .slice(1)
        .map(([, subject]) => subject)
        .sort(),
    ).toEqual(['Дверь', 'Окно разбито', 'Окно скрипит']);
    const member = await addMember({ house, office: one }, ['requests']);
    await sent(member.visitor, place, { subject: 'Своё' });
    const own = (await saved(member.visitor, `${place}/export`)).cells.slice(1);
    expect(own.map(([, subject]) => subject)).toEqual(['Своё']);
    expect((await member.visitor.get(`${service}/export`)).status).toBe(404);
  });

  it('saves the desk with what the staff see, notes not', async () => {
    const { cells } = await saved(operator, `${DESK}/export?show=turn&search=протечка`);
    expect(cells[0]).toContain('Исполнитель');
    expect(cells[1]!.slice(1, 7)).toEqual([
      'Протечка в туалете',
      'В работе',
      'Общая заявка',
      'ООО «Ромашка»',
      'Константинопольская Мария',
      'Операторова Ольга',
    ]);
    expect(cells).toHaveLength(2);
    expect((await saved(operator, `${DESK}/export?show=all&format=csv`)).text).not.toContain('Скандалисты');
    expect((await office.visitor.get(`${DESK}/export`)).status).toBe(404);
  });

  it('defuses what a spreadsheet would take for a formula', async () => {
    for (const subject of ['=1+1', '+7', '-1', '@SUM(A1)']) {
      await talks.forgetLimits();
      await sent(office.visitor, service, { subject });
    }
    for (const [visitor, path] of [
      [office.visitor, `${service}/export?format=csv`],
      [operator, `${DESK}/export?show=all&format=csv`],
    ] as const) {
      const { text } = await saved(visitor, path);
      expect(text).toContain("'=1+1");
      for (const line of text.split(/\r?\n/).slice(1))
        expect(line.split(';')[1] ?? '').not.toMatch(/^"?[=+\-@]/);
    }
  });
});
