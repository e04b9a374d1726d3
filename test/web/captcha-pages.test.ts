import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerTask } from '../support/captcha.js';
import { Client, type Reply } from '../support/client.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { errorsOf, valueOf } from '../support/page.js';
import { PASSWORD } from '../support/people.js';
import { directives, expectNothingInline, expectSafeHeaders } from '../support/safe-headers.js';
import type { StandIn } from '../support/stand-in.js';
import { configured, openVendor, SECRET, SPEECH, VENDORS } from '../support/widget.js';

const ROBOT = 'Подтвердите, что вы не робот';
const AWAY = 'Проверка «Я не робот» сейчас не отвечает. Ответьте на вопрос';
const GUARDED = ['/auth/register', '/auth/recovery'];

const typed = () => ({
  email: `${randomUUID()}@tenant.test`,
  surname: 'Новикова',
  name: 'Анна',
  patronymic: 'Юрьевна',
  phone: '8 (903) 000-00-00',
  password: PASSWORD,
  password_again: PASSWORD,
  consent: 'on',
});
const taskOf = (html: string) => ({
  robot_task: valueOf(html, 'robot_task')!,
  robot_answer: answerTask(/Сколько будет [^<]*/.exec(html)![0]),
});
/** What every answer has, but for what tells one page from another. */
const common = ({ headers }: Reply) => {
  const { 'content-length': _length, date: _date, 'set-cookie': _cookies, ...rest } = headers;
  return rest;
};

describe.each(VENDORS)('with %s', (vendor) => {
  const { field } = SPEECH[vendor];
  let house: OpenHouse;
  let standIn: StandIn;
  let works: StandIn['answer'];
  let client: Client;
  beforeAll(async () => {
    standIn = await openVendor(vendor, () => new URL(house.config.publicUrl).host);
    works = standIn.answer;
    house = await openDoors({ captcha: configured(vendor, standIn.url) });
  });
  afterAll(async () => {
    await house?.close();
    await standIn?.close();
  });
  beforeEach(() => {
    standIn.answer = works;
    standIn.asked.length = 0;
    client = new Client(house.address);
  });
  const registered = (email: string) => count(house.parts.db, 'registrations', { email });
  const send = async (fields: Record<string, string>) =>
    client.post('/auth/register', { _csrf: await client.csrf(), ...fields });
  const strict = (reply: Reply, what: string) => {
    expectSafeHeaders(reply, what);
    expectNothingInline(reply, what);
    expect(reply.text, what).not.toContain(standIn.url);
  };

  it('every page without it and every answer that is no page stays as strict as ever', async () => {
    const replies = {
      '/auth/login': await client.get('/auth/login'),
      '/auth/recovery/code': await client.get('/auth/recovery/code'),
      '/auth/register/done': await client.get('/auth/register/done'),
      '/contacts': await client.get('/contacts'),
      '/auth/challenge': await client.get('/auth/challenge'),
      '/no/such/page': await client.get('/no/such/page'),
      'a foreign form': await client.post('/auth/register', typed()),
      'another method': await client.send('PUT', '/auth/register'),
      'too much': await client.post('/auth/register', { name: 'a'.repeat(130 * 1024) }),
      'a redirect': await send({ ...typed(), [field]: 'a-token' }),
    };
    expect(Object.values(replies).map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200, 404, 403, 404, 413, 303,
    ]);
    for (const [what, reply] of Object.entries(replies)) strict(reply, what);
  });

  it.each(GUARDED)(
    '%s lets in what its widget needs, fresh and refused, and differs in nothing else',
    async (path) => {
      const plain = common(await client.get('/contacts'));
      const fresh = await client.get(path);
      const refused = await client.post(path, { _csrf: await client.csrf() });
      expect([fresh.status, refused.status]).toEqual([200, 422]);
      const { url } = standIn;
      const wider =
        vendor === 'smartcaptcha'
          ? {
              'script-src': `'self' ${url}`,
              'frame-src': `'self' ${url}`,
              'connect-src': `'self' ${url}`,
              'style-src': "'self' 'unsafe-inline'",
            }
          : {
              'script-src': `'self' ${url}/recaptcha/ https://www.gstatic.com/recaptcha/`,
              'frame-src': `'self' ${url}/recaptcha/ https://recaptcha.google.com/recaptcha/`,
              'connect-src': `'self' ${url}/recaptcha/`,
            };
      const policy = 'content-security-policy';
      for (const reply of [fresh, refused]) {
        const { [policy]: theirs, ...rest } = common(reply);
        const { [policy]: ours, 'cross-origin-embedder-policy': coep, ...others } = plain;
        expect(rest).toEqual(others);
        expect(coep).toBe('require-corp');
        expect(directives(String(theirs))).toEqual({ ...directives(String(ours)), ...wider });
        expectNothingInline(reply, path);
        expect(reply.text).not.toContain(SECRET);
      }
    },
  );

  it('refuses what it refuses, everything typed kept and shown with another widget', async () => {
    const before = typed();
    for (const token of ['a-token-of-nobody', '']) {
      const reply = await send({ ...before, [field]: token });
      expect([reply.status, errorsOf(reply.text)]).toEqual([422, { robot: ROBOT, 'robot-widget': ROBOT }]);
      for (const name of ['email', 'surname', 'name', 'patronymic', 'phone'] as const)
        expect(valueOf(reply.text, name)).toBe(before[name]);
      expect(reply.text).toContain(`data-api="${SPEECH[vendor].api}"`);
      expect(reply.text).not.toMatch(/a-token-of-nobody/);
    }
    expect(await registered(before.email)).toBe(0);
  });

  it('is passed by a token, once, and is told from where', async () => {
    const [first, second] = [typed(), typed()];
    client.headers['x-forwarded-for'] = '203.0.113.9';
    expect((await send({ ...first, [field]: 'another' })).status).toBe(422);
    standIn.answer = async (asked) => {
      const fields = { ...asked.fields, token: 'a-token', response: 'a-token' };
      return works({ ...asked, fields });
    };
    expect((await send({ ...first, [field]: 'another' })).status).toBe(303);
    const replay = await send({ ...second, [field]: 'another' });
    expect([replay.status, errorsOf(replay.text).robot]).toEqual([422, ROBOT]);
    expect(standIn.asked[0]!.fields).toEqual(SPEECH[vendor].question('another', '203.0.113.9'));
    expect([await registered(first.email), await registered(second.email)]).toEqual([1, 0]);
  });

  it('away, leaves the plain task alone on a strict page, and that lets the person in', async () => {
    const before = typed();
    standIn.answer = () => ({ status: 503, body: '' });
    const reply = await send({ ...before, [field]: 'a-token' });
    expect([reply.status, errorsOf(reply.text)]).toEqual([422, { robot: AWAY }]);
    for (const name of ['email', 'surname', 'name', 'patronymic', 'phone'] as const)
      expect(valueOf(reply.text, name)).toBe(before[name]);
    strict(reply, 'away');
    expect(reply.text).not.toMatch(/data-robot-widget|robot\.[\da-f]+\.js|a-token/);
    expect(await registered(before.email)).toBe(0);
    expect((await send({ ...before, ...taskOf(reply.text) })).status).toBe(303);
    expect(await registered(before.email)).toBe(1);
    expect(standIn.asked).toHaveLength(1);
  });

  it('is not asked while something else is wrong, nor where the plain task was answered', async () => {
    const { text } = await client.get('/auth/register');
    const fields = { ...typed(), ...taskOf(text) };
    expect((await send({ ...fields, surname: '', [field]: 'a-token' })).status).toBe(422);
    expect((await send(fields)).status).toBe(303);
    expect(standIn.asked).toEqual([]);
  });
});

it('with our own, every page is strict', async () => {
  const house = await openDoors({ captcha: 'altcha' });
  const client = new Client(house.address);
  for (const path of [...GUARDED, '/auth/login', '/contacts'])
    expectSafeHeaders(await client.get(path), path);
  await house.close();
});
