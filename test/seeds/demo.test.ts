import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDemo } from '../../seeds/demo.js';
import { PASSWORD } from '../../seeds/demo/people.js';
import { connect, type Database } from '../../src/db/knex.js';
import { remindOfEnding, tellExpired } from '../../src/domain/documents/expiry.actions.js';
import { remindOfInvoices } from '../../src/domain/invoices/reminders.actions.js';
import { createInspector } from '../../src/domain/files/inspect.js';
import { localStore } from '../../src/domain/files/local-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { createPasswords } from '../../src/domain/people/password.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { isInn } from '../../src/lib/inn.js';
import { cloneDatabase } from '../support/database.js';

const NOW = new Date('2026-11-24T07:05:00Z');
const passwords = createPasswords({ key: 'a key of the tests, long enough', cost: 4 });

let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let db: Database;
let store: FileStore;
let took: number;
const dataDir = mkdtempSync(join(tmpdir(), 'cabinet-seed-'));

beforeAll(async () => {
  clone = await cloneDatabase();
  db = connect(clone.url);
  store = localStore(dataDir);
  const start = performance.now();
  await seedDemo({ db, store, passwords }, NOW);
  took = performance.now() - start;
});

afterAll(async () => {
  await db.destroy();
  await clone.drop();
  rmSync(dataDir, { recursive: true });
});

/** Rows that break a rule; none should. */
const broken = async (sql: string) => (await db.raw<{ rows: unknown[] }>(sql)).rows;

test('the demo is there before anybody waits for it', () => {
  expect(took).toBeLessThan(3_000);
});

test('everybody signs in with the one password', async () => {
  const accounts = await db('accounts').orderBy('email');
  const emails = accounts.map(({ email }) => email);
  expect(emails).toEqual(
    expect.arrayContaining(
      ['tenant', 'head', 'outsider', 'operator', 'accountant', 'reviewer', 'staff'].map(
        (who) => `${who}@demo.test`,
      ),
    ),
  );
  expect(new Set(accounts.map(({ password_hash }) => password_hash)).size).toBe(1);
  expect(await passwords.matches(PASSWORD, accounts[0]!.password_hash)).toBe(true);
  expect(
    await broken(`
    select a.email from accounts a where a.staff_roles = '{}' and not exists (select from consents c where c.account_id = a.id)
  `),
  ).toEqual([]);
});

test('every number of a taxpayer is a right one', async () => {
  const numbers = [
    ...(await db('organisations').pluck('inn')),
    ...(await db('accounts').whereNotNull('inn').pluck('inn')),
  ] as string[];
  expect(numbers.length).toBeGreaterThan(20);
  expect(numbers.filter((inn) => !isInn(inn))).toEqual([]);
});

test('a membership comes after its account and its organisation, and every organisation but one has an administrator', async () => {
  expect(
    await broken(`
    select m.id from memberships m join accounts a on a.id = m.account_id join organisations o on o.id = m.organisation_id
    where m.since < a.created_at or m.since < o.created_at
  `),
  ).toEqual([]);
  expect(
    await broken(`
    select o.name from organisations o where not exists (
      select from memberships m where m.organisation_id = o.id and m.ended_at is null and 'administrator' = any (m.roles))
  `),
  ).toEqual([{ name: 'ООО «Кварта Консалтинг»' }]);
});

test('a document repeats what its versions say', async () => {
  expect(
    await broken(`
    select d.id from documents d join document_versions v on v.id = d.latest_id
    where v.document_id <> d.id
      or v.number <> (select max(number) from document_versions where document_id = d.id)
      or d.status <> v.status or d.sent_at <> v.uploaded_at or d.type_id <> v.type_id
      or d.valid_until is distinct from (select valid_until from document_versions
        where document_id = d.id and status = 'accepted' order by number desc limit 1)
  `),
  ).toEqual([]);
});

test('versions come in order, from a member, and are decided afterwards by a reviewer', async () => {
  expect(
    await broken(`
    select v.id from document_versions v join documents d on d.id = v.document_id
    where v.uploaded_at > '${NOW.toISOString()}' or v.decided_at > '${NOW.toISOString()}'
      or v.decided_at <= v.uploaded_at or v.valid_until < v.decided_at::date
      or (v.decided_at is null) <> (v.status in ('sent', 'replaced')) or (v.decided_at is null) <> (v.decided_by is null)
      or exists (select from document_versions e where e.document_id = v.document_id and e.number < v.number
        and greatest(e.uploaded_at, e.decided_at) >= v.uploaded_at)
      or not exists (select from memberships m where m.organisation_id = d.organisation_id and m.account_id = v.uploaded_by
        and m.since < v.uploaded_at and v.uploaded_at < coalesce(m.ended_at, 'infinity')
        and m.roles && '{administrator,documents}')
      or exists (select from accounts a where a.id = v.decided_by and not a.staff_roles && '{reviewer,administrator}')
  `),
  ).toEqual([]);
});

test('the history tells what the versions are, in the order in which it happened', async () => {
  expect(await broken(`select e.id from audit e join audit f on f.id < e.id and f.at > e.at`)).toEqual([]);
  expect(
    await broken(`
    select v.id, v.status from document_versions v where
      (select count(*) from audit e where e.subject_id = v.document_id and (e.details ->> 'number')::int = v.number
        and e.at = v.uploaded_at and e.action in ('document.sent', 'document.changed', 'document.renewed')) <> 1
      or v.status in ('accepted', 'rejected') and not exists (select from audit e where e.subject_id = v.document_id
        and e.action = 'document.' || v.status and e.at = v.decided_at and e.account_id = v.decided_by
        and (e.details ->> 'number')::int = v.number and e.details ->> 'reason' is not distinct from v.reason
        and (e.details ->> 'valid_until')::date is not distinct from v.valid_until)
  `),
  ).toEqual([]);
  expect(
    await broken(`
    select d.id from documents d where d.status = 'accepted'
      and (d.valid_until < '${dayOf(NOW)}') <> exists (select from audit e where e.subject_id = d.id
        and e.action = 'document.expired' and (e.details ->> 'valid_until')::date = d.valid_until)
  `),
  ).toEqual([]);
});

test('every status is there, and the reviewer has a queue', async () => {
  const today = dayOf(NOW);
  const states = async (rows: { status: string; valid_until: string | null }[]) =>
    [
      ...new Set(
        rows.map(({ status, valid_until }) =>
          status === 'accepted' && valid_until! < today ? 'invalid' : status,
        ),
      ),
    ].sort();
  const all = ['accepted', 'invalid', 'rejected', 'sent'];
  const own = await db('documents as d')
    .join('organisations as o', 'o.id', 'd.organisation_id')
    .where('o.inn', '7704374968')
    .select('d.*');
  expect(await states(own)).toEqual(all);
  expect(own.filter(({ valid_until }) => valid_until === addDays(today, 15))).toHaveLength(1);
  const others = await db('documents').whereNotIn(
    'id',
    own.map(({ id }) => id),
  );
  expect(await states(others)).toEqual(all);

  const waiting = await db('documents')
    .where({ status: 'sent' })
    .whereNull('removed_at')
    .orderBy('sent_at')
    .pluck('sent_at');
  const ages = waiting.map((at) => (NOW.getTime() - at.getTime()) / 3_600_000);
  expect(waiting.length).toBeGreaterThanOrEqual(14);
  expect([ages[0], ages.at(-1)]).toEqual([144, 1]);
});

test('nobody is written to at the first start', async () => {
  expect(await tellExpired(db, NOW)).toBe(0);
  expect(await remindOfEnding(db, NOW)).toBe(0);
  expect(await remindOfInvoices(db, NOW)).toBe(0);
  expect(await db('outbox')).toEqual([]);
});

test('every file is in the store as its row says, and nothing else is', async () => {
  const files = await db('files');
  for (const { id, size, sha256 } of files) {
    const stored = await store.open(id);
    const bytes = await buffer(stored.stream);
    expect([stored.size, createHash('sha256').update(bytes).digest('hex')]).toEqual([size, sha256]);
  }
  const kept: string[] = [];
  for await (const { key } of store.list()) kept.push(key);
  expect(kept.sort()).toEqual(files.map(({ id }) => id).sort());
  expect(await readdir(store.temporaryDir)).toEqual([]);
  expect(
    await db('document_versions').whereNotIn(
      'file_id',
      files.map(({ id }) => id),
    ),
  ).toEqual([]);
});

test('the sample files are such as the cabinet takes', async () => {
  const inspector = createInspector();
  const samples = join(import.meta.dirname, '../../seeds/demo/files');
  for (const name of await readdir(samples)) {
    const path = join(store.temporaryDir, basename(name));
    await copyFile(join(samples, name), path);
    expect(await inspector.inspect(path, { name })).toMatchObject({ ok: true });
  }
  await inspector.close();
});

test('the same moment makes the same demo', async () => {
  const second = await cloneDatabase();
  const other = connect(second.url);
  try {
    await seedDemo({ db: other, store, passwords }, NOW);
    for (const table of [
      'organisations',
      'memberships',
      'documents',
      'document_versions',
      'document_notices',
      'files',
      'conversations',
      'conversation_entries',
      'conversation_people',
      'conversation_files',
      'conversation_answers',
      'company',
      'payers',
      'invoices',
      'invoice_lines',
      'invoice_notices',
      'payments',
      'ledger',
      'allocations',
      'statements',
      'statement_lines',
    ]) {
      const rows = async (from: Database) => (await from(table)).map((row) => JSON.stringify(row)).sort();
      expect(await rows(other)).toEqual(await rows(db));
    }
  } finally {
    await other.destroy();
    await second.drop();
  }
});
