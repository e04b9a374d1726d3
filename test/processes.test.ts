import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join as path } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sweep } from '../src/domain/files/files.actions.js';
import { transaction } from '../src/db/knex.js';
import { post } from '../src/domain/outbox/outbox.data.js';
import { addDays, dayOf } from '../src/lib/dates.js';
import { type Archive, openArchive, sendAccepted } from './support/archive.js';
import { type Client, multipart } from './support/client.js';
import { count, dump } from './support/dump.js';
import { Clock, DAY, HOUR, openHouse, type TestHouse } from './support/house.js';
import { type Mailbox, openMailbox } from './support/mailbox.js';
import { addAccount, addOrganisation, addType, join, PASSWORD } from './support/people.js';
import { type HouseProcess, startProcess } from './support/processes.js';
import { pdf, pdfWith } from './support/sample-files.js';

const MB = 1024 * 1024;
const PATIENCE = { timeout: 30_000, interval: 50 };

let mailbox: Mailbox;
/** The same house in this process: to look into the database and the files, and for a clock that can be set. */
let house: TestHouse;
let archive: Archive;
let one: HouseProcess;
let two: HouseProcess;
/** Two more, that run no jobs: to be killed. */
let victims: HouseProcess[];

beforeAll(async () => {
  mailbox = await openMailbox();
  house = await openHouse({}, new Clock(new Date(Date.now() - 3 * DAY)));
  archive = await openArchive(house);
  // What a night of both processes has to tell and to send: twelve documents that ran out, and their letters.
  for (let n = 0; n < 12; n += 1) await sendAccepted(house, archive, addDays(dayOf(new Date()), -2));
  house.clock.at = new Date();
  const withJobs = { SMTP_URL: mailbox.url, JOBS: 'on' };
  [one, two, ...victims] = (await Promise.all(
    [withJobs, withJobs, { JOBS: 'off' }, { JOBS: 'off' }].map((environment) =>
      startProcess(house, environment),
    ),
  )) as [HouseProcess, HouseProcess, ...HouseProcess[]];
}, 120_000);

afterAll(async () => {
  await Promise.all([one, two, ...(victims ?? [])].map((process) => process?.end('SIGKILL')));
  await house?.close();
  await mailbox?.close();
});

const db = () => house.parts.db;

/** The same browser at another process. */
function at(process: HouseProcess, client: Client): Client {
  const same = process.client();
  for (const [name, value] of client.cookies) same.cookies.set(name, value);
  return same;
}

/** A member of an organisation of his own, signed in at the process. */
async function tenant(process: HouseProcess) {
  const account = await addAccount(house);
  const organisation = await addOrganisation(house);
  await join(house, account, organisation, ['documents']);
  const client = await process.client().signIn(account.email);
  return { account, organisation, client, documents: `/profiles/${organisation.id}/documents` };
}

describe('two processes on one database', () => {
  it('do a night’s jobs once, and send each letter once', { timeout: 60_000 }, async () => {
    await vi.waitFor(async () => {
      expect(await count(db(), 'jobs')).toBe(7);
      expect(await count(db(), 'outbox', { state: 'waiting' })).toBe(0);
    }, PATIENCE);
    expect(await count(db(), 'audit', { action: 'document.expired' })).toBe(12);
    expect(await count(db(), 'outbox', { letter: 'document.expired' })).toBe(12);
    const letters = mailbox.to(archive.account.email);
    expect(
      letters.filter(({ mail }) => mail.subject!.startsWith('Документ больше не действует')),
    ).toHaveLength(12);
    expect(new Set(mailbox.tried.map(({ mail }) => mail.messageId)).size).toBe(mailbox.tried.length);
    const done = [one, two].flatMap((process) => process.printed().match(/"msg":"job done"/g) ?? []);
    expect(done).toHaveLength(7);
  });

  it('share who is signed in, and forget it together', async () => {
    const { client } = await tenant(one);
    const there = at(two, client);
    expect((await there.get('/profiles')).status).toBe(200);
    const left = await there.post('/auth/logout', await client.hidden('/profiles'));
    expect([left.status, left.to]).toEqual([303, '/auth/login']);
    for (const process of [one, two])
      expect((await at(process, client).get('/profiles')).to).toBe('/auth/login?next=%2Fprofiles');
  });

  it('count wrong passwords together', async () => {
    const account = await addAccount(house);
    const guess = async (process: HouseProcess) => {
      const client = process.client();
      const answer = await client.post('/auth/login', {
        ...(await client.hidden('/auth/login')),
        email: account.email,
        password: 'мимо',
      });
      return answer.status;
    };
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push(await guess([one, two][n % 2]!));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('take a form at one that was shown by the other, once', async () => {
    const type = await addType(house);
    const { client, documents, organisation } = await tenant(one);
    const fields = { ...(await client.hidden(`${documents}/new`)), type_id: type.id, comment: '' };
    const bytes = await pdf();
    const answers = await Promise.all(
      [one, two, one, two].map((process) =>
        at(process, client).upload(`${documents}/new`, fields, { bytes, name: 'полис.pdf' }),
      ),
    );
    expect(answers.map(({ status, to }) => `${status} ${to}`)).toEqual(Array(4).fill(`303 ${documents}`));
    const rows = await db()('documents').where({ organisation_id: organisation.id });
    expect(rows).toHaveLength(1);
    for (const process of [one, two]) {
      const file = await at(process, client).get(`${documents}/${rows[0]!.id}/file`);
      expect([file.status, Number(file.headers['content-length'])]).toEqual([200, bytes.length]);
    }
  });

  it('write no secret and nothing about a person into their logs', { timeout: 60_000 }, async () => {
    const email = 'log-reader@tenant.test';
    const client = one.client();
    const typed = {
      email,
      surname: 'Протоколова',
      name: 'Зинаида',
      phone: '+79035550199',
      consent: 'on',
      password: 'мой тайный пароль',
      password_again: 'мой тайный пароль',
    };
    expect(
      (await client.post('/auth/register', { ...(await client.hidden('/auth/register')), ...typed })).status,
    ).toBe(303);
    await vi.waitFor(() => expect(mailbox.to(email)).toHaveLength(1), PATIENCE);
    const token = /\/auth\/confirm\/(\S+)/.exec(mailbox.to(email)[0]!.mail.text!)![1]!;
    for (const process of [one, two]) {
      expect((await process.client().get(`/auth/confirm/${token}`)).to).toBe('/auth/confirm');
      expect((await process.client().get(`/auth/confirm/${token}/x?email=${email}`)).status).toBe(404);
      expect((await process.client().get(`/profiles?search=${email}`)).status).toBe(303);
    }
    await client.get(`/auth/confirm/${token}`);
    expect((await client.post('/auth/confirm', await client.hidden('/auth/confirm'))).status).toBe(303);
    await client.post('/auth/login', {
      ...(await client.hidden('/auth/login')),
      email,
      password: 'не тот пароль',
    });
    await client.signIn(email, { password: typed.password });
    const logs = one.printed() + two.printed();
    expect(
      logs.split('\n').some((line) => line.includes('"method":"GET","route":"/auth/confirm/:token"')),
    ).toBe(true);
    const secrets = [
      token,
      email,
      'Протоколова',
      'Зинаида',
      '79035550199',
      'тайный',
      'не тот пароль',
      PASSWORD,
      ...client.cookies.values(),
    ];
    for (const secret of secrets) expect(logs.includes(secret), secret.slice(0, 12)).toBe(false);
    expect(JSON.stringify(await dump(db()))).not.toContain(token);
  });
});

describe('kill -9', () => {
  /** What lies in the folder for uploads, with its size. */
  async function incoming(): Promise<number[]> {
    const folder = house.parts.store.temporaryDir;
    const names = await readdir(folder);
    return Promise.all(
      names.map(async (name) => (await stat(path(folder, name)).catch(() => ({ size: 0 }))).size),
    );
  }
  const stored = async () => {
    const keys: string[] = [];
    for await (const { key } of house.parts.store.list()) keys.push(key);
    return keys.sort();
  };
  const sweepLater = () => sweep({ db: db(), store: house.parts.store }, new Date(Date.now() + 2 * HOUR));

  it.each([
    ['in the middle of an upload', 0.6],
    ['when all of it has arrived', 1],
  ])('%s leaves a document or nothing', { timeout: 60_000 }, async (_when, part) => {
    const victim = victims.pop()!;
    const type = await addType(house);
    const { client, documents, organisation } = await tenant(victim);
    const bytes = await pdfWith(`%${'x'.repeat(5 * MB)}`);
    const fields = { ...(await client.hidden(`${documents}/new`)), type_id: type.id, comment: '' };
    const body = await multipart(fields, { bytes, name: 'полис.pdf' });
    await sweepLater();
    const before = await stored();

    const arrived = part < 1 ? bytes.length * part - MB : bytes.length;
    const killed = vi
      .waitFor(
        async () => {
          const sizes = await incoming();
          if (!sizes.some((size) => size >= arrived)) {
            // It may have been judged and stored in the blink of an eye: then that is the moment.
            expect((await stored()).length).toBeGreaterThan(before.length);
          }
        },
        { timeout: 30_000, interval: 5 },
      )
      .then(() => victim.end('SIGKILL'));
    const never = new Promise<void>(() => undefined);
    const sending = client.send('POST', `${documents}/new`, {
      body,
      begin: {
        bytes: Math.ceil(body.bytes.length * part),
        then: () => (part < 1 ? never : Promise.resolve()),
      },
    });
    const answer = await Promise.all([
      sending.then(
        ({ status }) => status,
        () => 'cut off',
      ),
      killed,
    ]);

    const rows = await db()('documents').where({ organisation_id: organisation.id });
    if (part < 1) expect([answer[0], rows]).toEqual(['cut off', []]);
    const list = await at(one, client).get(documents);
    expect(list.status).toBe(200);
    const files = await db()('files').where({
      created_by: (await db()('memberships').where({ organisation_id: organisation.id }).first())!.account_id,
    });
    expect(files).toHaveLength(rows.length);
    for (const row of rows) {
      const served = await at(one, client).get(`${documents}/${row.id}/file`);
      expect([served.status, Number(served.headers['content-length'])]).toEqual([200, bytes.length]);
      expect(files[0]!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    await sweepLater();
    expect(await incoming()).toEqual([]);
    expect(await stored()).toEqual([...before, ...files.map(({ id }) => id)].sort());
    // The same form, sent again to whoever is left, is one document.
    const again = await at(one, client).upload(`${documents}/new`, fields, { bytes, name: 'полис.pdf' });
    expect(again.status).toBe(303);
    expect(await count(db(), 'documents', { organisation_id: organisation.id })).toBe(1);
  });

  it(
    'while a letter is being handed over repeats it at most once, under the same Message-ID',
    { timeout: 90_000 },
    async () => {
      // What ends in order ends with nothing lost and a clean exit; then the other one is alone.
      expect(await one.end()).toBe(0);
      let release!: () => void;
      const held = new Promise<null>((resolve) => (release = () => resolve(null)));
      const email = 'held@tenant.test';
      mailbox.onLetter = (letter) => (letter.to.includes(email) ? held : null);
      const data = {
        name: 'Пётр',
        patronymic: null,
        document: 'd',
        type: 'Полис',
        organisation: 'o',
        organisation_name: 'ООО',
        valid_until: '2028-01-01',
      };
      await transaction(db(), (trx) =>
        post(trx, new Date(), [{ letter: 'document.accepted', recipient: email, data }]),
      );
      await vi.waitFor(
        () => expect(mailbox.tried.filter(({ to }) => to.includes(email))).toHaveLength(1),
        PATIENCE,
      );
      await two.end('SIGKILL');
      release();
      expect(await db()('outbox').where({ recipient: email }).first()).toMatchObject({ state: 'waiting' });

      one = await startProcess(house, { SMTP_URL: mailbox.url, JOBS: 'on' });
      await vi.waitFor(
        async () =>
          expect(await db()('outbox').where({ recipient: email }).first()).toMatchObject({ state: 'sent' }),
        PATIENCE,
      );
      const tried = mailbox.tried.filter(({ to }) => to.includes(email));
      expect(tried).toHaveLength(2);
      expect(new Set(tried.map(({ mail }) => mail.messageId)).size).toBe(1);
    },
  );
});
