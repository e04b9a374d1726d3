import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTORS, openCast, type Actor, type Cast } from './support/cast.js';
import type { Client, Reply } from './support/client.js';
import { HOUR } from './support/house.js';
import { ownLinks, withoutIds } from './support/markup.js';
import { ask, asked, lines, subjectOf, type Line, type Subject } from './support/requests.js';
import { TABLE } from './support/route-table.js';
import { hashTables } from './support/tables.js';

/** What the menus show: the top one of the first page after signing in, and the side one of the own organisation. */
const MENUS: Record<Actor, { first: string; top: string[]; side: string[] }> = {
  nobody: { first: '/auth/login', top: ['/help', '/contacts'], side: [] },
  private: { first: '/desktop', top: ['/desktop', '/service', '/help', '/contacts', '/profiles'], side: [] },
  passes: {
    first: '/desktop',
    top: ['/desktop', '/service', '/help', '/contacts', '/profiles'],
    side: ['information', 'notifications', 'passes'],
  },
  observer: {
    first: '/desktop',
    top: ['/desktop', '/service', '/help', '/contacts', '/profiles'],
    side: ['information', 'notifications', 'messages', 'documents', 'service', 'services', 'passes'],
  },
  documents: {
    first: '/desktop',
    top: ['/desktop', '/service', '/help', '/contacts', '/profiles'],
    side: ['information', 'notifications', 'documents', 'documents/new'],
  },
  requests: {
    first: '/desktop',
    top: ['/desktop', '/service', '/help', '/contacts', '/profiles'],
    side: ['information', 'notifications', 'messages', 'messages/new', 'service', 'service/new', 'services'],
  },
  head: {
    first: '/desktop',
    top: ['/desktop', '/service', '/help', '/contacts', '/profiles'],
    side: [
      'information',
      'notifications',
      'messages',
      'messages/new',
      'documents',
      'documents/new',
      'invoices',
      'service',
      'service/new',
      'services',
      'passes',
      'accounts',
    ],
  },
  former: { first: '/desktop', top: ['/desktop', '/service', '/help', '/contacts', '/profiles'], side: [] },
  stranger: { first: '/desktop', top: ['/desktop', '/service', '/help', '/contacts', '/profiles'], side: [] },
  reviewer: { first: '/staff/documents', top: ['/staff/documents', '/staff/help'], side: [] },
  operator: {
    first: '/staff/requests',
    top: ['/staff/requests', '/staff/parking', '/staff/help'],
    side: [],
  },
  chief: {
    first: '/staff/documents',
    top: [
      '/staff/requests',
      '/staff/documents',
      '/staff/invoices',
      '/staff/statements',
      '/staff/organisations',
      '/staff/notifications',
      '/staff/services',
      '/staff/parking',
      '/staff/access-requests',
      '/staff/people',
      '/staff/document-types',
      '/staff/import',
      '/staff/company',
      '/staff/journal',
      '/staff/help',
    ],
    side: [],
  },
  accountant: {
    first: '/staff/invoices',
    top: ['/staff/invoices', '/staff/statements', '/staff/import', '/staff/help'],
    side: [],
  },
};

type Cells = Record<Actor, string>;

const [, header, ...rows] = TABLE.split('\n').filter((line, at) => at === 0 || line.trim() !== '');
const columns = header!.trim().split(/\s+/);
const EXPECTED = new Map(
  rows.map((row) => {
    const [method, path, ...cells] = row.trim().split(/\s+/);
    return [
      `${method} ${path}`,
      Object.fromEntries(columns.map((actor, at) => [actor, cells[at] ?? '?'])) as Cells,
    ];
  }),
);

const REFUSALS = ['enter', '403', '404'];
/** Sign-in and sign-out change the very session that asks. */
const ENDS_SESSION = ['POST /auth/login', 'POST /auth/logout'];

const table = lines();
const withObject = table.filter(({ pattern }) =>
  /:(organisation|document|type|notification|membership|request|invitation|lookup|import|account|tenant|building|conversation|file|kind|answer|invoice|statement|line|service|group|scheme)/.test(
    pattern,
  ),
);
let cast: Cast;
beforeAll(async () => {
  cast = await openCast();
});
afterAll(() => cast?.house.close());

const cell = ({ status, to }: Reply) =>
  status === 303 && to.startsWith('/auth/login?next=') ? 'enter' : String(status);
const rowOf = async (line: Line, actors: readonly Actor[], subject: (actor: Actor) => Promise<Subject>) => {
  const cells: Partial<Cells> = {};
  for (const actor of actors) {
    const client = ENDS_SESSION.includes(line.key) ? await cast.enter(actor) : cast.actors[actor].fork();
    cells[actor] = cell(await ask(cast, line, client, await subject(actor)));
  }
  return cells;
};
const only = (cells: Cells, actors: readonly Actor[]) =>
  Object.fromEntries(actors.map((actor) => [actor, cells[actor]]));

describe('the table', () => {
  it('names every kind of person', () => {
    expect(columns).toEqual(ACTORS);
  });

  it('has every route of the application and no other', () => {
    expect([...EXPECTED.keys()].sort()).toEqual(table.map(({ key }) => key).sort());
  });

  it('has every route of production; only development has more', () => {
    const more = table.map(({ key }) => key).filter((key) => !lines(true).some((line) => line.key === key));
    expect(more.sort()).toEqual([
      'GET /dev/acquirer/:charge',
      'GET /dev/mail',
      'GET /dev/mail.json',
      'GET /dev/sms',
      'GET /dev/sms.json',
      'GET /styleguide',
      'POST /dev/acquirer/:charge/payment',
      'POST /dev/acquirer/:charge/refusal',
    ]);
    expect(lines(true).filter(({ key }) => !EXPECTED.has(key))).toEqual([]);
  });

  it.each(table.map((line) => [line.key, line] as const))('%s', async (key, line) => {
    const expected = EXPECTED.get(key)!;
    const refused = ACTORS.filter((actor) => REFUSALS.includes(expected[actor]));
    const granted = ACTORS.filter((actor) => !refused.includes(actor));
    const one = await subjectOf(cast, line);
    // Everybody's token is taken before: a first page may give a cookie, but never a row.
    for (const actor of refused) await cast.actors[actor].csrf();
    const entered = ENDS_SESSION.includes(key);
    const before = entered ? {} : await hashTables(cast.house.parts.db, ['limits']);
    expect(await rowOf(line, refused, () => Promise.resolve(one))).toEqual(only(expected, refused));
    if (!entered) expect(await hashTables(cast.house.parts.db, ['limits'])).toEqual(before);
    const fresh = (decider: Actor) => subjectOf(cast, line, { decider });
    expect(await rowOf(line, granted, fresh)).toEqual(only(expected, granted));
  });
});

describe("another organisation's object", () => {
  const outsiders = ACTORS.filter((actor) => actor !== 'stranger');
  const missing = (subject: Subject): Subject => {
    const ids = [
      'document',
      'type',
      'notification',
      'membership',
      'request',
      'invitation',
      'lookup',
      'import',
      'account',
      'tenant',
      'contract',
      'premises',
      'building',
      'conversation',
      'file',
      'kind',
      'answer',
      'invoice',
      'statement',
      'line',
      'payment',
      'service',
      'group',
      'scheme',
    ] as const;
    const gone = Object.fromEntries(ids.map((name) => [name, randomUUID()])) as Record<
      (typeof ids)[number],
      string
    >;
    // Nobody has seen what was never there; of what was, its editor says that a colleague has removed it.
    return { ...subject, ...gone, talkSeen: '', paper: { ...subject.paper, id: gone.document } };
  };
  /** Refused as before; who would be let in is told that there is no such thing. */
  const hidden = (key: string, actor: Actor) => {
    const own = EXPECTED.get(key)![actor];
    return REFUSALS.includes(own) ? own : '404';
  };

  it.each(withObject.map((line) => [line.key, line] as const))(
    '%s: is answered like one that is not there',
    async (key, line) => {
      const { db } = cast.house.parts;
      const foreign = await subjectOf(cast, line, { organisation: cast.other });
      for (const actor of outsiders) await cast.actors[actor].csrf();
      const before = await hashTables(db, ['limits']);
      const look = async (actor: Actor, subject: Subject) =>
        shown(await ask(cast, line, cast.actors[actor].fork(), subject));

      // In the other organisation, and in one that does not exist.
      if (line.pattern.includes(':organisation')) {
        const nowhere = { ...missing(foreign), organisation: randomUUID() };
        for (const actor of outsiders) {
          const [theirs, none] = [await look(actor, foreign), await look(actor, nowhere)];
          expect(theirs, actor).toEqual(none);
          expect(theirs.cell, actor).toBe(actor === 'nobody' ? 'enter' : '404');
        }
      }
      // In one's own organisation: something of the other one, and one that does not exist.
      if (/:organisation.*:(document|notification|membership|request|invitation)/.test(line.pattern)) {
        const inside = { ...foreign, organisation: cast.own.id };
        for (const actor of outsiders) {
          const [theirs, none] = [await look(actor, inside), await look(actor, missing(inside))];
          expect(theirs, actor).toEqual(none);
          expect(theirs.cell, actor).toBe(hidden(key, actor));
        }
      }
      // Staff see everybody's: for them there is only what does not exist.
      if (line.section.area === 'staff') {
        for (const actor of ACTORS)
          expect((await look(actor, missing(foreign))).cell, actor).toBe(hidden(key, actor));
      }
      expect(await hashTables(db, ['limits'])).toEqual(before);
    },
  );

  it('opens to the one whose it is', async () => {
    const paper = await cast.paper(cast.other, 'sent');
    const page = await cast.actors.stranger.get(`/profiles/${cast.other.id}/documents/${paper.id}`);
    expect(page.status).toBe(200);
  });

  it("does not give another document's file by its version", async () => {
    const [mine, theirs] = [await cast.paper(cast.own, 'sent'), await cast.paper(cast.other, 'sent')];
    const path = `/profiles/${cast.own.id}/documents/${mine.id}/file?version=`;
    const [foreign, none] = [
      await cast.actors.head.get(path + theirs.version),
      await cast.actors.head.get(path + randomUUID()),
    ];
    expect([foreign.status, shown(foreign)]).toEqual([404, shown(none)]);
    expect((await cast.actors.head.get(path + mine.version)).status).toBe(200);
  });
});

/** All that an answer tells, but for ids and tokens. */
function shown(reply: Reply) {
  const { date: _date, 'set-cookie': cookies, ...headers } = reply.headers;
  const names = (cookies ?? []).map((line) => line.split('=')[0]);
  return {
    cell: cell(reply),
    headers: JSON.parse(withoutIds(JSON.stringify(headers))) as unknown,
    names,
    text: withoutIds(reply.text),
  };
}

describe('the menu', () => {
  it.each(ACTORS)('%s: shows what is open to him, and all of it opens', async (actor) => {
    const client = cast.actors[actor];
    const { first, top, side } = MENUS[actor];
    expect((await client.get('/')).to).toBe(first);
    const page = await client.get(actor === 'nobody' ? '/contacts' : first);
    expect(menuOf(page.text, 'Разделы кабинета')).toEqual(top);

    const root = `/profiles/${cast.own.id}/`;
    const inside = await Promise.all(
      ['information', 'notifications', 'messages', 'documents', 'documents/new', 'service', 'accounts'].map(
        (path) => client.get(root + path),
      ),
    );
    const sides = inside
      .filter(({ status }) => status === 200)
      .flatMap(({ text }) => menuOf(text, 'Разделы организации'));
    expect([...new Set(sides)].filter((href) => href !== '/profiles').sort()).toEqual(
      side.map((path) => root + path).sort(),
    );
    for (const href of [...top, ...sides]) expect((await client.get(href)).status, href).toBe(200);
  });

  it.each(ACTORS)('%s: no page of his leads to a refusal', async (actor) => {
    for (const status of ['sent', 'accepted', 'rejected'] as const) await cast.paper(cast.own, status);
    const seen = new Set<string>();
    const todo = [MENUS[actor].first, '/contacts', '/policy'];
    const client = cast.actors[actor].fork();
    for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
      const plain = path.split('#')[0]!;
      // A list's filters and pages are one page; of the many documents the first few do.
      const kind = plain
        .replace(/\?(?!version).*/, '')
        .replace(/[\da-f-]{36}/g, (id) => (id === cast.own.id ? 'own' : 'id'));
      if (
        seen.has(`${kind} ${plain}`) ||
        [...seen].filter((known) => known.startsWith(`${kind} `)).length >= 3
      )
        continue;
      seen.add(`${kind} ${plain}`);
      const reply = await client.get(plain);
      expect([200, 303], `${plain} answers ${reply.status}`).toContain(reply.status);
      if (reply.status === 303) expect(cell(reply), plain).not.toBe('enter');
      if (/html/.test(reply.headers['content-type'] ?? '')) todo.push(...ownLinks(reply.text));
    }
    expect(seen.size).toBeGreaterThan(3);
  });
});

function menuOf(html: string, label: string): string[] {
  const nav = new RegExp(`<nav[^>]*aria-label="${label}"[\\s\\S]*?</nav>`).exec(html)?.[0] ?? '';
  return ownLinks(nav);
}

describe('a GET', () => {
  const pages = table.filter(({ method }) => method === 'GET');
  const MINUTE = HOUR / 60;

  let addresses: string[];
  beforeAll(async () => {
    addresses = [];
    for (const line of pages) {
      const subjects = [await subjectOf(cast, line)];
      if (/:(organisation|document)/.test(line.pattern))
        subjects.push(await subjectOf(cast, line, { organisation: cast.other }));
      addresses.push(...subjects.map((subject) => asked(cast, line, subject).path));
    }
  });
  const readAll = async (client: Client) => {
    for (const path of addresses) await client.get(path);
  };

  it.each(ACTORS)('%s: writes nothing, whatever is read', async (actor) => {
    const { db } = cast.house.parts;
    const client = await cast.enter(actor);
    const last = (await db('audit').orderBy('id', 'desc').first())!.id;
    const before = await hashTables(db, ['limits', 'audit']);
    await readAll(client);
    // `limits` counts who fetches the anti-bot's challenge. Nothing else may differ, `sessions` included.
    expect(await hashTables(db, ['limits', 'audit'])).toEqual(before);
    // The journal only grows, and of what is read it tells one thing: that a copy of the register was taken away.
    const told = await db('audit').where('id', '>', last).pluck('action');
    expect(told.filter((action) => action !== 'register.exported')).toEqual([]);
  });

  it('without a sign-in makes no session row', async () => {
    const { db } = cast.house.parts;
    const before = await db('sessions').select('*').orderBy('sid');
    const client = await cast.enter('nobody');
    await readAll(client);
    await client.get('/no/such/page');
    await client.post('/auth/login', {
      ...(await client.hidden('/auth/login')),
      email: 'x@cast.test',
      password: 'wrong',
    });
    expect(await db('sessions').select('*').orderBy('sid')).toEqual(before);
  });

  it.each([
    ['documents', 10 * MINUTE],
    ['reviewer', 3 * MINUTE],
  ] as const)('%s: prolongs the session at most every %i ms', async (actor, pause) => {
    const { db } = cast.house.parts;
    const client = await cast.enter(actor);
    const expiries = () =>
      db('sessions').where('account_id', cast.accounts[actor].id).max('expire as at').first();
    const opened = await expiries();
    const people = async () => (await db('accounts').orderBy('id')).map(({ seen_at: _, ...row }) => row);
    cast.house.clock.move(pause - 1000);
    const before = await hashTables(db);
    const peopleBefore = await people();
    for (let times = 0; times < 3; times += 1) await client.get('/profiles');
    expect(await hashTables(db)).toEqual(before);

    cast.house.clock.move(1000);
    await client.get('/profiles');
    const prolonged = await expiries();
    expect(prolonged!.at.getTime() - opened!.at.getTime()).toBe(pause);
    // With it goes that the person was here, and nothing else.
    const seen = await db('accounts').where({ id: cast.accounts[actor].id }).first('seen_at');
    expect(seen!.seen_at).toEqual(cast.house.clock.now());
    expect(await people()).toEqual(peopleBefore);
    const { sessions: _, accounts: _people, ...rest } = await hashTables(db);
    const { sessions: _before, accounts: _peopleBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
  });
});
