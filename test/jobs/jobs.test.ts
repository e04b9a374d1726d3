import { randomUUID } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join as path } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { register } from '../../src/domain/people/registration.actions.js';
import { clockwork } from '../../src/domain/audit/audit.data.js';
import { connect, type Database } from '../../src/db/knex.js';
import { runOnce, type Job } from '../../src/jobs/runner.js';
import { startJobs } from '../../src/jobs/schedule.js';
import { openArchive, sendAccepted } from '../support/archive.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count } from '../support/dump.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import { openOffice, sendDocument } from '../support/office.js';
import { addAccount, addType, PASSWORD } from '../support/people.js';

/** Noon in Moscow. */
const NOON = new Date('2027-03-10T09:00:00Z');
let house: OpenHouse;

beforeAll(async () => void (house = await openDoors({}, new Clock(NOON))));
afterAll(() => house?.close());

const db = () => house.parts.db;
const named = (name: string): Job => house.jobs.find((job) => job.name === name)!;
const run = (name: string) => runOnce(db(), house.parts.log, named(name), house.clock.now(), { force: true });

describe('the jobs', () => {
  it('are those of the house, at their hours', () => {
    expect(house.jobs.map(({ name, schedule }) => [name, schedule])).toEqual([
      ['expired-documents', { daily: '00:05' }],
      ['document-reminders', { daily: '09:00' }],
      ['invoice-reminders', { daily: '09:30' }],
      ['closed-conversations', { hourly: 5 }],
      ['unconfirmed-registrations', { hourly: 10 }],
      ['orphaned-files', { hourly: 25 }],
      ['stale-rows', { hourly: 40 }],
    ]);
  });

  it('tell of a document that ran out in a night when nobody was there', async () => {
    const archive = await openArchive(house);
    await sendAccepted(house, archive, '2027-03-11');
    await db()('outbox').delete();
    await run('expired-documents');
    expect(await count(db(), 'outbox')).toBe(0);
    house.clock.at = new Date('2027-03-14T07:00:00Z');
    expect(await runOnce(db(), house.parts.log, named('expired-documents'), house.clock.now())).toBe(true);
    expect(await runOnce(db(), house.parts.log, named('expired-documents'), house.clock.now())).toBe(false);
    expect(
      await count(db(), 'outbox', { letter: 'document.expired', recipient: archive.account.email }),
    ).toBe(1);
    house.clock.at = NOON;
  });

  it('remind', async () => {
    const archive = await openArchive(house);
    await sendAccepted(house, archive, '2027-03-17');
    await run('document-reminders');
    await run('document-reminders');
    expect(await count(db(), 'outbox', { letter: 'document.ending', recipient: archive.account.email })).toBe(
      1,
    );
  });

  it('purge what nobody confirmed for 7 days', async () => {
    const email = 'late@tenant.test';
    const person = {
      email,
      surname: 'Ждун',
      name: 'Иван',
      patronymic: null,
      phone: null,
      password: PASSWORD,
    };
    await register(
      house.parts,
      person,
      { browser: 'x', user_agent: '', form: '/auth/register' },
      clockwork('test'),
      NOON,
    );
    house.clock.move(7 * DAY - 1);
    await run('unconfirmed-registrations');
    expect(await count(db(), 'registrations', { email })).toBe(1);
    house.clock.move(1);
    await run('unconfirmed-registrations');
    expect(await count(db(), 'registrations', { email })).toBe(0);
    house.clock.at = NOON;
  });

  it('sweep orphaned files after an hour, and never a document’s', async () => {
    house.clock.at = new Date();
    const office = await openOffice(house);
    const id = await sendDocument(house, office, await addType(house));
    const { store } = house.parts;
    const put = async () => {
      const temporary = path(store.temporaryDir, randomUUID());
      await writeFile(temporary, 'orphan');
      const key = randomUUID();
      await store.put(temporary, key);
      return key;
    };
    const [old, young] = [await put(), await put()];
    const leftover = path(store.temporaryDir, randomUUID());
    const receiving = path(store.temporaryDir, randomUUID());
    for (const file of [leftover, receiving]) await writeFile(file, 'half');
    const place = (key: string) => path(house.config.dataDir, 'files', key.slice(0, 2), key);
    const version = await db()('document_versions').where({ document_id: id }).first();
    const past = new Date(Date.now() - HOUR - 1000);
    for (const file of [place(old), place(version!.file_id), leftover]) await utimes(file, past, past);
    house.clock.at = new Date();
    await run('orphaned-files');
    const keys: string[] = [];
    for await (const { key } of store.list()) keys.push(key);
    expect(keys.sort()).toEqual([young, version!.file_id].sort());
    expect((await readdir(store.temporaryDir)).map((name) => path(store.temporaryDir, name))).toEqual([
      receiving,
    ]);
    expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(200);
    expect(await db()('jobs').where({ name: 'orphaned-files' }).first()).toMatchObject({
      outcome: JSON.stringify({ temporary: 1, stored: 1 }),
    });
    house.clock.at = NOON;
  });

  it('forget what nobody needs any more, and nothing else', async () => {
    const account = await addAccount(house);
    const ago = (milliseconds: number) => new Date(NOON.getTime() - milliseconds);
    const account_id = account.id;
    for (const [key, created_at] of [
      ['old', ago(DAY + 1)],
      ['new', ago(DAY - 1)],
    ] as const) {
      await db()('drafts').insert({ account_id, path: `/${key}`, fields: '{}', created_at });
      await db()('submissions').insert({ account_id, key: randomUUID(), created_at });
      await db()('sign_in_attempts').insert({ key, failures: 1, changed_at: created_at });
      await db()('sessions').insert({ sid: key, sess: '{}', expire: created_at });
      await db()('captcha_solutions').insert({
        signature: key,
        expires_at: key === 'old' ? ago(1) : ago(-1),
      });
      await db()('limits').insert({
        key,
        points: 1,
        expire: key === 'old' ? NOON.getTime() - 1 : NOON.getTime() + 1,
      });
    }
    await run('stale-rows');
    expect(await db()('drafts').where({ account_id }).pluck('path')).toEqual(['/new']);
    expect(await count(db(), 'submissions', { account_id })).toBe(1);
    for (const [table, column] of [
      ['sign_in_attempts', 'key'],
      ['sessions', 'sid'],
      ['captcha_solutions', 'signature'],
      ['limits', 'key'],
    ] as const) {
      expect(await db()(table).whereIn(column, ['old', 'new']).pluck(column), table).toEqual(['new']);
    }
  });
});

describe('the clockwork', () => {
  const clockwork = (jobs: Job[], db: Database) =>
    startJobs({ db, log: house.parts.log, now: house.clock.now, jobs, deliveries: {} });
  const done = async (...names: string[]) => (await db()('jobs').whereIn('name', names).pluck('name')).length;

  it('gets by with few connections, whatever was missed', async () => {
    const few = connect(house.url, { pool: 3 });
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `few-${letter}`);
    const jobs = names.map((name): Job => ({
      name,
      schedule: { daily: '00:05' },
      run: async () => {
        await Promise.all([few.raw('select 1'), few.raw('select 2')]);
        return {};
      },
    }));
    const started = clockwork(jobs, few);
    // Less than the five seconds after which who waits for a connection gives up.
    await vi.waitFor(async () => expect(await done(...names)).toBe(6), { timeout: 4000 });
    await started.stop();
    await few.destroy();
  });

  it('tries within the hour what failed at its time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOON });
    try {
      let tries = 0;
      const failing: Job = {
        name: 'second-try',
        schedule: { daily: '00:05' },
        run: () => ((tries += 1) > 1 ? Promise.resolve({}) : Promise.reject(new Error('Postgres was away'))),
      };
      const started = clockwork([failing], db());
      while (tries < 1) await new Promise(setImmediate);
      house.clock.at = new Date(NOON.getTime() + HOUR);
      await vi.advanceTimersByTimeAsync(HOUR);
      while ((await done('second-try')) < 1) await new Promise(setImmediate);
      await started.stop();
      expect(tries).toBe(2);
    } finally {
      vi.useRealTimers();
      house.clock.at = NOON;
    }
  });

  it('begins with what was missed, delivers, and stops only when nothing is running', async () => {
    let finish!: () => void;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const ran: string[] = [];
    const job = (name: string, work = () => Promise.resolve({})): Job => ({
      name,
      schedule: { daily: '00:05' },
      run: async () => {
        ran.push(name);
        return work();
      },
    });
    const failing = job('failing', () => Promise.reject(new Error('not today')));
    const slow = job('slow', async () => {
      await held;
      ran.push('slow is done');
      return {};
    });
    let deliveries = 0;
    const deliver = () => {
      deliveries += 1;
      return deliveries === 1 ? Promise.reject(new Error('SMTP is away')) : Promise.resolve();
    };
    const { log } = house.parts;
    const clockwork = startJobs({
      db: db(),
      log,
      now: house.clock.now,
      jobs: [failing, job('quick'), slow],
      deliveries: { letters: deliver },
    });
    await vi.waitFor(() => expect(ran.slice().sort()).toEqual(['failing', 'quick', 'slow']));
    await vi.waitFor(() => expect(deliveries).toBe(2), { timeout: 5000 });
    let stopped = false;
    const stopping = clockwork.stop().then(() => (stopped = true));
    await db().raw('select 1');
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(ran).toContain('slow is done');
    expect(
      await db()('jobs').whereIn('name', ['failing', 'quick', 'slow']).orderBy('name').pluck('name'),
    ).toEqual(['quick', 'slow']);
  });
});
