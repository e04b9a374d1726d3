import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addInvoice } from '../support/bills.js';
import { openCast, type Cast } from '../support/cast.js';
import { multipart, urlencoded, type Body } from '../support/client.js';
import { keptFiles } from '../support/folders.js';
import { controls } from '../support/markup.js';
import { errorsOf } from '../support/page.js';
import { asked, lines, subjectOf, type Line } from '../support/requests.js';
import { expectErrorPage } from '../support/safe-headers.js';

/** What no page of ours sends: refused with a 4xx that says so, never a failure, and nothing stays of it. */

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

/** Sends bytes as they are and answers what came back, to the end of the connection. */
function raw(text: string | Buffer): Promise<{ status: number; text: string }> {
  const { port } = new URL(cast.house.address);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.on('data', (piece) => pieces.push(piece)).on('error', reject);
    socket.on('close', () => {
      const answer = Buffer.concat(pieces).toString('utf8');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), text: answer });
    });
  });
}
const head = (line: string, more = '') =>
  `${line} HTTP/1.1\r\nHost: my.test\r\nConnection: close\r\n${more}\r\n`;

describe('an address', () => {
  it.each([
    ...[
      '/%',
      '/%E0%A4%A',
      '/profiles/%E0%A4%A/documents',
      '/profiles/%00/documents',
      '/auth/confirm/%ff',
      '/auth/login/%',
    ],
    ...[
      '//',
      '///evil.test',
      '//evil.test/auth/login',
      '/\\evil.test',
      '/./auth',
      '/../etc/passwd',
      '/assets/../package.json',
    ],
    ...[
      '/assets/%2e%2e/package.json',
      '/assets/..%2fpackage.json',
      '/.git/config',
      '/.env',
      '/package.json',
      '/auth/login;x=1',
    ],
    ...[
      '/profiles/1',
      '/profiles/1/documents',
      '/profiles/__proto__/documents',
      '/staff/documents/constructor',
      '*',
      'no-slash',
    ],
    ...['http://[/auth/login', 'http://evil.test:x/auth/login', 'http:///x', '/\u0001', '/ж', '/auth/ж'],
  ])('%j that is not one of ours is told so', async (path) => {
    const { status, text } = await raw(Buffer.from(head(`GET ${path}`)));
    expect([303, 400, 404]).toContain(status);
    expect(text).not.toMatch(/root:|"dependencies"|\bat \S+ \(/);
    if (status === 303) expect(text).toMatch(/\nLocation: \/auth\/login/i);
  });

  it.each([
    '/auth/login?',
    '/auth/login?%',
    '/auth/login?next=%E0%A4%A',
    '/auth/login?a[b]=1&__proto__=2',
    '/AUTH/LOGIN',
    '/auth/login/',
    'http://evil.test/auth/login',
  ])('%j is the sign-in page', async (path) => {
    const { status, text } = await raw(head(`GET ${path}`));
    expect(status).toBe(200);
    expect(text).not.toContain('evil.test');
  });

  it('of 20 KB, or such a cookie: 431', async () => {
    expect((await raw(head(`GET /auth/login?next=${'a'.repeat(20 * 1024)}`))).status).toBe(431);
    expect((await raw(head('GET /auth/login', `Cookie: visitor=${'a'.repeat(20 * 1024)}\r\n`))).status).toBe(
      431,
    );
  });

  it('of a list holds whatever may be typed into its filter', async () => {
    await addInvoice(cast.house, { organisation: cast.own.id });
    const own = `/profiles/${cast.own.id}`;
    const lists = {
      operator: ['/staff/requests'],
      chief: ['organisations', 'documents', 'people', 'journal'].map((name) => `/staff/${name}`),
      accountant: ['/staff/invoices'],
      head: ['service', 'messages', 'invoices'].map((name) => `${own}/${name}`),
    };
    for (const [actor, paths] of Object.entries(lists) as [keyof typeof lists, string[]][])
      for (const path of paths) {
        // A list that is empty has a filter when it was asked.
        const { text } = await cast.actors[actor].get(`${path}?search=x`);
        const form = /<form [^>]*method="get"[^]*?<\/form>/.exec(text)?.[0] ?? '';
        const lines = [...form.matchAll(/<input [^>]*name="(\w+)"[^>]*>/g)];
        expect(lines.length, path).toBeGreaterThan(0);
        const full = lines.map(([tag, name]): [string, string] => {
          const most = Number(/ maxlength="(\d+)"/.exec(tag)?.[1] ?? 20_000);
          return [name!, 'ж'.repeat(most)];
        });
        const asked = await cast.actors[actor].get(`${path}?${new URLSearchParams(full)}`);
        expect([path, asked.status]).toEqual([
          path,
          expect.toSatisfy((status) => [200, 422].includes(status)),
        ]);
      }
  });

  it('with anything in its parameters and its query is answered', { timeout: 60_000 }, async () => {
    const { id } = await cast.paper(cast.own, 'sent');
    const own = `/profiles/${cast.own.id}`;
    const inPath = [
      '/profiles/?/documents',
      `${own}/documents/?`,
      `${own}/documents/?/file`,
      '/staff/documents/?',
      '/auth/confirm/?',
      '/?',
    ];
    const inQuery = [
      ...[
        `${own}/information?contract=`,
        `${own}/documents?after=`,
        `${own}/documents?before=`,
        `${own}/documents/new?type=`,
      ],
      ...[
        `${own}/documents/${id}/file?version=`,
        `${own}/documents/${id}/file?inline=`,
        '/auth/login?next=',
        '/staff/documents?search=',
      ],
      ...[
        '/staff/documents?status=',
        '/staff/documents?organisation=',
        '/staff/documents?type=',
        '/staff/documents?after=',
      ],
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
    );
    const escape = (value: string) => encodeURIComponent(value.toWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...inPath, ...inQuery), text, async (place, value) => {
        const path = place.endsWith('=') ? place + escape(value) : place.replace('?', escape(value));
        const client = place.startsWith('/staff') ? cast.actors.chief : cast.actors.head;
        const { status } = await client.get(path);
        expect([200, 303, 400, 404], path).toContain(status);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    '99999999999999_00000000-0000-0000-0000-000000000000',
    '999999999999999_ffffffff-ffff-ffff-ffff-ffffffffffff',
    '0_x',
    '-1_',
    '1e9_',
  ])('of a page that no list has (%s) is a page', async (cursor) => {
    for (const name of ['after', 'before']) {
      expect(
        (await cast.actors.head.get(`/profiles/${cast.own.id}/documents?${name}=${cursor}`)).status,
      ).toBe(200);
      expect((await cast.actors.chief.get(`/staff/documents?${name}=${cursor}`)).status).toBe(200);
    }
  });
});

describe('a method', () => {
  it.each(lines().map((line) => [line.key, line] as const))(
    '%s: the others are answered too',
    async (_key, line) => {
      const client = cast.actors[line.section.area === 'staff' ? 'chief' : 'head'].fork();
      const { path } = asked(
        cast,
        { ...line, method: 'GET' },
        await subjectOf(cast, line, { decider: 'chief' }),
      );
      const read = await client.get(path);
      const looked = await client.fork().send('HEAD', path);
      expect([looked.status, looked.text]).toEqual([read.status, '']);
      for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND'])
        expectErrorPage(await client.fork().send(method, path), 404, method);
      const options = await client.fork().send('OPTIONS', path);
      expect([200, 404]).toContain(options.status);
      if (!lines().some(({ key }) => key === `POST ${line.pattern}`))
        expectErrorPage(await client.fork().post(path, {}), 404);
    },
  );
});

describe('a body', () => {
  const garbage: [string, Body & { headers?: Record<string, string> }][] = [
    ['JSON', { type: 'application/json', bytes: '{"_csrf":"x","email":{"$gt":""}}' }],
    ['broken JSON', { type: 'application/json', bytes: '{"a":' }],
    ['plain text', { type: 'text/plain', bytes: '_csrf=x' }],
    [
      'XML',
      { type: 'application/xml', bytes: '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>' },
    ],
    ['no type', { bytes: '_csrf=x' }],
    ['half a type', { type: ';', bytes: 'x' }],
    ['another alphabet', { type: 'application/x-www-form-urlencoded; charset=koi8-r', bytes: '_csrf=x' }],
    [
      'rubbish that is said to be packed',
      { type: 'application/x-www-form-urlencoded', bytes: 'x', headers: { 'content-encoding': 'gzip' } },
    ],
    [
      'an unknown packing',
      { type: 'application/x-www-form-urlencoded', bytes: 'x', headers: { 'content-encoding': 'zip' } },
    ],
    ['bad percent-encoding', { type: 'application/x-www-form-urlencoded', bytes: '%=%E0%A4%A&_csrf=%' }],
    ['multipart without a boundary', { type: 'multipart/form-data', bytes: '--x' }],
    [
      'multipart without an end',
      {
        type: 'multipart/form-data; boundary=x',
        bytes: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
      },
    ],
    ['nothing', { type: 'application/x-www-form-urlencoded', bytes: '' }],
  ];

  // Nothing that is refused changes what it is about: each line's is made once.
  const paths = new Map<string, Promise<string>>();
  const pathOf = (line: Line): Promise<string> => {
    const made = async () => asked(cast, line, await subjectOf(cast, line, { decider: 'chief' })).path;
    if (!paths.has(line.key)) paths.set(line.key, made());
    return paths.get(line.key)!;
  };

  it.each(garbage)('of %s is refused at every form', async (_what, { headers, ...body }) => {
    // Sixty forms in ten minutes are enough for a person, not for a test.
    await cast.house.parts.db('limits').delete();
    for (const line of lines().filter(({ method }) => method === 'POST')) {
      const client = cast.actors[line.section.area === 'staff' ? 'chief' : 'documents'].fork();
      const path = await pathOf(line);
      const address = { 'x-forwarded-for': `10.3.0.${Math.floor(Math.random() * 256)}` };
      const reply = await client.send('POST', path, { headers: { ...address, ...headers }, body });
      expect([400, 403], `${line.key}: ${reply.status}`).toContain(reply.status);
      // A machine is answered without a page.
      if (line.route.kind !== 'callback') expectErrorPage(reply, reply.status, line.key);
    }
    expect((await keptFiles(cast.house)).filter((path) => path.includes('incoming'))).toEqual([]);
  });

  it('of two lengths is not read at all', async () => {
    const both =
      'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n';
    expect((await raw(`${head('POST /auth/login', both)}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`)).status).toBe(400);
    expect((await raw(head('POST /auth/login', 'Content-Length: 5\r\nContent-Length: 6\r\n'))).status).toBe(
      400,
    );
  });

  it('that is too long is 413: of fields, and of too many', async () => {
    const { nobody } = cast.actors;
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`f${n}`, '']));
    for (const fields of [{ email: 'a'.repeat(128 * 1024) }, many])
      expectErrorPage(await nobody.post('/auth/login', fields), 413);
    // Unpacked it is 50 MB.
    const { gzipSync } = await import('node:zlib');
    const bytes = gzipSync(Buffer.alloc(50 * 1024 * 1024, 'a'));
    const { type } = urlencoded({});
    const bomb = await nobody.send('POST', '/auth/login', {
      headers: { 'content-encoding': 'gzip' },
      body: { type: type!, bytes },
    });
    expectErrorPage(bomb, 413);
  });

  it('with a file of a byte too many is 413: the form, what was typed in it, and no file', async () => {
    const client = cast.actors.documents.fork();
    const path = `/profiles/${cast.own.id}/documents/new`;
    const before = await keptFiles(cast.house);
    const fields = { _csrf: await client.csrf(), type_id: cast.type.id, comment: 'Долго набирали' };
    const bytes = Buffer.alloc(10 * 1024 * 1024 + 1, cast.pdf);
    const reply = await client.upload(path, fields, { bytes, name: 'Большой.pdf' });
    expect(reply.status).toBe(413);
    expect(errorsOf(reply.text).file).toMatch(/^Файл больше 10 МБ\./);
    expect(controls(reply.text)).toMatchObject({ comment: ['Долго набирали'], type_id: [cast.type.id] });
    expect(await keptFiles(cast.house)).toEqual(before);
  });

  it('with a file that was left half-way leaves nothing', async () => {
    const client = cast.actors.documents.fork();
    const path = `/profiles/${cast.own.id}/documents/new`;
    const before = await keptFiles(cast.house);
    const { type, bytes } = await multipart(
      { _csrf: await client.csrf(), type_id: cast.type.id },
      { bytes: cast.pdf, name: 'a.pdf' },
    );
    const cut = Buffer.from(bytes as Buffer).subarray(0, -200);
    expectErrorPage(await client.send('POST', path, { body: { type: type!, bytes: cut } }), 400);
    expect(await keptFiles(cast.house)).toEqual(before);
  });
});

describe('a cookie', () => {
  const NAMES = ['session', 'visitor', 'flash', 'device', 'confirm', 'password', 'unconfirmed'];
  const PAGES = [
    '/',
    '/contacts',
    '/auth/login',
    '/auth/login/confirmation',
    '/auth/confirm',
    '/auth/password',
    '/profiles',
    '/no/such',
  ];

  /** Every cookie of ours has this value, then one may still sign in. */
  async function expectNone(value: string): Promise<void> {
    const client = await cast.enter('nobody');
    for (const path of PAGES) {
      const one = client.fork();
      for (const name of NAMES) one.cookies.set(name, value);
      const { status, text } = await one.get(path);
      expect([200, 303, 404], path).toContain(status);
      expect(text, path).not.toContain('Позвоните');
    }
    for (const name of NAMES) client.cookies.set(name, value);
    await client.signIn(cast.accounts.private.email);
  }

  it.each([
    ...[
      'x',
      '%',
      '%E0%A4%A',
      's:',
      's%3A',
      's%3Ax',
      's:x.y',
      'j%3A%7B%22a%22%3A1%7D',
      'j:[',
      'j:null',
      '"',
      'a b',
      ';;',
      '=',
    ],
    ...['x'.repeat(1500), 'false', '[object Object]'],
  ])('that nobody signed (%j) is as good as none', expectNone);

  it.each([
    ...[
      'x',
      'null',
      '[]',
      '{}',
      '["done"]',
      '["done",7]',
      '"flash"',
      '["problem","Позвоните по номеру"]',
      'j:{"a":1}',
      'j:1',
    ],
    ...['00000000-0000-0000-0000-000000000000', 'a.b', 'flash:["problem","Позвоните по номеру"]'],
  ])('that the house signed for something else (%j) is as good as none', async (value) => {
    const signer = await cast.enter('nobody');
    await signer.get(`/auth/confirm/${encodeURIComponent(value)}`);
    await expectNone(signer.cookies.get('confirm')!);
  });
});
