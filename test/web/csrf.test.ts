import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken, randomToken } from '../../src/domain/people/tokens.js';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import { multipart, urlencoded, type Client, type Fields } from '../support/client.js';
import { HOUR } from '../support/house.js';
import { addAccount, PASSWORD } from '../support/people.js';
import { asked, call, lines, sendForm, subjectOf, type Line, memberFor } from '../support/requests.js';
import { hashTables } from '../support/tables.js';

/** ASVS 3.5.1: every route that is not a GET, with everything right but the token, answers 403 and changes nothing. */

const posts = lines().filter(({ method, route }) => method === 'POST' && route.kind !== 'callback');
/** Other systems have no form, and so no token: what keeps them apart from others stands below. */
const callbacks = lines().filter(({ route }) => route.kind === 'callback');

let arrivals = 0;
let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

// `limits` counts a try before anything else of it is looked at.
const tables = async (): Promise<Record<string, string>> => ({
  ...(await hashTables(cast.house.parts.db, ['limits'])),
  acquirer: await standIn(),
});
/** What the stand-in acquirer knows. */
async function standIn(): Promise<string> {
  const folder = join(cast.house.config.dataDir, 'acquirer');
  const names = (await readdir(folder).catch(() => [])).sort();
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

/** Somebody for whom the request would change something, with the form open. */
async function ready(line: Line): Promise<{
  client: Client;
  path: string;
  fields: Fields;
  send: (fields: Fields, to?: string, headers?: Record<string, string>) => ReturnType<Client['post']>;
}> {
  const actor: Actor = {
    auth: 'nobody',
    // Who belongs to no organisation has no colleagues.
    own: line.pattern.includes('colleagues') ? 'requests' : 'private',
    profile: memberFor(line),
    staff: 'chief',
    public: 'nobody',
  }[line.section.area] as Actor;
  const enters = ENTER_AS[line.key] ?? actor;
  const client = await cast.enter(enters);
  const more = await PREPARATIONS[line.key]?.(client);
  const { path, fields, file } = asked(cast, line, await subjectOf(cast, line, { decider: actor }));
  // Each from an address of its own: how often one is asked is not what this is about.
  const send = (all: Fields, to = path, headers = {}) =>
    sendForm(client, line, to, all, file, {
      'x-forwarded-for': `10.1.${(arrivals += 1) >> 8}.${arrivals & 255}`,
      ...headers,
    });
  return { client, path, fields: { _once: randomUUID(), ...fields, ...more }, send };
}

/** Where the area does not say who comes. */
const ENTER_AS: Record<string, Actor> = {
  'POST /auth/logout': 'private',
  'POST /desktop/password': 'nobody',
  'POST /desktop/phone': 'nobody',
  'POST /desktop/phone/code': 'nobody',
};

/** Links and cookies without which some forms would do nothing even with the right token, and fields of that case. */
const PREPARATIONS: Record<string, (client: Client) => Promise<Fields | void>> = {
  async 'POST /auth/recovery/code'(client) {
    const { phone, surname } = await withPhone(cast.house.clock.now());
    await client.post('/auth/recovery', { _csrf: await client.csrf(), contact: phone!, surname });
    return { phone: phone!, code: await codeFor(phone!) };
  },
  async 'POST /auth/email'(client) {
    const { db, tokens } = cast.house.parts;
    const now = cast.house.clock.now();
    const row = {
      id: randomUUID(),
      account_id: (await addAccount(cast.house)).id,
      email: `${randomUUID()}@cast.test`,
    };
    const token = tokens.derive('email', row.id);
    const expires_at = new Date(now.getTime() + HOUR);
    await db('email_changes').insert({ ...row, token_hash: hashToken(token), created_at: now, expires_at });
    await opened(client, `/auth/email/${token}`);
  },
  async 'POST /desktop/phone'(client) {
    const { email, phone } = await withPhone(null);
    await client.signIn(email);
    await client.post('/desktop/phone/code', { _csrf: await client.csrf() });
    return { code: await codeFor(phone!) };
  },
  async 'POST /desktop/phone/code'(client) {
    await client.signIn((await withPhone(null)).email);
  },
  async 'POST /desktop/password'(client) {
    // Somebody whose password nobody else of the cast needs.
    await client.signIn((await addAccount(cast.house)).email);
    return { password: 'Другая скрепка', password_again: 'Другая скрепка' };
  },
  'POST /auth/confirm': (client) =>
    registered(client).then(({ token }) => opened(client, `/auth/confirm/${token}`)),
  'POST /auth/confirm/refusal': (client) =>
    registered(client).then(({ token }) => opened(client, `/auth/confirm/${token}`)),
  async 'POST /auth/login/confirmation'(client) {
    const { email } = await registered(client);
    // The letter has gone out, so that another one makes a row.
    await cast.house.parts.db('outbox').update({ state: 'sent' });
    const answer = await client.post('/auth/login', {
      _csrf: await client.csrf(),
      email,
      password: PASSWORD,
    });
    expect(answer.to).toBe('/auth/login/confirmation');
  },
  async 'POST /auth/password'(client) {
    const token = randomToken();
    const now = cast.house.clock.now();
    await cast.house.parts.db('password_links').insert({
      id: randomUUID(),
      account_id: cast.accounts.passes.id,
      token_hash: hashToken(token),
      created_at: now,
      expires_at: new Date(now.getTime() + HOUR),
      used_at: null,
    });
    await opened(client, `/auth/password/${token}`);
  },
};

const withPhone = (phone_confirmed_at: Date | null) =>
  addAccount(cast.house, {
    phone: `+7905${String((arrivals += 1)).padStart(7, '0')}`,
    phone_confirmed_at,
  });

async function codeFor(phone: string): Promise<string> {
  await cast.house.deliver();
  const row = await cast.house.parts.db('phone_codes').where({ phone }).orderBy('created_at', 'desc').first();
  return cast.house.parts.tokens.code(row!.id);
}

async function registered(client: Client): Promise<{ email: string; token: string }> {
  const email = `${randomUUID()}@cast.test`;
  const person = {
    email,
    surname: 'Новая',
    name: 'Анна',
    password: PASSWORD,
    password_again: PASSWORD,
    consent: 'on',
  };
  expect((await client.post('/auth/register', { _csrf: await client.csrf(), ...person })).status).toBe(303);
  const row = await cast.house.parts.db('registrations').where({ email }).first('id');
  return { email, token: cast.house.parts.tokens.derive('registration', row!.id) };
}

async function opened(client: Client, link: string): Promise<void> {
  expect((await client.get(link)).status).toBe(303);
}

describe.each(posts.map((line) => [line.key, line] as const))('%s', (_key, line) => {
  it('without the right token: 403, and nothing is changed; with it, something is', async () => {
    const { client, path, fields, send } = await ready(line);
    const token = await client.csrf();
    const others = await cast.enter('nobody');
    const foreign = [await others.csrf(), await cast.actors.head.csrf()];
    const before = await tables();
    const refused = async (what: string, answer: ReturnType<typeof send>) => {
      const { status, text } = await answer;
      expect(status, what).toBe(403);
      expect(text, what).toContain('Ничего не сохранено');
      expect(await tables(), what).toEqual(before);
    };
    await refused('missing', send(fields));
    await refused('empty', send({ ...fields, _csrf: '' }));
    await refused("another visitor's", send({ ...fields, _csrf: foreign[0]! }));
    await refused("another session's", send({ ...fields, _csrf: foreign[1]! }));
    await refused(
      'altered',
      send({ ...fields, _csrf: token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A') }),
    );
    await refused('in the address', send(fields, `${path}?_csrf=${encodeURIComponent(token)}`));
    await refused('under another name', send({ ...fields, csrf: token, _CSRF: token }));
    await refused(
      'from another site',
      send({ ...fields, _csrf: token }, path, { 'sec-fetch-site': 'cross-site' }),
    );

    expect((await send({ ...fields, _csrf: token }, path, { 'sec-fetch-site': 'same-origin' })).status).toBe(
      303,
    );
    expect(await tables()).not.toEqual(before);
  });

  it('from another site is refused before its body is read', async () => {
    const { client, path, fields } = await ready(line);
    const all = { ...fields, _csrf: await client.csrf() };
    const body = line.route.upload
      ? await multipart(all, { bytes: cast.pdf, name: 'a.pdf' })
      : urlencoded(all);
    const before = await tables();
    const headers = { 'sec-fetch-site': 'cross-site' };
    // The rest of the body never comes.
    expect((await client.send('POST', path, { headers, body, begin: { bytes: 10 } })).status).toBe(403);
    expect(await tables()).toEqual(before);
  });
});

describe.each(callbacks.map((line) => [line.key, line] as const))('%s', (_key, line) => {
  it('has no session: whoever is signed in is nobody there, and no cookie is given', async () => {
    for (const actor of ['nobody', 'head', 'chief'] as const) {
      const client = cast.actors[actor].fork();
      const { path, fields } = asked(cast, line, await subjectOf(cast, line));
      const { sessions } = await tables();
      const answer = await call(client, line, path, fields);
      expect([answer.status, answer.headers['set-cookie']], actor).toEqual([200, undefined]);
      expect((await tables()).sessions, actor).toBe(sessions);
    }
  });

  it('sent by a form, or by another site, changes nothing', async () => {
    const client = cast.actors.head.fork();
    const { path, fields } = asked(cast, line, await subjectOf(cast, line));
    const token = await client.csrf();
    const before = await tables();
    const from = { 'x-forwarded-for': '127.0.0.1' };
    expect((await client.post(path, { ...fields, _csrf: token }, from)).status).toBe(400);
    const plain = { 'content-type': 'text/plain' };
    expect((await call(client, line, path, fields, plain)).status).toBe(400);
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await call(client, line, path, fields, headers)).status).toBe(403);
    expect(await tables()).toEqual(before);
  });

  it('from elsewhere is refused before its body is read', async () => {
    const client = cast.actors.nobody.fork();
    const { path, fields } = asked(cast, line, await subjectOf(cast, line));
    const before = await tables();
    const bytes = JSON.stringify(fields).padEnd(100);
    for (const address of ['185.71.76.1', '10.0.0.1', '2a02:5180::1']) {
      // The rest of the body never comes.
      const answer = await client.send('POST', path, {
        headers: { 'x-forwarded-for': address },
        body: { type: 'application/json', bytes },
        begin: { bytes: 10 },
      });
      expect(answer.status, address).toBe(403);
    }
    expect(await tables()).toEqual(before);
  });
});

describe('a token', () => {
  const newType = { name: 'Тип', term_months: '', reasons: '', position: '' };
  const path = '/staff/document-types/new';

  it('from before the sign-in is worth nothing after it', async () => {
    const client = await cast.enter('nobody');
    const before = await client.csrf();
    await client.signIn(cast.accounts.chief.email);
    expect((await client.post(path, { ...newType, _csrf: before })).status).toBe(403);
    expect(
      (await client.post(path, { ...newType, name: randomUUID(), _csrf: await client.csrf() })).status,
    ).toBe(303);
  });

  it("of one's own earlier session is worth nothing", async () => {
    const client = await cast.enter('chief');
    const before = await client.csrf();
    await client.post('/auth/logout', { _csrf: before });
    await client.signIn(cast.accounts.chief.email);
    expect((await client.post(path, { ...newType, _csrf: before })).status).toBe(403);
  });

  it('given twice is none', async () => {
    const client = cast.actors.chief.fork();
    const token = await client.csrf();
    expect((await client.post(path, { ...newType, _csrf: [token, token] })).status).toBe(403);
  });

  it("without the visitor's cookie is worth nothing: nobody is signed in by a form that he did not open", async () => {
    const attacker = await cast.enter('nobody');
    const token = await attacker.csrf();
    const victim = await cast.enter('nobody');
    const answer = await victim.post('/auth/login', {
      _csrf: token,
      email: cast.accounts.private.email,
      password: PASSWORD,
    });
    expect(answer.status).toBe(403);
    expect([...victim.cookies.keys()]).not.toContain('session');
  });

  it('stays good for every form of the session, and differs each time it is shown', async () => {
    const client = cast.actors.chief.fork();
    const [first, second] = [await client.hidden('/contacts'), await client.hidden('/contacts')];
    expect(first._csrf).not.toBe(second._csrf);
    for (const { _csrf } of [first, second]) {
      expect((await client.post(path, { ...newType, name: randomUUID(), _csrf: _csrf! })).status).toBe(303);
    }
  });

  it('works on the sign-in page after a session ran out', async () => {
    const client = await cast.enter('private');
    cast.house.clock.move(13 * HOUR);
    const { to } = await client.get('/profiles');
    const answer = await client.post('/auth/login', {
      ...(await client.hidden(to)),
      email: cast.accounts.private.email,
      password: PASSWORD,
    });
    expect([answer.status, answer.to]).toEqual([303, '/profiles']);
    cast.house.clock.move(-13 * HOUR);
  });

  it('stands on error pages too: from there one can sign out', async () => {
    const routes = {
      forbidden: `/profiles/${cast.own.id}/documents`,
      missing: `/profiles/${randomUUID()}/information`,
    };
    for (const [what, address] of Object.entries(routes)) {
      const client = await cast.enter('passes');
      const answer = await client.post('/auth/logout', await client.hidden(address));
      expect([answer.status, answer.to], what).toEqual([303, '/auth/login']);
    }
  });

  it('stands on the page that refuses a form', async () => {
    const client = await cast.enter('passes');
    const { text } = await client.post(`/profiles/${cast.own.id}/documents/new`, {});
    const token = /name="_csrf" value="([^"]*)"/.exec(text)?.[1];
    expect((await client.post('/auth/logout', { _csrf: token! })).to).toBe('/auth/login');
  });
});
