import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInspector } from '../../src/domain/files/inspect.js';
import type { Refused, Wanted } from '../../src/domain/files/verdict.js';
import * as samples from '../support/sample-files.js';

const inspector = createInspector();
let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspection-'));
});
afterAll(async () => {
  await inspector.close();
  await rm(folder, { recursive: true });
});

async function inspect(name: string, bytes: Buffer, by = inspector, wanted: Wanted = 'document') {
  const path = join(folder, String((count += 1)));
  await writeFile(path, bytes);
  return by.inspect(path, { name, wanted });
}

async function refusal(name: string, bytes: Buffer) {
  const verdict = await inspect(name, bytes);
  return verdict.ok ? 'accepted' : verdict;
}

describe('what is taken', { timeout: 60_000 }, () => {
  it('takes a document as it is', async () => {
    const bytes = await samples.pdf({ pages: 3 });
    const verdict = await inspect('Договор аренды.PDF', bytes);
    expect(verdict).toMatchObject({ ok: true, mime: 'application/pdf', pages: 3, size: bytes.length });
    expect(verdict.ok && (await readFile(verdict.path))).toEqual(bytes);
  });

  it('takes documents with a table of the old kind, and with blanks after the end', async () => {
    const bytes = await samples.pdf({ compressed: false });
    expect(await inspect('a.pdf', Buffer.concat([bytes, Buffer.from('\r\n\0\0')]))).toMatchObject({
      ok: true,
    });
  });

  it('writes a picture anew: upright, without where and by whom, without what follows its end', async () => {
    const sent = Buffer.concat([await samples.jpegWithGps(), Buffer.from('PK\x03\x04<script>')]);
    expect((await sharp(sent).metadata()).exif?.includes('Camera')).toBe(true);
    const verdict = await inspect('снимок.jpeg', sent);
    expect(verdict).toMatchObject({ ok: true, mime: 'image/jpeg', width: 40, height: 80 });
    const kept = verdict.ok ? await readFile(verdict.path) : Buffer.alloc(0);
    expect(await sharp(kept).metadata()).toMatchObject({
      format: 'jpeg',
      chromaSubsampling: '4:4:4',
      space: 'srgb',
    });
    const { exif, icc, xmp, orientation } = await sharp(kept).metadata();
    expect({ exif, icc, xmp, orientation }).toEqual({});
    expect(kept.includes('<script>')).toBe(false);
    expect(verdict.ok && verdict.size).toBe(kept.length);
  });

  it.each(['p3', 'cmyk'] as const)('keeps the colours of a picture in %s', async (profile) => {
    const red = sharp({
      create: { width: 32, height: 32, channels: 3, background: { r: 150, g: 110, b: 100 } },
    });
    const sent = await (profile === 'cmyk' ? red.toColourspace('cmyk') : red)
      .withIccProfile(profile)
      .jpeg({ quality: 100 })
      .toBuffer();
    const verdict = await inspect('a.jpg', sent);
    const { data } = await sharp(verdict.ok ? verdict.path : '')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const [r = 0, g = 0, b = 0] = data;
    const off = Math.max(Math.abs(r - 150), Math.abs(g - 110), Math.abs(b - 100));
    expect(off, `${r} ${g} ${b}`).toBeLessThan(20);
  });

  it('gives up a little quality where the picture would outgrow 10 MB', async () => {
    const sent = await samples.jpeg({ width: 3300, height: 3300, quality: 60 });
    const verdict = await inspect('a.jpg', sent);
    expect(verdict.ok && verdict.size).toBeGreaterThan(3 * 1024 * 1024);
    expect(verdict.ok && verdict.size).toBeLessThan(10 * 1024 * 1024);
    expect(verdict.ok && (await sharp(verdict.path).metadata()).chromaSubsampling).toBe('4:2:0');
  });
});

describe('what is refused', { timeout: 60_000 }, () => {
  it('goes by the last ending of the name', async () => {
    const bytes = await samples.pdf();
    for (const name of ['a.pdf.html', 'a.exe', 'a.svg', 'pdf', 'a.', '.', '', 'a.pdf/..']) {
      expect(await refusal(name, bytes), name).toMatchObject({ reason: 'type' });
    }
  });

  it('says which content is behind a wrong name', async () => {
    const [pdf, jpeg, png] = [await samples.pdf(), await samples.jpeg(), await samples.png()];
    const messages = new Set<string>();
    for (const [name, bytes] of [
      ['a.jpg', pdf],
      ['a.pdf', jpeg],
      ['a.jpg', png],
      ['a.pdf', samples.html],
      ['a.pdf', Buffer.concat([Buffer.from('%PDF-1.7\n'), samples.html])],
      ['a.pdf', Buffer.concat([samples.html, pdf])],
      ['a.pdf', Buffer.concat([Buffer.from('\ufeff'), pdf])],
      ['a.pdf', Buffer.concat([pdf, samples.html])],
    ] as const) {
      const verdict = await refusal(name, bytes);
      expect(verdict).toMatchObject({ reason: 'disguised' });
      if (verdict !== 'accepted') messages.add(verdict.message);
    }
    expect(messages.size).toBe(7);
  });

  it('finds what was cut off anywhere', async () => {
    const [pdf, jpeg] = [await samples.pdf({ pages: 5, compressed: false }), await samples.jpeg()];
    for (const share of [0.3, 0.5, 0.9, 0.99]) {
      expect(await refusal('a.pdf', pdf.subarray(0, pdf.length * share)), `pdf ${share}`).toMatchObject({
        reason: 'damaged',
      });
      expect(await refusal('a.jpg', jpeg.subarray(0, jpeg.length * share)), `jpeg ${share}`).toMatchObject({
        reason: 'damaged',
      });
    }
    const updatedThenCut = Buffer.concat([pdf, Buffer.from('7 0 obj\n<</Type/Page')]);
    expect(await refusal('a.pdf', updatedThenCut)).toMatchObject({ reason: 'damaged' });
    expect(await refusal('a.pdf', await samples.pdf({ pages: 0 }))).toMatchObject({ reason: 'damaged' });
    expect(await refusal('a.pdf', Buffer.alloc(0))).toMatchObject({ reason: 'empty' });
  });

  it('finds what would run, however it is written', async () => {
    for (const [how, bytes] of Object.entries(await samples.activePdfs())) {
      expect(await refusal('a.pdf', bytes), how).toMatchObject({ reason: 'active' });
    }
  });

  it('refuses what needs a password, too many points or too many passes', async () => {
    expect(await refusal('a.pdf', await samples.encryptedPdf())).toMatchObject({ reason: 'encrypted' });
    expect(await refusal('a.jpg', await samples.hugeJpeg())).toMatchObject({ reason: 'pixels' });
    expect(await refusal('a.jpg', await samples.manyScansJpeg())).toMatchObject({ reason: 'too-heavy' });
  });

  it('asks for a JPG of at most 2 MB where only a picture is wanted, whatever came instead', async () => {
    const cut = (await samples.jpeg()).subarray(0, 3000);
    const cases: [string, Buffer, object][] = [
      ['a.pdf', await samples.pdf(), { reason: 'type' }],
      ['a.pdf', samples.html, { reason: 'type' }],
      ['a.pdf', await samples.jpeg(), { reason: 'type' }],
      ['a.svg', Buffer.from('<svg/>'), { reason: 'type' }],
      ['a', await samples.jpeg(), { reason: 'type' }],
      ['a.jpg', await samples.pdf(), { reason: 'disguised' }],
      ['a.jpg', await samples.png(), { reason: 'disguised' }],
      ['a.jpg', samples.html, { reason: 'disguised' }],
      ['a.jpg', Buffer.alloc(0), { reason: 'empty' }],
      ['a.jpg', cut, { reason: 'damaged' }],
      ['a.jpg', await samples.hugeJpeg(), { reason: 'pixels' }],
      ['a.jpg', await samples.manyScansJpeg(), { reason: 'too-heavy' }],
    ];
    for (const [name, bytes, refused] of cases) {
      const verdict = await inspect(name, bytes, inspector, 'picture');
      expect(verdict).toMatchObject({ ok: false, ...refused });
      const { message } = verdict as Refused;
      expect(message).toContain('Сохраните картинку в формате JPG размером до 2 МБ и выберите файл снова.');
      expect(message).not.toMatch(/до 10 МБ|переименуйте|сохраните документ|скан/i);
    }
    expect(await inspect('a.jpg', await samples.jpeg(), inspector, 'picture')).toMatchObject({ ok: true });
  });

  it('says politely how to mend it', async () => {
    const { refusals } = await import('../../src/domain/files/verdict.js');
    const all = Object.values(refusals).map((it) =>
      typeof it === 'function' ? it('.jpg', 'PNG', '.pdf') : it,
    );
    expect(new Set(all.map(({ message }) => message)).size).toBe(all.length);
    for (const { message } of all) {
      expect(message).not.toMatch(/пожалуйста|неверн/i);
      expect(message).toMatch(/выберите|отправьте/i);
    }
  });
});
