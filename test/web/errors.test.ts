import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, type House } from '../../src/house.js';
import { httpServer } from '../../src/web/http-server.js';
import { createLog } from '../../src/web/log.js';
import { openCast, type Cast } from '../support/cast.js';
import { Client, type Reply } from '../support/client.js';
import { ask, lines, subjectOf, type Line, type Subject } from '../support/requests.js';
import { expectErrorPage, expectNothingInline, expectSafeHeaders } from '../support/safe-headers.js';
import { hashTables } from '../support/tables.js';
import { stretchWire, type Wire } from '../support/wire.js';

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

const expectPage = (reply: Reply, status: number, what?: string) => {
  expectErrorPage(reply, status, what);
  expectSafeHeaders(reply, what ?? String(status));
  expectNothingInline(reply, what ?? String(status));
};

describe('the page', () => {
  it('400: the request cannot be read', async () => {
    const { documents } = cast.actors;
    expectPage(await documents.get('/profiles/%E0%A4%A/information'), 400);
    const body = { type: 'multipart/form-data; boundary=x', bytes: '--x\r\nrubbish' };
    expectPage(await documents.send('POST', `/profiles/${cast.own.id}/documents/new`, { body }), 400);
  });

  it('403: the role does not allow it', async () => {
    const reply = await cast.actors.observer.get(`/profiles/${cast.own.id}/documents/new`);
    expectPage(reply, 403);
    expect(reply.text).toContain('Недостаточно прав');
    // The frame is his: his menu, and a way out.
    expect(reply.text).toContain(`/profiles/${cast.own.id}/information`);
    expect(reply.text).toContain('action="/auth/logout"');
  });

  it('403: the form is from before', async () => {
    const reply = await cast.actors.documents.post('/auth/logout', { _csrf: 'old' });
    expectPage(reply, 403);
    expect(reply.text).toContain('Страница устарела');
    // To refresh at once would lose what was typed.
    expect(reply.text).toContain('Вернитесь назад, скопируйте введённое, обновите страницу');
  });

  it('404: no such address, or nothing for him there', async () => {
    expectPage(await cast.actors.nobody.get('/no/such/page'), 404);
    const own = await cast.actors.documents.get('/no/such/page');
    expectPage(own, 404);
    expect(own.text).toContain('action="/auth/logout"');
    expectPage(await cast.actors.private.get(`/profiles/${cast.own.id}/documents`), 404);
    expectPage(await cast.actors.private.get('/profiles/1/documents'), 404);
  });

  it('409: the state is another, and which', async () => {
    const { id } = await cast.paper(cast.own, 'accepted');
    const path = `/profiles/${cast.own.id}/documents/${id}/edit`;
    const { documents } = cast.actors;
    for (const reply of [
      await documents.get(path),
      await documents.post(path, { _csrf: await documents.csrf(), type_id: cast.type.id }),
    ]) {
      expectPage(reply, 409);
      expect(reply.text).toContain('сейчас в статусе «Принят»');
    }
  });

  it('413: more than any form has', async () => {
    const { nobody } = cast.actors;
    expectPage(await nobody.post('/auth/login', { email: 'a'.repeat(130 * 1024) }), 413);
    const many = Object.fromEntries(Array.from({ length: 1100 }, (_, n) => [`field${n}`, 'x']));
    expectPage(await nobody.post('/auth/login', many), 413);
  });

  it('429: too often, and when again', async () => {
    const client = await cast.enter('nobody');
    const again = async () => client.post('/auth/login/confirmation', { _csrf: await client.csrf() });
    for (let times = 0; times < 5; times += 1) await again();
    const reply = await again();
    expectPage(reply, 429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.text).toMatch(/Попробуйте через \d+ (с|мин)/);
  });

  it('422 and 401 are the form itself, with what is wrong', async () => {
    const client = await cast.enter('nobody');
    const form = await client.post('/auth/register', { _csrf: await client.csrf(), surname: 'Петрова' });
    const sign = await client.post('/auth/login', {
      _csrf: await client.csrf(),
      email: 'a@b.ru',
      password: 'wrong',
    });
    expect([form.status, sign.status]).toEqual([422, 401]);
    for (const reply of [form, sign]) {
      expect(reply.text).toContain('role="alert"');
      expect(reply.text).toContain('<title>Ошибка: ');
    }
  });
});

describe('500: something of ours is broken', () => {
  const broken = async (table: string, work: () => Promise<void>) => {
    const { db } = cast.house.parts;
    await db.raw(`alter table ${table} rename to ${table}_away`);
    try {
      await work();
    } finally {
      await db.raw(`alter table ${table}_away rename to ${table}`);
    }
  };

  it('while reading', () =>
    broken('mail_choices', async () => {
      const reply = await cast.actors.passes.get('/desktop/letters');
      expectPage(reply, 500);
      expect(reply.text).toContain('action="/auth/logout"');
    }));

  it('while changing: all of it or nothing', async () => {
    const { chief } = cast.actors;
    const { db } = cast.house.parts;
    const { audit: _, ...before } = await hashTables(db, ['limits']);
    await broken('audit', async () => {
      expectPage(
        await chief.post('/staff/document-types/new', { _csrf: await chief.csrf(), name: 'Новый тип' }),
        500,
      );
    });
    const { audit: _after, ...after } = await hashTables(db, ['limits']);
    expect(after).toEqual(before);
  });

  it('before it is known who asks', () =>
    broken('sessions', async () => expectPage(await cast.actors.head.get('/profiles'), 500)));

  it('at any route: a page, never a trace, never silence', async () => {
    const { db } = cast.house.parts;
    // One after another: some of them change the very person who asks.
    const asking: { line: Line; subject: Subject; client: Client }[] = [];
    for (const line of lines()) {
      const client = cast.actors[line.section.area === 'staff' ? 'chief' : 'head'];
      asking.push({ line, subject: await subjectOf(cast, line), client });
    }
    await Promise.all(asking.map(({ client }) => client.csrf()));
    await db.raw('alter schema public rename to away');
    await db.raw('create schema public');
    const answers = await Promise.all(
      asking.map(
        async ({ line, subject, client }) => [line, await ask(cast, line, client.fork(), subject)] as const,
      ),
    ).finally(async () => {
      await db.raw('drop schema public');
      await db.raw('alter schema away rename to public');
    });
    for (const [{ key, route }, reply] of answers) {
      if (route.kind !== 'callback') expectPage(reply, 500, key);
      // A machine reads no page, and is told nothing more.
      else expect([reply.status, reply.text.length < 200], key).toEqual([500, true]);
    }
  });
});

describe('503: the database is away', () => {
  let wire: Wire;
  let far: House;
  let server: Server;
  const at = (client: Client) => {
    const there = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const [name, value] of client.cookies) there.cookies.set(name, value);
    return there;
  };

  beforeAll(async () => {
    const { config, url, clock } = cast.house;
    wire = await stretchWire(url);
    far = await build(config, createLog('silent'), wire.url, () => clock.now());
    server = httpServer(far.app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    await far?.close();
    await wire?.cut().catch(() => undefined);
  });

  it('says so, keeps nothing, and is back as soon as the database is', async () => {
    const head = at(cast.actors.head);
    const nobody = at(cast.actors.nobody);
    expect((await head.get('/profiles')).status).toBe(200);
    expect((await nobody.get('/health/ready')).status).toBe(200);
    const token = await head.csrf();
    const before = await hashTables(cast.house.parts.db, ['limits']);

    await wire.cut();
    for (let times = 0; times < 3; times += 1) {
      const reply = await head.get('/profiles');
      expectPage(reply, 503);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    const fields = { _csrf: token, _once: randomUUID(), type_id: cast.type.id };
    expectPage(
      await head.upload(`/profiles/${cast.own.id}/documents/new`, fields, { bytes: cast.pdf, name: 'a.pdf' }),
      503,
    );
    const sign = await nobody.post('/auth/login', {
      ...(await nobody.hidden('/auth/login')),
      email: 'a@b.ru',
      password: 'x',
    });
    expectPage(sign, 503);
    // What needs no database goes on; the balancer is told.
    expect((await nobody.get('/contacts')).status).toBe(200);
    expect((await nobody.get('/health/live')).status).toBe(200);
    const ready = await nobody.get('/health/ready');
    expect([ready.status, ready.text]).toEqual([503, '{"status":"not ready"}']);
    expectSafeHeaders(ready, '/health/ready');

    await wire.mend();
    expect((await head.get('/profiles')).status).toBe(200);
    expect((await nobody.get('/health/ready')).status).toBe(200);
    expect(await hashTables(cast.house.parts.db, ['limits'])).toEqual(before);
  });
});
