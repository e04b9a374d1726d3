import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDocument } from '../../src/domain/documents/documents.actions.js';
import { count, dump } from '../support/dump.js';
import { HOUR } from '../support/house.js';
import {
  acceptUntil,
  addColleague,
  decide,
  openDesk,
  openOffice,
  plainPdf,
  rejectWith,
  sendDocument,
  sendVersion,
} from '../support/office.js';
import { linksOf, rowsOf, words } from '../support/page.js';
import { addType } from '../support/people.js';
import { MIDNIGHT, openRegistry, type Registry } from '../support/registry.js';
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

describe('who may', () => {
  it('an observer reads and changes nothing', async () => {
    const id = await sendDocument(house, office, type);
    const observer = await addColleague(house, office.organisation, ['observer']);
    const page = await observer.visitor.get(observer.path);
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/\/new"|\/edit"|\/version"|\/removal"/);
    expect((await observer.visitor.get(`${observer.path}/${id}/file`)).status).toBe(200);
    const before = [await dump(db(), 'limits', 'sessions'), await registry.onDisk()];
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
    expect([await dump(db(), 'limits', 'sessions'), await registry.onDisk()]).toEqual(before);
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
    const [version] = await registry.versions(id);
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
    expect((await registry.shown({ ...one, ...colleague }))[0]![2]).toBe(
      `Константинопольская Мария (${one.account.email})`,
    );

    const { id } = (await db()('documents').where({ organisation_id: one.organisation.id }).first())!;
    const [version] = await registry.versions(id);
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
    const member = {
      id: membership,
      account_id: account.id,
      roles: ['documents'],
      sees_all: false,
      organisation,
    };
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
      const now = new Date(MIDNIGHT.getTime() + Math.floor(n / 9) * 1000);
      await addDocument(
        { db: db(), member: member, actor, now, form: null },
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
      /documents"[^>]*>Документы(?: <span class="count"[^>]*>(\d+))?/.exec(
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
      expect((await registry.shown(one))[0]!.slice(3)).toEqual(
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
    const id = registry.ended[0]!;
    const names = async (query: string) => (await reviewer.visitor.get(`/staff/documents?${query}`)).text;
    expect(await names('status=invalid')).toContain(id);
    expect(await names('status=accepted')).not.toContain(id);
    expect((await decide(reviewer.visitor, id, 'approval', { valid_until: '10.03.2028' })).status).not.toBe(
      303,
    );
  });
});
