import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { get, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import subsetFont from 'subset-font';
import request from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../src/lib/places.js';
import { assetHandler, loadAssets, type Assets } from '../../src/web/assets.js';
import { CHARACTERS } from '../../src/web/fonts.js';

const KB = 1024;
const cacheDir = mkdtempSync(join(tmpdir(), 'assets-'));
let assets: Assets;
let app: express.Express;

beforeAll(async () => {
  assets = await loadAssets({ root: ROOT, cacheDir });
  app = express();
  app.use(assetHandler(assets));
});

describe('addresses', () => {
  test('are named by the content', () => {
    for (const [name, asset] of assets.files) {
      const [stem, ending] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.'))];
      expect(assets.url(name)).toBe(`/assets/${stem}.${asset.etag}${ending}`);
      expect(assets.find(assets.url(name))).toBe(asset);
    }
  });

  test('a second start makes nothing anew and finds the same names', async () => {
    const kept = () => readdirSync(cacheDir).map((name) => [name, statSync(join(cacheDir, name)).mtimeMs]);
    const before = kept();
    const again = await loadAssets({ root: ROOT, cacheDir });
    expect(kept()).toEqual(before);
    expect([...again.files.keys()].map(again.url)).toEqual([...assets.files.keys()].map(assets.url));
  });

  test('a name that is not there throws instead of leading nowhere', () => {
    expect(() => assets.url('nothing.css')).toThrow('No such asset: nothing.css');
  });

  test('in the stylesheet lead to files that are there', () => {
    const urls = [...text('app.css').matchAll(/url\(([^)]*)\)/g)].map(([, url]) => url!);
    expect(urls.length).toBeGreaterThanOrEqual(6);
    for (const url of urls) expect(assets.find(url), url).toBeDefined();
  });
});

describe('answers', () => {
  test('are kept for a year', async () => {
    const answer = await request(app).get(assets.url('app.css'));
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(answer.headers['vary']).toBe('Accept-Encoding');
  });

  test.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
  ])('to «%s» come as %s', async (accepted, coding, unpack) => {
    const answer = await raw(assets.url('app.js'), accepted);
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(unpack(answer.body).toString()).toBe(text('app.js'));
  });

  test('come as they are to who takes nothing else', async () => {
    for (const accepted of ['', 'identity', 'gzip;q=0, br;q=0.0']) {
      const answer = await raw(assets.url('app.js'), accepted);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.body.toString()).toBe(text('app.js'));
    }
  });

  test('fonts are not compressed twice', async () => {
    const answer = await raw(assets.url('golos-400.woff2'), 'gzip, br');
    expect(answer.headers['content-type']).toBe('font/woff2');
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  test('HEAD has the size and no body; a known tag is 304', async () => {
    const head = await request(app).head(assets.url('logo.svg')).set('Accept-Encoding', 'identity');
    expect(head.headers['content-length']).toBe(String(assets.files.get('logo.svg')!.body.length));
    const again = await request(app)
      .get(assets.url('logo.svg'))
      .set({ 'Accept-Encoding': 'identity', 'If-None-Match': head.headers['etag'] });
    expect(again.status).toBe(304);
  });

  test('what is not shipped passes on', async () => {
    const url = assets.url('app.css');
    for (const path of [
      '/assets/app.css',
      '/assets/../package.json',
      '/assets/%2e%2e/package.json',
      `${url}x`,
    ]) {
      expect((await request(app).get(path)).status, path).toBe(404);
    }
    expect((await request(app).post(url)).status).toBe(404);
  });
});

describe('budgets', () => {
  test('the stylesheet is at most 8 KB', () => {
    expect(assets.files.get('app.css')!.gzip!.length).toBeLessThanOrEqual(8 * KB);
  });

  test('our own scripts are at most 5 KB in all', () => {
    const own = [...assets.files].filter(([name]) => name.endsWith('.js') && !name.startsWith('altcha'));
    expect(own.map(([name]) => name)).toContain('app.js');
    expect(sum(own.map(([, asset]) => asset.gzip!.length))).toBeLessThanOrEqual(5 * KB);
  });

  test.each(['woff2', 'woff'])('the fonts are at most 30 KB as %s', (format) => {
    const fonts = [...assets.files].filter(([name]) => name.endsWith(`.${format}`));
    expect(fonts).toHaveLength(2);
    expect(sum(fonts.map(([, asset]) => asset.body.length))).toBeLessThanOrEqual(30 * KB);
  });

  test('the picture of the sign-in pages is at most 4 KB', () => {
    expect(assets.files.get('skyline.svg')!.gzip!.length).toBeLessThanOrEqual(4 * KB);
  });
});

describe('the stylesheet', () => {
  test('depends on nothing that browsers of 2016 lack', () => {
    const css = text('app.css');
    expect(css).not.toContain('var(');
    expect(css).not.toMatch(/--[\w-]+:/);
    expect(css).not.toMatch(/[;{](gap|grid|inset|place-items):/);
  });

  test('comes from nowhere else and needs no exception in the policy', () => {
    expect(text('app.css')).not.toMatch(/@import|https?:|data:/);
  });

  test('is dark only on a screen, so that paper stays white', () => {
    const conditions = [...text('app.css').matchAll(/@media [^{]*prefers-color-scheme[^{]*/g)].map(
      ([found]) => found,
    );
    expect(conditions.length).toBeGreaterThan(0);
    for (const condition of conditions) expect(condition).toContain('@media screen and');
  });
});

describe('the fonts', () => {
  test.each(['golos-400.woff2', 'golos-600.woff2', 'golos-400.woff', 'golos-600.woff'])(
    '%s has every letter and sign',
    async (name) => {
      const whole = new Set(codePoints(readFileSync(join(ROOT, source(name)))));
      const cut = new Set(
        codePoints(await subsetFont(assets.files.get(name)!.body, CHARACTERS, { targetFormat: 'truetype' })),
      );
      for (const sign of 'АЯаяЁё09Zz₽№«»—–…·•²° \u00a0')
        expect(cut.has(sign.codePointAt(0)!), sign).toBe(true);
      for (const sign of CHARACTERS) {
        expect(cut.has(sign.codePointAt(0)!), sign).toBe(whole.has(sign.codePointAt(0)!));
      }
    },
  );

  test('show no square in what the pages say', () => {
    const known = new Set(CHARACTERS);
    const views = join(ROOT, 'views');
    const templates = readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ejs'),
    );
    const said =
      text('app.css') +
      text('app.js') +
      templates.map((name) => readFileSync(join(views, name), 'utf8')).join('');
    for (const sign of new Set(said.replace(/\s/g, ''))) expect(known.has(sign), sign).toBe(true);
  });
});

function text(name: string): string {
  return assets.files.get(name)!.body.toString();
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** The answer as it came over the wire: the clients that the tests use elsewhere unpack it. */
async function raw(path: string, accepted: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
  const server = app.listen(0);
  try {
    const { port } = server.address() as AddressInfo;
    return await new Promise((done, failed) => {
      get({ port, path, headers: { 'Accept-Encoding': accepted } }, (answer) => {
        buffer(answer).then((body) => done({ headers: answer.headers, body }), failed);
      }).on('error', failed);
    });
  } finally {
    server.close();
  }
}

function source(name: string): string {
  const weight = name.includes('400')
    ? '400Regular/GolosText_400Regular'
    : '600SemiBold/GolosText_600SemiBold';
  return `node_modules/@expo-google-fonts/golos-text/${weight}.ttf`;
}

/** The characters of a TrueType font: its `cmap`, format 4 (OpenType specification). */
function codePoints(font: Buffer): number[] {
  const tables = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + index * 16);
  const cmap = font.readUInt32BE(tables.find((at) => font.toString('latin1', at, at + 4) === 'cmap')! + 8);
  const records = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, index) => cmap + 4 + index * 8);
  const table = records
    .map((at) => cmap + font.readUInt32BE(at + 4))
    .find((at) => font.readUInt16BE(at) === 4)!;
  const count = font.readUInt16BE(table + 6) / 2;
  const found: number[] = [];
  for (let index = 0; index < count; index++) {
    const end = font.readUInt16BE(table + 14 + index * 2);
    const start = font.readUInt16BE(table + 16 + count * 2 + index * 2);
    for (let code = start; code <= end && code < 0xffff; code++) found.push(code);
  }
  return found;
}
