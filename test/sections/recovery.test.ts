import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptSms } from '../../src/domain/outbox/sms.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import type { AccountRow } from '../../src/db/rows.js';
import { join } from 'node:path';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { DAY, HOUR } from '../support/house.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { addAccount, PASSWORD } from '../support/people.js';

const FRESH = 'Совсем другая скрепка';
const MINUTE = 60_000;
const TWICE = { password: FRESH, password_again: FRESH };
const NOT_THE_CODE = 'Код не подходит, или его срок истёк. Проверьте цифры или запросите новый код';

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
// Codes of a number are counted for a day, those of all together too.
beforeEach(async () => void (await house.parts.db('phone_codes').delete()));

let serial = 0;
const withPhone = (change: Partial<AccountRow> = {}) =>
  addAccount(house, {
    phone: `+7903${String((serial += 1)).padStart(7, '0')}`,
    phone_confirmed_at: house.clock.now(),
    ...change,
  });

const texts = async (to: string) =>
  (await keptSms(join(house.config.dataDir, 'sms'))).filter((sms) => sms.to === to);
const codeOf = (text: string) => /\d{6}/.exec(text)![0];
const letters = async (to: string) =>
  (await keptMails(join(house.config.dataDir, 'mail'))).filter((mail) => mail.to === to);

async function ask(contact: string, surname: string, visitor = house.visitor()): Promise<Visitor> {
  // What was sent is told apart by its moment.
  house.clock.move(1);
  const answer = await visitor.submit('/auth/recovery', { contact, surname });
  expect([answer.status, answer.headers.location]).toEqual([303, '/auth/recovery/done']);
  await house.deliver();
  return visitor;
}

const enterCode = (visitor: Visitor, phone: string, code: string, change = {}) =>
  visitor.submit('/auth/recovery/code', { phone, code, ...TWICE, ...change });

const opens = async (email: string, password: string) =>
  (await house.visitor().submit('/auth/login', { email, password })).status === 303;

describe('what is asked', () => {
  it.each([
    ['', 'Укажите адрес E-mail или номер телефона'],
    ['не то', 'Укажите адрес вида name@company.ru или российский мобильный номер, например +7 903 000-00-00'],
    ['a@b', 'Укажите адрес вида name@company.ru или российский мобильный номер, например +7 903 000-00-00'],
    [
      '+1 202 555 0143',
      'Укажите адрес вида name@company.ru или российский мобильный номер, например +7 903 000-00-00',
    ],
  ])('refuses %j and keeps it', async (contact, contactError) => {
    const answer = await house.visitor().submit('/auth/recovery', { contact, surname: 'Иванов' });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { contact: contactError }]);
    expect([valueOf(answer.text, 'contact'), valueOf(answer.text, 'surname')]).toEqual([contact, 'Иванов']);
  });

  it('is answered alike, whoever it belongs to, and shows the way to the code only to who typed a number', async () => {
    const owner = await withPhone();
    const known = await ask(owner.phone!, owner.surname);
    const unknown = await ask('+79039999999', 'Никто');
    const [one, two] = [await known.get('/auth/recovery/done'), await unknown.get('/auth/recovery/done')];
    expect(words(one.text)).toBe(words(two.text));
    expect(linksOf(one.text)['Ввести код и новый пароль']).toBe('/auth/recovery/code');
    const byMail = await (await ask(owner.email, owner.surname)).get('/auth/recovery/done');
    expect(linksOf(byMail.text)).not.toHaveProperty('Ввести код и новый пароль');
  });
});

describe('by e-mail', () => {
  it.each([
    ['another surname', (owner: AccountRow) => ({ contact: owner.email, surname: 'Чужая' })],
    ['an unknown address', () => ({ contact: 'nobody@tenant.test', surname: 'Константинопольская' })],
  ])('nothing goes out for %s', async (_what, asked) => {
    const owner = await addAccount(house);
    const { contact, surname } = asked(owner);
    await ask(contact, surname);
    expect(await letters(contact)).toEqual([]);
  });

  it('sends nothing to a blocked account', async () => {
    const owner = await addAccount(house, { blocked_at: house.clock.now() });
    await ask(owner.email, owner.surname);
    expect(await letters(owner.email)).toEqual([]);
  });

  it('forgives case, ё and spaces in the surname; the link leads to a form without its token', async () => {
    const owner = await addAccount(house, { surname: 'Королёва-Ёлкина' });
    const visitor = await ask(` ${owner.email.toUpperCase()}`, '  КОРОЛЕВА елкина ');
    const [letter] = await letters(owner.email);
    const link = new URL(/http\S+\/auth\/password\/\S+/.exec(letter!.text)![0]);
    expect(link.origin).toBe(new URL(house.config.publicUrl).origin);
    expect((await visitor.get(link.pathname)).headers.location).toBe('/auth/password');
    const answer = await visitor.submit('/auth/password', TWICE);
    expect(answer.headers.location).toBe('/auth/login');
    expect([await opens(owner.email, FRESH), await opens(owner.email, PASSWORD)]).toEqual([true, false]);
  });

  it('a newer link kills the older one, and an hour ends it', async () => {
    const owner = await addAccount(house);
    const visitor = await ask(owner.email, owner.surname);
    await ask(owner.email, owner.surname, visitor);
    const [newer, older] = (await letters(owner.email)).map(
      (letter) => /\/auth\/password\/\S+/.exec(letter.text)![0],
    );
    await visitor.get(older!);
    expect(
      (await visitor.post('/auth/password', { ...(await visitor.hidden('/auth/login')), ...TWICE })).status,
    ).toBe(409);
    await visitor.get(newer!);
    house.clock.move(HOUR + 1000);
    expect(words((await visitor.get('/auth/password')).text)).toContain('Ссылка не действует');
  });
});

describe('by phone', () => {
  it.each([
    ['another surname', {}, 'Чужая'],
    ['a number that nobody confirmed', { phone_confirmed_at: null }, 'Константинопольская'],
    ['a blocked account', { blocked_at: new Date('2026-01-01') }, 'Константинопольская'],
  ])('no SMS goes out for %s, and no code fits', async (_what, change, surname) => {
    const owner = await withPhone(change);
    const visitor = await ask(owner.phone!, surname);
    expect(await texts(owner.phone!)).toEqual([]);
    const answer = await enterCode(visitor, owner.phone!, '123456');
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { code: NOT_THE_CODE }]);
  });

  it('sets the password once, ends every session, and a letter says so', async () => {
    const owner = await withPhone();
    const inside = await house.visitor().signIn(owner.email);
    const visitor = await ask(owner.phone!, owner.surname);
    const [sms, ...more] = await texts(owner.phone!);
    expect(more).toEqual([]);
    expect(sms!.text).toMatch(/^Код \d{6} — восстановление доступа .* Действует 10 минут/);
    const page = (await visitor.get('/auth/recovery/code')).text;
    expect(valueOf(page, 'phone')).toBe(owner.phone);
    const answer = await enterCode(visitor, owner.phone!, ` ${codeOf(sms!.text)} `);
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login']);
    expect([await opens(owner.email, FRESH), await opens(owner.email, PASSWORD)]).toEqual([true, false]);
    expect((await inside.get('/desktop')).status).toBe(303);
    await house.deliver();
    expect((await letters(owner.email)).map(({ subject }) => subject)).toEqual([
      'Пароль в Личном кабинете клиента изменён',
    ]);
    expect((await enterCode(visitor, owner.phone!, codeOf(sms!.text))).status).toBe(422);
  });

  it('keeps no digits of a code anywhere in the database', async () => {
    const owner = await withPhone();
    await ask(owner.phone!, owner.surname);
    const [sms] = await texts(owner.phone!);
    const { db } = house.parts;
    const rows = JSON.stringify([await db('outbox'), await db('phone_codes'), await db('audit')]);
    expect(rows.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '')).not.toContain(
      `"${codeOf(sms!.text)}"`,
    );
    expect(rows).not.toContain(sms!.text);
  });

  it('belongs to the browser that asked, and to its number', async () => {
    const [owner, other] = [await withPhone(), await withPhone()];
    const visitor = await ask(owner.phone!, owner.surname);
    const code = codeOf((await texts(owner.phone!))[0]!.text);
    expect((await enterCode(house.visitor(), owner.phone!, code)).status).toBe(422);
    expect((await enterCode(visitor, other.phone!, code)).status).toBe(422);
    const elsewhere = await ask(other.phone!, other.surname);
    expect((await enterCode(elsewhere, owner.phone!, code)).status).toBe(422);
    expect((await enterCode(visitor, owner.phone!, code)).status).toBe(303);
  });

  it('ends after ten minutes, and with the next code', async () => {
    const owner = await withPhone();
    const visitor = await ask(owner.phone!, owner.surname);
    const first = codeOf((await texts(owner.phone!))[0]!.text);
    await ask(owner.phone!, owner.surname, house.visitor());
    expect((await enterCode(visitor, owner.phone!, first)).status).toBe(422);
    await ask(owner.phone!, owner.surname, visitor);
    const last = codeOf((await texts(owner.phone!))[0]!.text);
    house.clock.move(10 * MINUTE + 1000);
    expect((await enterCode(visitor, owner.phone!, last)).status).toBe(422);
    expect(await opens(owner.email, PASSWORD)).toBe(true);
  });

  it('looks at five of fifty guesses made at once', async () => {
    const owner = await withPhone();
    const visitor = await ask(owner.phone!, owner.surname);
    const code = codeOf((await texts(owner.phone!))[0]!.text);
    const fields = { ...(await visitor.hidden('/auth/recovery/code')), phone: owner.phone!, ...TWICE };
    const wrong = Array.from({ length: 49 }, (_, n) =>
      String((Number(code) + 1 + n) % 1_000_000).padStart(6, '0'),
    );
    const guesses = wrong.map((guess, n) =>
      visitor.post('/auth/recovery/code', { ...fields, code: guess }).set('X-Forwarded-For', `10.77.0.${n}`),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([422]));
    const row = await house.parts.db('phone_codes').where({ phone: owner.phone! }).first();
    expect(row?.tries).toBe(5);
    // The right one comes too late.
    expect((await enterCode(visitor, owner.phone!, code)).status).toBe(422);
    expect(await opens(owner.email, PASSWORD)).toBe(true);
  });

  it('sends three an hour and ten a day to a number, and says the same all the time', async () => {
    const owner = await withPhone();
    for (let n = 0; n < 4; n += 1) await ask(owner.phone!, owner.surname);
    expect(await texts(owner.phone!)).toHaveLength(3);
    for (let hour = 0; hour < 5; hour += 1) {
      house.clock.move(HOUR + 1000);
      for (let n = 0; n < 3; n += 1) await ask(owner.phone!, owner.surname);
    }
    expect(await texts(owner.phone!)).toHaveLength(10);
    house.clock.move(DAY);
    await ask(owner.phone!, owner.surname);
    expect(await texts(owner.phone!)).toHaveLength(11);
  });

  it('stops for everybody after five hundred a day, and the administrators are told once', async () => {
    const [owner, chief] = [await withPhone(), await addAccount(house, { staff: ['administrator'] })];
    const { db } = house.parts;
    const now = house.clock.now();
    await db.raw(
      `insert into phone_codes (id, purpose, account_id, phone, created_at, expires_at)
       select gen_random_uuid(), 'recovery', ?, '+7999' || lpad(n::text, 7, '0'), ?, ? from generate_series(1, 499) n`,
      [owner.id, now, now],
    );
    await ask(owner.phone!, owner.surname);
    expect(await texts(owner.phone!)).toHaveLength(1);
    await ask(owner.phone!, owner.surname);
    expect(await texts(owner.phone!)).toHaveLength(1);
    await house.deliver();
    expect((await letters(chief.email)).map(({ subject }) => subject)).toEqual([
      'Лимит SMS на сутки исчерпан',
    ]);
  });

  it.each([
    [{ code: '12' }, { code: 'Код из SMS — 6 цифр' }],
    [{ password_again: 'иначе' }, { password_again: 'Пароли не совпадают' }],
    [
      { password: 'password1', password_again: 'password1' },
      { password: 'Такой пароль слишком распространён. Придумайте другой' },
    ],
  ])('refuses %o before a try is spent', async (change, errors) => {
    const owner = await withPhone();
    const visitor = await ask(owner.phone!, owner.surname);
    const code = codeOf((await texts(owner.phone!))[0]!.text);
    const answer = await enterCode(visitor, owner.phone!, code, change);
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    expect((await house.parts.db('phone_codes').where({ phone: owner.phone! }).first())?.tries).toBe(0);
  });
});
