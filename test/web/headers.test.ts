import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import { Client, type Reply } from '../support/client.js';
import { PASSWORD } from '../support/people.js';
import { ask, asked, lines, subjectOf } from '../support/requests.js';
import { expectNothingInline, expectSafeHeaders } from '../support/safe-headers.js';

const TLS = { 'x-forwarded-proto': 'https' };
const WATCHED: Actor[] = ['nobody', 'head', 'chief'];

describe.each([false, true])('every answer (production: %s)', (production) => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await openCast({ production }, production ? TLS : {});
  });
  afterAll(() => cast?.house.close());
  const safe = (reply: Reply, what: string) => {
    expectSafeHeaders(reply, what, { secure: production });
    expectNothingInline(reply, what);
  };

  // What production has is looked at as production shows it.
  const table = production
    ? lines(true)
    : lines().filter(({ key }) => !lines(true).some((line) => line.key === key));

  it.each(table.map((line) => [line.key, line] as const))('%s', async (key, line) => {
    for (const actor of WATCHED) {
      const subject = await subjectOf(cast, line, { decider: actor });
      const without = await cast.actors[actor].fork().send(line.method, asked(cast, line, subject).path);
      const client = /log(in|out)$/.test(key) ? await cast.enter(actor) : cast.actors[actor].fork();
      const replies = [without, await ask(cast, line, client, subject)];
      for (const reply of replies) {
        safe(reply, `${actor} ${reply.status}`);
        // Also where nobody is signed in: what is there may be somebody's, and is cheap to make.
        expect(reply.headers['cache-control'], `${actor} ${reply.status}`).toMatch(/^(private, )?no-store$/);
        expect(reply.headers.etag, key).toBeUndefined();
      }
    }
  });

  it('that is a file, inline and saved', async () => {
    const { id } = await cast.paper(cast.own, 'sent');
    for (const query of ['', '?inline']) {
      const reply = await cast.actors.head.get(`/profiles/${cast.own.id}/documents/${id}/file${query}`);
      safe(reply, query);
      expect(reply.headers['content-disposition']).toMatch(
        query ? /^inline; filename/ : /^attachment; filename/,
      );
      expect(reply.headers['cache-control']).toBe('private, no-store');
    }
  });

  it('that says no', async () => {
    const { head, nobody } = cast.actors;
    const { id } = await cast.paper(cast.own, 'accepted');
    const documents = `/profiles/${cast.own.id}/documents`;
    const replies: [number, Reply][] = [
      [400, await head.get('/profiles/%E0%A4%A/information')],
      [403, await head.post(`${documents}/new`, {})],
      [404, await head.get('/no/such/page')],
      [404, await head.send('PUT', '/profiles')],
      [404, await head.get(`/profiles/${cast.other.id}/documents`)],
      [404, await head.get('/assets/app.000000000000.css')],
      [409, await head.get(`${documents}/${id}/edit`)],
      [413, await nobody.post('/auth/login', { email: 'a'.repeat(130 * 1024) })],
      [422, await nobody.post('/auth/register', { _csrf: await nobody.csrf() })],
      [
        401,
        await nobody.post('/auth/login', { _csrf: await nobody.csrf(), email: 'x@y.ru', password: 'wrong' }),
      ],
    ];
    for (const [status, reply] of replies) {
      expect(reply.status).toBe(status);
      safe(reply, String(status));
      expect(reply.headers['cache-control'], String(status)).toBe('no-store');
    }
  });

  it('that is health, or a shipped file', async () => {
    const { nobody } = cast.actors;
    for (const path of ['/health/live', '/health/ready']) safe(await nobody.get(path), path);
    const { assets } = cast.house.parts;
    for (const name of assets.files.keys()) {
      const reply = await nobody.get(assets.url(name));
      safe(reply, name);
      expect([reply.status, reply.headers['cache-control']], name).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(reply.headers['set-cookie'], name).toBeUndefined();
    }
  });

  if (production) {
    it('gives every cookie to this host and to TLS alone', async () => {
      const client = new Client(cast.house.address, TLS);
      await client.get(`/auth/confirm/${randomUUID()}`);
      await client.get(`/auth/password/${randomUUID()}`);
      await registerAndEnter(client);
      await client.signIn(cast.accounts.documents.email, { remember: 'on' });
      const flashed = await client.upload(
        `/profiles/${cast.own.id}/documents/new`,
        { _csrf: await client.csrf(), type_id: cast.type.id },
        { bytes: cast.pdf, name: 'a.pdf' },
      );
      expect(flashed.status).toBe(303);
      await client.post('/auth/logout', { _csrf: await client.csrf() });
      const names = new Set(client.sentCookies.map((line) => line.split('=')[0]));
      expect([...names].sort()).toEqual(
        ['confirm', 'device', 'flash', 'password', 'session', 'unconfirmed', 'visitor'].map(
          (name) => `__Host-${name}`,
        ),
      );
      for (const line of client.sentCookies) {
        const parts = line.split('; ').slice(1);
        expect(parts, line).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Lax']));
        expect(line).not.toMatch(/domain=/i);
      }
    });

    it('signs nobody in over plain HTTP, and shows nothing of development', async () => {
      const plain = new Client(cast.house.address);
      const fields = {
        ...(await plain.hidden('/auth/login')),
        email: cast.accounts.private.email,
        password: PASSWORD,
      };
      await plain.post('/auth/login', fields);
      expect([...plain.cookies.keys()]).not.toContain('__Host-session');
      for (const path of ['/dev/mail', '/dev/mail.json', '/dev/sms', '/dev/sms.json', '/styleguide'])
        expect((await plain.get(path)).status).toBe(404);
    });
  } else {
    it('keeps cookies from scripts in development too', async () => {
      const client = new Client(cast.house.address);
      await client.signIn(cast.accounts.private.email);
      expect(client.sentCookies.length).toBeGreaterThan(2);
      for (const line of client.sentCookies) expect(line).toMatch(/; HttpOnly; SameSite=Lax/);
    });
  }

  async function registerAndEnter(client: Client): Promise<void> {
    const email = `${randomUUID()}@cast.test`;
    const person = {
      email,
      surname: 'Новая',
      name: 'Анна',
      password: PASSWORD,
      password_again: PASSWORD,
      consent: 'on',
    };
    await client.post('/auth/register', { _csrf: await client.csrf(), ...person });
    const { to } = await client.post('/auth/login', {
      _csrf: await client.csrf(),
      email,
      password: PASSWORD,
    });
    expect(to).toBe('/auth/login/confirmation');
  }
});

it('believes a proxy only where one is configured', async () => {
  const cast = await openCast({ production: true, trustProxy: [] }, TLS);
  // What says that there is TLS is not believed, so no session cookie goes out, and everybody has stayed outside.
  const given = Object.values(cast.actors).flatMap(({ cookies }) => [...cookies.keys()]);
  expect(new Set(given)).toEqual(new Set(['__Host-visitor', '__Host-device']));
  await cast.house.close();
});
