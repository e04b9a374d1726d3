import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transaction } from '../../src/db/knex.js';
import { forgetFinished, post, type Message } from '../../src/domain/outbox/outbox.data.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { PASSWORD } from '../support/people.js';

const MINUTE = 60_000;
const NOON = new Date('2027-03-10T09:00:00Z');
let house: OpenHouse;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openDoors({ smtpUrl: mailbox.url, publicUrl: 'https://my.company.test' }, new Clock(NOON));
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});
beforeEach(async () => {
  house.clock.at = NOON;
  await db()('outbox').delete();
  mailbox.letters.length = 0;
  mailbox.tried.length = 0;
  Object.assign(mailbox, { onRecipient: () => null, onLetter: () => null, onGreeting: () => null });
});

const db = () => house.parts.db;
const rowOf = async (recipient: string) => (await db()('outbox').where({ recipient }).first())!;
const letter = (recipient: string, change: Partial<Message> = {}): Message => ({
  letter: 'document.accepted',
  recipient,
  data: {
    name: 'Пётр',
    patronymic: null,
    document: 'd',
    type: 'Полис «А» & <Б>',
    organisation: 'o',
    organisation_name: 'ООО "Ромашка"',
    valid_until: '2028-02-29',
  },
  ...change,
});
const put = (...messages: Message[]) => transaction(db(), (trx) => post(trx, house.clock.now(), messages));

describe('a letter', () => {
  it('goes out as text and HTML, in Russian, and says that a machine sent it', async () => {
    await put(letter('petr@tenant.test'));
    expect(await house.deliver()).toEqual({ sent: 1, failed: 0 });
    const [{ mail, raw, from, to }] = mailbox.letters as [Mailbox['letters'][number]];
    const { id, state, attempts, problem, finished_at } = await rowOf('petr@tenant.test');
    expect({ state, attempts, problem, finished_at }).toEqual({
      state: 'sent',
      attempts: 1,
      problem: null,
      finished_at: NOON,
    });
    expect([from, to]).toEqual(['my@spektrpm.ru', ['petr@tenant.test']]);
    expect(mail.messageId).toBe(`<${id}@my.company.test>`);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('x-auto-response-suppress')).toBe('All');
    expect(mail.date).toEqual(NOON);
    expect(mail.from!.text).toBe('"Личный кабинет клиента" <my@spektrpm.ru>');
    expect(mail.subject).toBe('Документ принят: Полис «А» & <Б>');
    expect(raw).toMatch(/^Content-Type: multipart\/alternative/m);
    const said =
      'Документ «Полис «А» & <Б>» (ООО "Ромашка") принят. Он действителен до 29.02.2028 включительно.';
    expect(mail.text!.replace(/\s+/g, ' ')).toContain(said);
    expect(mail.text).toContain('Здравствуйте, Пётр!');
    expect(mail.text).toContain('https://my.company.test/profiles/o/documents/d');
    expect(String(mail.html)).toContain('Полис «А» &amp; &lt;Б&gt;');
    expect(String(mail.html)).toContain('<html lang="ru">');
    expect(String(mail.html)).not.toMatch(/<img|<script|<link/);
  });

  it('is written only if the change stands', async () => {
    const failing = transaction(db(), async (trx) => {
      await post(trx, NOON, [letter('petr@tenant.test')]);
      throw new Error('something else failed');
    });
    await expect(failing).rejects.toThrow('something else failed');
    expect(await house.deliver()).toEqual({ sent: 0, failed: 0 });
    expect(mailbox.tried).toEqual([]);
  });

  it('with a key waits once, and may come again afterwards', async () => {
    const one = letter('petr@tenant.test', { key: 'the same' });
    await Promise.all([put(one), put(one), put(one, one)]);
    await house.deliver();
    expect(mailbox.letters).toHaveLength(1);
    await put(one);
    await house.deliver();
    expect(mailbox.letters).toHaveLength(2);
  });

  it('that has nothing left to say is dropped', async () => {
    await put(letter('petr@tenant.test', { letter: 'registration', data: { registration: randomUUID() } }));
    await house.deliver();
    expect(await rowOf('petr@tenant.test')).toMatchObject({ state: 'dropped', finished_at: NOON });
    expect(mailbox.tried).toEqual([]);
  });

  it('is forgotten some time after it was finished, not while it waits', async () => {
    await put(letter('sent@tenant.test'));
    await house.deliver();
    house.clock.move(DAY);
    await put(letter('waits@tenant.test'));
    expect(await forgetFinished(db(), NOON)).toBe(0);
    expect(await forgetFinished(db(), new Date(NOON.getTime() + 1))).toBe(1);
    expect(await count(db(), 'outbox')).toBe(1);
  });
});

describe('a server that says «later»', () => {
  it('is asked again after growing waits, with the same Message-ID', async () => {
    mailbox.onLetter = () => ({ code: 451, words: '4.3.0 Try again later' });
    await put(letter('petr@tenant.test'));
    for (const [n, minutes] of [1, 2, 4, 8, 8].entries()) {
      expect(await house.deliver()).toEqual({ sent: 0, failed: 1 });
      const row = await rowOf('petr@tenant.test');
      expect(row).toMatchObject({
        state: 'waiting',
        attempts: n + 1,
        problem: expect.stringContaining('Try again later'),
      });
      expect(row.next_attempt_at.getTime() - house.clock.now().getTime()).toBe(minutes * MINUTE);
      house.clock.move(minutes * MINUTE - 1);
      expect(await house.deliver()).toEqual({ sent: 0, failed: 0 });
      house.clock.move(1);
    }
    mailbox.onLetter = () => null;
    expect(await house.deliver()).toEqual({ sent: 1, failed: 0 });
    expect(await rowOf('petr@tenant.test')).toMatchObject({ state: 'sent', attempts: 6, problem: null });
    expect(mailbox.letters).toHaveLength(1);
    expect(mailbox.tried).toHaveLength(6);
    expect(new Set(mailbox.tried.map(({ mail }) => mail.messageId)).size).toBe(1);
  });

  it('for one address does not hold up the others', async () => {
    mailbox.onRecipient = (address) =>
      address.startsWith('full') ? { code: 452, words: '4.2.2 Mailbox full' } : null;
    await put(letter('full@tenant.test'), letter('petr@tenant.test'));
    expect(await house.deliver()).toEqual({ sent: 1, failed: 1 });
    expect(await rowOf('full@tenant.test')).toMatchObject({
      state: 'waiting',
      problem: expect.stringContaining('Mailbox full'),
    });
  });

  it.each([421, 554])('to everybody (%i when it greets) refuses no letter for good', async (code) => {
    mailbox.onGreeting = () => ({ code, words: 'No service here' });
    await put(letter('petr@tenant.test'));
    await house.deliver();
    expect(await rowOf('petr@tenant.test')).toMatchObject({
      state: 'waiting',
      attempts: 1,
      problem: expect.stringContaining('No service here'),
    });
    mailbox.onGreeting = () => null;
    house.clock.move(MINUTE);
    expect(await house.deliver()).toEqual({ sent: 1, failed: 0 });
  });

  it('for a day is given up on, with the reason kept', async () => {
    mailbox.onLetter = () => ({ code: 451, words: '4.7.1 Greylisted' });
    await put(letter('petr@tenant.test'));
    house.clock.move(DAY);
    await house.deliver();
    expect(await rowOf('petr@tenant.test')).toMatchObject({ state: 'waiting' });
    house.clock.move(8 * MINUTE);
    await house.deliver();
    const row = await rowOf('petr@tenant.test');
    expect(row).toMatchObject({
      state: 'failed',
      finished_at: house.clock.now(),
      attempts: 2,
      problem: expect.stringMatching(/^451 .*Greylisted/),
    });
    mailbox.onLetter = () => null;
    house.clock.move(DAY);
    expect(await house.deliver()).toEqual({ sent: 0, failed: 0 });
  });
});

describe('a server that says «never»', () => {
  it('is believed: the letter failed, with its reason', async () => {
    mailbox.onRecipient = (address) =>
      address.startsWith('gone') ? { code: 550, words: '5.1.1 No such user' } : null;
    mailbox.onLetter = ({ to }) =>
      to[0]!.startsWith('spam') ? { code: 554, words: '5.7.1 Looks like spam' } : null;
    await put(letter('gone@tenant.test'), letter('spam@tenant.test'), letter('petr@tenant.test'));
    expect(await house.deliver()).toEqual({ sent: 1, failed: 2 });
    expect(await rowOf('gone@tenant.test')).toMatchObject({
      state: 'failed',
      attempts: 1,
      finished_at: NOON,
      problem: expect.stringMatching(/^550 .*No such user/),
    });
    expect(await rowOf('spam@tenant.test')).toMatchObject({
      state: 'failed',
      attempts: 1,
      problem: expect.stringMatching(/^554 .*Looks like spam/),
    });
    house.clock.move(DAY);
    expect(await house.deliver()).toEqual({ sent: 0, failed: 0 });
  });
});

describe('a server that is away', () => {
  it('keeps no request from being answered; what was written meanwhile goes out once it is back', async () => {
    const port = Number(new URL(mailbox.url).port);
    await mailbox.close();
    const fields = {
      surname: 'Ждун',
      name: 'Иван',
      consent: 'on',
      password: PASSWORD,
      password_again: PASSWORD,
    };
    for (const email of ['one@tenant.test', 'two@tenant.test']) {
      expect((await house.visitor().submit('/auth/register', { ...fields, email })).status).toBe(303);
      expect(await house.deliver()).toEqual({ sent: 0, failed: email.startsWith('one') ? 1 : 2 });
      house.clock.move(MINUTE);
    }
    expect(await rowOf('one@tenant.test')).toMatchObject({
      state: 'waiting',
      attempts: 2,
      problem: expect.stringContaining('ECONNREFUSED'),
    });
    house.clock.move(HOUR);
    await house.deliver();
    mailbox = await openMailbox(port);
    house.clock.move(8 * MINUTE);
    expect(await house.deliver()).toEqual({ sent: 2, failed: 0 });
    expect(mailbox.letters.flatMap(({ to }) => to).sort()).toEqual(['one@tenant.test', 'two@tenant.test']);
  });
});

describe('several who deliver at once', () => {
  it('send each letter once', async () => {
    await put(...Array.from({ length: 24 }, (_, n) => letter(`person-${n}@tenant.test`)));
    const counts = await Promise.all([house.deliver(), house.deliver(), house.deliver(), house.deliver()]);
    expect(counts.reduce((sum, { sent }) => sum + sent, 0)).toBe(24);
    expect(new Set(mailbox.letters.flatMap(({ to }) => to)).size).toBe(24);
    expect(mailbox.tried).toHaveLength(24);
  });
});
