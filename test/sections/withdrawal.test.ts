import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentTypeRow } from '../../src/db/rows.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { Clock, HOUR } from '../support/house.js';
import {
  acceptUntil,
  type Office,
  openDesk,
  openOffice,
  rejectWith,
  sendDocument,
  sendVersion,
} from '../support/office.js';
import { errorsOf, words } from '../support/page.js';
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
const row = (id: string) => db()('documents').where({ id }).first();
const latest = async (id: string) =>
  (await db()('document_versions').where({ document_id: id }).orderBy('number', 'desc').first())!;
const audits = (id: string, action: string) => count(db(), 'audit', { subject_id: id, action });
const waiting = () => sendDocument(house, office, type);
/** Everything that a decision would change, as it is. */
const state = () => dump(db(), 'limits', 'sessions');

describe('taking an acceptance back', () => {
  const withdraw = (visitor: Visitor, id: string, reason = 'Не тот договор') =>
    visitor.submit(`${PATH}/${id}/withdrawal`, { reason });

  it('is for the one who accepted, with a reason', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    const other = await openDesk(house, ['administrator']);
    expect((await other.visitor.get(`${PATH}/${id}`)).text).not.toContain('Отозвать решение');
    expect((await other.visitor.get(`${PATH}/${id}/withdrawal`)).status).toBe(404);
    const before = await state();
    const stolen = { ...(await other.visitor.hidden(PATH)), version: (await latest(id)).id, reason: 'Хочу' };
    expect((await other.visitor.post(`${PATH}/${id}/withdrawal`, stolen)).status).toBe(403);
    const none = await withdraw(reviewer.visitor, id, ' ');
    expect([none.status, errorsOf(none.text)]).toEqual([422, { reason: 'Укажите причину' }]);
    expect(await state()).toEqual(before);
  });

  it('puts the document back under review at its old place', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    house.clock.move(HOUR / 4);
    expect((await reviewer.visitor.get(`${PATH}/${id}`)).text).toContain(`${PATH}/${id}/withdrawal`);
    const answer = await withdraw(reviewer.visitor, id);
    expect([answer.status, answer.headers.location]).toEqual([303, `${PATH}/${id}`]);
    expect(words((await reviewer.visitor.get(`${PATH}/${id}`)).text)).toContain(
      'Решение отозвано, документ снова на проверке.',
    );
    expect(await row(id)).toMatchObject({ status: 'sent', valid_until: null, sent_at: NOON });
    expect(await latest(id)).toMatchObject({
      status: 'sent',
      valid_until: null,
      decided_by: null,
      decided_at: null,
    });
    expect(await audits(id, 'document.withdrawn')).toBe(1);
    expect((await withdraw(reviewer.visitor, id)).status).toBe(404);
    const other = await openDesk(house);
    await rejectWith(other.visitor, id, 'Нет печати');
    expect((await row(id))!.status).toBe('rejected');
  });

  it('brings back what it had replaced', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.06.2027');
    await sendVersion(office, id);
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    await withdraw(reviewer.visitor, id);
    expect(await row(id)).toMatchObject({ status: 'sent', valid_until: '2027-06-10' });
    expect(words((await office.visitor.get(`${office.path}/${id}`)).text)).toContain(
      'Прежняя версия действительна до 10.06.2027',
    );
  });

  it('is too late once a newer version has come: 409', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    const page = { ...(await reviewer.visitor.hidden(`${PATH}/${id}/withdrawal`)), reason: 'Не тот договор' };
    await sendVersion(office, id);
    const before = await state();
    const answer = await reviewer.visitor.post(`${PATH}/${id}/withdrawal`, page);
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('Арендатор загрузил другую версию (2)');
    expect(await state()).toEqual(before);
  });

  it('is not for a rejection', async () => {
    const id = await waiting();
    await rejectWith(reviewer.visitor, id, 'Нет печати');
    expect((await reviewer.visitor.get(`${PATH}/${id}`)).text).not.toContain(`${PATH}/${id}/withdrawal`);
    expect((await withdraw(reviewer.visitor, id)).status).toBe(409);
    expect((await row(id))!.status).toBe('rejected');
  });

  it('happens once of 10 at the same instant', async () => {
    const id = await waiting();
    await acceptUntil(reviewer.visitor, id, '10.12.2027');
    const page = { ...(await reviewer.visitor.hidden(`${PATH}/${id}/withdrawal`)), reason: 'Не тот договор' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => reviewer.visitor.post(`${PATH}/${id}/withdrawal`, page)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(9).fill(409)]);
    expect(await audits(id, 'document.withdrawn')).toBe(1);
  });
});
