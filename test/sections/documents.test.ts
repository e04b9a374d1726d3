import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join as path } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DocumentTypeRow } from '../../src/db/rows.js';
import { addDocument } from '../../src/domain/documents/documents.actions.js';
import { refusals } from '../../src/domain/files/verdict.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { Clock, DAY, HOUR } from '../support/house.js';
import {
  acceptUntil,
  addColleague,
  decide,
  type Office,
  openDesk,
  openOffice,
  plainPdf,
  rejectWith,
  sendDocument,
  sendVersion,
} from '../support/office.js';
import { errorsOf, linksOf, rowsOf, words } from '../support/page.js';
import { addType } from '../support/people.js';
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

/** Ten minutes before midnight in Moscow, on the 10th. */
const EVENING = new Date('2027-03-10T20:50:00Z');
const MB = 1024 * 1024;
type Status = 'Отправлен' | 'Принят' | 'Отклонён' | 'Недействителен';

let house: OpenHouse;
let reviewer: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
let type: DocumentTypeRow;
/** Accepted until the 10th. */
let ended: string[];

beforeAll(async () => {
  house = await openDoors({}, new Clock(EVENING));
  reviewer = await openDesk(house);
  office = await openOffice(house);
  type = await addType(house, { name: 'Приказ о назначении ответственного' });
  ended = [];
  for (let n = 0; n < 4; n += 1) {
    const id = await sendDocument(house, office, type);
    await acceptUntil(reviewer.visitor, id, '10.03.2027');
    ended.push(id);
  }
  house.clock.move(HOUR / 6);
});
afterAll(() => house?.close());
// Sixty forms in ten minutes are enough for a person, not for this file.
beforeEach(() => db()('limits').delete());

const db = () => house.parts.db;
const row = (id: string) => db()('documents').where({ id }).first();
const versions = (id: string) => db()('document_versions').where({ document_id: id }).orderBy('number');
const shown = async (at = office) => rowsOf((await at.visitor.get(at.path)).text);

/** How many files lie in the store and in the folder for uploads. */
async function onDisk(): Promise<{ stored: number; incoming: number }> {
  const files = await readdir(path(house.config.dataDir, 'files'), { recursive: true, withFileTypes: true });
  const incoming = await readdir(path(house.config.dataDir, 'incoming'));
  return { stored: files.filter((entry) => entry.isFile()).length, incoming: incoming.length };
}

async function make(status: Status): Promise<string> {
  if (status === 'Недействителен') return ended.pop()!;
  const id = await sendDocument(house, office, type);
  if (status === 'Принят') await acceptUntil(reviewer.visitor, id, '10.03.2028');
  if (status === 'Отклонён') await rejectWith(reviewer.visitor, id, 'Нет печати');
  return id;
}

describe('what a status allows', () => {
  const ACTIONS = {
    edit: ['Отправлен'],
    version: ['Принят', 'Отклонён', 'Недействителен'],
    removal: ['Отклонён', 'Недействителен'],
  } as const;
  const STATUSES: Status[] = ['Отправлен', 'Принят', 'Отклонён', 'Недействителен'];
  const LINKS: Record<Status, string[]> = {
    Отправлен: ['Просмотреть', 'Скачать', 'Изменить'],
    Принят: ['Просмотреть', 'Скачать', 'Новая версия'],
    Отклонён: ['Просмотреть', 'Скачать', 'Загрузить исправленный', 'Удалить'],
    Недействителен: ['Просмотреть', 'Скачать', 'Загрузить исправленный', 'Удалить'],
  };
  const send = async (id: string, action: keyof typeof ACTIONS) => {
    const to = `${office.path}/${id}/${action}`;
    const fields = { type_id: type.id, comment: '' };
    if (action === 'removal') return office.visitor.submit(office.path, {}, to);
    return office.visitor.upload(
      `${office.path}/new`,
      fields,
      { bytes: await plainPdf(), name: 'x.pdf' },
      to,
    );
  };

  it.each(STATUSES)('«%s»: what it forbids changes nothing and names the status', async (status) => {
    const id = await make(status);
    const before = await dump(db(), 'limits');
    const files = await onDisk();
    for (const [action, allowed] of Object.entries(ACTIONS)) {
      if ((allowed as readonly string[]).includes(status)) continue;
      const answers = [
        await office.visitor.get(`${office.path}/${id}/${action}`),
        await send(id, action as 'edit'),
      ];
      for (const answer of answers) {
        expect([answer.status, action]).toEqual([409, action]);
        expect(words(answer.text)).toContain(
          `сейчас в статусе «${status}», в нём это действие недоступно. Ваше действие не выполнено`,
        );
      }
    }
    expect(await dump(db(), 'limits')).toEqual(before);
    expect(await onDisk()).toEqual(files);
    if (status === 'Недействителен') ended.push(id);
  });

  it.each(STATUSES)('«%s»: shows exactly what it allows', async (status) => {
    const id = await make(status);
    const { text } = await office.visitor.get(office.path);
    const links = Object.entries(
      linksOf(text.replaceAll(`<span class="vh">: ${type.name}</span>`, `: ${id}`)),
    );
    const rows = [...text.matchAll(/<span class="acts">(.*?)<\/span><\/th>/g)].map(([, acts]) => acts!);
    const acts = rows.find((one) => one.includes(id))!;
    expect(links.length).toBeGreaterThan(0);
    expect([...acts.matchAll(/<a [^>]*>([^<]+)</g)].map(([, label]) => label)).toEqual(LINKS[status]);
    for (const [, href] of acts.matchAll(/href="([^"]+)"/g))
      expect((await office.visitor.get(href!)).status, href).toBe(200);
    expect((await shown()).find((cells) => cells[3]!.startsWith(status))).toBeDefined();
    if (status === 'Недействителен') ended.push(id);
  });

  const allowed = Object.entries(ACTIONS).flatMap(([action, list]) =>
    list.map((status) => [action, status] as const),
  );
  it.each(allowed)('%s is done in «%s»', async (action, status) => {
    const id = await make(status);
    expect((await office.visitor.get(`${office.path}/${id}/${action}`)).status).toBe(200);
    const answer = await send(id, action as 'edit');
    expect([answer.status, answer.headers.location]).toEqual([303, office.path]);
    const now = await row(id);
    if (action === 'removal') {
      expect(now).toMatchObject({ removed_at: house.clock.now() });
      expect((await office.visitor.get(`${office.path}/${id}`)).status).toBe(404);
      expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(404);
      expect((await reviewer.visitor.get(`/staff/documents/${id}`)).status).toBe(200);
    } else {
      expect(now).toMatchObject({ status: 'sent', type_id: type.id });
      expect((await versions(id)).at(-1)).toMatchObject({ number: 2, status: 'sent' });
    }
  });

  it('a form that was open while the reviewer decided: 409, and its file is gone', async () => {
    const id = await make('Отправлен');
    const page = await office.visitor.hidden(`${office.path}/${id}/edit`);
    await acceptUntil(reviewer.visitor, id, '10.03.2028');
    const before = await onDisk();
    const sent = office.visitor.agent.post(`${office.path}/${id}/edit`);
    for (const [name, value] of Object.entries({ ...page, type_id: type.id })) void sent.field(name, value);
    const answer = await sent.attach('file', await plainPdf(), 'x.pdf');
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('сейчас в статусе «Принят»');
    expect(await onDisk()).toEqual(before);
    expect(await versions(id)).toHaveLength(1);
  });

  it('«Удалить» pressed twice is one removal and no error', async () => {
    const id = await make('Отклонён');
    const page = await office.visitor.hidden(`${office.path}/${id}/removal`);
    const answers = await Promise.all(
      [1, 2, 3].map(() => office.visitor.post(`${office.path}/${id}/removal`, page)),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(words((await office.visitor.get(office.path)).text)).toContain(`Документ «${type.name}» удалён.`);
    expect(await count(db(), 'audit', { action: 'document.removed', subject_id: id })).toBe(1);
  });
});

describe('who may', () => {
  it('an observer reads and changes nothing', async () => {
    const id = await sendDocument(house, office, type);
    const observer = await addColleague(house, office.organisation, ['observer']);
    const page = await observer.visitor.get(observer.path);
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/\/new"|\/edit"|\/version"|\/removal"/);
    expect((await observer.visitor.get(`${observer.path}/${id}/file`)).status).toBe(200);
    const before = [await dump(db(), 'limits'), await onDisk()];
    for (const action of ['new', `${id}/edit`, `${id}/version`, `${id}/removal`]) {
      expect((await observer.visitor.get(`${observer.path}/${action}`)).status).toBe(403);
      const file = { bytes: await plainPdf(), name: 'x.pdf' };
      const answer = await observer.visitor.upload(
        '/profiles',
        { type_id: type.id },
        file,
        `${observer.path}/${action}`,
      );
      expect(answer.status).toBe(403);
    }
    expect([await dump(db(), 'limits'), await onDisk()]).toEqual(before);
  });

  it('another organisation’s document is as good as none, through its own address too', async () => {
    const id = await sendDocument(house, office, type);
    const neighbour = await openOffice(house, { name: 'ООО «Сосед»', roles: ['administrator'] });
    const own = await sendDocument(house, neighbour, type);
    const missing = randomUUID();
    await neighbour.visitor.get(neighbour.path);
    for (const tail of ['', '/file', '/edit', '/version', '/removal']) {
      const there = await neighbour.visitor.get(`${neighbour.path}/${id}${tail}`);
      const nothing = await neighbour.visitor.get(`${neighbour.path}/${missing}${tail}`);
      const theirs = await neighbour.visitor.get(`${office.path}/${id}${tail}`);
      expect([there.status, nothing.status, theirs.status]).toEqual([404, 404, 404]);
      const same = ({ text }: { text: string }) => words(text).replace(/[\da-f-]{36}/g, '…');
      expect(same(there).split(' ')).toEqual(same(nothing).split(' '));
    }
    const [version] = await versions(id);
    expect((await neighbour.visitor.get(`${neighbour.path}/${own}/file?version=${version!.id}`)).status).toBe(
      404,
    );
    expect(
      (await neighbour.visitor.get(`${neighbour.path}/${own}/file?version=../../etc/passwd`)).status,
    ).toBe(404);
  });

  it('who loses the role in the middle of it loses the click', async () => {
    const one = await openOffice(house);
    const page = await one.visitor.hidden(`${one.path}/new`);
    await db()('memberships')
      .where({ id: one.membership })
      .update({ roles: ['observer'] });
    const sent = one.visitor.agent.post(`${one.path}/new`);
    for (const [name, value] of Object.entries({ ...page, type_id: type.id })) void sent.field(name, value);
    expect((await sent.attach('file', await plainPdf(), 'x.pdf')).status).toBe(403);
    await db()('memberships').where({ id: one.membership }).update({ ended_at: house.clock.now() });
    expect((await one.visitor.get(one.path)).status).toBe(404);
  });
});

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
    const before = [await dump(db(), 'limits'), await onDisk()];
    for (const [fields, file, errors] of cases) {
      const answer = await send(fields, file);
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
      if (!('type_id' in fields)) expect(answer.text).toContain(`<option value="${type.id}" selected`);
      if (!('comment' in fields)) expect(answer.text).toContain('Комментарий к «файлу»');
    }
    expect([await dump(db(), 'limits'), await onDisk()]).toEqual(before);
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
      const before = [await dump(db(), 'limits'), await onDisk()];
      for (const [name, [bytes, fileName, message]] of Object.entries(cases)) {
        const answer = await send({}, { bytes, name: fileName });
        expect([name, answer.status, errorsOf(answer.text)]).toEqual([name, 422, { file: message }]);
        expect(answer.text).toContain(`<option value="${type.id}" selected`);
        expect(answer.text).toContain('Комментарий к «файлу»');
      }
      expect([await dump(db(), 'limits'), await onDisk()]).toEqual(before);
      expect(new Set(Object.values(cases).map(([, , message]) => message)).size).toBe(
        Object.keys(cases).length,
      );
    },
  );

  it('10 MB and a byte: 413, the fields kept, nothing on disk', async () => {
    const before = [await dump(db(), 'limits'), await onDisk()];
    const answer = await send({}, { bytes: Buffer.alloc(10 * MB + 1, '%'), name: 'скан.pdf' });
    expect(answer.status).toBe(413);
    expect(errorsOf(answer.text).file).toMatch(/^Файл больше 10 МБ\. Уменьшите его/);
    expect(answer.text).toContain(`<option value="${type.id}" selected`);
    expect(answer.text).toContain('Комментарий к «файлу»');
    expect([await dump(db(), 'limits'), await onDisk()]).toEqual(before);
  });

  it('10 MB to the byte are taken', async () => {
    const empty = (await pdfWith('%')).length;
    const bytes = await pdfWith(`%${'x'.repeat(10 * MB - empty)}`);
    expect(bytes.length).toBe(10 * MB);
    expect((await send({}, { bytes, name: 'скан.pdf' })).status).toBe(303);
  });

  it('what only a version or an edit brings is judged alike', async () => {
    const id = await make('Отклонён');
    const bad = { bytes: Buffer.alloc(0), name: 'пусто.pdf' };
    const before = await onDisk();
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
    const sent = await make('Отправлен');
    const edit = await office.visitor.upload(
      `${office.path}/${sent}/edit`,
      { type_id: type.id, comment: 'Иначе' },
      bad,
    );
    expect([edit.status, errorsOf(edit.text)]).toEqual([422, { file: refusals.empty.message }]);
    expect((await onDisk()).incoming).toBe(before.incoming);
    expect(await versions(sent)).toHaveLength(1);
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

describe('«Документы»', () => {
  it('says that there is nothing yet', async () => {
    const one = await openOffice(house);
    const page = words((await one.visitor.get(one.path)).text);
    expect(page).toContain('Похоже, вы ещё не загрузили ни одного документа.');
    expect(page).toContain('Добавить документ');
  });

  it('shows a document as the manual does, «Вы» only to oneself', async () => {
    const one = await openOffice(house);
    const bytes = await pdf({ pages: 3 });
    const answer = await one.visitor.upload(
      `${one.path}/new`,
      { type_id: type.id, comment: '  к договору  ' },
      { bytes, name: 'приказ.pdf' },
    );
    expect([answer.status, answer.headers.location]).toEqual([303, one.path]);
    const page = (await one.visitor.get(one.path)).text;
    expect(words(page)).toContain(`Документ «${type.name}» отправлен на проверку.`);
    const about = `pdf, ${Math.round(bytes.length / 1024)} КБ`;
    const cells = rowsOf(page)[0]!;
    expect(cells[0]).toContain(type.name);
    expect(cells[0]).toContain(about);
    expect(cells.slice(1)).toEqual(['11.03.2027 00:00', `Вы (${one.account.email})`, 'Отправлен', '—']);
    const colleague = await addColleague(house, one.organisation, ['documents']);
    expect((await shown({ ...one, ...colleague }))[0]![2]).toBe(
      `Константинопольская Мария (${one.account.email})`,
    );

    const { id } = (await db()('documents').where({ organisation_id: one.organisation.id }).first())!;
    const [version] = await versions(id);
    expect(version).toMatchObject({
      number: 1,
      comment: 'к договору',
      uploaded_by: one.account.id,
      uploaded_at: house.clock.now(),
    });
    const file = await db()('files').where({ id: version!.file_id }).first();
    expect(file).toMatchObject({
      name: 'приказ.pdf',
      size: bytes.length,
      mime: 'application/pdf',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(
      await count(db(), 'audit', {
        action: 'document.sent',
        subject_id: id,
        account_id: one.account.id,
        organisation_id: one.organisation.id,
      }),
    ).toBe(1);
  });

  it('makes one document of a form that is sent 20 times at once', { timeout: 60_000 }, async () => {
    const one = await openOffice(house);
    const page = await one.visitor.hidden(`${one.path}/new`);
    const bytes = await plainPdf();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => {
        const sent = one.visitor.agent.post(`${one.path}/new`);
        for (const [name, value] of Object.entries({ ...page, type_id: type.id }))
          void sent.field(name, value);
        return sent.attach('file', bytes, 'x.pdf');
      }),
    );
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.location}`))).toEqual(
      new Set([`303 ${one.path}`]),
    );
    expect(await count(db(), 'documents', { organisation_id: one.organisation.id })).toBe(1);
    expect(
      await count(db(), 'audit', { action: 'document.sent', organisation_id: one.organisation.id }),
    ).toBe(1);
  });

  it('pages 45 documents forwards and back without loss or repetition', async () => {
    const one = await openOffice(house);
    const { account, membership, organisation } = one;
    const member = { id: membership, account_id: account.id, roles: ['documents'], organisation };
    const actor = { account_id: account.id, ip: '', request_id: '' };
    const file = () => ({
      id: randomUUID(),
      sha256: 'a'.repeat(64),
      size: 1,
      mime: 'application/pdf' as const,
      name: 'x.pdf',
    });
    for (let n = 0; n < 45; n += 1) {
      // Every nine at the same instant: the id has to tell them apart.
      const now = new Date(EVENING.getTime() + Math.floor(n / 9) * 1000);
      await addDocument(
        { db: db(), member: member as never, actor, now, form: null },
        { type_id: type.id, comment: '' },
        file(),
      );
    }
    const order = await db()('documents')
      .where({ organisation_id: organisation.id })
      .orderBy([
        { column: 'sent_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .pluck('id');
    const idsOf = (text: string) =>
      [...text.matchAll(/<a href="\/profiles\/[^/]+\/documents\/([\da-f-]{36})">/g)].map(([, id]) => id);
    const link = (text: string, label: string) => linksOf(text)[label];

    const pages: string[][] = [];
    let text = (await one.visitor.get(one.path)).text;
    expect(link(text, 'Назад')).toBeUndefined();
    for (;;) {
      pages.push(idsOf(text) as string[]);
      const next = link(text, 'Дальше');
      if (!next) break;
      text = (await one.visitor.get(next)).text;
    }
    expect(pages.map((ids) => ids.length)).toEqual([20, 20, 5]);
    expect(pages.flat()).toEqual(order);
    const back: string[][] = [idsOf(text) as string[]];
    for (let previous = link(text, 'Назад'); previous; previous = link(text, 'Назад')) {
      text = (await one.visitor.get(previous)).text;
      back.unshift(idsOf(text) as string[]);
    }
    expect(back).toEqual(pages);
    expect(link(text, 'Дальше')).toBeDefined();

    for (const odd of [
      'after=x',
      'before=0_',
      `after=9_${'z'.repeat(36)}`,
      'after=a&after=b',
      `after=999999999999999_${randomUUID()}`,
    ]) {
      expect((await one.visitor.get(`${one.path}?${odd}`)).status, odd).toBe(200);
    }
  });

  it('counts in the menu what was rejected and what ends soon', async () => {
    const one = await openOffice(house);
    const menu = async (at = one) =>
      /documents"[^>]*>Документы(?: <span class="count">(\d+))?/.exec(
        (await at.visitor.get(at.path)).text,
      )?.[1];
    expect(await menu()).toBeUndefined();
    await rejectWith(reviewer.visitor, await sendDocument(house, one, type), 'Нет печати');
    expect(await menu()).toBe('1');
    await acceptUntil(reviewer.visitor, await sendDocument(house, one, type), '10.04.2027');
    await acceptUntil(reviewer.visitor, await sendDocument(house, one, type), '11.04.2027');
    await sendDocument(house, one, type);
    expect(await menu()).toBe('2');
    const passes = await addColleague(house, one.organisation, ['passes']);
    const information = await passes.visitor.get(`/profiles/${one.organisation.id}/information`);
    expect(information.text).not.toMatch(/documents"|class="count"/);
    expect((await passes.visitor.get(one.path)).status).toBe(403);
  });
});

describe('the checklist', () => {
  it('shows every required type as it stands', async () => {
    const one = await openOffice(house);
    const required = async (name: string, position: number) =>
      addType(house, { name, position, required: true });
    const none = await required('А нет', 1);
    const sent = await required('Б отправлен', 2);
    const far = await required('В действует', 3);
    const soon = await required('Г истекает', 4);
    const today = await required('Д сегодня', 5);
    const over = await required('Е закончился', 6);
    const no = await required('Ж отклонён', 7);
    const renewed = await required('З продлевается', 8);
    const { visitor } = await openDesk(house);
    house.clock.at = new Date('2027-03-10T20:55:00Z');
    await acceptUntil(visitor, await sendDocument(house, one, over), '10.03.2027');
    house.clock.at = new Date('2027-03-10T21:05:00Z');
    await sendDocument(house, one, sent);
    await acceptUntil(visitor, await sendDocument(house, one, far), '11.04.2027');
    await acceptUntil(visitor, await sendDocument(house, one, soon), '10.04.2027');
    await acceptUntil(visitor, await sendDocument(house, one, today), '11.03.2027');
    await rejectWith(visitor, await sendDocument(house, one, no), 'Не то');
    const id = await sendDocument(house, one, renewed);
    await acceptUntil(visitor, id, '12.03.2027');
    await sendVersion(one, id);

    const state = async () => {
      const { text } = await one.visitor.get(one.path);
      const items = [
        ...text.matchAll(
          /<li><span class="mark (\w+)"[^>]*><\/span><div><b>(.*?)<\/b><span class="sub">(.*?)<\/span>/g,
        ),
      ];
      return {
        heading: words(/<h2 id="checklist-title">.*?<\/h2>/.exec(text)![0]),
        items: items.map(([, mark, name, text]) => [mark, words(name!), words(text!)]),
        text,
      };
    };
    const now = await state();
    expect(now.items).toEqual([
      ['none', 'А нет', 'нет документа'],
      ['sent', 'Б отправлен', 'на проверке'],
      ['ok', 'В действует', 'действует до 11.04.2027'],
      ['soon', 'Г истекает', 'истекает через 30 дней'],
      ['soon', 'Д сегодня', 'истекает сегодня'],
      ['no', 'Е закончился', 'недействителен с 11.03.2027'],
      ['no', 'Ж отклонён', 'отклонён — загрузите исправленный'],
      ['ok', 'З продлевается', 'действует до 12.03.2027'],
    ]);
    expect(now.heading).toBe('Обязательные документы: 4 из 8 в порядке');
    expect(linksOf(now.text)).toMatchObject({ 'А нет': `${one.path}/new?type=${none.id}` });
    expect((await one.visitor.get(`${one.path}/new?type=${none.id}`)).text).toContain(
      `<option value="${none.id}" selected`,
    );

    house.clock.move(11 * HOUR);
    await one.visitor.get(one.path);
    house.clock.move(11 * HOUR);
    await one.visitor.get(one.path);
    house.clock.move(3 * HOUR);
    const tomorrow = await state();
    expect(tomorrow.items[1]).toEqual(['sent', 'Б отправлен', 'на проверке 1 день']);
    expect(tomorrow.items[3]).toEqual(['soon', 'Г истекает', 'истекает через 29 дней']);
    expect(tomorrow.items[4]).toEqual(['no', 'Д сегодня', 'недействителен с 12.03.2027']);
    house.clock.move(-25 * HOUR);
    await db()('document_types')
      .whereIn(
        'id',
        [none, sent, far, soon, today, over, no, renewed].map((one) => one.id),
      )
      .update({ hidden_at: house.clock.now() });
    expect((await one.visitor.get(one.path)).text).not.toContain('checklist-title');
  });
});

describe('versions', () => {
  const table = async (at: Office, id: string) =>
    rowsOf((await at.visitor.get(`${at.path}/${id}`)).text).map((cells) => [
      /^Версия \d+/.exec(cells[0]!)![0],
      cells[3],
    ]);

  it('what is edited stays as «Заменён», and an edit without a file keeps it', async () => {
    const id = await make('Отправлен');
    const other = await addType(house);
    const [first] = await versions(id);
    const page = await office.visitor.get(`${office.path}/${id}/edit`);
    expect(words(page.text)).toContain('Сейчас: полис.pdf');
    const edited = await office.visitor.upload(
      `${office.path}/${id}/edit`,
      { type_id: other.id, comment: 'Другой тип' },
      null,
    );
    expect(edited.status).toBe(303);
    await office.visitor.upload(
      `${office.path}/${id}/edit`,
      { type_id: other.id, comment: 'Другой файл' },
      { bytes: await pdf({ pages: 2 }), name: 'ещё.pdf' },
    );
    const all = await versions(id);
    expect(
      all.map(({ number, status, comment, file_id }) => [
        number,
        status,
        comment,
        file_id === first!.file_id,
      ]),
    ).toEqual([
      [1, 'replaced', '', true],
      [2, 'replaced', 'Другой тип', true],
      [3, 'sent', 'Другой файл', false],
    ]);
    expect(await row(id)).toMatchObject({ status: 'sent', type_id: other.id, latest_id: all[2]!.id });
    expect(await table(office, id)).toEqual([
      ['Версия 3', 'Отправлен'],
      ['Версия 2', 'Заменён'],
      ['Версия 1', 'Заменён'],
    ]);
    const old = await office.visitor.get(`${office.path}/${id}/file?version=${first!.id}`).buffer(true);
    expect(old.status).toBe(200);
    const history = words((await office.visitor.get(`${office.path}/${id}`)).text);
    expect(history).toContain('Изменён, отправлена новая версия, версия 3');
    expect(history).toContain('Отправлен на проверку');
  });

  it('an edit keeps a type that has been hidden meanwhile', async () => {
    const leaving = await addType(house);
    const id = await sendDocument(house, office, leaving);
    await db()('document_types').where({ id: leaving.id }).update({ hidden_at: house.clock.now() });
    const page = await office.visitor.get(`${office.path}/${id}/edit`);
    expect(page.text).toContain(`<option value="${leaving.id}" selected`);
    expect(
      (
        await office.visitor.upload(
          `${office.path}/${id}/edit`,
          { type_id: leaving.id, comment: 'Тот же тип' },
          null,
        )
      ).status,
    ).toBe(303);
    expect(await row(id)).toMatchObject({ type_id: leaving.id });
  });

  it('what is in force counts on while the next one is under review, rejected and removed', async () => {
    const one = await openOffice(house);
    const id = await sendDocument(house, one, type);
    await acceptUntil(reviewer.visitor, id, '10.03.2028');
    await sendVersion(one, id, 'Продление');
    expect((await shown(one))[0]!.slice(3)).toEqual([
      'Отправлен Прежняя версия действует до 10.03.2028',
      '—',
    ]);
    expect(await table(one, id)).toEqual([
      ['Версия 2', 'Отправлен'],
      ['Версия 1', 'Принят'],
    ]);
    expect(words((await one.visitor.get(`${one.path}/${id}`)).text)).toContain(
      'Прежняя версия действительна до 10.03.2028',
    );

    await rejectWith(reviewer.visitor, id, 'Нет подписи');
    expect((await shown(one))[0]!.slice(3)).toEqual([
      'Отклонён Нет подписи Прежняя версия действует до 10.03.2028',
      '—',
    ]);
    const second = (await versions(id))[1]!;
    const removed = await one.visitor.submit(`${one.path}/${id}/removal`, {});
    expect(removed.status).toBe(303);
    expect((await shown(one))[0]!.slice(3)).toEqual(['Принят', '10.03.2028']);
    expect(await row(id)).toMatchObject({ status: 'accepted', valid_until: '2028-03-10', removed_at: null });
    expect((await one.visitor.get(`${one.path}/${id}/file?version=${second.id}`)).status).toBe(404);
    // The company keeps what the tenant no longer sees.
    expect((await reviewer.visitor.get(`/staff/documents/${id}/file?version=${second.id}`)).status).toBe(200);
    expect(words((await reviewer.visitor.get(`/staff/documents/${id}`)).text)).toMatch(
      /Версия 2, .* — Отклонён/,
    );

    await sendVersion(one, id);
    expect((await versions(id)).map(({ number }) => number)).toEqual([1, 2, 3]);
    await acceptUntil(reviewer.visitor, id, '10.03.2029');
    expect(await table(one, id)).toEqual([
      ['Версия 3', 'Принят'],
      ['Версия 1', 'Заменён'],
    ]);
    expect((await shown(one))[0]!.slice(3)).toEqual(['Принят', '10.03.2029']);
  });

  it('a document with a version in force keeps its type', async () => {
    const one = await openOffice(house);
    const other = await addType(house);
    const id = await sendDocument(house, one, type);
    await acceptUntil(reviewer.visitor, id, '10.03.2028');
    await sendVersion(one, id);
    const answer = await one.visitor.upload(
      `${one.path}/${id}/edit`,
      { type_id: other.id, comment: 'Подмена' },
      null,
    );
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text).type_id).toBe(
      'У документа есть принятая версия, его тип не меняется. Документ другого типа добавьте отдельно',
    );
    expect(await row(id)).toMatchObject({ type_id: type.id });
    expect(
      (await one.visitor.upload(`${one.path}/${id}/edit`, { type_id: type.id, comment: 'Уточнение' }, null))
        .status,
    ).toBe(303);
  });

  it('the company, not the name, stands behind a decision for a tenant, for a former reviewer too', async () => {
    const leaver = await openDesk(house, ['reviewer'], 'Уволенова');
    const id = await make('Отправлен');
    await rejectWith(leaver.visitor, id, 'Нет печати');
    for (const roles of [['reviewer'], []]) {
      await db()('accounts').where({ id: leaver.account.id }).update({ staff_roles: roles });
      const page = words((await office.visitor.get(`${office.path}/${id}`)).text);
      expect(page).toContain('Управляющая компания');
      expect(page).not.toContain('Уволенова');
    }
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
    const id = await make('Отправлен');
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
    const id = await make('Отправлен');
    const [version] = await versions(id);
    await house.parts.store.remove(version!.file_id);
    expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(404);
  });
});

describe('«Недействителен»', () => {
  it.each(['2027-03-11T20:59:59.999Z', '2027-03-11T21:00:00.000Z'])(
    'by itself the day after, in Moscow: at %s',
    async (at) => {
      const one = await openOffice(house);
      const { visitor } = await openDesk(house);
      const id = await sendDocument(house, one, type);
      await acceptUntil(visitor, id, '11.03.2027');
      const before = await dump(db(), 'limits', 'sessions');
      const standing = house.clock.at;
      house.clock.at = new Date('2027-03-11T08:00:00Z');
      await one.visitor.get(one.path);
      house.clock.at = new Date('2027-03-11T18:00:00Z');
      await one.visitor.get(one.path);
      house.clock.at = new Date(at);
      const over = at.includes('T21');
      expect((await shown(one))[0]!.slice(3)).toEqual(
        over ? ['Недействителен', '11.03.2027'] : ['Принят', '11.03.2027 сегодня последний день'],
      );
      expect((await one.visitor.get(`${one.path}/${id}/removal`)).status).toBe(over ? 200 : 409);
      const page = words((await one.visitor.get(`${one.path}/${id}`)).text);
      expect(page).toContain(over ? 'Недействителен Загрузить исправленный'.slice(0, 14) : 'Принят');
      expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
      house.clock.at = standing;
    },
  );

  it('is the same for the reviewer, whose list tells them apart', async () => {
    const id = ended[0]!;
    const names = async (query: string) => (await reviewer.visitor.get(`/staff/documents?${query}`)).text;
    expect(await names('status=invalid')).toContain(id);
    expect(await names('status=accepted')).not.toContain(id);
    expect((await decide(reviewer.visitor, id, 'approval', { valid_until: '10.03.2028' })).status).not.toBe(
      303,
    );
    void DAY;
  });
});
