import { mkdtemp, readdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part, uploadApp } from '../support/upload-app.js';

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malformed-'));
  server = uploadApp(folder).listen(0);
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const post = () => request(server).post('/');
const left = () => readdir(folder);
const status = async (body: string | Buffer, type = 'multipart/form-data; boundary=x') =>
  (await post().set('Content-Type', type).send(body)).status;

describe('a body that no form of ours sends', () => {
  const file = part('name="file"; filename="a.pdf"', 'x');
  it.each<[string, string | Buffer, string?]>([
    ['no boundary', file, 'multipart/form-data'],
    ['another type', 'a=1', 'application/x-www-form-urlencoded'],
    ['nothing', ''],
    ['no end', file],
    ['half an end', `${file}--x-`],
    ['a bad header', '--x\r\nContent Disposition\r\n\r\nx\r\n--x--\r\n'],
    ['a header without end', `--x\r\nContent-Disposition: form-data; name="${'n'.repeat(20_000)}`],
    ['no name', `${part('filename="a.pdf"', 'x')}--x--`],
    ['two files', `${file}${file}--x--`],
    ['another field for the file', `${part('name="other"; filename="a.pdf"', 'x')}--x--`],
    ['too many fields', `${part('name="a"', 'x').repeat(31)}--x--`],
    ['a long field', `${part('name="a"', 'x'.repeat(64 * 1024 + 1))}--x--`],
    ['a long name', `${part(`name="${'n'.repeat(101)}"`, 'x')}--x--`],
    ['an array', `${part('name="a[]"', 'x')}--x--`],
    ['an object', `${part('name="a[b]"', 'x')}--x--`],
    ['a prototype in brackets', `${part('name="a[__proto__][x]"', 'x')}--x--`],
    [
      'an unknown charset',
      '--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=no\r\n\r\nx\r\n--x--',
    ],
    ['a file, then too much', `${file}${part('name="a[]"', 'x')}--x--`],
  ])('is refused with 400 and leaves nothing: %s', async (_, body, type) => {
    expect(await status(body, type)).toBe(400);
    expect(await left()).toEqual([]);
  });

  it('gives the last of repeated fields, and no prototype', async () => {
    const names = ['a', 'a', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const body = `${names.map((name, index) => part(`name="${name}"`, String(index))).join('')}--x--`;
    const answer = await post().set('Content-Type', 'multipart/form-data; boundary=x').send(body);
    const expected = '{"a":"1","__proto__":"2","constructor":"3","toString":"4","hasOwnProperty":"5"}';
    expect(JSON.stringify(answer.body.fields)).toBe(JSON.stringify(JSON.parse(expected)));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
