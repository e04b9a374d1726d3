import { rm } from 'node:fs/promises';
import { join as path } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isEnding, shownStatus } from '../../src/domain/documents/document-status.js';
import { remindOfEnding, tellExpired } from '../../src/domain/documents/expiry.actions.js';
import { removeDocument, renewDocument } from '../../src/domain/documents/documents.actions.js';
import { accept, reject, withdraw } from '../../src/domain/documents/review.actions.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { type Archive, openArchive, seen, send, sendAccepted, someFile } from '../support/archive.js';
import { count, dump } from '../support/dump.js';
import { Clock, DAY, openHouse, type TestHouse } from '../support/house.js';
import { addAccount, join } from '../support/people.js';

/** Five past midnight in Moscow, on the 11th; still the 10th in the time zone of these tests. */
const NIGHT = new Date('2027-03-10T21:05:00Z');
const TODAY = '2027-03-11';

let house: TestHouse;
let archive: Archive;

beforeAll(async () => void (house = await openHouse({}, new Clock(NIGHT))));
afterAll(() => house?.close());
beforeEach(async () => {
  house.clock.at = NIGHT;
  archive = await openArchive(house);
});

const db = () => house.parts.db;
const at = (days: number) => new Date(NIGHT.getTime() + days * DAY);
const inDays = (days: number) => addDays(TODAY, days);

/** The letters about this organisation that are waiting, by kind and days left; they are then gone. */
async function letters(): Promise<{ letter: string; recipient: string; left: unknown }[]> {
  const rows = await db()('outbox')
    .whereRaw("data ->> 'organisation' = ?", [archive.organisation.id])
    .orderBy('created_at');
  const found = rows.filter(({ letter }) => ['document.expired', 'document.ending'].includes(letter));
  await db()('outbox')
    .whereIn(
      'id',
      rows.map(({ id }) => id),
    )
    .delete();
  return found.map(({ letter, recipient, data }) => ({ letter, recipient, left: data.left }));
}

describe('a day', () => {
  it('is Moscow’s, wherever the machine stands', () => {
    expect(new Date('2027-03-10T21:00:00Z').getDate()).toBe(10);
    expect(dayOf(new Date('2027-03-10T20:59:59.999Z'))).toBe('2027-03-10');
    expect(dayOf(new Date('2027-03-10T21:00:00Z'))).toBe('2027-03-11');
  });

  it('is the last one of a document, and the next one is after it', () => {
    expect(shownStatus('accepted', '2027-03-11', '2027-03-11')).toBe('accepted');
    expect(shownStatus('accepted', '2027-03-11', '2027-03-12')).toBe('invalid');
    expect(shownStatus('rejected', '2027-03-11', '2027-03-12')).toBe('rejected');
    expect([-1, 0, 30, 31].map((days) => isEnding(inDays(days), TODAY))).toEqual([false, true, true, false]);
  });
});

describe('what ran out', () => {
  it('is told of once, after its day and not on it', async () => {
    house.clock.at = at(-1);
    const id = await sendAccepted(house, archive, addDays(TODAY, -1));
    await letters();
    for (const early of ['2027-03-10T20:59:59Z', '2027-03-09T22:00:00Z'])
      expect(await tellExpired(db(), new Date(early))).toBe(0);
    expect(await letters()).toEqual([]);
    expect(await tellExpired(db(), NIGHT)).toBe(1);
    expect(await letters()).toEqual([
      { letter: 'document.expired', recipient: archive.account.email, left: -1 },
    ]);
    expect(await count(db(), 'audit', { action: 'document.expired', subject_id: id, account_id: null })).toBe(
      1,
    );
    const before = await dump(db());
    for (const later of [NIGHT, at(1), at(400)]) expect(await tellExpired(db(), later)).toBe(0);
    expect(await dump(db())).toEqual(before);
  });

  it('is told of in words, with what to do', async () => {
    house.clock.at = at(-1);
    await sendAccepted(house, archive, addDays(TODAY, -1));
    await tellExpired(db(), NIGHT);
    house.clock.at = NIGHT;
    await house.deliver();
    const [mail] = (await keptMails(path(house.config.dataDir, 'mail'))).filter(
      ({ to, subject }) => to === archive.account.email && subject.includes('не действует'),
    );
    expect(mail!.subject).toBe(`Документ больше не действует: ${archive.type.name}`);
    const text = mail!.text.replace(/\s+/g, ' ');
    expect(text).toContain('Срок документа');
    expect(text).toContain('закончился 10.03.2027. Документ получил статус «Недействителен».');
    expect(text).toContain('Загрузите новый документ в Личном кабинете.');
  });

  it('while the application was off for a month is told of afterwards', async () => {
    await sendAccepted(house, archive, inDays(1));
    await letters();
    expect(await tellExpired(db(), at(32))).toBe(1);
    expect(await letters()).toMatchObject([{ letter: 'document.expired' }]);
  });

  it('is told of once by 8 who try at the same instant', async () => {
    for (let n = 0; n < 3; n += 1) await sendAccepted(house, archive, TODAY);
    await letters();
    await Promise.all(Array.from({ length: 8 }, () => tellExpired(db(), at(1))));
    expect(await letters()).toHaveLength(3);
  });

  it('of more than a transaction’s few is told of to the last', { timeout: 60_000 }, async () => {
    await sendAccepted(house, archive, TODAY);
    await letters();
    // Copies of one document: the store is not asked here.
    await db().transaction(async (trx) => {
      await trx.raw(
        'create temporary table copies on commit drop as select gen_random_uuid() as id, gen_random_uuid() as version from generate_series(1, 210)',
      );
      await trx.raw(
        `insert into documents select c.id, d.organisation_id, d.type_id, d.status, d.valid_until, d.sent_at, c.version, null
         from copies c, documents d where d.organisation_id = ?`,
        [archive.organisation.id],
      );
      await trx.raw(
        `insert into document_versions select c.version, c.id, 1, v.type_id, v.file_id, '', v.uploaded_by, v.uploaded_at, v.status, v.valid_until
         from copies c, document_versions v join documents d on d.latest_id = v.id
         where d.organisation_id = ? and d.id not in (select id from copies)`,
        [archive.organisation.id],
      );
    });
    expect(await tellExpired(db(), at(1))).toBe(211);
    expect(await letters()).toHaveLength(211);
    expect(await tellExpired(db(), at(1))).toBe(0);
    await db()('documents').where({ organisation_id: archive.organisation.id }).update({ removed_at: NIGHT });
  });

  it('is not told of when it was removed, or is being renewed', async () => {
    const removed = await sendAccepted(house, archive, TODAY);
    house.clock.at = at(1);
    await removeDocument(archive.sending(), removed);
    house.clock.at = NIGHT;
    const renewed = await sendAccepted(house, archive, TODAY);
    await renewDocument(archive.sending(), renewed, '', someFile());
    await letters();
    await tellExpired(db(), at(1));
    expect(await letters()).toEqual([]);
    expect(await count(db(), 'audit', { action: 'document.expired', subject_id: renewed })).toBe(1);
  });

  it('is told of to the present managers alone', async () => {
    const other = await addAccount(house);
    await join(house, other, archive.organisation, ['administrator']);
    await join(house, await addAccount(house), archive.organisation, ['observer', 'accounting']);
    await sendAccepted(house, archive, TODAY);
    await letters();
    await tellExpired(db(), at(1));
    expect((await letters()).map(({ recipient }) => recipient).sort()).toEqual(
      [archive.account.email, other.email].sort(),
    );
  });

  it('is one document, though two of its versions were accepted until the same day', async () => {
    const id = await sendAccepted(house, archive, inDays(3));
    await renewDocument(archive.sending(), id, '', someFile());
    await accept(archive.reviewing(), id, await seen(house, id), inDays(3));
    await letters();
    await remindOfEnding(db(), NIGHT);
    expect(await letters()).toHaveLength(1);
    await tellExpired(db(), at(4));
    expect(await letters()).toHaveLength(1);
    expect(await count(db(), 'audit', { action: 'document.expired', subject_id: id })).toBe(1);
  });

  it('is told of again after its acceptance was taken back and given for longer', async () => {
    const id = await sendAccepted(house, archive, TODAY);
    await remindOfEnding(db(), NIGHT);
    await tellExpired(db(), at(1));
    expect(await letters()).toHaveLength(2);
    house.clock.at = at(2);
    const { version } = await seen(house, id);
    await withdraw(archive.reviewing(), id, version, 'Ошибка в дате');
    await accept(archive.reviewing(), id, await seen(house, id), inDays(100));
    await letters();
    await remindOfEnding(db(), at(70));
    await remindOfEnding(db(), at(93));
    await remindOfEnding(db(), at(99));
    await tellExpired(db(), at(101));
    expect((await letters()).map(({ left }) => left)).toEqual([30, 7, 1, -1]);
  });
});

describe('reminders', () => {
  const remind = async (days: number) => {
    await remindOfEnding(db(), at(days));
    return (await letters()).map(({ letter, left }) => `${letter} ${String(left)}`);
  };

  it('come 30, 7 and 1 days before, once each', async () => {
    await sendAccepted(house, archive, inDays(40));
    await letters();
    const told: Record<number, string[]> = {};
    for (let days = 0; days <= 42; days += 1) {
      const said = await remind(days);
      if (said.length > 0) told[40 - days] = [...said, ...(await remind(days))];
    }
    expect(told).toEqual({ 30: ['document.ending 30'], 7: ['document.ending 7'], 1: ['document.ending 1'] });
  });

  it.each([
    [20, ['document.ending 20']],
    [7, ['document.ending 7']],
    [3, ['document.ending 3']],
    [1, ['document.ending 1']],
    [0, ['document.ending 0']],
    [-1, []],
  ])('that were missed give way to the nearer one: first run %i days before', async (left, expected) => {
    await sendAccepted(house, archive, inDays(40));
    await letters();
    expect(await remind(40 - left)).toEqual(expected);
    expect(await remind(40 - left)).toEqual([]);
  });

  it('say how many days are left', async () => {
    for (const [days, words] of [
      [2, 'осталось 2 дня'],
      [21, 'осталось 21 день'],
      [30, 'осталось 30 дней'],
      [0, 'сегодня последний день'],
    ] as const) {
      archive = await openArchive(house);
      await rm(path(house.config.dataDir, 'mail'), { recursive: true, force: true });
      await sendAccepted(house, archive, inDays(days));
      await remindOfEnding(db(), NIGHT);
      await house.deliver();
      const mails = (await keptMails(path(house.config.dataDir, 'mail'))).filter(
        ({ to }) => to === archive.account.email,
      );
      const mail = mails.find(({ subject }) => subject === `Документ скоро закончится: ${archive.type.name}`);
      expect(mail!.text.replace(/\s+/g, ' ')).toContain(words);
    }
  });

  it('say nothing while the next version is under review, and go on once it was rejected', async () => {
    const id = await sendAccepted(house, archive, inDays(20));
    await renewDocument(archive.sending(), id, '', someFile());
    await letters();
    expect(await remind(0)).toEqual([]);
    await reject(archive.reviewing(), id, await seen(house, id), 'Нет печати');
    await letters();
    expect(await remind(13)).toEqual(['document.ending 7']);
  });

  it('say nothing of what waits, was rejected or holds long', async () => {
    await send(archive);
    const id = await send(archive);
    await reject(archive.reviewing(), id, await seen(house, id), 'Нет печати');
    await sendAccepted(house, archive, inDays(31));
    await letters();
    expect(await remind(0)).toEqual([]);
  });
});
