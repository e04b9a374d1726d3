import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { down, up } from '../../migrations/20261124000600_sms.js';
import { connect, transaction } from '../../src/db/knex.js';
import type { Composer } from '../../src/domain/outbox/letter.js';
import { COMPANY } from '../../src/domain/organisations/company.js';
import { deliverLetters, type Delivery } from '../../src/domain/outbox/outbox.actions.js';
import { forgetFinished, post, type Message } from '../../src/domain/outbox/outbox.data.js';
import { folderGateway, noGateway } from '../../src/domain/outbox/sms.js';
import { deliverSms } from '../../src/domain/outbox/sms.actions.js';
import { smscGateway } from '../../src/domain/outbox/smsc.js';
import { smtpTransport } from '../../src/domain/outbox/transport.js';
import { startJobs } from '../../src/jobs/schedule.js';
import { ROOT } from '../../src/lib/places.js';
import { compileTemplates } from '../../src/lib/templates.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import { type Mailbox, openMailbox } from '../support/mailbox.js';
import { openStandIn, type StandIn } from '../support/stand-in.js';

const MINUTE = 60_000;
const NOON = new Date('2027-03-10T09:00:00Z');
const PHONE = '+79030000001';
const KEY = 'the-key-that-nobody-sees';
const SECRET = /482913|Код|the-key/;

let house: OpenHouse;
let standIn: StandIn;
let mailbox: Mailbox;
let delivery: Delivery;

beforeAll(async () => {
  [standIn, mailbox] = [await openStandIn(), await openMailbox()];
  house = await openDoors({}, new Clock(NOON));
  const { db, tokens } = house.parts;
  delivery = {
    db,
    transport: await smtpTransport(mailbox.url, 'my@spektrpm.ru', 'my.company.test'),
    gateway: smsc(),
    letters: { code, letter, broken },
    context: {
      db,
      publicUrl: 'https://my.company.test',
      token: (purpose, id) => tokens.derive(purpose, id),
      code: (id) => tokens.code(id),
    },
    company: () => COMPANY,
    render: compileTemplates(join(ROOT, 'views/mail')),
    now: house.clock.now,
  };
});
afterAll(async () => {
  delivery?.transport.close();
  await house?.close();
  await mailbox?.close();
  await standIn?.close();
});
beforeEach(async () => {
  house.clock.at = NOON;
  await db()('outbox').delete();
  standIn.asked.length = 0;
  mailbox.letters.length = 0;
  mailbox.tried.length = 0;
  accepts();
});

/** A code that holds ten minutes. */
const code: Composer = async ({ now }, data) =>
  now.getTime() < Number(data.asked_at) + 10 * MINUTE ? { sms: `Код: ${String(data.code)}` } : null;
const letter: Composer = async () => ({ subject: 'Письмо', greeting: 'Здравствуйте!', paragraphs: ['…'] });
const broken: Composer = async (_context, data) => {
  throw new Error(`cannot read ${JSON.stringify(data)}`);
};

const db = () => house.parts.db;
const smsc = (change: { url?: string; timeoutMs?: number } = {}) =>
  smscGateway({ url: standIn.url, access: { apikey: KEY }, timeoutMs: 30_000, ...change });
const says = (body: unknown, status = 200) => {
  standIn.answer = () => ({ status, body: JSON.stringify(body) });
};
const accepts = () => says({ id: 17, cnt: 1 });
const fails = (error_code: number) => says({ error: `${KEY}: Код: 482913`, error_code });

const sms = (recipient = PHONE, change: Partial<Message> = {}): Message => ({
  letter: 'code',
  recipient,
  data: { code: '482913', asked_at: house.clock.now().getTime() },
  ...change,
});
const put = (...messages: Message[]) => transaction(db(), (trx) => post(trx, house.clock.now(), messages));
const send = (change: Partial<Delivery> = {}) => deliverSms({ ...delivery, ...change });
const rowOf = async (recipient = PHONE) => (await db()('outbox').where({ recipient }).first())!;

/** An SMS that the gateway is asked about, and has not answered. `release` makes it answer. */
async function hanging(change: Partial<Delivery> = {}) {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  standIn.answer = async () => {
    await released;
    return { body: '{"id":17,"cnt":1}' };
  };
  const asked = standIn.next();
  const sending = send(change);
  await asked;
  return { release, sending };
}

describe('an SMS', () => {
  it.each(['+375290000001', '+12025550100', '+7903000000', '89030000001', '+790300000012', ''])(
    'to «%s» is never sent',
    async (recipient) => {
      await put(sms(recipient));
      expect(await send()).toEqual({ sent: 0, failed: 1 });
      expect(await rowOf(recipient)).toMatchObject({
        state: 'failed',
        finished_at: NOON,
        problem: 'not a number that is served',
      });
      expect(standIn.asked).toEqual([]);
    },
  );

  it('that is no longer valid when its turn comes is dropped', async () => {
    await put(sms());
    house.clock.move(10 * MINUTE);
    await send();
    expect(await rowOf()).toMatchObject({ state: 'dropped', problem: 'nothing left to say' });
    expect(standIn.asked).toEqual([]);
  });

  it('and a letter do not take each other’s way', async () => {
    await put(sms(PHONE, { letter: 'letter' }), sms('petr@tenant.test'));
    await Promise.all([send(), deliverLetters(delivery)]);
    expect(await rowOf()).toMatchObject({ state: 'failed', problem: 'a letter for a phone' });
    expect(await rowOf('petr@tenant.test')).toMatchObject({ problem: 'an SMS for an e-mail address' });
    expect([standIn.asked, mailbox.tried]).toEqual([[], []]);
  });

  it('that cannot be written waits, and its reason quotes nothing', async () => {
    await put(sms(PHONE, { letter: 'broken' }));
    await send();
    expect(await rowOf()).toMatchObject({ state: 'waiting', problem: 'could not be written: Error' });
  });

  it('waits where no gateway is configured, as for one that is away', async () => {
    await put(sms());
    await send({ gateway: noGateway });
    expect(await rowOf()).toMatchObject({
      state: 'waiting',
      attempts: 1,
      problem: 'no SMS gateway is configured',
    });
  });

  it('that the gateway took is sent, and that is all', async () => {
    await put(sms());
    expect(await send()).toEqual({ sent: 1, failed: 0 });
    expect(await rowOf()).toMatchObject({ state: 'sent', attempts: 1, problem: null, finished_at: NOON });
    expect(standIn.asked.map(({ fields }) => [fields.phones, fields.mes])).toEqual([[PHONE, 'Код: 482913']]);
    house.clock.move(HOUR);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(await forgetFinished(db(), house.clock.now())).toBe(1);
  });
});

describe('an SMS that was surely not taken', () => {
  it('for good has failed, with the reason in our words', async () => {
    fails(7);
    await put(sms());
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    const row = await rowOf();
    expect(row).toMatchObject({ state: 'failed', attempts: 1, finished_at: NOON });
    expect(row.problem).toBe('SMSC 7: wrong number');
    house.clock.move(HOUR);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
  });

  it('for now is tried again after growing waits, while it is valid', async () => {
    await put(sms());
    for (const [n, minutes] of [1, 2, 4].entries()) {
      fails([3, 4, 9][n]!);
      expect(await send()).toEqual({ sent: 0, failed: 1 });
      const row = await rowOf();
      expect(row).toMatchObject({ state: 'waiting', attempts: n + 1, finished_at: null });
      expect(row.problem).not.toMatch(SECRET);
      expect(row.next_attempt_at.getTime() - house.clock.now().getTime()).toBe(minutes * MINUTE);
      house.clock.move(minutes * MINUTE - 1);
      expect(await send()).toEqual({ sent: 0, failed: 0 });
      house.clock.move(1);
    }
    accepts();
    expect(await send()).toEqual({ sent: 1, failed: 0 });
    expect(await rowOf()).toMatchObject({ state: 'sent', attempts: 4, problem: null });
    expect(standIn.asked).toHaveLength(4);
  });

  it('is tried again when the gateway is back', async () => {
    const gone = await openStandIn();
    await gone.close();
    await put(sms());
    await send({ gateway: smsc({ url: gone.url }) });
    expect(await rowOf()).toMatchObject({ state: 'waiting', problem: 'no connection: ECONNREFUSED' });
    house.clock.move(MINUTE);
    expect(await send()).toEqual({ sent: 1, failed: 0 });
  });

  it('for a day is given up on', async () => {
    fails(3);
    await put(sms(PHONE, { data: { code: '482913', asked_at: NOON.getTime() + 2 * DAY } }));
    house.clock.move(DAY + 1);
    await send();
    expect(await rowOf()).toMatchObject({ state: 'failed', problem: 'SMSC 3: no funds' });
  });
});

describe('an SMS that may have been taken', () => {
  const never = async () => {
    const asked = standIn.asked.length;
    accepts();
    house.clock.move(DAY);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(standIn.asked).toHaveLength(asked);
  };

  it.each([
    ['timed out', () => (standIn.answer = () => 'hang'), 'no answer in time'],
    ['broke off', () => (standIn.answer = () => 'break'), expect.stringMatching(/^the connection broke/)],
    ['HTTP 500', () => says({}, 500), 'HTTP 500'],
    ['no JSON', () => (standIn.answer = () => ({ body: 'Код: 482913' })), 'SMSC: not understood'],
  ])('(%s) is unknown, and never sent again', async (_name, misbehave, problem) => {
    misbehave();
    await put(sms());
    expect(await send({ gateway: smsc({ timeoutMs: 150 }) })).toEqual({ sent: 0, failed: 1 });
    expect(await rowOf()).toMatchObject({ state: 'unknown', attempts: 1, problem, finished_at: NOON });
    await never();
  });

  it('is marked before the gateway is asked; whoever dies then leaves it unknown', async () => {
    await put(sms());
    const mortal = connect(house.url);
    const { release, sending } = await hanging({ db: mortal });
    expect(await rowOf()).toMatchObject({ state: 'sending', attempts: 1, finished_at: null });
    await mortal.destroy();
    release();
    await expect(sending).rejects.toThrow();

    house.clock.move(MINUTE - 1);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(await forgetFinished(db(), house.clock.now())).toBe(0);
    expect(await rowOf()).toMatchObject({ state: 'sending' });
    house.clock.move(1);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    expect(await rowOf()).toMatchObject({
      state: 'unknown',
      attempts: 1,
      finished_at: house.clock.now(),
      problem: 'interrupted while it was being sent',
    });
    await never();
  });

  it('stays unknown when its answer comes too late', async () => {
    await put(sms());
    const { release, sending } = await hanging();
    house.clock.move(MINUTE);
    await send();
    release();
    await sending;
    expect(await rowOf()).toMatchObject({ state: 'unknown' });
    await never();
  });
});

describe('several who deliver at once', () => {
  it('send an SMS once', async () => {
    const phones = Array.from({ length: 24 }, (_, n) => `+790300001${String(n).padStart(2, '0')}`);
    await put(...phones.map((phone) => sms(phone)));
    const counts = await Promise.all([send(), send(), send(), send()]);
    expect(counts.reduce((sum, { sent }) => sum + sent, 0)).toBe(24);
    expect(standIn.asked.map(({ fields }) => fields.phones).sort()).toEqual(phones);
  });

  it('leave alone what another is sending, and add no second one of its key', async () => {
    await put(sms(PHONE, { key: 'the same' }));
    const { release, sending } = await hanging();
    await put(sms(PHONE, { key: 'the same' }));
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    release();
    expect(await sending).toEqual({ sent: 1, failed: 0 });
    expect(await count(db(), 'outbox')).toBe(1);
    await put(sms(PHONE, { key: 'the same' }));
    expect(await send()).toEqual({ sent: 1, failed: 0 });
  });

  it('by mail do not wait for a gateway that hangs', async () => {
    await put(sms());
    const { release, sending } = await hanging();
    const clockwork = startJobs({
      db: db(),
      log: house.parts.log,
      now: house.clock.now,
      jobs: [],
      deliveries: { letters: () => deliverLetters(delivery), sms: () => sending },
    });
    await put(sms('petr@tenant.test', { letter: 'letter' }));
    await vi.waitFor(() => expect(mailbox.letters).toHaveLength(1), { timeout: 10_000 });
    expect(await rowOf()).toMatchObject({ state: 'sending' });
    release();
    await clockwork.stop();
    expect(await rowOf()).toMatchObject({ state: 'sent' });
  });
});

describe('the development phone', () => {
  it('shows what was sent, newest first', async () => {
    const empty = await house.visitor().get('/dev/sms');
    expect(empty.text).toContain('Сообщений пока нет');
    expect((await house.visitor().get('/dev/sms.json')).body).toEqual([]);

    const gateway = folderGateway(join(house.config.dataDir, 'sms'));
    await put(sms());
    await send({ gateway });
    house.clock.move(1000);
    await put(sms('+79030000002', { data: { code: '<b>', asked_at: house.clock.now().getTime() } }));
    await send({ gateway });
    expect((await house.visitor().get('/dev/sms.json')).body).toEqual([
      { to: '+79030000002', text: 'Код: <b>', at: '2027-03-10T09:00:01.000Z' },
      { to: PHONE, text: 'Код: 482913', at: '2027-03-10T09:00:00.000Z' },
    ]);
    const page = await house.visitor().get('/dev/sms');
    expect(page.text).toContain('Код: &lt;b&gt;');
    expect(page.text.indexOf('+79030000002')).toBeLessThan(page.text.indexOf(PHONE));
  });
});

describe('the migration', () => {
  it('can be taken back: what was on its way has failed', async () => {
    await put(sms('+79030000001'), sms('+79030000002'), sms('+79030000003'));
    await db()('outbox').where({ recipient: '+79030000001' }).update({ state: 'sending' });
    await db()('outbox').where({ recipient: '+79030000002' }).update({ state: 'unknown', finished_at: NOON });
    await down(db());
    const states = await db()('outbox').orderBy('recipient').select('state', 'finished_at');
    expect(states).toEqual([
      { state: 'failed', finished_at: NOON },
      { state: 'failed', finished_at: NOON },
      { state: 'waiting', finished_at: null },
    ]);
    await expect(db()('outbox').update({ state: 'unknown' })).rejects.toThrow('outbox_state_check');
    await up(db());
    await put(sms(PHONE, { key: 'one' }), sms(PHONE, { key: 'one' }));
    expect(await send()).toEqual({ sent: 2, failed: 0 });
  });
});
