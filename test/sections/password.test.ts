import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockwork } from '../../src/domain/audit/audit.data.js';
import { appointStaff, LINK_TIME } from '../../src/domain/people/password-link.actions.js';
import { Invalid } from '../../src/lib/errors.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { errorsOf, words } from '../support/page.js';
import { addAccount, PASSWORD } from '../support/people.js';

let house: OpenHouse;
let serial = 0;
const FRESH = 'совсем новый пароль';

beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const someone = () => `chief-${(serial += 1)}@company.test`;
const account = (email: string) => house.parts.db('accounts').where({ email }).first();
const appoint = (email: string) => appointStaff(house.parts, email, clockwork('test'), house.clock.now());
const twice = (password: string) => ({ password, password_again: password });

/** Opens the link of a fresh appointment in a new browser. */
async function invited(email = someone()) {
  const { token } = await appoint(email);
  const visitor = house.visitor();
  const opened = await visitor.get(`/auth/password/${token}`);
  expect([opened.status, opened.headers.location]).toEqual([303, '/auth/password']);
  return { email, token, visitor };
}

async function expectDead(visitor: Visitor): Promise<void> {
  const page = await visitor.get('/auth/password');
  expect(words(page.text)).toContain('Ссылка не действует');
  expect(page.text).not.toContain('type="password"');
}

describe('the link to set a password', () => {
  it('is made for nothing but an address', async () => {
    const before = await dump(house.parts.db);
    for (const wrong of ['', 'chief', 'chief@company', 'a b@company.test'])
      await expect(appoint(wrong)).rejects.toThrow(Invalid);
    expect(await dump(house.parts.db)).toEqual(before);
  });

  it.each([
    [{}, { password: 'Придумайте пароль', password_again: 'Повторите пароль' }],
    [twice('семь777'), { password: 'Пароль короче 8 символов' }],
    [twice('ы'.repeat(129)), { password: 'Пароль длиннее 128 символов' }],
    [twice('qwerty123'), { password: 'Такой пароль слишком распространён. Придумайте другой' }],
    [{ password: FRESH, password_again: `${FRESH}!` }, { password_again: 'Пароли не совпадают' }],
  ])('refuses what no password should be (case %#)', async (fields, errors) => {
    const { visitor, email } = await invited();
    const answer = await visitor.submit('/auth/password', fields);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual(errors);
    expect(answer.text).not.toContain(FRESH);
    expect(await account(email)).toMatchObject({ password_hash: null });
  });

  it('refuses the address itself, and stays good', async () => {
    const { visitor, email } = await invited();
    const answer = await visitor.submit('/auth/password', twice(email.toUpperCase()));
    expect(errorsOf(answer.text)).toEqual({
      password: 'Пароль совпадает с адресом E-mail. Придумайте другой',
    });
    expect((await visitor.submit('/auth/password', twice(FRESH))).status).toBe(303);
  });

  it('sets nothing for who does not hold it, or holds a made-up one', async () => {
    for (const token of [null, 'A'.repeat(32), '%27or%27']) {
      const visitor = house.visitor();
      if (token) await visitor.get(`/auth/password/${token}`);
      await expectDead(visitor);
      const page = await visitor.hidden('/auth/register');
      const answer = await visitor.post('/auth/password', { ...page, ...twice(FRESH) });
      expect([answer.status, words(answer.text)]).toEqual([
        409,
        expect.stringContaining('Ссылка уже использована или её срок истёк.'),
      ]);
    }
  });

  it('is over after 60 minutes', async () => {
    const { visitor, email } = await invited();
    house.clock.move(LINK_TIME - 1);
    const page = await visitor.hidden('/auth/password');
    expect((await visitor.get('/auth/password')).text).toContain(email);
    house.clock.move(61_001);
    await expectDead(visitor);
    expect((await visitor.post('/auth/password', { ...page, ...twice(FRESH) })).status).toBe(409);
    expect(await account(email)).toMatchObject({ password_hash: null });
  });

  it('is killed by the next one', async () => {
    const { visitor, email } = await invited();
    const next = await invited(email);
    await expectDead(visitor);
    expect((await next.visitor.submit('/auth/password', twice(FRESH))).status).toBe(303);
  });

  it('is used up by nobody who only opens it, and shows no token', async () => {
    const { visitor, token, email } = await invited();
    await house.visitor().get(`/auth/password/${token}`);
    const page = await visitor.get('/auth/password');
    expect(page.text).toContain(`value="${email}" readonly`);
    expect(page.text).not.toContain(token);
    expect(JSON.stringify(await dump(house.parts.db))).not.toContain(token);
    expect((await visitor.submit('/auth/password', twice(FRESH))).status).toBe(303);
    expect(JSON.stringify(await dump(house.parts.db))).not.toContain(token);
  });

  it('makes a staff administrator who can sign in, once', async () => {
    const { visitor, token, email } = await invited(` ${someone().toUpperCase()} `.trim());
    const answer = await visitor.submit('/auth/password', twice(FRESH));
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/login']);
    expect(words((await visitor.get('/auth/login')).text)).toContain('Пароль обновлён. Теперь можно войти.');
    expect((await visitor.get('/staff/documents')).status).toBe(303);
    const entered = await visitor.submit('/auth/login', { email, password: FRESH });
    expect(entered.headers.location).toBe('/staff/documents');
    expect((await visitor.get('/staff/document-types')).status).toBe(200);
    const made = await account(email.toLowerCase());
    expect(made).toMatchObject({ staff_roles: ['administrator'] });
    expect(await count(house.parts.db, 'audit', { action: 'password.set', subject_id: made!.id })).toBe(1);

    const second = house.visitor();
    await second.get(`/auth/password/${token}`);
    await expectDead(second);
  });

  it('is used once, however many use it at the same instant', async () => {
    const { email, token } = await invited();
    const people = await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        const visitor = house.visitor();
        await visitor.get(`/auth/password/${token}`);
        return {
          visitor,
          fields: { ...(await visitor.hidden('/auth/password')), ...twice(`${FRESH} ${n}`) },
        };
      }),
    );
    const answers = await Promise.all(
      people.map(({ visitor, fields }) => visitor.post('/auth/password', fields)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(7).fill(409)]);
    await house.visitor().signIn(email, `${FRESH} ${answers.findIndex(({ status }) => status === 303)}`);
  });

  it('ends every session of the account and no other', async () => {
    const [owner, other] = [await addAccount(house, { staff: ['reviewer'] }), await addAccount(house)];
    const open = await Promise.all(
      [house.visitor(), house.visitor()].map((visitor) => visitor.signIn(owner.email)),
    );
    const untouched = await house.visitor().signIn(other.email);
    const { visitor } = await invited(owner.email);
    await visitor.submit('/auth/password', twice(FRESH));
    for (const one of open)
      expect((await one.get('/profiles')).headers.location).toBe('/auth/login?next=%2Fprofiles');
    expect((await untouched.get('/profiles')).status).toBe(200);
    expect(
      (await house.visitor().submit('/auth/login', { email: owner.email, password: PASSWORD })).status,
    ).toBe(401);
    await house.visitor().signIn(owner.email, FRESH);
  });
});

describe('an appointment', () => {
  it('adds the administrator’s role to an account and keeps what it has', async () => {
    const owner = await addAccount(house, { staff: ['reviewer'], surname: 'Проверяева' });
    await appoint(owner.email.toUpperCase());
    await appoint(owner.email);
    const now = await account(owner.email);
    expect(now).toMatchObject({ ...owner, staff_roles: ['reviewer', 'administrator'] });
    expect(await count(house.parts.db, 'audit', { action: 'staff.appointed', subject_id: owner.id })).toBe(2);
  });

  it('ends a tenant’s sign-in: a month’s cookie must not open the company’s side', async () => {
    const owner = await addAccount(house);
    const visitor = house.visitor();
    await visitor.submit('/auth/login', { email: owner.email, password: PASSWORD, remember: 'on' });
    expect((await visitor.get('/profiles')).status).toBe(200);
    await appoint(owner.email);
    expect((await visitor.get('/staff/documents')).status).toBe(303);
  });
});
