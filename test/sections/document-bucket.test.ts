import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/house.js';
import { runOnce } from '../../src/jobs/runner.js';
import { type OpenHouse, openDoors } from '../support/doors.js';
import { dump } from '../support/dump.js';
import { Clock, HOUR } from '../support/house.js';
import { type Office, openOffice, plainPdf, sendDocument } from '../support/office.js';
import { addType } from '../support/people.js';
import { openS3Server, type S3Server } from '../support/s3-server.js';
import { keep, keysOf, receive } from '../support/stores.js';

let s3: S3Server;
let house: OpenHouse;
let office: Office;
let type: Awaited<ReturnType<typeof addType>>;
beforeAll(async () => {
  s3 = await openS3Server();
  house = await openDoors({ files: 's3', s3: s3.bucket }, new Clock(new Date()));
  office = await openOffice(house);
  type = await addType(house);
});
afterAll(async () => {
  await house?.close();
  await s3?.close();
});
beforeEach(() => s3.always(null));

const db = () => house.parts.db;
const fetchFile = (id: string) =>
  office.visitor
    .get(`${office.path}/${id}/file`)
    .buffer(true)
    .parse((res, done) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('end', () => done(null, Buffer.concat(pieces)));
    });

describe('a document whose file is in the bucket', () => {
  it('is sent, shown, and saved to the byte; nothing of it is on this machine', async () => {
    const bytes = await plainPdf();
    const id = await sendDocument(house, office, type, { file: { bytes, name: 'Полис.pdf' } });
    const page = await office.visitor.get(`${office.path}/${id}`);
    const src = /<iframe class="frame" src="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&');
    expect((await office.visitor.get(src)).headers['content-disposition']).toMatch(/^inline; /);
    const answer = await fetchFile(id);
    expect(answer.body).toEqual(bytes);
    expect(answer.headers['content-length']).toBe(String(bytes.length));
    const version = await db()('document_versions').where({ document_id: id }).first();
    expect(await keysOf(house.parts.store)).toEqual([version!.file_id]);
    expect(existsSync(join(house.config.dataDir, 'files'))).toBe(false);
    expect(await readdir(house.parts.store.temporaryDir)).toEqual([]);
  });

  it('is a 404 where the object is gone, and a 503 where the service is', async () => {
    const id = await sendDocument(house, office, type);
    s3.always({ status: 503, code: 'SlowDown' });
    const away = await office.visitor.get(`${office.path}/${id}/file`);
    expect([away.status, away.headers['retry-after']]).toEqual([503, '10']);
    expect(away.text).toContain('Сервис временно недоступен');
    expect((await office.visitor.get(`${office.path}/${id}`)).status).toBe(200);
    s3.always(null);
    const version = await db()('document_versions').where({ document_id: id }).first();
    await house.parts.store.remove(version!.file_id);
    expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(404);
  });

  it('breaks off for its reader where the service breaks off', async () => {
    const id = await sendDocument(house, office, type);
    s3.next('cut');
    await expect(fetchFile(id)).rejects.toThrow(/aborted|hang up/);
    expect((await fetchFile(id)).body).toEqual(await plainPdf());
  });

  it.each([
    [{ status: 503, code: 'SlowDown' }, 503, 'Сервис временно недоступен'],
    [{ status: 507, code: 'XMinioStorageFull' }, 507, 'закончилось место'],
    [{ status: 403, code: 'AccessDenied' }, 500, 'Ошибка на сервере'],
  ] as const)('%j leaves no document and no file; sent again it is there', async (fault, status, words) => {
    const file = { bytes: await plainPdf(), name: 'полис.pdf' };
    const send = () => office.visitor.upload(`${office.path}/new`, { type_id: type.id, comment: '' }, file);
    const before = [await dump(db(), 'limits', 'sessions'), await keysOf(house.parts.store)];
    s3.always(fault);
    const answer = await send();
    expect([answer.status, answer.text.includes(words)]).toEqual([status, true]);
    s3.always(null);
    expect([await dump(db(), 'limits', 'sessions'), await keysOf(house.parts.store)]).toEqual(before);
    expect(await readdir(house.parts.store.temporaryDir)).toEqual([]);
    expect((await send()).status).toBe(303);
  });
});

it('orphans in the bucket are swept after an hour, and never a document’s file', async () => {
  const { store, log } = house.parts;
  await sendDocument(house, office, type);
  const owned = await keysOf(store);
  const [old, young, leftover] = [
    await keep(store, 'old'),
    await keep(store, 'young'),
    await receive(store, 'x'),
  ];
  const past = new Date(Date.now() - HOUR - 2000);
  for (const path of [...owned, old].map((key) => s3.place(key))) await utimes(path, past, past);
  await utimes(leftover, past, past);
  const job = house.jobs.find(({ name }) => name === 'orphaned-files')!;
  house.clock.at = new Date();
  await runOnce(db(), log, job, house.clock.now(), { force: true });
  expect(await keysOf(store)).toEqual([...owned, young].sort());
  expect(existsSync(leftover)).toBe(false);
});

it('two machines without a common folder show each other’s files', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'machine-'));
  const other = await openStore({ ...house.config, dataDir });
  const word = randomUUID();
  const key = await keep(house.parts.store, word);
  expect((await buffer((await other.open(key)).stream)).toString()).toBe(word);
  await rm(dataDir, { recursive: true });
});
