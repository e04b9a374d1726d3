import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import type { RequestHandler } from 'express';
import { hash, openCache, type Cache } from './asset-cache.js';
import { loadFonts } from './fonts.js';
import { buildStyles } from './styles.js';

/** One shipped file, ready to be sent: as it is and, for text, compressed. */
export interface Asset {
  body: Buffer;
  br?: Buffer;
  gzip?: Buffer;
  type: string;
  etag: string;
}

export interface Assets {
  /** Where the file of that plain name is served, `/assets/app.1a2b3c4d5e6f.css`. @throws when there is no such file */
  url(name: string): string;
  find(path: string): Asset | undefined;
  /** Every shipped file by its plain name. */
  readonly files: ReadonlyMap<string, Asset>;
}

/** The order is the cascade's. */
const STYLES =
  'base shell top side buttons forms choices messages cards tables checklist flow help auth robot receipt print'.split(
    ' ',
  );

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/**
 * Reads `public/`, builds the stylesheet, cuts the fonts, and names every file by its content. Slow steps are kept
 * in the cache folder: the build pays for them, no start does.
 */
export async function loadAssets(options: { root: string; cacheDir: string }): Promise<Assets> {
  const cache = openCache(options.cacheDir);
  const files = new Map<string, Asset>();
  const paths = new Map<string, Asset>();
  const url = (name: string) => {
    const asset = files.get(name);
    if (!asset) throw new Error(`No such asset: ${name}`);
    const ending = extname(name);
    return `/assets/${name.slice(0, -ending.length)}.${asset.etag}${ending}`;
  };
  const add = async (bodies: Map<string, Buffer>) => {
    const packed = [...bodies].map(async ([name, body]) => [name, await pack(name, body, cache)] as const);
    for (const [name, asset] of await Promise.all(packed)) {
      files.set(name, asset);
      paths.set(url(name), asset);
    }
  };
  const folder = join(options.root, 'public');
  const [fonts, images, pictures, scripts, styles, altcha] = await Promise.all([
    loadFonts(cache),
    readFolder(join(folder, 'img')),
    readFolder(join(folder, 'img/help'), 'help-'),
    readFolder(join(folder, 'js')).then(withoutComments),
    readFolder(join(folder, 'css')),
    readAltcha(),
  ]);
  await add(new Map([...fonts, ...images, ...pictures, ...scripts, ...altcha]));
  const source = (name: string) => {
    const file = styles.get(`${name}.css`);
    if (!file) throw new Error(`No such stylesheet: ${name}`);
    return file.toString();
  };
  await add(new Map([['app.css', Buffer.from(buildStyles(source('tokens'), STYLES.map(source), url))]]));
  return { url, find: (path) => paths.get(path), files };
}

/** The widget's build for a strict policy: script and worker apart, nothing put into the page by the script. */
async function readAltcha(): Promise<Map<string, Buffer>> {
  const dist = dirname(dirname(createRequire(import.meta.url).resolve('altcha/altcha.css')));
  const [script, worker] = await Promise.all([
    readFile(join(dist, 'external/altcha.min.js')),
    readFile(join(dist, 'workers/pbkdf2.js')),
  ]);
  return new Map([
    ['altcha.js', script],
    ['altcha-worker.js', worker],
  ]);
}

/** Our scripts without the comments that stand on lines of their own: they are for who reads the source. */
function withoutComments(scripts: Map<string, Buffer>): Map<string, Buffer> {
  const comment = /^[ \t]*\/\*[^]*?\*\/[ \t]*\n/gm;
  return new Map(
    [...scripts].map(([name, body]) => [name, Buffer.from(body.toString().replace(comment, ''))]),
  );
}

/** What is shipped of a folder, by its names; `prefix` goes before each, since all are served from one place. */
async function readFolder(folder: string, prefix = ''): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => TYPES[extname(name)]);
  return new Map(
    await Promise.all(
      names.map(async (name) => [prefix + name, await readFile(join(folder, name))] as const),
    ),
  );
}

async function pack(name: string, body: Buffer, cache: Cache): Promise<Asset> {
  const type = TYPES[extname(name)]!;
  const asset: Asset = { body, type, etag: hash([body]) };
  if (!/^text|svg/.test(type)) return asset;
  const best = { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } };
  asset.br = await cache([body], 'br', () => compress.br(body, best));
  asset.gzip = await cache([body], 'gz', () => compress.gzip(body, { level: 9 }));
  return asset;
}

/** Answers GET and HEAD of shipped files: for a year, since another content has another name. Others pass. */
export function assetHandler(assets: Assets): RequestHandler {
  return (request, response, next) => {
    const asset = /^(GET|HEAD)$/.test(request.method) && assets.find(request.baseUrl + request.path);
    if (!asset) return next();
    const coding = (['br', 'gzip'] as const).find((name) => asset[name] && accepts(request.headers, name));
    response.set({
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      ETag: `"${asset.etag}${coding ? `-${coding}` : ''}"`,
    });
    if (asset.br) response.vary('Accept-Encoding');
    if (coding) response.set('Content-Encoding', coding);
    if (request.fresh) return void response.status(304).end();
    const body = coding ? asset[coding]! : asset.body;
    response.set('Content-Length', String(body.length));
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

function accepts(headers: { 'accept-encoding'?: string | string[] }, coding: string): boolean {
  return String(headers['accept-encoding'] ?? '')
    .split(',')
    .some((part) => {
      const [name, ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
}
