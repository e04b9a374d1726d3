import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { count, dump } from '../support/dump.js';
import {
  acceptUntil,
  openDesk,
  openOffice,
  plainPdf,
  type Office,
  rejectWith,
  sendDocument,
  sendVersion,
} from '../support/office.js';
import { errorsOf, linksOf, rowsOf, words } from '../support/page.js';
import { addType } from '../support/people.js';
import { openRegistry, type Registry, type Status } from '../support/registry.js';
import { pdf } from '../support/sample-files.js';

let registry: Registry;
let house: Registry['house'];
let office: Registry['office'];
let reviewer: Registry['reviewer'];
let type: Registry['type'];

beforeAll(async () => {
  registry = await openRegistry();
  ({ house, office, reviewer, type } = registry);
});
afterAll(() => registry?.close());
beforeEach(() => registry.forgetLimits());

const db = () => house.parts.db;

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
    const { latest_id } = (await registry.row(id))!;
    const fields = { type_id: type.id, comment: '', version: latest_id };
    if (action === 'removal') return office.visitor.submit(office.path, {}, to);
    return office.visitor.upload(
      `${office.path}/new`,
      fields,
      { bytes: await plainPdf(), name: 'x.pdf' },
      to,
    );
  };

  it.each(STATUSES)('«%s»: what it forbids changes nothing and names the status', async (status) => {
    const id = await registry.make(status);
    const before = await dump(db(), 'limits', 'sessions');
    const files = await registry.onDisk();
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
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
    expect(await registry.onDisk()).toEqual(files);
    if (status === 'Недействителен') registry.ended.push(id);
  });

  it.each(STATUSES)('«%s»: shows exactly what it allows', async (status) => {
    const id = await registry.make(status);
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
    expect((await registry.shown()).find((cells) => cells[3]!.startsWith(status))).toBeDefined();
    if (status === 'Недействителен') registry.ended.push(id);
  });

  const allowed = Object.entries(ACTIONS).flatMap(([action, list]) =>
    list.map((status) => [action, status] as const),
  );
  it.each(allowed)('%s is done in «%s»', async (action, status) => {
    const id = await registry.make(status);
    expect((await office.visitor.get(`${office.path}/${id}/${action}`)).status).toBe(200);
    const answer = await send(id, action as 'edit');
    expect([answer.status, answer.headers.location]).toEqual([303, office.path]);
    const now = await registry.row(id);
    if (action === 'removal') {
      expect(now).toMatchObject({ removed_at: house.clock.now() });
      expect((await office.visitor.get(`${office.path}/${id}`)).status).toBe(404);
      expect((await office.visitor.get(`${office.path}/${id}/file`)).status).toBe(404);
      expect((await reviewer.visitor.get(`/staff/documents/${id}`)).status).toBe(200);
    } else {
      expect(now).toMatchObject({ status: 'sent', type_id: type.id });
      expect((await registry.versions(id)).at(-1)).toMatchObject({ number: 2, status: 'sent' });
    }
  });

  it('a form that was open while the reviewer decided: 409, and its file is gone', async () => {
    const id = await registry.make('Отправлен');
    const page = await office.visitor.hidden(`${office.path}/${id}/edit`);
    await acceptUntil(reviewer.visitor, id, '10.03.2028');
    const before = await registry.onDisk();
    const sent = office.visitor.agent.post(`${office.path}/${id}/edit`);
    for (const [name, value] of Object.entries({ ...page, type_id: type.id })) void sent.field(name, value);
    const answer = await sent.attach('file', await plainPdf(), 'x.pdf');
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('сейчас в статусе «Принят»');
    expect(await registry.onDisk()).toEqual(before);
    expect(await registry.versions(id)).toHaveLength(1);
  });

  it('«Удалить» pressed twice is one removal and no error', async () => {
    const id = await registry.make('Отклонён');
    const page = await office.visitor.hidden(`${office.path}/${id}/removal`);
    const answers = await Promise.all(
      [1, 2, 3].map(() => office.visitor.post(`${office.path}/${id}/removal`, page)),
    );
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(words((await office.visitor.get(office.path)).text)).toContain(`Документ «${type.name}» удалён.`);
    expect(await count(db(), 'audit', { action: 'document.removed', subject_id: id })).toBe(1);
  });
});

describe('versions', () => {
  const table = async (at: Office, id: string) =>
    rowsOf((await at.visitor.get(`${at.path}/${id}`)).text).map((cells) => [
      /^Версия \d+/.exec(cells[0]!)![0],
      cells[3],
    ]);

  it('what is edited stays as «Заменён», and an edit without a file keeps it', async () => {
    const id = await registry.make('Отправлен');
    const other = await addType(house);
    const [first] = await registry.versions(id);
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
    const all = await registry.versions(id);
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
    expect(await registry.row(id)).toMatchObject({
      status: 'sent',
      type_id: other.id,
      latest_id: all[2]!.id,
    });
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
    expect(await registry.row(id)).toMatchObject({ type_id: leaving.id });
  });

  it('what is in force counts on while the next one is under review, rejected and removed', async () => {
    const one = await openOffice(house);
    const id = await sendDocument(house, one, type);
    await acceptUntil(reviewer.visitor, id, '10.03.2028');
    await sendVersion(one, id, 'Продление');
    expect((await registry.shown(one))[0]!.slice(3)).toEqual([
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
    expect((await registry.shown(one))[0]!.slice(3)).toEqual([
      'Отклонён Нет подписи Прежняя версия действует до 10.03.2028',
      '—',
    ]);
    const second = (await registry.versions(id))[1]!;
    const removed = await one.visitor.submit(`${one.path}/${id}/removal`, {});
    expect(removed.status).toBe(303);
    expect((await registry.shown(one))[0]!.slice(3)).toEqual(['Принят', '10.03.2028']);
    expect(await registry.row(id)).toMatchObject({
      status: 'accepted',
      valid_until: '2028-03-10',
      removed_at: null,
    });
    expect((await one.visitor.get(`${one.path}/${id}/file?version=${second.id}`)).status).toBe(404);
    // The company keeps what the tenant no longer sees.
    expect((await reviewer.visitor.get(`/staff/documents/${id}/file?version=${second.id}`)).status).toBe(200);
    expect(words((await reviewer.visitor.get(`/staff/documents/${id}`)).text)).toMatch(
      /Версия 2, .* — Отклонён/,
    );

    await sendVersion(one, id);
    expect((await registry.versions(id)).map(({ number }) => number)).toEqual([1, 2, 3]);
    await acceptUntil(reviewer.visitor, id, '10.03.2029');
    expect(await table(one, id)).toEqual([
      ['Версия 3', 'Принят'],
      ['Версия 1', 'Заменён'],
    ]);
    expect((await registry.shown(one))[0]!.slice(3)).toEqual(['Принят', '10.03.2029']);
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
    expect(await registry.row(id)).toMatchObject({ type_id: type.id });
    expect(
      (await one.visitor.upload(`${one.path}/${id}/edit`, { type_id: type.id, comment: 'Уточнение' }, null))
        .status,
    ).toBe(303);
  });

  it('the company, not the name, stands behind a decision for a tenant, for a former reviewer too', async () => {
    const leaver = await openDesk(house, ['reviewer'], 'Уволенова');
    const id = await registry.make('Отправлен');
    await rejectWith(leaver.visitor, id, 'Нет печати');
    for (const roles of [['reviewer'], []]) {
      await db()('accounts').where({ id: leaver.account.id }).update({ staff_roles: roles });
      const page = words((await office.visitor.get(`${office.path}/${id}`)).text);
      expect(page).toContain('Управляющая компания');
      expect(page).not.toContain('Уволенова');
    }
  });
});
