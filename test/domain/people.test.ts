import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clockwork } from '../../src/domain/audit/audit.data.js';
import { forgetOldAttempts, refundAttempt, reserveAttempt } from '../../src/domain/people/attempts.data.js';
import { createPasswords, isCommon } from '../../src/domain/people/password.js';
import { setPassword, appointStaff } from '../../src/domain/people/password-link.actions.js';
import { CONSENT } from '../../src/domain/people/consent.js';
import {
  CONFIRMATION_TIME,
  confirmAddress,
  purgeRegistrations,
  refuseRegistration,
  refuseWeakPassword,
  register,
} from '../../src/domain/people/registration.actions.js';
import { checkSignIn } from '../../src/domain/people/sign-in.actions.js';
import { createTokens, hashToken, randomToken } from '../../src/domain/people/tokens.js';
import { Invalid, TooMany } from '../../src/lib/errors.js';
import { count, dump } from '../support/dump.js';
import { failingWrites } from '../support/faults.js';
import { Clock, DAY, HOUR, openHouse, type TestHouse } from '../support/house.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { addAccount, PASSWORD } from '../support/people.js';

const NOON = new Date('2027-03-10T09:00:00Z');
const actor = clockwork('test');
let mailbox: Mailbox;
let house: TestHouse;

beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openHouse({ smtpUrl: mailbox.url }, new Clock(NOON));
});
afterAll(async () => {
  await house?.close();
  await mailbox?.close();
});
beforeEach(() => void (house.clock.at = NOON));

const db = () => house.parts.db;
const parts = () => house.parts;
const now = () => house.clock.now();
const person = (email: string) => ({
  email,
  surname: 'Фёдоров',
  name: 'Глеб',
  patronymic: null,
  phone: null,
  password: PASSWORD,
});
const origin = (browser = randomUUID()) => ({ browser, user_agent: 'test', form: '/auth/register' });

/** Registers; answers the row and the token of its letter. */
async function registered(email = `${randomUUID()}@tenant.test`, browser = randomUUID()) {
  await register(parts(), person(email), origin(browser), actor, now());
  const row = (await db()('registrations').where({ email, browser }).first())!;
  return { email, browser, row, token: parts().tokens.derive('registration', row.id) };
}

describe('passwords', () => {
  const passwords = createPasswords({ key: 'k'.repeat(32), cost: 4 });

  it(
    'match themselves and nothing else, to the last letter of 128, in any script',
    { timeout: 60_000 },
    async () => {
      const letters = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 128 });
      await fc.assert(
        fc.asyncProperty(letters, fc.nat(), async (password, where) => {
          const hash = await passwords.hash(password);
          expect(await passwords.matches(password, hash)).toBe(true);
          const units = [...password];
          const at = where % units.length;
          const other = [...units.slice(0, at), units[at] === 'ж' ? 'щ' : 'ж', ...units.slice(at + 1)].join(
            '',
          );
          expect(await passwords.matches(other, hash)).toBe(false);
          expect(await passwords.matches(`${password} `, hash)).toBe(false);
        }),
        { numRuns: 60 },
      );
    },
  );

  it('count beyond the 72 bytes that bcrypt reads', async () => {
    for (const [length, letter] of [
      [72, 'a'],
      [127, 'a'],
      [36, 'ы'],
      [127, 'ы'],
    ] as const) {
      const hash = await passwords.hash(`${letter.repeat(length)}1`);
      expect(await passwords.matches(`${letter.repeat(length)}2`, hash)).toBe(false);
      expect(await passwords.matches(letter.repeat(length), hash)).toBe(false);
      expect(await passwords.matches(`${letter.repeat(length)}1`, hash)).toBe(true);
    }
  });

  it('are one, however the keyboard composes a letter', async () => {
    const hash = await passwords.hash('пароль й ё é'.normalize('NFC'));
    expect(await passwords.matches('пароль й ё é'.normalize('NFD'), hash)).toBe(true);
  });

  it('are worth nothing under another key, and cost what they should in earnest', async () => {
    const hash = await passwords.hash(PASSWORD);
    expect(await createPasswords({ key: 'K'.repeat(32), cost: 4 }).matches(PASSWORD, hash)).toBe(false);
    expect(await createPasswords({ key: 'k'.repeat(32), cost: 12 }).hash(PASSWORD)).toMatch(/^\$2b\$12\$/);
    expect(await passwords.matches('nobody has this one', null)).toBe(false);
  });

  it('queue up to a bound: a flood is refused at once, the rest are served', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash(PASSWORD)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(38);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ retryAfter: 5, message: 'Сейчас входит слишком много людей сразу.' });
    expect(await passwords.hash(PASSWORD)).toMatch(/^\$2b\$04\$/);
  });

  it('that everybody tries first are known in any case', () => {
    for (const common of ['password', 'PASSWORD1', 'Qwerty123', '12345678', 'iloveyou'])
      expect(isCommon(common)).toBe(true);
    for (const rare of [PASSWORD, 'correct horse battery', ''])
      expect(isCommon(rare), rare).toBe(rare === '' && isCommon(''));
    expect(() => refuseWeakPassword('Petr@Tenant.test', ' petr@tenant.TEST ')).toThrow(Invalid);
    expect(() => refuseWeakPassword('petr@tenant.test.', 'petr@tenant.test')).not.toThrow();
  });
});

describe('tokens', () => {
  it('have 192 bits, tell nothing of each other and are kept as hashes', () => {
    const tokens = createTokens('s'.repeat(32));
    const id = randomUUID();
    expect(tokens.derive('registration', id)).toMatch(/^[\w-]{32}$/);
    expect(tokens.derive('registration', id)).toBe(tokens.derive('registration', id));
    const others = [
      tokens.derive('recovery', id),
      tokens.derive('registration', randomUUID()),
      createTokens('S'.repeat(32)).derive('registration', id),
    ];
    expect(new Set([tokens.derive('registration', id), ...others]).size).toBe(4);
    expect(randomToken()).toMatch(/^[\w-]{32}$/);
    expect(hashToken('a')).not.toContain('a'.repeat(8));
  });
});

describe('attempts', () => {
  const key = () => `test:${randomUUID()}`;
  const waitOf = (error: unknown) => (error instanceof TooMany ? error.retryAfter : String(error));
  const attempt = (name: string, at: Date, free = 5) =>
    reserveAttempt(db(), { key: name, free }, at).then(() => 0, waitOf);

  it('wait half a minute after the last free one, twice as long each time, an hour at most', async () => {
    const name = key();
    for (let n = 0; n < 5; n += 1) expect(await attempt(name, now())).toBe(0);
    const waits = [];
    for (let n = 0; n < 10; n += 1) {
      const wait = (await attempt(name, now())) as number;
      waits.push(wait);
      house.clock.move(wait * 1000 - 1);
      expect(await attempt(name, now())).toBe(1);
      house.clock.move(1);
      expect(await attempt(name, now())).toBe(0);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  });

  it('are forgotten an hour after the last one', async () => {
    const name = key();
    for (let n = 0; n < 4; n += 1) await attempt(name, now());
    house.clock.move(HOUR + 1);
    for (let n = 0; n < 5; n += 1) expect(await attempt(name, now())).toBe(0);
    expect(await attempt(name, now())).toBe(30);
  });

  it('made at one instant are counted one by one', async () => {
    const name = key();
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => attempt(name, now())));
    expect(outcomes.filter((outcome) => outcome === 0)).toHaveLength(5);
  });

  it('that were right after all do not count', async () => {
    const name = key();
    const allowance = { key: name, free: 5 };
    for (let n = 0; n < 20; n += 1) {
      expect(await attempt(name, now())).toBe(0);
      await refundAttempt(db(), allowance);
    }
    for (let n = 0; n < 5; n += 1) expect(await attempt(name, now())).toBe(0);
    expect(await attempt(name, now())).toBe(30);
  });

  it('do not stay in the database', async () => {
    const name = key();
    await attempt(name, now());
    await forgetOldAttempts(db(), new Date(now().getTime() + 1));
    expect(await count(db(), 'sign_in_attempts', { key: name })).toBe(0);
  });

  it('never let a thousand guesses in, and the owner still enters', { timeout: 60_000 }, async () => {
    const owner = await addAccount(house);
    const guess = (password: string, device: string | null) =>
      checkSignIn(
        parts(),
        { email: owner.email, password, device, browser: 'x' },
        { ...actor, ip: `10.9.${Math.floor(Math.random() * 250)}.1` },
        now(),
      );
    let evaluated = 0;
    for (let n = 0; n < 1000; n += 1) {
      house.clock.move(1000);
      const outcome = await guess(`мимо-${n}`, null).catch((error: unknown) => error);
      if (!(outcome instanceof TooMany)) evaluated += 1;
    }
    expect(evaluated).toBeLessThan(15);
    expect(await guess(PASSWORD, randomUUID())).toMatchObject({ outcome: 'in' });
    house.clock.move(HOUR);
    expect(await guess(PASSWORD, null)).toMatchObject({ outcome: 'in' });
  });
});

describe('the letter after a registration', () => {
  const letterTo = async (email: string) => {
    await house.deliver();
    return mailbox.to(email).map(({ mail }) => mail.subject);
  };

  it('is decided about when it is written: whose account came to be meanwhile hears that he has one', async () => {
    const { email } = await registered();
    await addAccount(house, { email });
    expect(await letterTo(email)).toEqual(['Вы уже зарегистрированы в Личном кабинете клиента']);
  });

  it('is not sent of what was refused, purged or confirmed meanwhile', async () => {
    const [refused, purged, confirmed] = [await registered(), await registered(), await registered()];
    await refuseRegistration(db(), refused.token, actor, now());
    await confirmAddress(
      parts(),
      confirmed.token,
      { browser: confirmed.browser, password: null },
      actor,
      now(),
    );
    await db()('registrations')
      .where({ id: purged.row.id })
      .update({ created_at: new Date(NOON.getTime() - 8 * DAY) });
    await purgeRegistrations(db(), now());
    for (const { email } of [refused, purged, confirmed]) expect(await letterTo(email)).toEqual([]);
  });
});

describe('the purge', () => {
  it('takes with a registration its consent, and leaves what is younger, confirmed or somebody’s', async () => {
    const [old, young, done] = [await registered(), await registered(), await registered()];
    await confirmAddress(parts(), done.token, { browser: done.browser, password: null }, actor, now());
    await db()('registrations')
      .where({ id: young.row.id })
      .update({ created_at: new Date(NOON.getTime() + 1) });
    const over = new Date(NOON.getTime() + CONFIRMATION_TIME);
    expect(await purgeRegistrations(db(), new Date(over.getTime() - 1))).toBe(0);
    expect(await purgeRegistrations(db(), over)).toBeGreaterThanOrEqual(1);
    const left = async (email: string) => [
      await count(db(), 'registrations', { email }),
      await count(db(), 'consents', { email }),
    ];
    expect(await left(old.email)).toEqual([0, 0]);
    expect(await left(young.email)).toEqual([1, 1]);
    expect(await left(done.email)).toEqual([1, 1]);
    expect(await db()('consent_texts').where({ sha256: CONSENT.sha256 }).first()).toMatchObject({
      body: CONSENT.body,
    });
  });
});

describe('a fault at any statement', () => {
  it(
    'leaves nothing half-done of a registration, a confirmation or a new password',
    { timeout: 60_000 },
    async () => {
      const writes = await failingWrites(db());
      const kept = () => dump(db(), 'fault_at', 'sign_in_attempts');
      const failEach = async (work: () => Promise<unknown>) => {
        const before = await kept();
        for (let n = 1; n < 30; n += 1) {
          await writes.at(n);
          const failed = await work().then(
            () => false,
            () => true,
          );
          await writes.never();
          if (!failed) return n - 1;
          expect(await kept()).toEqual(before);
        }
        throw new Error('It never succeeds');
      };
      expect(
        await failEach(() => register(parts(), person('faulty@tenant.test'), origin(), actor, now())),
      ).toBeGreaterThanOrEqual(5);
      const { browser, token } = await registered();
      expect(
        await failEach(() => confirmAddress(parts(), token, { browser, password: null }, actor, now())),
      ).toBeGreaterThanOrEqual(5);
      const { token: link } = await appointStaff(parts(), 'chief@company.test', actor, now());
      expect(
        await failEach(() => setPassword(parts(), link, 'совсем новый пароль', actor, now())),
      ).toBeGreaterThanOrEqual(3);
    },
  );
});
