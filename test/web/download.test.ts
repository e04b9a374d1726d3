import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import express, { type ErrorRequestHandler } from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localStore } from '../../src/domain/files/local-store.js';
import type { FileStore } from '../../src/domain/files/store.js';
import { NotFound } from '../../src/lib/errors.js';
import { sendFile } from '../../src/web/download.js';

const key = randomUUID();
const bytes = Buffer.alloc(5_000_000, 'спектр');
let folder: string;
let store: FileStore;
let server: http.Server;
let last: Readable;
let sent: Promise<unknown> = Promise.resolve();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  store = localStore(folder);
  const temporary = join(store.temporaryDir, 'x');
  await writeFile(temporary, bytes);
  await store.put(temporary, key);
  const failed: ErrorRequestHandler = (error, _req, res, _next) =>
    void res.status(error instanceof NotFound ? 404 : 500).json({});
  const app = express()
    .get('/broken', (_req, res) => {
      const stream = new Readable({
        read: () => stream.destroy(Object.assign(new Error(), { code: 'ENOENT' })),
      });
      return sendFile(res, { stream, size: 9, mime: 'application/pdf', name: 'a.pdf' }, { inline: true });
    })
    .get('/empty', (_req, res) =>
      sendFile(
        res,
        { stream: Readable.from([]), size: 0, mime: 'application/pdf', name: 'a.pdf' },
        { inline: true },
      ),
    )
    .get('/:id', async (req, res) => {
      const { stream, size } = await store.open(req.params.id);
      last = stream;
      const name = typeof req.query.name === 'string' ? req.query.name : 'a.pdf';
      sent = sendFile(
        res,
        { stream, size, mime: 'application/pdf', name },
        { inline: 'inline' in req.query },
      );
      await sent;
    })
    .use(failed);
  server = app.listen(0);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const get = (query: string) => request(server).get(`/${key}?${query}`).responseType('blob');

describe('a file', () => {
  const always = {
    'content-type': 'application/pdf',
    'content-length': String(bytes.length),
    'x-content-type-options': 'nosniff',
    'cross-origin-embedder-policy': 'require-corp',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store',
    'accept-ranges': 'none',
  };

  it('is sent to be saved, and inert', async () => {
    const { headers, body } = await get('');
    expect(headers).toMatchObject({ ...always, 'content-security-policy': "default-src 'none'; sandbox" });
    expect(headers['content-disposition']).toMatch(/^attachment; /);
    expect(bytes.equals(body as Buffer)).toBe(true);
  });

  it('is sent to be looked at in a frame of ours', async () => {
    const { headers } = await get('inline');
    const policy = "default-src 'none'; frame-ancestors 'self'";
    expect(headers).toMatchObject({
      ...always,
      'content-security-policy': policy,
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(headers['content-disposition']).toMatch(/^inline; /);
  });

  it('answers HEAD without its bytes, and a range with all of them', async () => {
    const head = await request(server).head(`/${key}`);
    expect(head.headers['content-length']).toBe(String(bytes.length));
    expect(last.destroyed).toBe(true);
    expect((await get('').set('Range', 'bytes=0-9')).status).toBe(200);
  });

  it.each([
    ['Договор № 5.pdf', 'Dogovor _ 5.pdf', '%D0%94%D0%BE%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%20%E2%84%96%205.pdf'],
    ['Щёлк, объём и юла.csv', 'Shchelk, obieem i iula.csv', encodeURIComponent('Щёлк, объём и юла.csv')],
    ['a"b\\c;d%41.pdf', 'a_b_c_d_41.pdf', 'a%22b%5Cc%3Bd%2541.pdf'],
    ["it's (1)*.pdf", "it's (1)*.pdf", 'it%27s%20%281%29%2A.pdf'],
    ['a\r\nSet-Cookie: b=c.pdf', 'a__Set-Cookie: b=c.pdf', 'a%0D%0ASet-Cookie%3A%20b%3Dc.pdf'],
  ])('keeps its name in the header: %j', async (name, plain, encoded) => {
    const { headers } = await get(`name=${encodeURIComponent(name)}`);
    expect(headers['content-disposition']).toBe(
      `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    );
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('that is not there is a 404 with no header of a file', async () => {
    for (const path of [`/${randomUUID()}`, '/broken']) {
      const { status, headers } = await request(server).get(path);
      expect([status, headers['content-disposition']]).toEqual([404, undefined]);
    }
    expect((await request(server).get('/empty')).status).toBe(200);
  });

  it('is closed when the reader goes away, and that is no error', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((gone) => {
      const going = http.get({ port, path: `/${key}` }, (res) =>
        res.once('data', () => going.destroy()).on('error', () => undefined),
      );
      going.on('close', gone);
    });
    await expect(sent).resolves.toBeUndefined();
    expect(last.destroyed).toBe(true);
  });
});
