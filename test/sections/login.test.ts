import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StaffRole } from '../../src/domain/people/people.policy.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { DAY, HOUR } from '../support/house.js';
import { openOffice } from '../support/office.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount, addType, PASSWORD } from '../support/people.js';

let house: OpenHouse;
const REFUSED = 'Адрес или пароль не подходят. Проверьте раскладку клавиатуры и Caps Lock';

beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const login = (visitor: Visitor, fields: Record<string, string | string[]>) =>
  visitor.submit('/auth/login', fields);
const isIn = async (visitor: Visitor) => (await visitor.get('/profiles')).status === 200;
const median = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
const sessionCookie = (answer: { headers: Record<string, unknown> }) =>
  (answer.headers['set-cookie'] as string[] | undefined)?.find((cookie) => cookie.startsWith('session='));
const withCookie = (cookie: string) =>
  request(house.address).get('/profiles').set('Cookie', cookie.split(';')[0]!);

/** Sends wrong passwords one after another; answers the statuses. */
async function guess(visitor: Visitor, email: string, times: number): Promise<number[]> {
  const page = await visitor.hidden('/auth/login');
  const statuses = [];
  for (let n = 0; n < times; n += 1)
    statuses.push((await visitor.post('/auth/login', { ...page, email, password: `мимо-${n}` })).status);
  return statuses;
}

describe('what is refused', () => {
  it('an unknown address and a wrong password, with one text', async () => {
    const owner = await addAccount(house);
    const cleaned = (text: string, email: string) =>
      text.replace(/ value="[\w-]{30,}"/g, '').replace(new RegExp(email.replace('.', '\\.'), 'g'), '…');
    const pages = [];
    for (const email of [owner.email, 'nobody-0@tenant.test']) {
      const visitor = house.visitor();
      const answer = await login(visitor, { email, password: 'мимо мимо' });
      expect(answer.status).toBe(401);
      expect(errorsOf(answer.text)).toEqual({ password: REFUSED });
      expect(valueOf(answer.text, 'email')).toBe(email);
      expect(answer.text).not.toContain('мимо мимо');
      expect(sessionCookie(answer)).toBeUndefined();
      expect(await isIn(visitor)).toBe(false);
      const { date: _, 'content-length': _length, ...headers } = answer.headers;
      pages.push({ headers, text: cleaned(answer.text, email) });
    }
    expect(pages[0]).toEqual(pages[1]);
  });

  it.each([
    [{}, { email: 'Укажите адрес E-mail', password: 'Введите пароль' }],
    [{ email: 'a@b.test' }, { password: 'Введите пароль' }],
    [{ email: ['a@b.test', 'c@d.test'], password: 'x' }, { email: 'Укажите адрес E-mail' }],
    [{ email: 'a@b.test', password: ['x', 'y'] }, { password: 'Введите пароль' }],
    [{ email: 'a@b.test', password: 'x'.repeat(1001) }, { password: 'Адрес или пароль не подходят' }],
  ])('what is not filled in (case %#)', async (fields, errors) => {
    const answer = await login(house.visitor(), fields);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual(errors);
  });

  it('a blocked account, which only its right password is told, and its open session ends', async () => {
    const owner = await addAccount(house);
    const visitor = await house.visitor().signIn(owner.email);
    expect(await isIn(visitor)).toBe(true);
    await house.parts.db('accounts').where({ id: owner.id }).update({ blocked_at: house.clock.now() });
    expect(await isIn(visitor)).toBe(false);
    const answer = await login(house.visitor(), { email: owner.email, password: PASSWORD });
    expect(answer.status).toBe(401);
    expect(errorsOf(answer.text).password).toMatch(/^Аккаунт заблокирован.*позвоните.*\+7 495 626 53 16$/);
    const wrong = await login(house.visitor(), { email: owner.email, password: `${PASSWORD}!` });
    expect([wrong.status, errorsOf(wrong.text)]).toEqual([401, { password: REFUSED }]);
  });

  it('an account that has no password yet', async () => {
    const owner = await addAccount(house, { password_hash: null });
    for (const password of [PASSWORD, 'null', 'nobody has this one']) {
      expect((await login(house.visitor(), { email: owner.email, password })).status).toBe(401);
    }
  });

  it('a password that differs in its 73rd byte', async () => {
    const password = 'ы'.repeat(36);
    const owner = await addAccount(house, {
      password_hash: await house.parts.passwords.hash(`${password}А`),
    });
    expect((await login(house.visitor(), { email: owner.email, password: `${password}Б` })).status).toBe(401);
    expect((await login(house.visitor(), { email: owner.email, password })).status).toBe(401);
    await house.visitor().signIn(owner.email, `${password}А`);
  });

  it('nobody can tell by the time who has an account', { timeout: 60_000, retry: 3 }, async () => {
    const visitor = house.visitor();
    const page = await visitor.hidden('/auth/login');
    const owners = await Promise.all(Array.from({ length: 66 }, () => addAccount(house)));
    const times = { known: [] as number[], unknown: [] as number[] };
    const attempt = async (email: string) => {
      const ip = `10.211.${Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
      const from = performance.now();
      const answer = await visitor
        .post('/auth/login', { ...page, email, password: 'мимо мимо' })
        .set('X-Forwarded-For', ip);
      expect(answer.status).toBe(401);
      return performance.now() - from;
    };
    for (const [n, owner] of owners.entries()) {
      const pair = [
        ['known', owner.email],
        ['unknown', `nobody-${n}-${Math.random()}@tenant.test`],
      ] as const;
      for (const [who, email] of n % 2 ? [...pair].reverse() : pair) times[who].push(await attempt(email));
    }
    expect(Math.abs(median(times.known.slice(6)) - median(times.unknown.slice(6)))).toBeLessThan(10);
  });
});

describe('an address that is not confirmed', () => {
  async function register() {
    const visitor = house.visitor();
    const email = `pending-${Math.random()}@tenant.test`;
    const fields = {
      email,
      surname: 'Ждун',
      name: 'Иван',
      consent: 'on',
      password: PASSWORD,
      password_again: PASSWORD,
    };
    await visitor.submit('/auth/register', fields);
    await house.deliver();
    return { visitor, email };
  }
  const letters = async (email: string) => {
    await house.deliver();
    const { body } = await house.visitor().get('/dev/mail.json');
    return (body as { to: string; subject: string }[]).filter(({ to }) => to === email);
  };

  it('is told so only after the right password', async () => {
    const { email } = await register();
    const visitor = house.visitor();
    const wrong = await login(visitor, { email, password: `${PASSWORD}!` });
    expect([wrong.status, errorsOf(wrong.text)]).toEqual([401, { password: REFUSED }]);
    expect((await visitor.get('/auth/login/confirmation')).headers.location).toBe('/auth/login');

    const right = await login(visitor, { email, password: PASSWORD });
    expect([right.status, right.headers.location]).toEqual([303, '/auth/login/confirmation']);
    expect(words((await visitor.get('/auth/login/confirmation')).text)).toContain(
      `письмо, отправленное на ${email}`,
    );
    expect(await isIn(visitor)).toBe(false);
  });

  it('gets the letter again, one while one waits, and 5 an hour', async () => {
    const { email } = await register();
    const visitor = house.visitor();
    await login(visitor, { email, password: PASSWORD });
    for (let n = 0; n < 2; n += 1) {
      const answer = await visitor.submit('/auth/login/confirmation', {});
      expect(answer.headers.location).toBe('/auth/login');
    }
    expect(words((await visitor.get('/auth/login')).text)).toContain(
      `Письмо со ссылкой отправлено ещё раз на ${email}.`,
    );
    expect(await letters(email)).toHaveLength(2);
    const page = await visitor.hidden('/auth/login/confirmation');
    const statuses = [];
    for (let n = 0; n < 4; n += 1)
      statuses.push((await visitor.post('/auth/login/confirmation', page)).status);
    expect(statuses).toEqual([303, 303, 303, 429]);
    expect(await letters(email)).toHaveLength(3);
  });
});

describe('guessing', () => {
  it('makes everybody but the owner at his own browser wait, longer each time', async () => {
    const owner = await addAccount(house);
    const known = await house.visitor().signIn(owner.email);
    await known.submit('/profiles', {}, '/auth/logout');
    const stranger = house.visitor();
    expect(await guess(stranger, owner.email, 5)).toEqual([401, 401, 401, 401, 401]);
    for (const seconds of [30, 60, 120, 240]) {
      for (const visitor of [stranger, house.visitor()]) {
        const answer = await login(visitor, { email: owner.email.toUpperCase(), password: PASSWORD });
        expect([answer.status, answer.headers['retry-after']]).toEqual([429, String(seconds)]);
        expect(words(answer.text)).toMatch(
          /Слишком много попыток Подождите немного\. Попробуйте через \d+ (с|мин)\./,
        );
        expect(await isIn(visitor)).toBe(false);
      }
      await known.signIn(owner.email);
      await known.submit('/profiles', {}, '/auth/logout');
      house.clock.move(seconds * 1000);
      if (seconds < 240) expect(await guess(stranger, owner.email, 1)).toEqual([401]);
    }
    await house.visitor().signIn(owner.email);
    expect(await guess(house.visitor(), owner.email, 4)).toEqual([401, 401, 401, 401]);
  });

  it('counts at the known browser too, apart from strangers', async () => {
    const owner = await addAccount(house);
    const known = await house.visitor().signIn(owner.email);
    await known.submit('/profiles', {}, '/auth/logout');
    expect(await guess(known, owner.email, 6)).toEqual([401, 401, 401, 401, 401, 429]);
    await house.visitor().signIn(owner.email);
  });

  it('knows a browser for the account that signed in there, and for no other', async () => {
    const [mine, victim] = [await addAccount(house), await addAccount(house)];
    const visitor = await house.visitor().signIn(mine.email);
    await visitor.submit('/profiles', {}, '/auth/logout');
    expect(await guess(visitor, victim.email, 6)).toEqual([401, 401, 401, 401, 401, 429]);
    await visitor.signIn(mine.email);
  });

  it('evaluates 5 of 50 guesses made at once', async () => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    const page = await visitor.hidden('/auth/login');
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        visitor.post('/auth/login', { ...page, email: owner.email, password: `мимо-${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
    expect(await count(house.parts.db, 'audit', { action: 'sign-in.refused', subject_id: owner.id })).toBe(5);
  });

  it(
    'from one address waits after 50 failures; who is known there and who is elsewhere gets in',
    { timeout: 60_000 },
    async () => {
      const office = '10.212.0.1';
      const [colleague, other, third] = [
        await addAccount(house),
        await addAccount(house),
        await addAccount(house),
      ];
      const known = await house.visitor(office).signIn(colleague.email);
      await known.submit('/profiles', {}, '/auth/logout');
      const visitor = house.visitor(office);
      const page = await visitor.hidden('/auth/login');
      const attempt = async (n: number) =>
        (await visitor.post('/auth/login', { ...page, email: `nobody-${n}@office.test`, password: 'мимо' }))
          .status;
      for (let n = 0; n < 49; n += 1) expect(await attempt(n)).toBe(401);
      await house.visitor(office).signIn(other.email);
      expect(await attempt(49)).toBe(401);
      const refused = await login(house.visitor(office), { email: third.email, password: PASSWORD });
      expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
      await known.signIn(colleague.email);
      await house.visitor().signIn(third.email);
      house.clock.move(30_000);
      await house.visitor(office).signIn(third.email);
    },
  );
});

describe('signing in', () => {
  it('leads a tenant to «Рабочий стол», with the address in any case, and writes it down', async () => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    const answer = await login(visitor, { email: ` ${owner.email.toUpperCase()} `, password: PASSWORD });
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop']);
    expect(await isIn(visitor)).toBe(true);
    expect((await visitor.get('/auth/login')).headers.location).toBe('/desktop');
    expect((await visitor.get('/')).headers.location).toBe('/desktop');
    expect(await count(house.parts.db, 'audit', { action: 'sign-in.made', account_id: owner.id })).toBe(1);
  });

  it.each([
    [['reviewer'], '/staff/documents'],
    [['administrator'], '/staff/documents'],
    [['operator'], '/staff/requests'],
    [['accountant'], '/staff/invoices'],
  ] as [StaffRole[], string][])('leads staff %o to %s', async (staff, home) => {
    const person = await addAccount(house, { staff });
    expect((await login(house.visitor(), { email: person.email, password: PASSWORD })).headers.location).toBe(
      home,
    );
  });

  it.each([
    '//evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    'https://evil.test',
    '///evil.test',
    '/\t/evil.test',
    'javascript:alert(1)',
    'evil.test',
    '/',
    '',
  ])('never leads outside (%j)', async (next) => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    const page = await visitor.get(`/auth/login?next=${encodeURIComponent(next)}`);
    expect(page.status).toBe(200);
    const answer = await login(visitor, { email: owner.email, password: PASSWORD, next });
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop']);
  });

  it('leads back to the page that asked for it, with its query', async () => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    const asked = await visitor.get('/profiles?from=letter');
    expect([asked.status, asked.headers.location]).toEqual([
      303,
      '/auth/login?next=%2Fprofiles%3Ffrom%3Dletter',
    ]);
    const answer = await visitor.submit(
      asked.headers.location!,
      { email: owner.email, password: PASSWORD },
      '/auth/login',
    );
    expect(answer.headers.location).toBe('/profiles?from=letter');
    const wrong = await house
      .visitor()
      .submit('/auth/login?next=%2Fcontacts', { email: owner.email, password: 'мимо' }, '/auth/login');
    expect(valueOf(wrong.text, 'next')).toBe('/contacts');
  });

  it('goes home when `next` comes twice', async () => {
    const owner = await addAccount(house);
    const answer = await login(house.visitor(), {
      email: owner.email,
      password: PASSWORD,
      next: ['/contacts', '//evil.test'],
    });
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop']);
  });

  it('changes the id of the session; the one before opens nothing', async () => {
    const [first, second] = [await addAccount(house), await addAccount(house)];
    const visitor = house.visitor();
    const one = sessionCookie(await login(visitor, { email: first.email, password: PASSWORD }))!;
    expect(one).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await withCookie(one)).status).toBe(200);
    const page = await visitor.hidden('/profiles');
    const two = sessionCookie(
      await visitor.post('/auth/login', { ...page, email: second.email, password: PASSWORD }),
    )!;
    expect(two.split(';')[0]).not.toBe(one.split(';')[0]);
    expect((await withCookie(one)).headers.location).toMatch(/^\/auth\/login/);
    expect((await withCookie(two)).status).toBe(200);
    expect((await withCookie(two.replace(/s%3A./, 's%3AA'))).status).toBe(303);
  });

  it('is not made for a visitor who only looks', async () => {
    const before = await count(house.parts.db, 'sessions');
    const visitor = house.visitor();
    for (const path of ['/auth/login', '/auth/register', '/contacts', '/policy'])
      expect((await visitor.get(path)).status).toBe(200);
    expect(await count(house.parts.db, 'sessions')).toBe(before);
  });
});

describe('«Выход»', () => {
  it('needs the form of this very session', async () => {
    const [owner, other] = [await addAccount(house), await addAccount(house)];
    const visitor = await house.visitor().signIn(owner.email);
    const foreign = await (await house.visitor().signIn(other.email)).hidden('/profiles');
    for (const fields of [{}, { _csrf: 'x' }, foreign])
      expect((await visitor.post('/auth/logout', fields)).status).toBe(403);
    expect((await visitor.get('/auth/logout')).status).toBe(404);
    expect(await isIn(visitor)).toBe(true);
  });

  it('ends the session, and its cookie is dead afterwards', async () => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    const cookie = sessionCookie(
      await login(visitor, { email: owner.email, password: PASSWORD, remember: 'on' }),
    )!;
    const elsewhere = await house.visitor().signIn(owner.email);
    const answer = await visitor.submit('/profiles', {}, '/auth/logout');
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login']);
    expect(words((await visitor.get('/auth/login')).text)).toContain('Вы вышли из кабинета.');
    expect((await withCookie(cookie)).status).toBe(303);
    expect(await isIn(elsewhere)).toBe(true);
  });
});

describe('how long a sign-in holds', () => {
  const enter = async (fields: Record<string, string>, staff: StaffRole[] = []) => {
    const person = await addAccount(house, { staff });
    const visitor = house.visitor();
    const answer = await login(visitor, { email: person.email, password: PASSWORD, ...fields });
    return { visitor, cookie: sessionCookie(answer)! };
  };

  it('12 hours without use, and with the browser', async () => {
    const { visitor, cookie } = await enter({});
    expect(cookie).not.toMatch(/Expires|Max-Age/i);
    for (let n = 0; n < 3; n += 1) {
      house.clock.move(12 * HOUR - 1);
      expect(await isIn(visitor)).toBe(true);
    }
    house.clock.move(12 * HOUR);
    expect(await isIn(visitor)).toBe(false);
  });

  it('30 minutes without use for staff, whatever they tick', async () => {
    const { visitor, cookie } = await enter({ remember: 'on' }, ['reviewer']);
    expect(cookie).not.toMatch(/Expires|Max-Age/i);
    for (let n = 0; n < 3; n += 1) {
      house.clock.move(HOUR / 2 - 1);
      expect(await isIn(visitor)).toBe(true);
    }
    house.clock.move(HOUR / 2);
    expect(await isIn(visitor)).toBe(false);
  });

  it('30 days with «Запомнить меня», and not longer by being used', async () => {
    const late = house.clock.at;
    house.clock.at = new Date();
    const { visitor, cookie } = await enter({ remember: 'on' });
    const until = Date.parse(/Expires=([^;]+)/.exec(cookie)![1]!);
    expect(Math.abs(until - Date.now() - 30 * DAY)).toBeLessThan(60_000);
    for (let n = 0; n < 3; n += 1) {
      house.clock.move(10 * DAY - HOUR / 2);
      expect(await isIn(visitor)).toBe(true);
    }
    house.clock.move(2 * HOUR);
    expect(await isIn(visitor)).toBe(false);
    house.clock.at = late;
  });
});

describe('a sign-in that ran out while a form was being filled in', () => {
  it('gives the text back to its owner on that page, and sends nothing by itself', async () => {
    const office = await openOffice(house);
    const type = await addType(house);
    const { visitor, account, path } = office;
    const page = await visitor.hidden(`${path}/new`);
    house.clock.move(13 * HOUR);
    const send = () => {
      const sent = visitor.agent.post(`${path}/new`);
      for (const [name, value] of Object.entries({
        ...page,
        type_id: type.id,
        comment: 'Срочно <b>нужно</b>',
        password: 'секрет',
      }))
        void sent.field(name, value);
      return sent.attach('file', Buffer.from('%PDF-'), 'x.pdf');
    };
    const lost = await send();
    expect([lost.status, lost.headers.location]).toEqual([
      303,
      `/auth/login?next=${encodeURIComponent(`${path}/new`)}&kept`,
    ]);
    expect(words((await visitor.get(lost.headers.location!)).text)).toContain(
      'Введённый в форму текст вернётся.',
    );
    const { db } = house.parts;
    expect(
      (await db('drafts').where({ account_id: account.id })).map(({ fields }) => fields as unknown),
    ).toEqual([{ type_id: type.id, comment: 'Срочно <b>нужно</b>' }]);

    const stranger = await addAccount(house);
    // The cookie of the ended session is still sent: it must not stand in the way of a new one.
    const other = await visitor.submit(
      lost.headers.location!,
      { email: stranger.email, password: PASSWORD },
      '/auth/login',
    );
    expect([other.status, other.headers.location]).toEqual([303, `${path}/new`]);
    expect((await visitor.get(other.headers.location!)).status).toBe(404);
    await visitor.submit('/profiles', {}, '/auth/logout');

    const back = await visitor.submit(
      lost.headers.location!,
      { email: account.email, password: PASSWORD },
      '/auth/login',
    );
    expect(back.headers.location).toBe(`${path}/new`);
    const form = await visitor.get(`${path}/new`);
    expect(form.text).toContain('Срочно &lt;b&gt;нужно&lt;/b&gt;');
    expect(form.text).toMatch(new RegExp(`<option value="${type.id}" selected`));
    expect(words(form.text)).toContain('Введённый раньше текст сохранён.');
    expect((await visitor.get(path)).text).not.toContain('Срочно');
    expect(await count(db, 'documents', { organisation_id: office.organisation.id })).toBe(0);
  });

  it('keeps nothing of a form that was not this session’s', async () => {
    const { visitor, account, path } = await openOffice(house);
    house.clock.move(13 * HOUR);
    const sent = visitor.agent.post(`${path}/new`).field('_csrf', 'made-up').field('comment', 'подброшено');
    expect((await sent).status).toBe(403);
    expect(await count(house.parts.db, 'drafts', { account_id: account.id })).toBe(0);
  });
});
