import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { z } from 'zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Area } from '../../src/web/section.js';
import { openCast, type Actor, type Cast } from '../support/cast.js';
import { percent, type Client, type Fields, type Reply } from '../support/client.js';
import { controls, tags } from '../support/markup.js';
import { asked, lines, sendForm, subjectOf, type Line, memberFor } from '../support/requests.js';
import { errorsOf, words } from '../support/page.js';

/**
 * Every form of the route table is sent everything that a person, a program or an attacker may put into a field: never a
 * 5xx, nothing typed is lost when the form comes back, and nothing of it becomes markup.
 */

// What a machine posts to a callback has tests of its own.
const forms = lines().filter(
  ({ method, route }) => method === 'POST' && route.kind !== 'callback' && fieldsOf(route.schema).length > 0,
);

/** The names that a form's schema reads; a new field is tried from the day it is declared. */
function fieldsOf(schema: z.ZodType | undefined): string[] {
  const { shape, in: input } = (schema ?? {}) as { shape?: object; in?: z.ZodType };
  return shape ? Object.keys(shape) : input ? fieldsOf(input) : [];
}

let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

/** A form that is open in somebody's browser. */
interface Open {
  line: Line;
  client: Client;
  path: string;
  names: string[];
  benign: Fields;
  /** Fields that may not stay empty: leaving out one of them keeps the form from being saved. */
  required: string[];
  /** Tags and attributes of the form's page, before and after an ordinary mistake. */
  markup: Set<string>;
}

const opened = new Map<string, Promise<Open>>();
const open = (line: Line) => {
  if (!opened.has(line.key)) opened.set(line.key, openForm(line));
  return opened.get(line.key)!;
};

/** Who belongs to no organisation has no colleagues. */
const ownFor = ({ pattern }: Line): Actor => (pattern.includes('colleagues') ? 'requests' : 'private');

async function openForm(line: Line): Promise<Open> {
  const areas: Partial<Record<Area, Actor>> = { staff: 'chief', profile: memberFor(line), own: ownFor(line) };
  const actor = areas[line.section.area] ?? 'nobody';
  const client = await cast.enter(actor);
  const { path, fields } = asked(cast, line, await subjectOf(cast, line, { decider: actor }));
  const names = fieldsOf(line.route.schema);
  const missing = line.route.schema!.safeParse({}).error?.issues.map((issue) => String(issue.path[0])) ?? [];
  const form = { line, client, path, names, benign: fields, required: missing, markup: new Set<string>() };
  const [fresh, wrong] = [await client.get(path), await send(form, {})];
  const clean = [
    fresh,
    wrong,
    await send(form, { ...fields, ...Object.fromEntries(names.map((name) => [name, 'x'])) }),
  ];
  for (const page of clean) for (const mark of marks(page.text)) form.markup.add(mark);
  return form;
}

let sent = 0;
async function send(
  { line, client, path }: Pick<Open, 'line' | 'client' | 'path'>,
  fields: Fields,
  own: Fields = {},
): Promise<Reply> {
  // This is not about how often one may ask.
  if ((sent += 1) % 4 === 0)
    await cast.house.parts.db.raw('delete from limits; delete from sign_in_attempts');
  const all = { _csrf: await client.csrf(), _once: randomUUID(), ...own, ...fields };
  return sendForm(client, line, path, all, null, {
    'x-forwarded-for': `10.2.${(sent >> 8) & 255}.${sent & 255}`,
  });
}

const marks = (html: string) =>
  tags(html).flatMap(({ name, attributes }) => [
    name,
    ...Object.keys(attributes).map((key) => `${name} ${key}`),
  ]);

/** The rules for whatever a form answers to whatever was typed. */
function expectSound(form: Open, typed: Fields, reply: Reply): void {
  const what = `${form.line.key} ${JSON.stringify(typed).slice(0, 300)}`;
  expect([303, 401, 409, 422], what).toContain(reply.status);
  const strange = marks(reply.text).filter(
    (mark) =>
      !form.markup.has(mark) && /^(xss|script|img|svg|iframe|style|object|\S+ (on|style|xss))/.test(mark),
  );
  expect(strange, what).toEqual([]);
  if (reply.status !== 422 && reply.status !== 401) return;
  for (const text of summaryOf(reply.text)) {
    expect(text, what).toMatch(/[а-яё]{3}/i);
    expect(text, what).not.toMatch(/invalid|expected|received|undefined|\bNaN\b/i);
  }
  const shown = controls(reply.text);
  const kinds = new Map(
    tags(reply.text)
      .filter(({ attributes }) => attributes.name)
      .map(({ name, attributes }) => [attributes.name!, attributes.type ?? name]),
  );
  for (const [name, value] of Object.entries(typed)) {
    const kind = kinds.get(name);
    // A button says which one was pressed: nothing of it is shown again.
    const unseen = kind === undefined || kind === 'hidden' || kind === 'button';
    if (unseen || typeof value !== 'string' || !value.isWellFormed()) continue;
    if (kind === 'password') expect(shown[name], what).toEqual(['']);
    else if (kind === 'select') expect(['', value, ...(shown[name] ?? [])], what).toContain(shown[name]![0]);
    else if (kind === 'checkbox' || kind === 'radio') {
      // A box is ticked by its own value and by no other.
      const own = tags(reply.text).some(
        ({ attributes }) => attributes.name === name && attributes.value === value,
      );
      expect(shown[name] ?? [], what).toEqual(own ? [value] : []);
    } else expect(shown[name], what).toEqual([kept(form.line.route.upload ? inParts(value) : value)]);
  }
}

/** As it is kept: without what no database takes, with one kind of line break. */
const kept = (text: string) => text.replaceAll('\0', '').replace(/\r\n?/g, '\n');

/** As a browser writes it into a multipart form. */
const inParts = (text: string) => text.replace(/\r\n?|\n/g, '\r\n');

const summaryOf = (html: string) =>
  [...(/<div class="summary"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '').matchAll(/<li>([\s\S]*?)<\/li>/g)].map(
    ([, text]) => words(text!),
  );

const PROBE = '<xss-probe onclick=alert(1)>';
const NAUGHTY = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '\t\u00a0\u2003',
    'undefined',
    'null',
    'true',
    'NaN',
    '-1',
    '0',
    '1e309',
    '0x10',
    '٣',
    '½',
    '9'.repeat(400),
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '{"$gt":""}', '[object Object]'],
  ...[
    PROBE,
    `"${PROBE}`,
    `'${PROBE}`,
    `"><script>alert(1)</script>`,
    `</textarea>${PROBE}`,
    `</title></select></option>${PROBE}`,
    `<!--${PROBE}-->`,
  ],
  ...[
    `" onfocus="alert(1)" autofocus="`,
    '" xss="',
    "' xss='",
    '` xss=`',
    '&lt;script&gt;',
    '&#60;xss-probe&#62;',
    '&amp;amp;',
    'javascript:alert(1)',
  ],
  ...[
    '<%= 7*7 %>',
    '<%- include("x") %>',
    '${7*7}',
    '{{7*7}}',
    "'; drop table accounts; --",
    "' or '1'='1",
    '%00',
    '%s%n',
    '../../etc/passwd',
  ],
  ...[
    'a@b.ru\r\nBcc: all@b.ru',
    'Имя\r\n\r\nТело',
    'x@localhost',
    'a@b.ru,c@d.ru',
    '@127.0.0.1/',
    '＜script＞',
    'İıſK',
    'Ω≈ç√∫˜µ',
  ],
  ...[
    '👩‍👩‍👧‍👦🏴‍☠️',
    '\u202eнаоборот',
    '\u200b\u200b',
    '\ufeff',
    '\ud800',
    'a\udfff',
    '\ufffd\uffff',
    'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔',
    '田中さん',
    'الكل في المجمو عة',
  ],
  ...[
    '30.02.2027',
    '01.01.99999',
    '2027-13-45',
    '1.1.1',
    '31.12.9999',
    '+7 (903) 000-00-00',
    '8-800',
    '+1 202 555 0100',
    '7704374968',
    `${'ж'.repeat(1001)}`,
  ],
];

describe.each(forms.map((line) => [line.key, line] as const))('%s', (_key, line) => {
  it('takes or refuses every naughty string, shows it again and never as markup', async () => {
    const form = await open(line);
    // Three at a time, each in every third field: one of them makes the others come back rather than be saved.
    const apart = Math.min(3, form.names.length);
    for (let at = 0; at < NAUGHTY.length; at += apart) {
      const typed: Fields = {};
      let room = 120_000;
      for (const [index, name] of form.names.entries()) {
        const text = NAUGHTY[(at + (index % apart)) % NAUGHTY.length]!;
        // In all fields, or in as many as a request may bring.
        room -= percent(text).length + 30;
        if (room > 0) typed[name] = text;
      }
      expectSound(form, typed, await send(form, typed));
    }
  });

  it('does so for any text in any field', { timeout: 60_000 }, async () => {
    const form = await open(line);
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc
        .array(fc.constantFrom('<', '>', '"', "'", '&', '\r', '\n', '\0', 'я', PROBE, ' ', '%'), {
          maxLength: 20,
        })
        .map((parts) => parts.join('')),
    );
    const some = fc.oneof(
      { weight: 5, arbitrary: text },
      { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...form.names), some, async (name, value) => {
        const leftOut = form.required.find((one) => one !== name);
        const typed = { ...form.benign, ...(leftOut && { [leftOut]: '' }), [name]: value };
        expectSound(form, typed, await send(form, typed));
      }),
      { numRuns: 20 },
    );
  });

  it('takes a field that is repeated, put in brackets, or named like a part of the language', async () => {
    const form = await open(line);
    const names = form.names.flatMap((name) => [
      `${name}[]`,
      `${name}[0]`,
      `${name}[__proto__]`,
      `${name}.x`,
    ]);
    // Without this one the form would be saved, and be another afterwards.
    const benign = { ...form.benign, [form.required[0] ?? '_']: '' };
    const reply = [
      await send(form, Object.fromEntries(form.names.map((name) => [name, ['один', 'два']]))),
      await send(
        form,
        Object.fromEntries(form.names.map((name) => [name, Array.from({ length: 22 }, (_, n) => `${n}`)])),
      ),
      await send(form, {
        ...benign,
        constructor: 'x',
        toString: 'x',
        valueOf: 'x',
        hasOwnProperty: 'x',
        length: '9',
      }),
      await send(form, Object.fromEntries(names.map((name) => [name, 'x']))),
      await send(form, { ...benign, ['__proto__']: ['a', 'b'], 'constructor[prototype][x]': 'y' }),
    ];
    for (const { status, text } of reply) {
      // Brackets in a form with a file are no form of ours.
      expect([303, 400, 401, 409, 422]).toContain(status);
      for (const said of summaryOf(text)) expect(said).toMatch(/[а-яё]{3}/i);
    }
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('spends less than 50 ms on as much of anything as a field may hold', { timeout: 60_000 }, async () => {
    const form = await open(line);
    /** So many as fit: 64 KB in a form with a file, else 120 KB percent-encoded. */
    const filled = (part: string, before = '', after = '') => {
      const size = line.route.upload ? Buffer.byteLength(part) + Number(part === '\n') : percent(part).length;
      return before + part.repeat(((line.route.upload ? 64 : 120) * 1000) / size) + after;
    };
    const hostile = [
      ...['1.1.', '&lt;', '\n'].map((part) => filled(part)),
      ...[filled('a', '', '!'), filled('a.', 'a@', '@'), filled(' a', '', '!'), filled('\t', '', 'x')],
      ...[filled('0', '+7', 'x'), filled('(', '+7')],
    ];
    // A machine that is busy with other things makes every millisecond longer: so long is an innocent text then.
    const [, plain] = await costOf(() => send(form, { [form.names[0]!]: filled('ж') }));
    for (const text of hostile) {
      for (const name of form.names) {
        const typed = {
          ...form.benign,
          [form.required.find((one) => one !== name) ?? '_']: '',
          [name]: text,
        };
        const [reply, cost] = await costOf(() => send(form, typed), Math.max(50, 5 * plain));
        expectSound(form, typed, reply);
        expect(cost, `${name}: ${text.slice(0, 10)}…`).toBeLessThan(Math.max(50, 5 * plain));
      }
    }
  });
});

/** What it costs this process, house and browser together, in milliseconds: on a busy machine the clock tells nothing. */
async function costOf(work: () => Promise<Reply>, enough = 50): Promise<[Reply, number]> {
  let best = Infinity;
  for (let tries = 0; ; tries += 1) {
    const before = process.cpuUsage();
    const reply = await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
    if (best < enough || tries === 5) return [reply, best];
  }
}

describe('a form that comes back', () => {
  it('never shows a password, nor keeps it anywhere', async () => {
    const client = await cast.enter('nobody');
    const secret = 'Очень-секретный-пароль-1';
    const fields = {
      email: 'нет',
      surname: 'Петрова',
      password: secret,
      password_again: `${secret}?`,
      next: '/profiles',
    };
    for (const path of ['/auth/register', '/auth/login', '/auth/password', '/auth/recovery']) {
      const { text, status } = await client.post(path, { _csrf: await client.csrf(), ...fields });
      expect([401, 409, 422], path).toContain(status);
      expect(text, path).not.toContain('секретный');
    }
    for (const cookie of client.sentCookies) expect(decodeURIComponent(cookie)).not.toContain('секретный');
  });

  it('keeps ticked boxes ticked, whatever their words are', async () => {
    const { db } = cast.house.parts;
    const reasons = ['Нет подписи, печати или даты', 'Срок "меньше" <срока> договора', 'Нет подписи'];
    await db('document_types').where({ id: cast.type.id }).update({ reasons });
    const { id, version, sha256 } = await cast.paper(cast.own, 'sent');
    const client = cast.actors.reviewer;
    const ticked = reasons.slice(0, 2);
    const fields = { _csrf: await client.csrf(), version, sha256, reasons: ticked, words: 'ж'.repeat(1001) };
    const reply = await client.post(`/staff/documents/${id}/rejection`, fields);
    expect(reply.status).toBe(422);
    expect(controls(reply.text).reasons).toEqual(ticked);
  });

  it('says where each mistake is, in the summary and at the field', async () => {
    const client = await cast.enter('nobody');
    const { text } = await client.post('/auth/register', { _csrf: await client.csrf() });
    const ids = new Set(tags(text).map(({ attributes }) => attributes.id));
    const links = tags(text).flatMap(({ attributes }) =>
      attributes.href?.startsWith('#field-') ? [attributes.href.slice(1)] : [],
    );
    expect(links).toHaveLength(6);
    for (const id of links) expect(ids).toContain(id);
    expect(Object.keys(errorsOf(text)).map((name) => `field-${name}`)).toEqual(expect.arrayContaining(links));
  });
});
