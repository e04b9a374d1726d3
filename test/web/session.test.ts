import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import { urlencoded, type Client } from '../support/client.js';
import { DAY, HOUR } from '../support/house.js';
import { PASSWORD } from '../support/people.js';
import { hashTables } from '../support/tables.js';

/** ASVS 7: how a session begins, how long it lasts, and that what was taken away is gone at the next click. */

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

const sid = (client: Client) =>
  decodeURIComponent(client.cookies.get('session') ?? '')
    .slice(2)
    .split('.')[0]!;
const rows = (client: Client) => cast.house.parts.db('sessions').where({ sid: sid(client) });
const isIn = async (client: Client) => {
  const { status, to } = await client.get('/profiles');
  if (status === 200) return true;
  expect([status, to]).toEqual([303, '/auth/login?next=%2Fprofiles']);
  return false;
};
/** The same cookies in a browser that does not hear what this one is told. */
const replay = (client: Client) => client.fork();

describe('a sign-in', () => {
  it('begins a session only when it succeeds', async () => {
    const client = await cast.enter('nobody');
    const fields = { ...(await client.hidden('/auth/login')), email: cast.accounts.private.email };
    await client.post('/auth/login', { ...fields, password: 'wrong' });
    expect(client.cookies.has('session')).toBe(false);
    await client.post('/auth/login', { ...fields, password: PASSWORD });
    expect(await rows(client)).toHaveLength(1);
    expect(await isIn(client)).toBe(true);
  });

  it('is kept before the browser is sent on to the next page', async () => {
    const { db } = cast.house.parts;
    await db.raw(`
      create function wait_at_the_door() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock(7); return new; end $$;
      create trigger door before insert on sessions for each row execute function wait_at_the_door();`);
    const door = await db.transaction();
    await door.raw('select pg_advisory_xact_lock(7)');
    const client = await cast.enter('nobody');
    const { email } = cast.accounts.private;
    const fields = { ...(await client.hidden('/auth/login')), email, password: PASSWORD };
    // Whoever follows a redirect does so as soon as its head has come.
    let sentOn = false;
    const { type, bytes } = urlencoded(fields);
    const cookie = [...client.cookies].map((pair) => pair.join('=')).join('; ');
    const asked = request(new URL('/auth/login', client.address), {
      method: 'POST',
      headers: { cookie, 'content-type': type },
    });
    const head = once(asked, 'response').then(() => (sentOn = true));
    asked.end(bytes);
    await vi.waitUntil(async () => {
      const waits = db('pg_locks').where({ locktype: 'advisory', granted: false });
      return (await waits.first('pid')) !== undefined;
    });
    const early = sentOn;
    await door.commit();
    await head;
    await db.raw('drop trigger door on sessions; drop function wait_at_the_door()');
    expect(early).toBe(false);
  });

  it('gives a new id, and ends the one that was there', async () => {
    const client = await cast.enter('private');
    const [first, before] = [sid(client), replay(client)];
    const form = { _csrf: await client.csrf(), email: cast.accounts.head.email, password: PASSWORD };
    expect((await client.post('/auth/login', form)).status).toBe(303);
    expect(sid(client)).not.toBe(first);
    expect(await isIn(client)).toBe(true);
    expect(await rows(before)).toEqual([]);
    expect(await isIn(before)).toBe(false);
  });

  it('takes no id that somebody else chose', async () => {
    const planted = [
      's%3Aplanted.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'planted',
      cast.actors.nobody.cookies.get('visitor'),
    ];
    // The house itself signs what is written into an address: with that signature too an unknown id opens nothing.
    const signer = await cast.enter('nobody');
    await signer.get('/auth/confirm/planted');
    planted.push(signer.cookies.get('confirm'));
    for (const cookie of planted) {
      const client = await cast.enter('nobody');
      if (cookie) client.cookies.set('session', cookie);
      const attacker = replay(client);
      await client.signIn(cast.accounts.private.email);
      expect(client.cookies.get('session')).not.toBe(cookie);
      expect(await isIn(client)).toBe(true);
      expect(await isIn(attacker)).toBe(false);
    }
  });

  it('does not come back when it was ended while a request of its ran', async () => {
    const { db } = cast.house.parts;
    const client = await cast.enter('private');
    cast.house.clock.move(HOUR);
    const ending = await db.transaction();
    await ending('sessions').where('account_id', cast.accounts.private.id).delete();
    // It still finds the session, and waits to prolong it until the other has made up his mind.
    const asked = client.get('/desktop');
    const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await vi.waitUntil(async () => (await db.raw<{ rows: unknown[] }>(waits)).rows.length > 0, 10_000);
    await ending.commit();
    await asked;
    expect(await db('sessions').where('account_id', cast.accounts.private.id)).toEqual([]);
  });

  it('makes ids of at least 128 random bits', async () => {
    const ids = [];
    for (let times = 0; times < 5; times += 1) ids.push(sid(await cast.enter('private')));
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(Buffer.from(id, 'base64url').length).toBeGreaterThanOrEqual(16);
  });
});

describe('a sign-out', () => {
  it('kills the session, not the cookie alone', async () => {
    const client = await cast.enter('documents');
    const before = replay(client);
    expect((await client.post('/auth/logout', { _csrf: await client.csrf() })).to).toBe('/auth/login');
    expect(await rows(before)).toEqual([]);
    expect(await isIn(before)).toBe(false);
  });

  it('ends this session and no other of the same person', async () => {
    const [one, other] = [await cast.enter('documents'), await cast.enter('documents')];
    await one.post('/auth/logout', { _csrf: await one.csrf() });
    expect([await isIn(one), await isIn(other)]).toEqual([false, true]);
  });

  it('ends a remembered one too', async () => {
    const client = await remembered('private');
    const before = replay(client);
    await client.post('/auth/logout', { _csrf: await client.csrf() });
    expect(await isIn(before)).toBe(false);
  });

  it('sent twice is no error', async () => {
    const client = await cast.enter('private');
    const twice = [replay(client), client];
    const fields = { _csrf: await client.csrf() };
    for (const one of twice) expect((await one.post('/auth/logout', fields)).status).toBe(303);
  });
});

const remembered = async (actor: Exclude<Actor, 'nobody'>) =>
  (await cast.enter('nobody')).signIn(cast.accounts[actor].email, { remember: 'on' });

/** Moves the house's clock for the work, and back. */
async function after<T>(pause: number, work: () => Promise<T>): Promise<T> {
  cast.house.clock.move(pause);
  try {
    return await work();
  } finally {
    cast.house.clock.move(-pause);
  }
}

describe('without use', () => {
  const SECOND = 1000;
  it.each<[Actor, string, number]>([
    ['private', '12 h', 12 * HOUR],
    ['head', '12 h', 12 * HOUR],
    ['reviewer', '30 min', HOUR / 2],
    ['chief', '30 min', HOUR / 2],
  ])('%s is signed out after %s, not before', async (actor, _words, life) => {
    const client = await cast.enter(actor);
    expect(await after(life, () => isIn(client))).toBe(false);
    expect(await after(life - SECOND, () => isIn(client))).toBe(true);
  });

  it('the time begins anew with use', async () => {
    const client = await cast.enter('private');
    expect(await after(8 * HOUR, () => isIn(client))).toBe(true);
    expect(await after(19 * HOUR, () => isIn(client))).toBe(true);
    expect(await after(32 * HOUR, () => isIn(client))).toBe(false);
  });

  it('the cookie itself ends with the browser', async () => {
    const client = await cast.enter('private');
    const line = client.sentCookies.find((one) => one.startsWith('session='));
    expect(line).not.toMatch(/expires|max-age/i);
  });
});

describe('«Запомнить меня»', () => {
  it('holds 30 days, used or not, and no longer', async () => {
    const client = await remembered('documents');
    const line = client.sentCookies.findLast((one) => one.startsWith('session='))!;
    const until = Date.parse(/expires=([^;]*)/i.exec(line)![1]!);
    expect(Math.abs(until - (Date.now() + 30 * DAY))).toBeLessThan(HOUR);
    for (const days of [1, 15, 29])
      expect(await after(days * DAY, () => isIn(client)), `${days} days`).toBe(true);
    expect(await after(30 * DAY + HOUR, () => isIn(client))).toBe(false);
  });

  it('gives staff nothing', async () => {
    const client = await remembered('reviewer');
    const line = client.sentCookies.findLast((one) => one.startsWith('session='));
    expect(line).not.toMatch(/expires|max-age/i);
    expect(await after(HOUR / 2, () => isIn(client))).toBe(false);
  });
});

describe('what is taken away is gone at the next click', () => {
  const db = () => cast.house.parts.db;
  const tables = () => hashTables(db(), ['limits']);
  const path = () => `/profiles/${cast.own.id}/documents`;
  const newType = () => ({ name: randomUUID(), term_months: '', reasons: '', position: '' });

  /** Changes rows for the work, and back. */
  async function while_<T>(
    table: string,
    where: object,
    change: Record<string, unknown>,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = await db()(table).where(where).first(Object.keys(change));
    await db()(table).where(where).update(change);
    try {
      return await work();
    } finally {
      await db()(table).where(where).update(before);
    }
  }

  it('an account that is blocked is nobody', async () => {
    const client = await cast.enter('documents');
    const fields = { ...(await client.hidden(`${path()}/new`)), type_id: cast.type.id };
    await while_(
      'accounts',
      { id: cast.accounts.documents.id },
      { blocked_at: cast.house.clock.now() },
      async () => {
        const before = await tables();
        expect(await isIn(client)).toBe(false);
        const sent = await client.upload(`${path()}/new`, fields, { bytes: cast.pdf, name: 'a.pdf' });
        expect(sent.to).toMatch(/^\/auth\/login\?next=/);
        expect(await tables()).toEqual(before);
        const again = await cast.enter('nobody');
        const sign = await again.post('/auth/login', {
          ...(await again.hidden('/auth/login')),
          email: cast.accounts.documents.email,
          password: PASSWORD,
        });
        expect(sign.status).toBe(401);
      },
    );
  });

  it.each<[string, Record<string, unknown>, number]>([
    ['a membership that has ended', { ended_at: new Date() }, 404],
    ['a role', { roles: ['passes'] }, 403],
    ['a role to manage, where one may still look', { roles: ['observer'] }, 403],
  ])('%s: the open form is refused too', async (what, change, status) => {
    const client = await cast.enter('documents');
    const page = `${path()}/new`;
    const fields = { ...(await client.hidden(page)), type_id: cast.type.id, comment: 'Открыто раньше' };
    await while_('memberships', { account_id: cast.accounts.documents.id }, change, async () => {
      const before = await tables();
      expect((await client.get(page)).status).toBe(status);
      expect((await client.upload(page, fields, { bytes: cast.pdf, name: 'a.pdf' })).status).toBe(status);
      expect((await client.get(path())).status).toBe(what.includes('look') ? 200 : status);
      expect(await tables()).toEqual(before);
    });
    expect((await client.get(page)).status).toBe(200);
  });

  it("a staff role: the reviewer's open decision is refused too", async () => {
    const client = await cast.enter('reviewer');
    const { id, version, sha256 } = await cast.paper(cast.own, 'sent');
    const desk = `/staff/documents/${id}`;
    const fields = { ...(await client.hidden(desk)), version, sha256, valid_until: '30.11.2098' };
    for (const [roles, status] of [
      [['accountant'], 403],
      [[], 404],
    ] as const) {
      await while_('accounts', { id: cast.accounts.reviewer.id }, { staff_roles: roles }, async () => {
        const before = await tables();
        expect((await client.get(desk)).status).toBe(status);
        expect((await client.post(`${desk}/approval`, fields)).status).toBe(status);
        expect(await tables()).toEqual(before);
      });
    }
    expect((await client.post(`${desk}/approval`, fields)).status).toBe(303);
  });

  it('what is given is there at the next click as well', async () => {
    const client = await cast.enter('chief');
    expect(
      (await client.post('/staff/document-types/new', { _csrf: await client.csrf(), ...newType() })).status,
    ).toBe(303);
    const passes = await cast.enter('passes');
    expect((await passes.get(path())).status).toBe(403);
    await while_(
      'memberships',
      { account_id: cast.accounts.passes.id },
      { roles: ['observer'] },
      async () => {
        expect((await passes.get(path())).status).toBe(200);
      },
    );
  });
});
