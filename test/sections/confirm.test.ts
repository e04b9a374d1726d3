import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockwork } from '../../src/domain/audit/audit.data.js';
import {
  CONFIRMATION_TIME,
  confirmAddress,
  purgeRegistrations,
} from '../../src/domain/people/registration.actions.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { Clock, DAY } from '../support/house.js';
import { errorsOf, linksOf, words } from '../support/page.js';
import { PASSWORD } from '../support/people.js';

const BEGIN = new Date('2026-11-24T09:30:00Z');
let house: OpenHouse;
let serial = 0;

beforeAll(async () => void (house = await openDoors({}, new Clock(BEGIN))));
afterAll(() => house?.close());

const someone = () => `fedorov-${(serial += 1)}@tenant.test`;

function form(email: string, change: Record<string, string> = {}) {
  const password = change.password ?? PASSWORD;
  const fields = {
    email,
    surname: 'Фёдоров',
    name: 'Глеб',
    patronymic: 'Ильич',
    phone: '',
    consent: 'on',
    ...change,
  };
  return { ...fields, password, password_again: password };
}

async function register(visitor: Visitor, email: string, change: Record<string, string> = {}): Promise<void> {
  expect((await visitor.submit('/auth/register', form(email, change))).status).toBe(303);
}

/** The letters that the development mailbox shows for an address, the newest first. */
async function lettersTo(email: string): Promise<{ subject: string; text: string; html: string }[]> {
  await house.deliver();
  const { body } = await house.visitor().get('/dev/mail.json');
  return (body as { to: string; subject: string; text: string; html: string }[]).filter(
    ({ to }) => to === email,
  );
}

async function linkFor(email: string): Promise<string> {
  return linksIn(await lettersTo(email))[0]!;
}

const linksIn = (letters: { text: string }[]) =>
  letters.map(({ text }) => new URL(/http\S+\/auth\/confirm\/\S+/.exec(text)![0]).pathname);

/** Registers; answers who did and the letter's link. */
async function waiting(change: Record<string, string> = {}) {
  const visitor = house.visitor();
  const email = someone();
  await register(visitor, email, change);
  return { visitor, email, link: await linkFor(email) };
}

const account = (email: string) => house.parts.db('accounts').where({ email }).first();
const registrations = (email: string) => count(house.parts.db, 'registrations', { email });
const confirm = (visitor: Visitor, fields: Record<string, string> = {}) =>
  visitor.submit('/auth/confirm', fields);

describe('the letter', () => {
  it('is Russian, in text and HTML, with the name, the visible link and until when in Moscow', async () => {
    const { email, link } = await waiting();
    const [letter] = await lettersTo(email);
    expect(letter!.subject).toBe('Подтвердите регистрацию в Личном кабинете клиента');
    const href = `http://localhost:3000${link}`;
    for (const body of [letter!.text, words(letter!.html)]) {
      expect(body).toContain('Здравствуйте, Глеб Ильич!');
      expect(body).toContain('Ссылка действует до 01.12.2026 12:30 по московскому времени');
      expect(body).toContain(href);
    }
    expect(letter!.html).toContain(`href="${href}"`);
    expect(letter!.text).not.toMatch(/[<>]/);
  });
});

describe('the link', () => {
  it('changes nothing when a scanner opens it, and shows no token afterwards', async () => {
    const { email, link } = await waiting();
    const before = await dump(house.parts.db, 'limits');
    const scanner = house.visitor();
    for (let n = 0; n < 3; n += 1) {
      const first = await scanner.get(link);
      expect([first.status, first.headers.location]).toEqual([303, '/auth/confirm']);
      const page = await scanner.get('/auth/confirm');
      expect(page.status).toBe(200);
      expect(page.text).toContain(email);
      expect(page.text).not.toContain(link.split('/').at(-1));
      expect(page.headers['cache-control']).toBe('no-store');
      expect(page.headers['referrer-policy']).toBe('same-origin');
    }
    expect(await dump(house.parts.db, 'limits')).toEqual(before);
    expect(await account(email)).toBeUndefined();
  });

  it('is nowhere in the database', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    const token = link.split('/').at(-1)!;
    expect(JSON.stringify(await dump(house.parts.db))).not.toContain(token);
    await confirm(visitor);
    expect(await account(email)).toBeDefined();
    const everything = JSON.stringify(await dump(house.parts.db));
    expect(everything).not.toContain(token);
    expect(everything).not.toContain(PASSWORD);
  });

  it.each(['/auth/confirm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '/auth/confirm/%00%27--', '/auth/confirm'])(
    'that nobody sent (%s) offers a new registration',
    async (link) => {
      const visitor = house.visitor();
      await visitor.get(link);
      const page = await visitor.get('/auth/confirm');
      expect(words(page.text)).toContain('Ссылка не действует');
      expect(linksOf(page.text)).toMatchObject({ 'Зарегистрироваться заново': '/auth/register' });
      expect((await visitor.submit('/auth/confirm', {}, '/auth/confirm')).status).toBe(403);
    },
  );
});

describe('confirming', () => {
  it('makes the account in the browser that registered, and signs nobody in', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    expect((await visitor.get('/auth/confirm')).text).not.toContain('type="password"');
    const answer = await confirm(visitor);
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login']);
    expect(words((await visitor.get('/auth/login')).text)).toContain(
      'Адрес подтверждён. Теперь можно войти.',
    );
    expect((await visitor.get('/profiles')).headers.location).toBe('/auth/login?next=%2Fprofiles');

    const made = await account(email);
    expect(made).toMatchObject({
      surname: 'Фёдоров',
      name: 'Глеб',
      patronymic: 'Ильич',
      phone: null,
      staff_roles: [],
    });
    const { db } = house.parts;
    expect(await db('registrations').where({ email }).first()).toMatchObject({
      password_hash: null,
      account_id: made!.id,
    });
    expect(await db('consents').where({ email }).first()).toMatchObject({ account_id: made!.id });
    expect(await count(db, 'audit', { action: 'account.confirmed', subject_id: made!.id })).toBe(1);
    await visitor.signIn(email);
    expect((await visitor.get('/profiles')).status).toBe(200);
  });

  it('asks for the password in another browser', async () => {
    const { email, link } = await waiting();
    const other = house.visitor();
    await other.get(link);
    expect((await other.get('/auth/confirm')).text).toContain('Пароль, выбранный при регистрации');
    for (const fields of [{}, { password: '' }, { password: `${PASSWORD}!` }] as Record<string, string>[]) {
      const answer = await confirm(other, fields);
      expect(answer.status).toBe(422);
      expect(errorsOf(answer.text)).toEqual({
        password: 'Пароль не подходит. Введите тот, что был выбран при регистрации',
      });
      expect(await account(email)).toBeUndefined();
    }
    expect((await confirm(other, { password: PASSWORD })).status).toBe(303);
    expect(await account(email)).toBeDefined();
  });

  it('makes whoever guesses wait after 5 wrong passwords, longer each time', async () => {
    const { email, link } = await waiting();
    const other = house.visitor();
    await other.get(link);
    const guesses = [];
    for (let n = 0; n < 5; n += 1) guesses.push((await confirm(other, { password: 'мимо' })).status);
    expect(guesses).toEqual([422, 422, 422, 422, 422]);
    for (const seconds of [30, 60, 120]) {
      const answer = await confirm(other, { password: PASSWORD });
      expect([answer.status, answer.headers['retry-after']]).toEqual([429, String(seconds)]);
      expect(words(answer.text)).toMatch(/Слишком много попыток/);
      house.clock.move(seconds * 1000);
      if (seconds < 120) expect((await confirm(other, { password: 'мимо' })).status).toBe(422);
    }
    expect(await account(email)).toBeUndefined();
    expect((await confirm(other, { password: PASSWORD })).status).toBe(303);
    expect(await account(email)).toBeDefined();
  });

  it('evaluates 5 of 50 guesses made at once', async () => {
    const { link } = await waiting();
    const other = house.visitor();
    await other.get(link);
    const page = await other.hidden('/auth/confirm');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => other.post('/auth/confirm', { ...page, password: `мимо-${n}` })),
    );
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
  });

  it('says «уже подтверждён» to whoever comes again', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    const page = await visitor.hidden('/auth/confirm');
    const answers = await Promise.all(Array.from({ length: 10 }, () => visitor.post('/auth/confirm', page)));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`))).toEqual(
      new Set(['303 /auth/login']),
    );
    expect(await count(house.parts.db, 'accounts', { email })).toBe(1);
    await visitor.get('/auth/login');

    for (const again of [visitor, house.visitor()]) {
      await again.get(link);
      expect(words((await again.get('/auth/confirm')).text)).toContain('Адрес уже подтверждён');
      const token = await again.hidden('/auth/register');
      const answer = await again.post('/auth/confirm', token);
      expect(answer.headers.location).toBe('/auth/login');
      expect(words((await again.get('/auth/login')).text)).toContain('Адрес уже подтверждён. Можно войти.');
    }
  });

  it('removes what somebody else registered with «Это не я»', async () => {
    const { email, link } = await waiting();
    const owner = house.visitor();
    await owner.get(link);
    const answer = await owner.submit('/auth/confirm', {}, '/auth/confirm/refusal');
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login']);
    expect(words((await owner.get('/auth/login')).text)).toContain(
      'Регистрация удалена, введённые данные стёрты.',
    );
    expect(await registrations(email)).toBe(0);
    expect(await count(house.parts.db, 'consents', { email })).toBe(0);
    await owner.get(link);
    expect(words((await owner.get('/auth/confirm')).text)).toContain('Ссылка не действует');
  });

  it('leaves an account alone when «Это не я» comes after all', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    const page = await visitor.hidden('/auth/confirm');
    await confirm(visitor);
    await visitor.get(link);
    await visitor.post('/auth/confirm/refusal', page);
    expect(await account(email)).toBeDefined();
    expect(await registrations(email)).toBe(1);
  });
});

describe('a stranger', () => {
  const MINE = 'мой собственный пароль';

  it.each(['before', 'after'])(
    'who registered the address %s its owner gains and blocks nothing',
    async (when) => {
      const email = someone();
      const [stranger, owner] = [house.visitor(), house.visitor()];
      const steal = () => register(stranger, email, { surname: 'Чужой', password: 'чужой пароль 1' });
      if (when === 'before') await steal();
      const theirs = when === 'before' ? await linkFor(email) : null;
      await register(owner, email, { password: MINE });
      if (when === 'after') await steal();
      const letters = await lettersTo(email);
      expect(letters).toHaveLength(2);
      const links = linksIn(letters);
      const strangers = theirs ?? (await otherOf(owner, links));

      // The owner opens the stranger's letter by mistake: without the stranger's password it does nothing.
      await owner.get(strangers);
      expect((await confirm(owner, { password: MINE })).status).toBe(422);
      expect(await account(email)).toBeUndefined();
      // His own browser signs nobody in either, but knows that he has to confirm.
      expect((await owner.submit('/auth/login', { email, password: MINE })).headers.location).toBe(
        '/auth/login/confirmation',
      );

      await owner.get(links.find((link) => link !== strangers)!);
      expect((await confirm(owner)).status).toBe(303);
      expect(await account(email)).toMatchObject({ surname: 'Фёдоров' });
      await stranger.get(strangers);
      expect(words((await stranger.get('/auth/confirm')).text)).toContain('Ссылка не действует');
      expect((await stranger.submit('/auth/login', { email, password: 'чужой пароль 1' })).status).toBe(401);
      await owner.signIn(email, MINE);
    },
  );

  /** The link that the browser is asked a password for: somebody else's. */
  async function otherOf(visitor: Visitor, links: string[]): Promise<string> {
    for (const link of links) {
      await visitor.get(link);
      if ((await visitor.get('/auth/confirm')).text.includes('type="password"')) return link;
    }
    throw new Error('All are his own');
  }

  it(
    'at the same instant as the owner: one account, and no error for either',
    { timeout: 60_000 },
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const email = someone();
        const people = [house.visitor(), house.visitor(), house.visitor()];
        for (const visitor of people) await register(visitor, email);
        const links = linksIn(await lettersTo(email));
        const pages = await Promise.all(
          people.map(async (visitor, n) => {
            await visitor.get(links[n]!);
            return visitor.hidden('/auth/confirm');
          }),
        );
        const answers = await Promise.all(
          people.map((visitor, n) => visitor.post('/auth/confirm', { ...pages[n]!, password: PASSWORD })),
        );
        expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
        expect(await count(house.parts.db, 'accounts', { email })).toBe(1);
        expect(await registrations(email)).toBe(1);
      }
    },
  );
});

describe('an account that its owner registers again', () => {
  it('keeps its first consent and no password of the second form', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    await confirm(visitor);
    const { db } = house.parts;
    const { id, password_hash } = (await account(email))!;
    const [consent] = await db('consents').where({ account_id: id });

    await register(visitor, email, { password: 'совсем другой пароль' });
    expect(await db('consents').where({ account_id: id })).toEqual([consent]);
    house.clock.move(1000);
    expect((await lettersTo(email))[0]!.subject).toBe('Вы уже зарегистрированы в Личном кабинете клиента');
    await visitor.get(link);
    await visitor.post('/auth/confirm', await visitor.hidden('/auth/register'));
    expect(await account(email)).toMatchObject({ id, password_hash });
    expect(await count(db, 'accounts', { email })).toBe(1);

    house.clock.move(CONFIRMATION_TIME);
    await purgeRegistrations(db, house.clock.now());
    const kept = await db('registrations').where({ email }).select('password_hash');
    expect(kept.filter((row) => row.password_hash !== null)).toEqual([]);
    expect(await db('consents').where({ account_id: id })).toContainEqual(consent);
  });
});

describe('after 7 days', () => {
  it('is over at the very moment, not a millisecond earlier', async () => {
    const { visitor, email, link } = await waiting();
    await visitor.get(link);
    house.clock.move(7 * DAY - 1);
    const page = await visitor.get('/auth/confirm');
    expect(words(page.text)).toContain(`Адрес ${email} указан при регистрации`);
    const form = await visitor.hidden('/auth/confirm');
    house.clock.move(1);
    const late = await visitor.post('/auth/confirm', form);
    expect([late.status, late.headers.location]).toEqual([303, '/auth/confirm']);
    expect(words((await visitor.get('/auth/confirm')).text)).toContain('Ссылка не действует');
    expect(await account(email)).toBeUndefined();
    expect((await visitor.submit('/auth/login', { email, password: PASSWORD })).status).toBe(401);
  });

  it('exactly one of confirming and purging wins', { timeout: 60_000 }, async () => {
    const { db, passwords, tokens } = house.parts;
    const parts = { db, passwords, tokens };
    const visitor = house.visitor();
    const begun = house.clock.now();
    const emails = Array.from({ length: 24 }, someone);
    const page = await visitor.hidden('/auth/register');
    for (const email of emails) await visitor.post('/auth/register', { ...page, ...form(email) });
    const last = new Date(begun.getTime() + CONFIRMATION_TIME - 1);
    const over = new Date(begun.getTime() + CONFIRMATION_TIME);
    const rows = await db('registrations').whereIn('email', emails);
    const races = rows.flatMap(({ id, browser }, n) => [
      () =>
        confirmAddress(
          parts,
          tokens.derive('registration', id),
          { browser, password: null },
          clockwork('test'),
          last,
        ),
      ...(n % 3 === 0 ? [() => purgeRegistrations(db, over)] : []),
    ]);
    const outcomes = await Promise.all(races.map((race) => race()));
    const confirmed = outcomes.filter((outcome) => outcome === 'confirmed').length;
    expect(
      outcomes.every(
        (outcome) => ['confirmed', 'gone'].includes(String(outcome)) || typeof outcome === 'number',
      ),
    ).toBe(true);
    await purgeRegistrations(db, over);

    let accounts = 0;
    for (const email of emails) {
      const both = [await count(db, 'accounts', { email }), await registrations(email)];
      expect([
        [0, 0],
        [1, 1],
      ]).toContainEqual(both);
      accounts += both[0]!;
      expect(await count(db, 'consents', { email })).toBe(both[0]);
    }
    expect(accounts).toBe(confirmed);
  });
});
