import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusals } from '../../src/domain/files/verdict.js';
import { dump } from '../support/dump.js';
import { type Office, openOffice, plainPdf, sendDocument } from '../support/office.js';
import { errorsOf, words } from '../support/page.js';
import { addType } from '../support/people.js';
import { openRegistry, type Registry } from '../support/registry.js';
import {
  activePdfs,
  encryptedPdf,
  html,
  hugeJpeg,
  jpeg,
  jpegWithGps,
  pdf,
  pdfWith,
  png,
} from '../support/sample-files.js';

const MB = 1024 * 1024;

let registry: Registry;
let house: Registry['house'];
let office: Registry['office'];
let type: Registry['type'];

beforeAll(async () => {
  registry = await openRegistry();
  ({ house, office, type } = registry);
});
afterAll(() => registry?.close());
beforeEach(() => registry.forgetLimits());

const db = () => house.parts.db;

describe('what is not taken', () => {
  const send = (fields: Record<string, string>, file: { bytes: Buffer; name: string } | null, at = office) =>
    at.visitor.upload(
      `${at.path}/new`,
      { type_id: type.id, comment: 'Комментарий к «файлу»', ...fields },
      file,
    );
  const good = async () => ({ bytes: await plainPdf(), name: 'x.pdf' });

  it('no type, an unknown one, a hidden one, no file, an endless comment', async () => {
    const hidden = await addType(house, { hidden_at: house.clock.now() });
    const cases: [Record<string, string>, { bytes: Buffer; name: string } | null, Record<string, string>][] =
      [
        [{ type_id: '' }, await good(), { type_id: 'Выберите тип документа' }],
        [{ type_id: 'x' }, await good(), { type_id: 'Выберите тип документа' }],
        [{ type_id: randomUUID() }, await good(), { type_id: 'Выберите тип документа из списка' }],
        [{ type_id: hidden.id }, await good(), { type_id: 'Выберите тип документа из списка' }],
        [{}, null, { file: 'Выберите файл' }],
        [{ comment: 'ы'.repeat(2001) }, await good(), { comment: 'Сократите комментарий до 2000 символов' }],
      ];
    const before = [await dump(db(), 'limits', 'sessions'), await registry.onDisk()];
    for (const [fields, file, errors] of cases) {
      const answer = await send(fields, file);
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
      if (!('type_id' in fields)) expect(answer.text).toContain(`<option value="${type.id}" selected`);
      if (!('comment' in fields)) expect(answer.text).toContain('Комментарий к «файлу»');
    }
    expect([await dump(db(), 'limits', 'sessions'), await registry.onDisk()]).toEqual(before);
    expect((await office.visitor.get(`${office.path}/new`)).text).not.toContain(hidden.name);
  });

  it(
    'each bad file has words of its own; the rest stays typed and nothing stays on disk',
    { timeout: 60_000 },
    async () => {
      const [plain, picture] = [await pdf({ pages: 2 }), await jpeg()];
      const active = await activePdfs();
      const cases: Record<string, [Buffer, string, string]> = {
        'an empty file': [Buffer.alloc(0), 'пусто.pdf', refusals.empty.message],
        'no ending': [plain, 'приказ', refusals.noExtension.message],
        'another format': [plain, 'приказ.docx', refusals.extension('.docx').message],
        'two endings': [html, 'приказ.pdf.html', refusals.extension('.html').message],
        'a page behind a PDF header': [
          Buffer.concat([Buffer.from('%PDF-1.7\n'), html]),
          'приказ.pdf',
          refusals.notReallyPdf.message,
        ],
        'a page by name a PDF': [html, 'приказ.pdf', refusals.unknownContent('.pdf').message],
        'a renamed PNG': [await png(), 'скан.jpg', refusals.convert('.jpg', 'изображение PNG').message],
        'a JPEG by name a PDF': [
          picture,
          'скан.pdf',
          refusals.rename('.pdf', 'изображение JPEG', '.jpg').message,
        ],
        'a PDF by name a JPEG': [
          plain,
          'скан.jpeg',
          refusals.rename('.jpeg', 'документ PDF', '.pdf').message,
        ],
        'a cut PDF': [plain.subarray(0, plain.length / 2), 'приказ.pdf', refusals.damagedPdf.message],
        'a cut picture': [picture.subarray(0, picture.length / 2), 'скан.jpg', refusals.damagedJpeg.message],
        'a picture of 30,000 × 30,000': [await hugeJpeg(), 'скан.jpg', refusals.pixels.message],
        'a script in a PDF': [active['open action']!, 'приказ.pdf', refusals.active.message],
        'a PDF with a password': [await encryptedPdf(), 'приказ.pdf', refusals.encrypted.message],
      };
      const before = [await dump(db(), 'limits', 'sessions'), await registry.onDisk()];
      for (const [name, [bytes, fileName, message]] of Object.entries(cases)) {
        const answer = await send({}, { bytes, name: fileName });
        expect([name, answer.status, errorsOf(answer.text)]).toEqual([name, 422, { file: message }]);
        expect(answer.text).toContain(`<option value="${type.id}" selected`);
        expect(answer.text).toContain('Комментарий к «файлу»');
      }
      expect([await dump(db(), 'limits', 'sessions'), await registry.onDisk()]).toEqual(before);
      expect(new Set(Object.values(cases).map(([, , message]) => message)).size).toBe(
        Object.keys(cases).length,
      );
    },
  );

  it('10 MB and a byte: 413, the fields kept, nothing on disk', async () => {
    const before = [await dump(db(), 'limits', 'sessions'), await registry.onDisk()];
    const answer = await send({}, { bytes: Buffer.alloc(10 * MB + 1, '%'), name: 'скан.pdf' });
    expect(answer.status).toBe(413);
    expect(errorsOf(answer.text).file).toMatch(/^Файл больше 10 МБ\. Уменьшите его/);
    expect(answer.text).toContain(`<option value="${type.id}" selected`);
    expect(answer.text).toContain('Комментарий к «файлу»');
    expect([await dump(db(), 'limits', 'sessions'), await registry.onDisk()]).toEqual(before);
  });

  it('10 MB to the byte are taken', async () => {
    const empty = (await pdfWith('%')).length;
    const bytes = await pdfWith(`%${'x'.repeat(10 * MB - empty)}`);
    expect(bytes.length).toBe(10 * MB);
    expect((await send({}, { bytes, name: 'скан.pdf' })).status).toBe(303);
  });

  it('what only a version or an edit brings is judged alike', async () => {
    const id = await registry.make('Отклонён');
    const bad = { bytes: Buffer.alloc(0), name: 'пусто.pdf' };
    const before = await registry.onDisk();
    const version = await office.visitor.upload(
      `${office.path}/${id}/version`,
      { comment: 'Исправлено' },
      bad,
    );
    expect([version.status, errorsOf(version.text)]).toEqual([422, { file: refusals.empty.message }]);
    expect(version.text).toContain('Исправлено');
    expect(words(version.text)).toContain('Причина отказа: Нет печати');
    const none = await office.visitor.upload(`${office.path}/${id}/version`, { comment: 'Исправлено' }, null);
    expect([none.status, errorsOf(none.text)]).toEqual([422, { file: 'Выберите файл' }]);
    const sent = await registry.make('Отправлен');
    const edit = await office.visitor.upload(
      `${office.path}/${sent}/edit`,
      { type_id: type.id, comment: 'Иначе' },
      bad,
    );
    expect([edit.status, errorsOf(edit.text)]).toEqual([422, { file: refusals.empty.message }]);
    expect((await registry.onDisk()).incoming).toBe(before.incoming);
    expect(await registry.versions(sent)).toHaveLength(1);
  });

  it('the 61st form of ten minutes from one person', async () => {
    const one = await openOffice(house);
    const page = await one.visitor.hidden(`${one.path}/new`);
    await one.visitor.post(`${one.path}/new`, page);
    await db()('limits').where('key', `document:${one.account.id}`).update({ points: 60 });
    const answer = await one.visitor.post(`${one.path}/new`, page);
    expect([answer.status, Number(answer.headers['retry-after']) > 500]).toEqual([429, true]);
    expect((await send({}, null)).status).toBe(422);
  });
});

describe('the file', () => {
  const fetch = async (at: Office, id: string, query = '') =>
    at.visitor
      .get(`${at.path}/${id}/file${query}`)
      .buffer(true)
      .parse((res, done) => {
        const pieces: Buffer[] = [];
        res.on('data', (piece: Buffer) => pieces.push(piece));
        res.on('end', () => done(null, Buffer.concat(pieces)));
      });

  it('is saved to the byte under its Cyrillic name, and can run nowhere', async () => {
    const bytes = await plainPdf();
    const name = 'Приказ № 5 «О пожаре»; 100%.pdf';
    const id = await sendDocument(house, office, type, { file: { bytes, name } });
    const answer = await fetch(office, id);
    expect(answer.body).toEqual(bytes);
    const disposition = answer.headers['content-disposition']!;
    expect(disposition).toMatch(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[\w%.-]+$/);
    expect(decodeURIComponent(disposition.split("UTF-8''")[1]!)).toBe(name);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-store',
    });
  });

  it('is shown inline in a frame of our own page alone', async () => {
    const id = await registry.make('Отправлен');
    const page = await office.visitor.get(`${office.path}/${id}`);
    const src = /<iframe class="frame" src="([^"]+)"/.exec(page.text)![1]!.replaceAll('&amp;', '&');
    const answer = await fetch(office, id, src.slice(src.indexOf('?')));
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-security-policy': "default-src 'none'; frame-ancestors 'self'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    expect(answer.headers['content-disposition']).toMatch(/^inline; /);
  });

  it('of a photograph says nothing of where it was taken, and stands upright', async () => {
    const bytes = await jpegWithGps();
    expect((await sharp(bytes).metadata()).exif).toBeDefined();
    const id = await sendDocument(house, office, type, { file: { bytes, name: 'фото.JPG' } });
    const served = (await fetch(office, id)).body as Buffer;
    const found = await sharp(served).metadata();
    expect(found.exif).toBeUndefined();
    expect(served.includes('GPS')).toBe(false);
    expect([found.width, found.height]).toEqual([40, 80]);
    expect((await office.visitor.get(`${office.path}/${id}`)).text).toContain('<img class="frame-img"');
  });

  it('whose bytes are gone is a 404, not a fault', async () => {
    const id = await registry.make('Отправлен');
    const [version] = await registry.versions(id);
    await house.parts.store.remove(version!.file_id);
    expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(404);
  });
});
