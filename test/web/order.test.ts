import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import { multipart, urlencoded, type Body, type Client, type Fields } from '../support/client.js';
import { firstReceived, keptFiles, receivedDuring } from '../support/folders.js';
import { ask, asked, lines, subjectOf, type Line, type Subject } from '../support/requests.js';
import { hashTables } from '../support/tables.js';

/**
 * The order at a route: limits, who is it, load, policy, multipart, CSRF, schema, handler. A stranger's upload is refused
 * before it is read, and nobody's leaves anything behind.
 */

const uploads = lines().filter(({ method, route }) => method === 'POST' && route.upload);
const posts = lines().filter(({ method }) => method === 'POST');

/** Where a form stands: among an organisation's documents, its requests and messages, one's own, or the company's. */
type Side = 'documents' | 'requests' | 'own' | 'staff' | 'books';

/** Who is none of an organisation's people, or has no role that opens this. */
const OUTSIDERS: [Actor, number][] = [
  ['nobody', 303],
  ['private', 404],
  ['former', 404],
  ['stranger', 404],
  ['reviewer', 404],
  ['accountant', 404],
  ['passes', 403],
  ['observer', 403],
];
const STRANGERS: Record<Side, [Actor, number][]> = {
  documents: OUTSIDERS,
  requests: [...OUTSIDERS, ['documents', 403]],
  // Everybody has these; whose a request is, is looked up where it is answered.
  own: [['nobody', 303]],
  staff: [
    ['nobody', 303],
    ['private', 404],
    ['head', 404],
    ['reviewer', 403],
    ['accountant', 403],
  ],
  // The accountant's own.
  books: [
    ['nobody', 303],
    ['private', 404],
    ['head', 404],
    ['reviewer', 403],
    ['operator', 403],
  ],
};
function sideOf({ section: { area }, pattern }: Line): Side {
  if (area === 'staff') return /statements|import/.test(pattern) ? 'books' : 'staff';
  if (area === 'own') return area;
  return pattern.includes('/documents') ? 'documents' : 'requests';
}
const SENDER = {
  documents: 'documents',
  requests: 'requests',
  own: 'requests',
  staff: 'chief',
  books: 'chief',
} as const;

let cast: Cast;
let before: { files: string[]; tables: Record<string, string> };
const state = async () => ({
  files: await keptFiles(cast.house),
  tables: await hashTables(cast.house.parts.db, ['limits']),
});

beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

/** A form with a file, as somebody fills it in who has the right token. */
async function filled(
  line: Line,
  client: Client,
  subject: Subject,
  change: Fields = {},
): Promise<{ path: string; body: Body }> {
  const { path, fields, file } = asked(cast, line, subject);
  const all = { _csrf: await client.csrf(), _once: randomUUID(), ...fields, ...change };
  return { path, body: await multipart(all, file ?? { bytes: cast.pdf, name: 'Полис.pdf' }) };
}

/** What no field of these names takes. */
const WRONG = {
  comment: 'Длинно. '.repeat(400),
  type_id: 'none',
  kind: 'none',
  name: ' ',
  text: 'Длинно. '.repeat(2000),
  note: 'Длинно. '.repeat(2000),
  site: '',
};

describe.each(uploads.map((line) => [line.key, line] as const))('%s', (_key, line) => {
  const sender = SENDER[sideOf(line)];
  const subjectOfSender = () => subjectOf(cast, line, { decider: sender });
  // Sixty forms in ten minutes are enough for a person, not for a test.
  beforeEach(() => cast.house.parts.db('limits').delete());

  it.each(STRANGERS[sideOf(line)])(
    'refuses %s with %i before the file is there, and keeps no byte',
    async (actor, status) => {
      const client = cast.actors[actor].fork();
      const { path, body } = await filled(line, client, await subjectOf(cast, line));
      before = await state();
      const half = Math.floor(body.bytes.length / 2);
      const received = await receivedDuring(cast.house, async () => {
        // The second half is never sent: whoever waited for it would wait for ever.
        const reply = await client.send('POST', path, { body, begin: { bytes: half } });
        expect(reply.status).toBe(status);
        expect((await client.send('POST', path, { body })).status).toBe(status);
      });
      expect(received).toEqual([]);
      expect(await state()).toEqual(before);
    },
  );

  it.each<[string, (client: Client) => Promise<Fields>]>([
    ['a missing', () => Promise.resolve({ _csrf: [] })],
    ['a wrong', () => Promise.resolve({ _csrf: 'x'.repeat(36) })],
    ["another session's", async () => ({ _csrf: await cast.actors.head.csrf() })],
  ])('with %s token leaves nothing when the answer is there', async (_what, token) => {
    const client = cast.actors[sender].fork();
    const { path, body } = await filled(line, client, await subjectOfSender(), await token(client));
    before = await state();
    expect((await client.send('POST', path, { body })).status).toBe(403);
    expect(await state()).toEqual(before);
  });

  // Where there is a button, or a box besides it, nothing can be wrong.
  it.runIf(!line.route.schema!.safeParse(WRONG).success)(
    'judges the fields before it keeps the file',
    async () => {
      const client = cast.actors[sender].fork();
      const subject = await subjectOfSender();
      const { path, body } = await filled(line, client, subject, WRONG);
      before = await state();
      expect((await client.send('POST', path, { body })).status).toBe(422);
      expect(await state()).toEqual(before);
    },
  );

  it('keeps nothing of a file that it refuses', async () => {
    const client = cast.actors[sender].fork();
    const { path, fields } = asked(cast, line, await subjectOfSender());
    before = await state();
    const { field } = line.route.upload!;
    const page = { bytes: Buffer.from('<script>alert(1)</script>'), name: 'полис.pdf', field };
    const reply = await client.upload(path, { ...fields, _csrf: await client.csrf() }, page);
    expect(reply.status).toBe(422);
    expect(await state()).toEqual(before);
  });

  it('does not begin to read when another site sends it, whoever it is', async () => {
    const client = cast.actors[sender].fork();
    const { path, body } = await filled(line, client, await subjectOfSender());
    before = await state();
    const received = await receivedDuring(cast.house, async () => {
      const headers = { 'sec-fetch-site': 'cross-site' };
      const reply = await client.send('POST', path, { headers, body, begin: { bytes: 200 } });
      expect(reply.status).toBe(403);
    });
    expect(received).toEqual([]);
    expect(await state()).toEqual(before);
  });

  // What is one's own needs no role.
  it.skipIf(sideOf(line) === 'own')(
    'answers who lost the role while the file was coming with a refusal',
    async () => {
      const { db } = cast.house.parts;
      const client = cast.actors[sender].fork();
      const { path, body } = await filled(line, client, await subjectOfSender());
      const { id } = cast.accounts[sender];
      const change = (lost: boolean) =>
        sender === 'chief'
          ? db('accounts')
              .where({ id })
              .update({ staff_roles: [lost ? 'reviewer' : 'administrator'] })
          : db('memberships')
              .where({ account_id: id })
              .update({ roles: [lost ? 'passes' : sender] });
      before = await state();
      const arriving = firstReceived(cast.house);
      const then = async () => {
        // Some of the file is on the disk: the page's own check has let it in.
        await arriving();
        await change(true);
      };
      const reply = await client.send('POST', path, {
        body,
        begin: { bytes: body.bytes.length - 200, then },
      });
      await change(false);
      expect(reply.status).toBe(403);
      expect(await state()).toEqual(before);
    },
  );
});

describe('a form without a file', () => {
  const plain = posts.filter(({ route }) => !route.upload && route.kind !== 'callback');

  it.each(plain.map((line) => [line.key, line] as const))(
    '%s stores no file that is sent to it',
    async (_key, line) => {
      const actor: Actor = line.section.area === 'staff' ? 'chief' : 'documents';
      const client = cast.actors[actor].fork();
      const { path, body } = await filled(line, client, await subjectOf(cast, line, { decider: actor }));
      before = await state();
      const received = await receivedDuring(cast.house, async () => {
        const reply = await client.send('POST', path, { body });
        // The token is in the multipart body, which only a form with a file reads.
        expect(reply.status).toBe(403);
      });
      expect(received).toEqual([]);
      expect(await state()).toEqual(before);
    },
  );
});

describe('a callback', () => {
  const calls = posts.filter(({ route }) => route.kind === 'callback');

  it.each(calls.map((line) => [line.key, line] as const))(
    '%s stores no file that is sent to it',
    async (_key, line) => {
      const client = cast.actors.nobody.fork();
      const { path, body } = await filled(line, client, await subjectOf(cast, line));
      before = await state();
      const received = await receivedDuring(cast.house, async () => {
        const headers = { 'x-forwarded-for': '127.0.0.1' };
        expect((await client.send('POST', path, { headers, body })).status).toBe(400);
      });
      expect(received).toEqual([]);
      expect(await state()).toEqual(before);
    },
  );
});

describe('a limit', () => {
  it('counts an address before anything else of it is looked at', async () => {
    const line = posts.find(({ key }) => key === 'POST /auth/login/confirmation')!;
    const client = cast.actors.nobody.fork();
    const subject = await subjectOf(cast, line);
    for (let times = 0; times < 5; times += 1)
      expect((await ask(cast, line, client, subject)).status).toBe(303);
    const late = await client.send('POST', '/auth/login/confirmation', {
      body: urlencoded({ _csrf: 'none' }),
    });
    expect(late.status).toBe(429);
    expect(Number(late.headers['retry-after'])).toBeGreaterThan(3000);
    expect((await ask(cast, line, await cast.enter('nobody'), subject)).status).toBe(303);
  });
});
