import { mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadRequest } from '../../src/lib/errors.js';
import { smallDisk } from '../support/small-disk.js';
import { MB, ended, part, uploadApp } from '../support/upload-app.js';

/** A form for ten files of at most 1 MB each, in the field `files`. */

const TYPE = 'multipart/form-data; boundary=x';

let folder: string;
let server: http.Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'several-'));
  server = uploadApp(folder).listen(0);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const left = () => readdir(folder);
beforeEach(() => expect.poll(left).toEqual([]));

const post = (to: http.Server | ReturnType<typeof uploadApp> = server) => request(to).post('/several');
const send = (...sizes: number[]) => {
  const form = post().field('a', '1');
  for (const [index, size] of sizes.entries())
    void form.attach('files', Buffer.alloc(size), `${index + 1}.pdf`);
  return form.field('b', '2');
};
const raw = (body: string) => post().set('Content-Type', TYPE).send(`${body}--x--\r\n`);
const file = (name: string, body = 'x', field = 'files') => part(`name="${field}"; filename="${name}"`, body);

/** Begins a form of that length and goes on with it when asked. */
function begin(headers: http.OutgoingHttpHeaders = {}) {
  const { port } = server.address() as AddressInfo;
  const options = { port, method: 'POST', path: '/several', headers: { 'Content-Type': TYPE, ...headers } };
  return http.request(options).on('error', () => undefined);
}

const NOTHING = { fields: { a: '1', b: '2' }, files: [], before: 0 };

describe('several files are not taken', () => {
  it('when one is too big: it is named, the fields are kept, and nothing stays of the others', async () => {
    const { body } = await send(10, MB, MB + 1, 0, 20);
    expect(body).toEqual({
      ...NOTHING,
      status: 413,
      problem:
        'Файл «3.pdf» больше 1 МБ. Уменьшите его, например сохраните скан с меньшим разрешением, и выберите файлы снова.',
    });
  });

  it('when some are too big: all of these are named', async () => {
    const { body } = await send(5 * MB, 10, 2 * MB);
    expect(body).toMatchObject({ ...NOTHING, status: 413 });
    expect(body.problem).toMatch(/^Файлы «1.pdf», «3.pdf» больше 1 МБ\. Уменьшите их, /);
  });

  it.each([11, 12, 999])('when they are %i, though each is small: the fields are kept', async (number) => {
    const names = Array.from({ length: number }, (_, index) => file(`${index}.pdf`));
    const { body } = await raw(`${part('name="a"', '1')}${names.join('')}${part('name="b"', '2')}`);
    expect(body).toEqual({
      ...NOTHING,
      status: 422,
      problem: 'Не больше 10\u00a0файлов за раз. Выберите файлы снова, лишние отправьте потом отдельно.',
    });
  });

  it('when they are too many and too big as well, past the end of what is listened to', async () => {
    const going = begin();
    going.on('response', (response) => response.resume());
    for (let index = 0; index < 13; index += 1) going.write(file(`${index}.pdf`, 'x'.repeat(5 * MB)));
    going.end('--x--');
    await new Promise((closed) => going.on('close', closed));
    expect(await ended).toMatchObject({ files: [], status: 422 });
    expect(await left()).toEqual([]);
  });

  it('when the form never ends: it is cut off', async () => {
    const endless = begin();
    const cut = new Promise((resolve) => endless.on('close', resolve));
    endless.write(file('a.pdf') + file('b.pdf'));
    endless.write('--x\r\nContent-Disposition: form-data; name="files"; filename="c.pdf"\r\n\r\n');
    const more = () => {
      while (!endless.destroyed && endless.write(Buffer.alloc(MB)));
    };
    endless.on('drain', more).on('response', (response) => response.resume());
    more();
    await cut;
    const { problem } = (await ended) as { problem: string };
    expect(problem).toMatch(/^Файл «c.pdf» больше/);
    expect(await left()).toEqual([]);
  });

  it('when files without end follow one another: it is cut off', async () => {
    const endless = begin();
    const cut = new Promise((resolve) => endless.on('close', resolve));
    const bytes = 'x'.repeat(MB);
    const more = () => {
      while (!endless.destroyed && endless.write(file('a.pdf', bytes)));
    };
    endless.on('drain', more).on('response', (response) => response.resume());
    more();
    await cut;
    expect(await ended).toMatchObject({ files: [], status: 422 });
    expect(await left()).toEqual([]);
  });

  it('when the sender goes away during the third', async () => {
    const going = begin({ 'Content-Length': 5 * MB });
    going.write(file('a.pdf') + file('b.pdf') + file('c.pdf', 'x'.repeat(MB / 2)).slice(0, -2));
    await expect.poll(left).toHaveLength(3);
    going.destroy();
    expect(await ended).toBeInstanceOf(BadRequest);
    expect(await left()).toEqual([]);
  });

  it.each<[string, string]>([
    ['another field after two that are right', file('a.pdf') + file('b.pdf') + file('c.pdf', 'x', 'file')],
    ['another field first', file('c.pdf', 'x', 'other') + file('a.pdf')],
    ['an array', file('a.pdf', 'x', 'files[]')],
    ['a thousand and one files', file('a.pdf').repeat(1001)],
    ['a thousand fields', part('name="a"', 'x').repeat(1000)],
    ['a thousand fields after a file', file('a.pdf') + part('name="a"', 'x').repeat(1000)],
    ['a thousand and more parts that are nothing', `--x\r\nA: b\r\n\r\nx\r\n`.repeat(1100)],
    ['a long field after three files', file('a.pdf').repeat(3) + part('name="a"', 'x'.repeat(64 * 1024 + 1))],
    [
      'a broken header after three files',
      `${file('a.pdf').repeat(3)}--x\r\nContent Disposition\r\n\r\nx\r\n`,
    ],
  ])('when no form of ours sends that: %s', async (_, body) => {
    expect((await raw(body)).status).toBe(400);
    expect(await left()).toEqual([]);
  });

  it('in a form for one', async () => {
    const { status } = await request(server)
      .post('/')
      .attach('file', Buffer.from('x'), 'a.pdf')
      .attach('file', Buffer.from('x'), 'b.pdf');
    expect(status).toBe(400);
    expect(await left()).toEqual([]);
  });
});

describe('several files', () => {
  it('may be none: a field that nobody touched is sent as an empty part', async () => {
    for (const body of ['', file('', ''), file('', '').repeat(3)])
      expect((await raw(`${part('name="a"', '1')}${body}`)).body).toMatchObject({ files: [], problem: null });
  });

  it('come in the order sent, big and small, and do not outlive the answer', async () => {
    const { body } = await send(MB, 1, 500_000, 0, 2);
    const sizes = [MB, 1, 500_000, 0, 2];
    expect(body).toMatchObject({ fields: { a: '1', b: '2' }, problem: null, status: null, before: 5 });
    expect(body.files).toEqual(sizes.map((size, index) => ({ name: `${index + 1}.pdf`, size, same: true })));
    await expect.poll(left).toEqual([]);
  });

  it('may be ten, and may bear one name', async () => {
    const { body } = await raw(file('скан.pdf').repeat(10));
    expect(body.files).toEqual(Array.from({ length: 10 }, () => ({ name: 'скан.pdf', size: 1, same: true })));
  });
});

describe('the disk', () => {
  const disk = smallDisk(4);
  afterAll(() => disk?.remove());

  it.skipIf(!disk)('is full at the fifth: the form is kept, and room is made again', async () => {
    const form = post(uploadApp(disk!.path)).field('a', '1').field('b', '2');
    for (let index = 0; index < 6; index += 1) void form.attach('files', Buffer.alloc(MB), `${index}.pdf`);
    const { body } = await form;
    expect(body).toMatchObject({ ...NOTHING, status: 507 });
    expect(body.problem).toMatch(/закончилось место\. Выберите файлы снова/);
    expect(await readdir(disk!.path)).toEqual([]);
  });

  it('is not there: that is our fault, not a lack of room', async () => {
    const form = post(uploadApp(join(folder, 'nowhere')));
    expect((await form.attach('files', Buffer.from('x'), 'a.pdf')).status).toBe(500);
  });
});
