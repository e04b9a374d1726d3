import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptSms } from '../../src/domain/outbox/sms.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import type { AccountRow } from '../../src/db/rows.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { HOUR } from '../support/house.js';
import { words } from '../support/page.js';
import { addAccount, PASSWORD } from '../support/people.js';

/**
 * Whoever has begun to take an account over does not finish once its owner has changed the password, the address or the
 * number: the notices tell him to do just that.
 */

const FRESH = 'Совсем другая скрепка';
const TWICE = { password: FRESH, password_again: FRESH };

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => void (await house.parts.db('phone_codes').delete()));

let serial = 0;
async function owner(change: Partial<AccountRow> = {}) {
  serial += 1;
  const account = await addAccount(house, {
    email: `owner-${serial}@tenant.test`,
    phone: `+7903777${String(serial).padStart(4, '0')}`,
    phone_confirmed_at: house.clock.now(),
    ...change,
  });
  return { account, visitor: await house.visitor().signIn(account.email) };
}
type Owner = Awaited<ReturnType<typeof owner>>;

const row = async ({ account }: Owner) =>
  (await house.parts.db('accounts').where({ id: account.id }).first())!;
const newest = async (to: string, subject: RegExp) => {
  house.clock.move(1);
  await house.deliver();
  const mails = await keptMails(join(house.config.dataDir, 'mail'));
  return mails.find((mail) => mail.to === to && subject.test(mail.subject))!;
};
const linkIn = (text: string) => /\/auth\/(?:email|password)\/\S+/.exec(text)![0];

const changePassword = async ({ visitor }: Owner, to = FRESH) => {
  const passwords = { old_password: PASSWORD, password: to, password_again: to };
  expect((await visitor.submit('/desktop/password', passwords)).status).toBe(303);
};
const askForEmail = async ({ visitor }: Owner, email: string) => {
  expect((await visitor.submit('/desktop/email', { email, password: PASSWORD })).status).toBe(303);
  return linkIn((await newest(email, /адрес/i)).text);
};
const recover = async (contact: string): Promise<Visitor> => {
  const thief = house.visitor();
  await thief.submit('/auth/recovery', { contact, surname: 'Константинопольская' });
  return thief;
};
const recoveryLink = async ({ account }: Owner) => {
  await recover(account.email);
  return linkIn((await newest(account.email, /Восстановление/)).text);
};
/** Opens the link and presses its button; the token of a dead link's page comes from another page. */
const press = async (link: string, fields = {}) => {
  const thief = house.visitor();
  await thief.get(link);
  return thief.submit('/auth/login', fields, link.replace(/\/[^/]+$/, ''));
};

describe('a new password', () => {
  it('ends the link that would move the account to another address', async () => {
    const person = await owner();
    const link = await askForEmail(person, `thief-${serial}@evil.test`);
    await changePassword(person);
    expect((await press(link)).status).toBe(409);
    expect((await row(person)).email).toBe(person.account.email);
  });

  it('ends it also when it was set by a recovery', async () => {
    const person = await owner();
    const link = await askForEmail(person, `thief-${serial}@evil.test`);
    expect((await press(await recoveryLink(person), TWICE)).status).toBe(303);
    expect((await press(link)).status).toBe(409);
    expect((await row(person)).email).toBe(person.account.email);
  });

  it('ends links and codes of recoveries begun before', async () => {
    const person = await owner();
    const link = await recoveryLink(person);
    const thief = await recover(person.account.phone!);
    house.clock.move(1);
    await house.deliver();
    const [sms] = await keptSms(join(house.config.dataDir, 'sms'));
    await changePassword(person);
    const before = (await row(person)).password_hash;
    expect((await press(link, TWICE)).status).toBe(409);
    const code = /\d{6}/.exec(sms!.text)![0];
    const typed = { phone: person.account.phone!, code, ...TWICE };
    expect((await thief.submit('/auth/recovery/code', typed)).status).toBe(422);
    expect((await row(person)).password_hash).toBe(before);
  });
});

it('a new address ends the recovery that went to the old one', async () => {
  const person = await owner();
  const stolen = await recoveryLink(person);
  const email = `moved-${serial}@tenant.test`;
  expect((await press(await askForEmail(person, email))).status).toBe(303);
  const before = (await row(person)).password_hash;
  expect((await press(stolen, TWICE)).status).toBe(409);
  expect(await row(person)).toMatchObject({ email, password_hash: before });
});

describe('a code of recovery', () => {
  const begun = async () => {
    const person = await owner();
    const thief = await recover(person.account.phone!);
    house.clock.move(1);
    await house.deliver();
    const [sms] = await keptSms(join(house.config.dataDir, 'sms'));
    const typed = { phone: person.account.phone!, code: /\d{6}/.exec(sms!.text)![0], ...TWICE };
    return { person, use: () => thief.submit('/auth/recovery/code', typed) };
  };
  const PERSON = { surname: 'Константинопольская', name: 'Мария', patronymic: 'Сергеевна', inn: '' };

  it.each(['', '+7 903 000-11-22'])('ends with the number: it is changed to «%s»', async (phone) => {
    const { person, use } = await begun();
    expect((await person.visitor.submit('/desktop/personal', { ...PERSON, phone })).status).toBe(303);
    expect((await use()).status).toBe(422);
    expect((await row(person)).password_hash).toBe(person.account.password_hash);
  });

  it('ends when another account has proved the number meanwhile', async () => {
    const { person, use } = await begun();
    await house.parts.db('accounts').where({ id: person.account.id }).update({ phone_confirmed_at: null });
    expect((await use()).status).toBe(422);
  });
});

it('goes to one address three times an hour at most, silently', async () => {
  const { account } = await owner();
  const count = async () =>
    house.parts
      .db('outbox')
      .where({ letter: 'recovery', recipient: account.email, state: 'sent' })
      .pluck('id');
  for (let n = 0; n < 6; n += 1) {
    await recover(account.email);
    await house.deliver();
  }
  expect(await count()).toHaveLength(3);
  house.clock.move(HOUR + 1);
  await recover(account.email);
  await house.deliver();
  expect(await count()).toHaveLength(4);
});

it('whoever registers an address and signs in is answered alike, whether it has an account or not', async () => {
  const { account } = await owner();
  const answers = [];
  for (const email of [account.email, `nobody-${serial}@tenant.test`]) {
    const visitor = house.visitor();
    const person = { email, surname: 'Новая', name: 'Анна', consent: 'on', ...TWICE };
    expect((await visitor.submit('/auth/register', person)).status).toBe(303);
    const answer = await visitor.submit('/auth/login', { email, password: FRESH });
    const page = await visitor.get(answer.headers.location!);
    answers.push([answer.status, answer.headers.location, words(page.text).replace(email, 'X')]);
    const wrong = await visitor.submit('/auth/login', { email, password: 'Мимо-мимо-мимо' });
    expect(wrong.status).toBe(401);
  }
  expect(answers[0]).toEqual(answers[1]);
  // The owner enters with his own password all the same.
  expect(
    (await house.visitor().submit('/auth/login', { email: account.email, password: PASSWORD })).status,
  ).toBe(303);
});

it('one code is sent for a button that was pressed twenty times', async () => {
  const person = await owner({ phone_confirmed_at: null });
  const form = await person.visitor.hidden('/desktop/phone');
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => person.visitor.post('/desktop/phone/code', form)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
  expect(await house.parts.db('phone_codes').where({ account_id: person.account.id })).toHaveLength(1);
});

it('an address that only takes forms is not gone to after signing in', async () => {
  const { account } = await owner();
  const visitor = house.visitor();
  const answer = await visitor.submit('/auth/login', {
    email: account.email,
    password: PASSWORD,
    next: '/auth/logout',
  });
  expect(answer.headers.location).toBe('/desktop');
});
