import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadRequest } from '../../src/lib/errors.js';
import { smallDisk } from '../support/small-disk.js';
import { MB, ended, part, uploadApp } from '../support/upload-app.js';

let folder: string;
let server: http.Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-'));
  server = uploadApp(folder).listen(0);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const post = (path = '/', to: http.Server | ReturnType<typeof uploadApp> = server) => request(to).post(path);
const left = () => readdir(folder);

describe('an upload', () => {
  it('is received whole, with the fields before and after it, and does not outlive the answer', async () => {
    const { body } = await post()
      .field('comment', 'Договор № 5')
      .attach('file', Buffer.alloc(3 * MB, 1), 'Договор аренды.pdf')
      .field('type', '7');
    expect(body).toEqual({
      fields: { comment: 'Договор № 5', type: '7' },
      file: { name: 'Договор аренды.pdf', size: 3 * MB, same: true },
      problem: null,
      status: null,
      before: 1,
    });
    await expect.poll(left).toEqual([]);
  });

  it('keeps the name as it was typed', async () => {
    const { body } = await post().attach('file', Buffer.from('x'), 'Акт "сверки" № 5%22 — 50%.pdf');
    expect(body.file.name).toBe('Акт "сверки" № 5" — 50%.pdf');
  });

  it('may have 10 MB and not a byte more; the other fields are kept', async () => {
    const send = (bytes: number) =>
      post().field('a', '1').attach('file', Buffer.alloc(bytes), 'a.pdf').field('b', '2');
    expect((await send(10 * MB)).body).toMatchObject({ problem: null, file: { size: 10 * MB } });
    for (const bytes of [10 * MB + 1, 40 * MB]) {
      const { body } = await send(bytes);
      expect(body).toMatchObject({ fields: { a: '1', b: '2' }, file: null, status: 413, before: 0 });
      expect(body.problem).toMatch(/^Файл больше 10 МБ\. .*выберите файл снова/);
    }
  });

  it('may be missing: a form sent without one, or with nothing chosen', async () => {
    for (const file of ['', part('name="file"; filename=""', '')]) {
      const { body } = await post()
        .set('Content-Type', 'multipart/form-data; boundary=x')
        .send(`${part('name="a"', '1')}${file}--x--\r\n`);
      expect(body).toMatchObject({ fields: { a: '1' }, file: null, problem: null });
    }
  });

  it('may be empty: that is for the inspection to say', async () => {
    const { body } = await post().attach('file', Buffer.alloc(0), 'a.pdf');
    expect(body).toMatchObject({ file: { size: 0 }, problem: null });
  });

  it('leaves nothing when the sender goes away', async () => {
    await expect.poll(left).toEqual([]);
    const { port } = server.address() as AddressInfo;
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': 5 * MB };
    const going = http.request({ port, method: 'POST', headers }).on('error', () => undefined);
    going.write(part('name="file"; filename="a.pdf"', 'x'.repeat(2 * MB)));
    await expect.poll(left).toHaveLength(1);
    going.destroy();
    expect(await ended).toBeInstanceOf(BadRequest);
    expect(await left()).toEqual([]);
  });

  it('that never ends is cut off, and leaves nothing', async () => {
    const { port } = server.address() as AddressInfo;
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
    const endless = http.request({ port, method: 'POST', headers });
    const cut = new Promise((resolve) => endless.on('close', resolve).on('error', resolve));
    endless.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n');
    const more = () => {
      while (!endless.destroyed && endless.write(Buffer.alloc(MB)));
    };
    endless.on('drain', more).on('response', (response) => response.resume());
    more();
    await cut;
    expect(await ended).toMatchObject({ files: [], status: 413 });
    expect(await left()).toEqual([]);
  });

  it('comes a hundred times at once', async () => {
    const bytes = Buffer.alloc(200_000);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post().attach('file', bytes, 'a.pdf')),
    );
    expect(new Set(answers.map(({ body }) => body.file?.same))).toEqual(new Set([true]));
    await expect.poll(left).toEqual([]);
  });
});

describe('the disk', () => {
  const disk = smallDisk(4);
  afterAll(() => disk?.remove());

  it.skipIf(!disk)('is full, or read-only: the form is kept, nothing half done', async () => {
    const send = (bytes: number) =>
      post('/', uploadApp(disk!.path))
        .field('a', '1')
        .attach('file', Buffer.alloc(bytes), 'a.pdf')
        .field('b', '2');
    expect((await send(3 * MB)).body).toMatchObject({ problem: null });
    await expect.poll(() => readdir(disk!.path)).toEqual([]);
    const refused = { fields: { a: '1', b: '2' }, file: null, status: 507, before: 0 };
    expect((await send(6 * MB)).body).toMatchObject({
      ...refused,
      problem: expect.stringMatching(/закончилось место/),
    });
    disk!.makeReadOnly();
    expect((await send(MB)).body).toMatchObject(refused);
  });

  it('is not there: that is our fault, not a lack of room', async () => {
    const { status } = await post('/', uploadApp(join(folder, 'nowhere'))).attach(
      'file',
      Buffer.alloc(MB),
      'a.pdf',
    );
    expect(status).toBe(500);
  });
});

describe('text fields only', () => {
  it('drops the bytes of files', async () => {
    const { body } = await post('/text')
      .field('comment', 'да')
      .attach('file', Buffer.alloc(12 * MB), 'a.pdf')
      .attach('another', Buffer.alloc(5), 'b.pdf')
      .field('b', '2');
    expect(body).toEqual({ fields: { comment: 'да', b: '2' }, stored: 0 });
    expect((await post('/text').send({ a: 1 })).status).toBe(400);
  });

  it('are read behind as many and as big files as the form may bring, and not for ever', async () => {
    const send = (megabytes: number) => {
      const form = post('/text').field('comment', 'да');
      for (let index = 0; index < 10; index += 1)
        void form.attach('files', Buffer.alloc((megabytes * MB) / 10), `${index}.pdf`);
      return form.field('b', '2');
    };
    expect((await send(59)).body).toEqual({ fields: { comment: 'да', b: '2' }, stored: 0 });
    const { status } = await send(61).catch(() => ({ status: 'cut off' }));
    expect([400, 'cut off']).toContain(status);
  });
});
