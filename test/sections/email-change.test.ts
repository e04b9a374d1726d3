import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptMails } from '../../src/domain/outbox/transport.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { HOUR } from '../support/house.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount, PASSWORD } from '../support/people.js';

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

let serial = 0;
const fresh = () => `fresh-${(serial += 1)}@tenant.test`;
const row = (id: string) => house.parts.db('accounts').where({ id }).first();

async function letters(to: string) {
  await house.deliver();
  return (await keptMails(join(house.config.dataDir, 'mail'))).filter((mail) => mail.to === to);
}

async function linkTo(email: string): Promise<string> {
  const [letter] = await letters(email);
  return /\/auth\/email\/\S+/.exec(letter!.text)![0];
}

/** Of the letters to one address, told apart by their moment. */
async function newestLink(email: string): Promise<string> {
  house.clock.move(1);
  return linkTo(email);
}

async function enter() {
  const account = await addAccount(house);
  return { account, visitor: await house.visitor().signIn(account.email) };
}

const ask = (visitor: Visitor, email: string, password = PASSWORD) =>
  visitor.submit('/desktop/email', { email, password });

async function confirm(link: string) {
  const visitor = house.visitor();
  expect((await visitor.get(link)).headers.location).toBe('/auth/email');
  // A dead link's page has no form: the token comes from another page of the same visitor.
  return visitor.submit('/auth/login', {}, '/auth/email');
}

describe('another address', () => {
  it('is refused without the password, and where it is the present one or none', async () => {
    const { account, visitor } = await enter();
    const wrong = await ask(visitor, fresh(), 'мимо');
    expect([wrong.status, errorsOf(wrong.text)]).toEqual([422, { password: 'Пароль не подходит' }]);
    expect(valueOf(wrong.text, 'email')).toMatch(/^fresh/);
    const same = await ask(visitor, account.email.toUpperCase());
    expect(errorsOf(same.text)).toEqual({ email: 'Это ваш нынешний адрес. Укажите другой' });
    expect(Object.keys(errorsOf((await ask(visitor, 'нет')).text))).toEqual(['email']);
    expect(await house.parts.db('email_changes').where({ account_id: account.id })).toEqual([]);
    expect(await letters(account.email)).toEqual([]);
  });

  it('is taken after the link’s button: sessions end, the old address hears of it and opens nothing', async () => {
    const { account, visitor } = await enter();
    const email = fresh();
    const answer = await ask(visitor, ` ${email.toUpperCase()} `);
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop/personal']);
    const link = await linkTo(email);
    // Looking at the link changes nothing.
    await house.visitor().get(link);
    expect((await row(account.id))?.email).toBe(account.email);
    expect((await visitor.get('/desktop')).status).toBe(200);

    const confirmed = await confirm(link);
    expect([confirmed.status, confirmed.headers.location]).toEqual([303, '/auth/login']);
    expect((await row(account.id))?.email).toBe(email);
    expect((await visitor.get('/desktop')).status).toBe(303);
    await house.visitor().signIn(email);
    expect(
      (await house.visitor().submit('/auth/login', { email: account.email, password: PASSWORD })).status,
    ).toBe(401);
    expect((await letters(account.email)).map(({ subject }) => subject).sort()).toEqual([
      'Адрес в Личном кабинете клиента изменён',
      'Запрошена смена адреса в Личном кабинете клиента',
    ]);
    expect((await confirm(link)).status).toBe(409);
  });

  it('ends with the next wish, and after an hour', async () => {
    const { account, visitor } = await enter();
    const [one, two] = [fresh(), fresh()];
    await ask(visitor, one);
    const first = await linkTo(one);
    await ask(visitor, two);
    const second = await linkTo(two);
    expect((await confirm(first)).status).toBe(409);
    house.clock.move(HOUR + 1000);
    const late = house.visitor();
    await late.get(second);
    expect(words((await late.get('/auth/email')).text)).toContain('Ссылка не действует');
    expect((await confirm(second)).status).toBe(409);
    expect((await row(account.id))?.email).toBe(account.email);
  });

  it('of somebody else is answered alike and gets no letter; taken meanwhile, the link refuses', async () => {
    const { account, visitor } = await enter();
    const other = await addAccount(house);
    expect((await ask(visitor, other.email)).headers.location).toBe('/desktop/personal');
    expect(await letters(other.email)).toEqual([]);
    const email = fresh();
    await ask(visitor, email);
    const link = await linkTo(email);
    await addAccount(house, { email });
    const refused = await confirm(link);
    expect([refused.status, words(refused.text)]).toEqual([
      409,
      expect.stringContaining('С этим адресом уже есть учётная запись.'),
    ]);
    expect((await row(account.id))?.email).toBe(account.email);
  });

  it('is given once when the button is pressed twenty times at once', async () => {
    const { account, visitor } = await enter();
    const email = fresh();
    await ask(visitor, email);
    const link = await linkTo(email);
    const someone = house.visitor();
    await someone.get(link);
    const fields = await someone.hidden('/auth/email');
    const answers = await Promise.all(Array.from({ length: 20 }, () => someone.post('/auth/email', fields)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await row(account.id))?.email).toBe(email);
    expect(
      await house.parts.db('audit').where({ action: 'email.changed', subject_id: account.id }),
    ).toHaveLength(1);
  });

  it('goes to one of two accounts that confirm it at the same instant', async () => {
    for (let round = 0; round < 8; round += 1) {
      const email = fresh();
      const ready = [];
      for (let n = 0; n < 2; n += 1) {
        const { visitor } = await enter();
        await ask(visitor, email);
        const someone = house.visitor();
        await someone.get(await newestLink(email));
        ready.push({ someone, fields: await someone.hidden('/auth/email') });
      }
      const answers = await Promise.all(
        ready.map(({ someone, fields }) => someone.post('/auth/email', fields)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
    }
  });
});
