import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SmsGateway } from '../../src/domain/outbox/sms.js';
import { smsRuGateway } from '../../src/domain/outbox/sms-ru.js';
import { smscGateway } from '../../src/domain/outbox/smsc.js';
import { openStandIn, type StandIn } from '../support/stand-in.js';

const NOON = new Date('2027-03-10T09:00:00Z');
const SMS = { id: 'an-id', to: '+79030000001', text: 'Код подтверждения: 482913 + «Ёж» & 100%' };
const KEY = 'the-key-that-nobody-sees';
/** What an error of a gateway may repeat, and no reason may. */
const LEAK = `${KEY} ${SMS.text}`;

let standIn: StandIn;
beforeAll(async () => {
  standIn = await openStandIn();
});
afterAll(() => standIn?.close());
beforeEach(() => {
  standIn.asked.length = 0;
  standIn.answer = () => 'hang';
});

const says = (body: unknown, status = 200, headers = {}) => {
  standIn.answer = () => ({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
};

interface Kind {
  open(change?: { url?: string; timeoutMs?: number; sender?: string }): SmsGateway;
  error(code: number | string): unknown;
  accepted: unknown;
}
const options = () => ({ url: standIn.url, timeoutMs: 5_000 });
const smsc: Kind = {
  open: (change) => smscGateway({ ...options(), access: { login: 'company', psw: KEY }, ...change }),
  error: (code) => ({ error: LEAK, error_code: code, id: 17 }),
  accepted: { id: 17, cnt: 1 },
};
const ofNumber = (code: number | string) => ({
  status: 'OK',
  status_code: 100,
  sms: { '79030000001': { status: 'ERROR', status_code: code, status_text: LEAK } },
  balance: 12.5,
});
const smsRu: Kind = {
  open: (change) => smsRuGateway({ ...options(), key: KEY, ...change }),
  error: (code) => ({ status: 'ERROR', status_code: code, status_text: LEAK, sms: [] }),
  accepted: {
    status: 'OK',
    status_code: 100,
    sms: { '79030000001': { status: 'OK', status_code: 100, sms_id: '000-1' } },
    balance: 12.5,
  },
};

describe.each([
  ['SMSC.ru', smsc],
  ['SMS.ru', smsRu],
] as const)('%s', (_name, kind) => {
  const send = (change = {}) => kind.open(change).send(SMS, NOON);

  it.each([500, 502, 503, 504])('that answers HTTP %i may have taken the message', async (status) => {
    says(kind.accepted, status);
    expect(await send()).toEqual({ outcome: 'unknown', reason: `HTTP ${status}` });
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 413, 429])(
    'that answers HTTP %i has not read the message, and the key goes nowhere else',
    async (status) => {
      says(LEAK, status, { Location: `${standIn.url}/elsewhere` });
      expect(await send()).toEqual({ outcome: 'later', reason: `HTTP ${status}` });
      expect(standIn.asked).toHaveLength(1);
    },
  );

  it.each([
    '',
    'OK',
    `<html>${LEAK}</html>`,
    'null',
    '17',
    '[]',
    '{}',
    '{"id":0}',
    '{"id":null}',
    '{"sms":{}}',
  ])('that answers %j is not understood', async (body) => {
    says(body);
    const answer = await send();
    expect(answer.outcome).toBe('unknown');
    expect(answer.reason).toMatch(/not understood$/);
  });

  it('that names an error nobody knows says nothing for certain', async () => {
    says(kind.error(999));
    const { outcome, reason } = await send();
    expect(outcome).toBe('unknown');
    expect(reason).toMatch(/ 999$/);
  });

  it('that does not answer in time may have taken the message', async () => {
    expect(await send({ timeoutMs: 100 })).toEqual({ outcome: 'unknown', reason: 'no answer in time' });
  });

  it('whose answer breaks off may have taken the message', async () => {
    standIn.answer = () => 'break';
    const { outcome, reason } = await send();
    expect(outcome).toBe('unknown');
    expect(reason).toMatch(/^the connection broke: /);
  });

  it('that nobody can reach has not taken the message', async () => {
    const gone = await openStandIn();
    await gone.close();
    expect(await send({ url: gone.url })).toEqual({
      outcome: 'later',
      reason: 'no connection: ECONNREFUSED',
    });
    // Of several addresses each was tried.
    const localhost = gone.url.replace('127.0.0.1', 'localhost');
    expect((await send({ url: localhost })).outcome).toBe('later');
  });

  it('that takes the message is asked once, by POST, with nothing in the address', async () => {
    says(kind.accepted);
    expect(await send()).toEqual({ outcome: 'accepted', reason: '' });
    expect(standIn.asked).toHaveLength(1);
    expect(standIn.asked[0]).toMatchObject({ method: 'POST', path: expect.not.stringContaining('?') });
  });
});

describe('SMSC.ru', () => {
  it.each([
    ['later', [2, 3, 4, 9]],
    ['refused', [1, 5, 6, 7, 8]],
  ] as const)('says «%s» with HTTP 200 and %j', async (outcome, codes) => {
    for (const code of codes.flatMap((number) => [number, String(number)])) {
      says(smsc.error(code));
      const answer = await smsc.open().send(SMS, NOON);
      expect(answer, String(code)).toEqual({
        outcome,
        reason: expect.stringMatching(new RegExp(`^SMSC ${code}: [a-z]`)),
      });
      expect(answer.reason).not.toMatch(/482913|Код|the-key/);
    }
  });

  it('is told login, password, number and text', async () => {
    says({ id: '17', cnt: 1 });
    expect((await smsc.open().send(SMS, NOON)).outcome).toBe('accepted');
    const message = { phones: '+79030000001', mes: SMS.text, charset: 'utf-8', fmt: '3' };
    expect(standIn.asked).toEqual([
      { method: 'POST', path: '/sys/send.php', fields: { login: 'company', psw: KEY, ...message } },
    ]);
  });

  it('is told the key instead, and the sender', async () => {
    says(smsc.accepted);
    const gateway = smscGateway({ ...options(), access: { apikey: KEY }, sender: 'SPEKTR' });
    await gateway.send(SMS, NOON);
    const { login, psw, apikey, sender } = standIn.asked[0]!.fields;
    expect([login, psw, apikey, sender]).toEqual([undefined, undefined, KEY, 'SPEKTR']);
  });
});

describe('SMS.ru', () => {
  it.each([
    ['later', [200, 201, 204, 206, 210, 211, 220, 221, 230, 231, 232, 233, 300, 301, 302]],
    ['refused', [202, 203, 205, 207, 208, 209, 212, 213, 214, 216, 217]],
    ['unknown', [500]],
  ] as const)('says «%s» with HTTP 200 and %j', async (outcome, codes) => {
    for (const code of codes.flatMap((number) => [number, String(number)])) {
      for (const body of [smsRu.error(code), ofNumber(code)]) {
        says(body);
        const answer = await smsRu.open().send(SMS, NOON);
        expect(answer, String(code)).toEqual({
          outcome,
          reason: expect.stringMatching(new RegExp(`^SMS\\.ru ${code}`)),
        });
        expect(answer.reason).not.toMatch(/482913|Код|the-key/);
      }
    }
  });

  it('that took another number has not said what became of ours', async () => {
    says({ status: 'OK', status_code: 100, sms: { '79030000002': { status: 'OK', status_code: 100 } } });
    expect((await smsRu.open().send(SMS, NOON)).outcome).toBe('unknown');
  });

  it('is told key, number and text', async () => {
    says(smsRu.accepted);
    await smsRu.open({ sender: 'SPEKTR' }).send(SMS, NOON);
    const fields = { api_id: KEY, to: '79030000001', msg: SMS.text, json: '1', from: 'SPEKTR' };
    expect(standIn.asked).toEqual([{ method: 'POST', path: '/sms/send', fields }]);
    await smsRu.open().send(SMS, NOON);
    expect(standIn.asked[1]!.fields).not.toHaveProperty('from');
  });
});
