import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keptSms } from '../../src/domain/outbox/sms.js';
import type { Visitor } from '../support/browser-less.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { HOUR } from '../support/house.js';
import { errorsOf, linksOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const MINUTE = 60_000;

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => void (await house.parts.db('phone_codes').delete()));

let serial = 0;
const number = () => `+7904${String((serial += 1)).padStart(7, '0')}`;
const row = (id: string) => house.parts.db('accounts').where({ id }).first();

async function enter(phone: string | null = number()) {
  const account = await addAccount(house, { phone });
  return { account, phone: phone!, visitor: await house.visitor().signIn(account.email) };
}

async function send(visitor: Visitor) {
  const answer = await visitor.submit('/desktop/personal', {}, '/desktop/phone/code');
  await house.deliver();
  return answer;
}

async function lastCode(phone: string): Promise<string> {
  const [sms] = (await keptSms(join(house.config.dataDir, 'sms'))).filter(({ to }) => to === phone);
  return /\d{6}/.exec(sms!.text)![0];
}

describe('confirming a phone', () => {
  it('is offered while the number is not confirmed', async () => {
    const { visitor } = await enter();
    expect(linksOf((await visitor.get('/desktop/personal')).text)['Подтвердить']).toBe('/desktop/phone');
    expect(words((await visitor.get('/desktop/phone')).text)).toContain('Получить код по SMS');
    const { visitor: without } = await enter(null);
    expect((await without.get('/desktop/phone')).headers.location).toBe('/desktop/personal');
    const answer = await send(without);
    expect([answer.status, words(answer.text)]).toEqual([
      409,
      expect.stringContaining('Номер телефона не указан'),
    ]);
  });

  it('takes the code of the SMS, once; a letter tells the owner', async () => {
    const { account, phone, visitor } = await enter();
    expect((await send(visitor)).headers.location).toBe('/desktop/phone');
    const code = await lastCode(phone);
    const answer = await visitor.submit('/desktop/phone', { code });
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop/personal']);
    expect((await row(account.id))?.phone_confirmed_at).toEqual(house.clock.now());
    const page = words((await visitor.get('/desktop/personal')).text);
    expect(page).toContain('Номер телефона подтверждён.');
    expect(page).not.toContain('не подтверждён');
    expect(await house.parts.db('outbox').where({ recipient: account.email })).toMatchObject([
      { letter: 'phone-confirmed' },
    ]);
    expect((await send(visitor)).status).toBe(409);
  });

  it.each([
    ['', 'Введите код из SMS'],
    ['12345', 'Код из SMS — 6 цифр'],
    ['абвгде', 'Код из SMS — 6 цифр'],
  ])('refuses %j', async (code, error) => {
    const { visitor } = await enter();
    await send(visitor);
    const answer = await visitor.submit('/desktop/phone', { code });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, { code: error }]);
  });

  it('refuses another person’s code, one that was tried five times, and one that is too old', async () => {
    const [one, two] = [await enter(), await enter()];
    await send(one.visitor);
    await send(two.visitor);
    const [mine, other] = [await lastCode(one.phone), await lastCode(two.phone)];
    expect((await one.visitor.submit('/desktop/phone', { code: other })).status).toBe(
      mine === other ? 303 : 422,
    );
    for (let n = 0; n < 4; n += 1) {
      const code = String((Number(mine) + 1 + n) % 1_000_000).padStart(6, '0');
      expect((await one.visitor.submit('/desktop/phone', { code })).status).toBe(422);
    }
    expect((await one.visitor.submit('/desktop/phone', { code: mine })).status).toBe(422);
    expect((await row(one.account.id))?.phone_confirmed_at).toBeNull();
    house.clock.move(10 * MINUTE + 1);
    expect((await two.visitor.submit('/desktop/phone', { code: other })).status).toBe(422);
  });

  it('does not confirm a number that was changed after the code was sent', async () => {
    const { account, phone, visitor } = await enter();
    await send(visitor);
    const code = await lastCode(phone);
    const { surname, name } = account;
    await visitor.submit('/desktop/personal', { surname, name, phone: number() });
    expect((await visitor.submit('/desktop/phone', { code })).status).toBe(422);
    expect((await row(account.id))?.phone_confirmed_at).toBeNull();
  });

  it('moves a number from the account that had confirmed it, only after the code', async () => {
    const phone = number();
    const before = await addAccount(house, { phone, phone_confirmed_at: house.clock.now() });
    const { account, visitor } = await enter(phone);
    await send(visitor);
    expect((await row(before.id))?.phone_confirmed_at).not.toBeNull();
    await visitor.submit('/desktop/phone', { code: await lastCode(phone) });
    expect((await row(account.id))?.phone_confirmed_at).not.toBeNull();
    expect(await row(before.id)).toMatchObject({ phone, phone_confirmed_at: null });
  });

  it('sends three codes an hour and says when the next one can be had', async () => {
    const { visitor } = await enter();
    for (let n = 0; n < 3; n += 1) expect((await send(visitor)).status).toBe(303);
    const answer = await send(visitor);
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '3600']);
    expect(words(answer.text)).toContain(
      'Код на этот номер отправлен уже три раза за час. Попробуйте через 60 мин.',
    );
    house.clock.move(HOUR + 1000);
    expect((await send(visitor)).status).toBe(303);
  });

  it('stays with one of two accounts that confirm the same number at the same instant', async () => {
    for (let round = 0; round < 8; round += 1) {
      const phone = number();
      const both = [await enter(phone), await enter(phone)];
      const forms: Record<string, string>[] = [];
      for (const { visitor } of both) {
        house.clock.move(1);
        await send(visitor);
        forms.push({ ...(await visitor.hidden('/desktop/phone')), code: await lastCode(phone) });
      }
      const answers = await Promise.all(
        both.map(({ visitor }, n) => visitor.post('/desktop/phone', forms[n]!)),
      );
      for (const { status } of answers) expect([303, 409, 422]).toContain(status);
      const confirmed = await house.parts.db('accounts').where({ phone }).whereNotNull('phone_confirmed_at');
      expect(confirmed).toHaveLength(1);
    }
  });
});
