import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { addColleague, openOffice } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { html } from '../support/sample-files.js';
import {
  addMember,
  addPrivate,
  idOf,
  openTalks,
  paper,
  placesOf,
  SAID,
  sendTo,
  sent,
  subjectsAt,
  trace,
  filesOf,
  type Talks,
} from '../support/talks.js';

// «Заявки» as tenants see them: who may send one for whom, what is kept of it, and who sees it afterwards.

let talks: Talks;
let house: Talks['house'];
let head: Talks['office'];
let service: string;
beforeAll(async () => {
  talks = await openTalks();
  ({ house, office: head } = talks);
  ({ service } = placesOf(head.organisation));
});
afterAll(() => talks?.close());
beforeEach(() => talks.forgetLimits());

const member = (roles: Parameters<typeof addMember>[1], change = {}) => addMember(talks, roles, change);
/** A page's words without the ids in them. */
const same = (text: string) => words(text).replace(/[\da-f-]{36}/g, '…');
const kept = async () => [await trace(house), await filesOf(house)];

/** Sends the form as a browser with the token of another page would, past what the page offers. */
async function force(visitor: Visitor, to: string, fields: Record<string, string>) {
  const { _csrf } = await visitor.hidden('/desktop');
  return visitor.post(to, { _csrf: _csrf!, ...fields });
}

describe('who may send for whom', () => {
  it('nobody for an organisation that is not his: as if there were none, and nothing is written', async () => {
    const stranger = await openOffice(house, { name: 'ООО «Сосед»', roles: ['administrator'] });
    const left = await member(['administrator']);
    await house.parts
      .db('memberships')
      .where({ id: left.membership })
      .update({ ended_at: house.clock.now() });
    const { visitor } = await addPrivate(house);
    const before = await kept();
    for (const one of [stranger.visitor, left.visitor, visitor]) {
      const own = await sendTo(one, '/service', { organisation: head.organisation.id }, [
        await paper('а.pdf'),
      ]);
      const none = await sendTo(one, '/service', { organisation: randomUUID() });
      const profile = await force(one, `${service}/new`, SAID);
      expect([own.status, none.status, profile.status]).toEqual([404, 404, 404]);
      expect(same(own.text)).toBe(same(none.text));
    }
    expect(await kept()).toEqual(before);
  });

  it('nobody in its name without the role, an observer neither', async () => {
    const before = await kept();
    for (const roles of [['observer'], ['documents'], ['accounting', 'passes']] as const) {
      const one = await member([...roles]);
      const behalf = await sendTo(one.visitor, '/service', { organisation: head.organisation.id });
      const profile = await force(one.visitor, `${service}/new`, SAID);
      expect([behalf.status, profile.status]).toEqual([403, 403]);
      expect((await one.visitor.get(service)).status).toBe(roles[0] === 'observer' ? 200 : 403);
      const form = await one.visitor.get('/service');
      expect(form.text).not.toContain(head.organisation.id);
    }
    const observer = await member(['observer']);
    expect(linksOf((await observer.visitor.get(service)).text)['Новая экспресс-заявка']).toBeUndefined();
    expect(await kept()).toEqual(before);
  });

  it('nobody whose role was taken away while he typed', async () => {
    const one = await member(['requests']);
    const page = await one.visitor.hidden(`${service}/new`);
    await house.parts
      .db('memberships')
      .where({ id: one.membership })
      .update({ roles: ['observer'] });
    expect((await one.visitor.post(`${service}/new`, { ...page, ...SAID })).status).toBe(403);
  });

  it('everybody for himself, and who has the role for his organisation, by both ways', async () => {
    const { account, visitor } = await addPrivate(house);
    const own = await sent(visitor, '/service', {}, [await paper('акт.pdf'), await paper('фото.pdf')]);
    expect(await talks.row(own)).toMatchObject({
      face: 'request',
      state: 'new',
      organisation_id: null,
      author_id: account.id,
      subject: SAID.subject,
    });
    const one = await member(['requests']);
    const behalf = await sent(one.visitor, '/service', { organisation: head.organisation.id });
    const profile = await sent(one.visitor, service);
    for (const id of [behalf, profile]) {
      expect(await talks.row(id)).toMatchObject({ organisation_id: head.organisation.id });
      expect(await talks.people(id)).toEqual([one.account.id]);
      expect((await one.visitor.get(`${service}/${id}`)).status).toBe(200);
      expect((await one.visitor.get(`/service/${id}`)).status).toBe(200);
    }
    const page = (await visitor.get(`/service/${own}`)).text;
    for (const name of ['акт.pdf', 'фото.pdf']) {
      const file = await visitor.get(linksOf(page)[name]!);
      expect([file.status, file.headers['content-type']]).toEqual([200, 'application/pdf']);
    }
    const [applicants] = /<select[^>]*name="organisation"[\s\S]*?<\/select>/.exec(
      (await one.visitor.get('/service/new')).text,
    )!;
    expect(words(applicants)).toBe(
      `Мария Сергеевна Константинопольская [${one.account.email}] ООО «Ромашка»`,
    );
  });
});

describe('the form', () => {
  it('asks for what is missing, and keeps what was typed', async () => {
    const { visitor } = await addPrivate(house);
    const before = await kept();
    const long = 'ы'.repeat(10_001);
    for (const [fields, errors] of [
      [
        { subject: ' ', text: '\u200b' },
        { subject: 'Укажите тему', text: 'Опишите суть проблемы' },
      ],
      [{ subject: 'а'.repeat(201) }, { subject: 'Сократите до 200 символов' }],
      [{ text: long }, { text: 'Сократите до 10000 символов' }],
      [{ organisation: 'x' }, { organisation: 'Выберите заявителя из списка' }],
    ] as [Record<string, string>, object][]) {
      const answer = await sendTo(visitor, '/service', fields, [await paper('а.pdf')]);
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
      const text = { ...SAID, ...fields }.text;
      expect(valueOf(answer.text, 'text')).toBe(text);
    }
    expect(await kept()).toEqual(before);
  });

  it('takes none of five files when one is bad, names it, and keeps the words', async () => {
    const { visitor } = await addPrivate(house);
    const good = await Promise.all(['1.pdf', '2.pdf', '3.pdf', '4.pdf'].map(paper));
    const before = await kept();
    for (const bad of [
      { field: 'files', name: 'план.pdf', bytes: html },
      { field: 'files', name: 'план.html', bytes: html },
      { field: 'files', name: 'план.pdf', bytes: Buffer.alloc(0) },
      { field: 'files', name: 'план.pdf', bytes: Buffer.alloc(10 * 1024 * 1024 + 1, '%') },
    ]) {
      const answer = await sendTo(visitor, '/service', {}, [...good.slice(0, 2), bad, ...good.slice(2)]);
      expect(answer.status).toBe(bad.bytes.length > 1000 ? 413 : 422);
      expect(errorsOf(answer.text).files).toContain(bad.name);
      expect(errorsOf(answer.text).files).not.toContain('1.pdf');
      expect([valueOf(answer.text, 'subject'), valueOf(answer.text, 'text')]).toEqual([
        SAID.subject,
        SAID.text,
      ]);
      expect(await kept()).toEqual(before);
    }
    const many = await sendTo(
      visitor,
      '/service',
      {},
      await Promise.all(Array.from({ length: 11 }, (_, n) => paper(`${n}.pdf`))),
    );
    expect([many.status, errorsOf(many.text).files]).toEqual([422, expect.stringMatching(/^Не больше 10 /)]);
    expect(await kept()).toEqual(before);
  });

  it('tells the number, in one line however the subject was typed', async () => {
    const { visitor } = await addPrivate(house);
    const answer = await sendTo(visitor, '/service', { subject: '  Лифт\r\n  стоит\t ' });
    const { number, subject } = await talks.row(idOf(answer.headers.location!));
    const page = await visitor.get(answer.headers.location!);
    expect(number).toMatch(/^З-2027-\d{6}$/);
    expect(subject).toBe('Лифт стоит');
    expect(words(page.text)).toContain(
      `Заявка № ${number} отправлена. По этому номеру можно обратиться в управляющую компанию.`,
    );
  });

  it('makes one of a double click, and of twenty at the same instant', { timeout: 90_000 }, async () => {
    const { visitor, account } = await addPrivate(house);
    const page = await visitor.hidden('/service/new');
    const file = await paper('а.pdf');
    const once = () => {
      const form = visitor.agent.post('/service/new');
      for (const [name, value] of Object.entries({ ...page, ...SAID })) void form.field(name, value);
      return form.attach('files', file.bytes, file.name);
    };
    const answers = [...(await Promise.all(Array.from({ length: 20 }, once))), await once()];
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
    const rows = await house.parts.db('conversations').where({ author_id: account.id });
    expect(rows).toHaveLength(1);
    expect(await talks.entries(rows[0]!.id)).toHaveLength(1);
    expect(await house.parts.db('conversation_files').where({ conversation_id: rows[0]!.id })).toHaveLength(
      1,
    );
  });

  it('shows what looks like a page, a template or an object as what was typed', async () => {
    const { visitor } = await addPrivate(house);
    const odd = '<script>alert(1)</script> {имя} ${7*7} <%= 7 %> __proto__ \'"; drop table accounts; --';
    const id = await sent(visitor, '/service', {
      subject: odd,
      text: `${odd}\n\n${'очень длинно '.repeat(700)}`,
    });
    const page = (await visitor.get(`/service/${id}`)).text;
    expect(page).not.toContain('<script>alert');
    expect(words(page)).toContain(odd);
    expect(page.length).toBeLessThan(40_000);
    const list = (await visitor.get('/service')).text;
    expect(list).not.toContain('<script>alert');
    const text = '{"$gt":"","__proto__":{"a":1}}';
    await visitor.submit(`/service/${id}`, { text, __proto__x: '1' }, `/service/${id}/replies`);
    expect(words((await visitor.get(`/service/${id}`)).text)).toContain(text);
    const twice = await visitor.submit('/service/new', { subject: ['а', 'б'], text: ['в', 'г'] });
    expect([twice.status, errorsOf(twice.text)]).toEqual([
      422,
      { subject: 'Укажите тему', text: 'Опишите суть проблемы' },
    ]);
  });
});

describe('who sees it', () => {
  it('his own only, unless «видит все» or an administrator', async () => {
    const one = await member(['requests']);
    const other = await member(['requests']);
    const all = await member(['requests'], { sees_all: true });
    const id = await sent(one.visitor, service, { subject: 'Протекает окно' });
    const lists = async (who: { visitor: Visitor }) =>
      (await subjectsAt(who.visitor, service)).includes('Протекает окно');
    expect(await lists(one)).toBe(true);
    expect(await lists(all)).toBe(true);
    expect(await lists(head)).toBe(true);
    expect(await lists(other)).toBe(false);
    expect((await all.visitor.get(`${service}/${id}`)).status).toBe(200);
    expect((await other.visitor.get(`${service}/${id}`)).status).toBe(404);
    expect((await all.visitor.get(`/service/${id}`)).status).toBe(404);
    const answer = await all.visitor.submit(
      `${service}/${id}`,
      { text: 'И у нас' },
      `${service}/${id}/replies`,
    );
    expect(answer.status).toBe(303);
    // Whoever writes takes part from then on.
    expect((await all.visitor.get(`/service/${id}`)).status).toBe(200);
  });

  it('an observer reads and changes nothing', async () => {
    const one = await member(['requests']);
    const observer = await member(['observer'], { sees_all: true });
    const id = await sent(one.visitor, service, {}, [await paper('а.pdf')]);
    await one.visitor.submit(`${service}/${id}/colleagues`, { colleague: observer.account.id });
    for (const place of [service, '/service']) {
      const page = await observer.visitor.get(`${place}/${id}`);
      expect(page.status).toBe(200);
      expect(page.text).not.toMatch(/\/(withdrawal|return|rating|colleagues|replies)"/);
      expect((await observer.visitor.get(linksOf(page.text)['а.pdf']!)).status).toBe(200);
    }
    const before = await kept();
    const fields = { text: 'Нет', rating: '5', colleague: head.account.id };
    for (const place of [service, '/service'])
      for (const step of ['replies', 'withdrawal', 'return', 'rating', 'colleagues']) {
        const answer = await force(observer.visitor, `${place}/${id}/${step}`, fields);
        expect([answer.status, step]).toEqual([403, step]);
        if (step !== 'replies')
          expect((await observer.visitor.get(`${place}/${id}/${step}`)).status).toBe(
            place === service ? 403 : 404,
          );
      }
    expect(await kept()).toEqual(before);
  });

  it('who takes part may leave, but not the author; nothing comes to him any more', async () => {
    const one = await member(['requests']);
    const added = await member(['requests']);
    const bystander = await member(['requests'], { sees_all: true });
    const id = await sent(one.visitor, service);
    const path = `${service}/${id}`;
    await one.visitor.submit(`${path}/colleagues`, { colleague: added.account.id });
    const before = await kept();
    for (const { visitor } of [one, bystander]) {
      expect((await visitor.get(path)).text).not.toContain('/leaving"');
      expect((await visitor.get(`${path}/leaving`)).status).toBe(404);
    }
    expect((await force(one.visitor, `${path}/leaving`, {})).status).toBe(409);
    expect((await force(bystander.visitor, `${path}/leaving`, {})).status).toBe(404);
    expect(await kept()).toEqual(before);

    const answer = await added.visitor.submit(`${path}/leaving`, {});
    expect([answer.status, answer.headers.location]).toEqual([303, service]);
    for (const place of [service, '/service'])
      expect((await added.visitor.get(`${place}/${id}`)).status).toBe(404);
    expect((await force(added.visitor, `${path}/leaving`, {})).status).toBe(404);
    expect(words((await one.visitor.get(path)).text)).toContain('Больше не участвует');
    // Whoever left is among the colleagues again.
    expect((await one.visitor.get(`${path}/colleagues`)).text).toContain(added.account.id);
  });

  it('says of a colleague that he will only read', async () => {
    const one = await member(['requests']);
    const [writer, observer] = [await member(['requests']), await member(['observer'])];
    const id = await sent(one.visitor, service);
    const page = words((await one.visitor.get(`${service}/${id}/colleagues`)).text);
    expect(page).toContain(`(${observer.account.email}) — только читает`);
    expect(page).not.toContain(`(${writer.account.email}) — только`);
  });

  it('who left sees nothing any more, among his own neither', async () => {
    const one = await member(['requests']);
    const id = await sent(one.visitor, '/service', { organisation: head.organisation.id, subject: 'Тайна' }, [
      await paper('а.pdf'),
    ]);
    const file = linksOf((await one.visitor.get(`/service/${id}`)).text)['а.pdf']!;
    await sent(one.visitor, '/service', { subject: 'Своё' });
    for (const change of [{ roles: ['documents'] }, { ended_at: house.clock.now() }]) {
      await house.parts.db('memberships').where({ id: one.membership }).update(change);
      for (const path of [`/service/${id}`, file, `/service/${id}/colleagues`])
        expect([(await one.visitor.get(path)).status, path]).toEqual([404, path]);
      const refused = await force(one.visitor, `/service/${id}/replies`, { text: 'Ещё' });
      expect(refused.status).toBe(404);
      expect(await subjectsAt(one.visitor, '/service')).toEqual(['Своё']);
      expect((await one.visitor.get('/service?search=тайна')).text).not.toContain('Тайна');
      expect((await one.visitor.get(`/service/export?format=csv`)).text).not.toContain('Тайна');
    }
  });

  it('a colleague who was added sees it, and may be added once and by name only', async () => {
    const one = await member(['requests']);
    const other = await member(['requests']);
    const outsider = await openOffice(house, { name: 'ООО «Иная»', roles: ['administrator'] });
    const papers = await addColleague(house, head.organisation, ['documents']);
    const id = await sent(one.visitor, service, { subject: 'Общее дело' });
    for (const colleague of [outsider.account.id, papers.account.id, one.account.id, randomUUID(), '']) {
      const answer = await one.visitor.submit(`${service}/${id}/colleagues`, { colleague });
      expect([answer.status, Object.keys(errorsOf(answer.text))]).toEqual([422, ['colleague']]);
    }
    const added = await one.visitor.submit(`${service}/${id}/colleagues`, { colleague: other.account.id });
    expect(added.headers.location).toBe(`${service}/${id}`);
    expect(await subjectsAt(other.visitor, service)).toEqual(['Общее дело']);
    const page = words((await other.visitor.get(`/service/${id}`)).text);
    expect(page).toContain('Добавлен участник: Константинопольская Мария');
    const again = await one.visitor.submit(`${service}/${id}/colleagues`, { colleague: other.account.id });
    expect(again.status).toBe(422);
    const own = await sent(one.visitor, '/service');
    expect((await one.visitor.get(`/service/${own}/colleagues`)).status).toBe(404);
    const forced = await force(one.visitor, `/service/${own}/colleagues`, { colleague: other.account.id });
    expect(forced.status).toBe(404);
  });

  it('another’s is as good as none, by any of its addresses', async () => {
    const stranger = await openOffice(house, { name: 'ООО «Чужая»', roles: ['administrator'] });
    const { visitor } = await addPrivate(house);
    const id = await sent(head.visitor, service, {}, [await paper('а.pdf')]);
    const file = /[\da-f-]{36}$/.exec(
      linksOf((await head.visitor.get(`${service}/${id}`)).text)['а.pdf']!,
    )![0];
    const own = await sent(stranger.visitor, placesOf(stranger.organisation).service);
    await stranger.visitor.get('/desktop');
    const before = await kept();
    for (const place of ['/service', placesOf(stranger.organisation).service])
      for (const tail of ['', '/withdrawal', '/return', '/rating', '/colleagues', `/files/${file}`]) {
        const missing = randomUUID();
        const foreign = await stranger.visitor.get(`${place}/${id}${tail}`);
        const nothing = await stranger.visitor.get(`${place}/${missing}${tail}`);
        expect([foreign.status, nothing.status, tail]).toEqual([404, 404, tail]);
        expect(same(foreign.text)).toBe(same(nothing.text));
      }
    for (const step of ['replies', 'reading', 'withdrawal', 'return', 'rating', 'colleagues'])
      for (const who of [stranger.visitor, visitor]) {
        const fields = { text: 'Ещё', rating: '1', colleague: stranger.account.id };
        const answer = await force(who, `/service/${id}/${step}`, fields);
        expect([answer.status, step]).toEqual([404, step]);
      }
    // A file is found in its own conversation only.
    const place = placesOf(stranger.organisation).service;
    expect((await stranger.visitor.get(`${place}/${own}/files/${file}`)).status).toBe(404);
    // A request is no message.
    const { messages } = placesOf(head.organisation);
    expect((await head.visitor.get(`${messages}/${id}`)).status).toBe(404);
    expect((await force(head.visitor, `${messages}/${id}/replies`, { text: 'Ещё' })).status).toBe(404);
    expect(await kept()).toEqual(before);
  });

  it('pages his own forwards and back without loss or repetition', async () => {
    const { visitor, account } = await addPrivate(house);
    for (let n = 0; n < 45; n += 1) {
      if (n % 9 === 0) house.clock.move(1000);
      await sent(visitor, '/service', { subject: `Заявка ${n}` });
      if (n % 20 === 0) await talks.forgetLimits();
    }
    const order = await house.parts
      .db('conversations')
      .where({ author_id: account.id })
      .orderByRaw('created_at desc, id desc')
      .pluck('subject');
    const shown = (text: string) => rowsOf(text).map(([subject]) => subject!);
    for (const query of ['', '?show=open', '?search=заявка']) {
      const pages = [];
      let text = (await visitor.get(`/service${query}`)).text;
      for (let next: string | undefined = '-'; next; next = linksOf(text)['Дальше']) {
        if (next !== '-') text = (await visitor.get(next)).text;
        pages.push(shown(text));
      }
      expect(pages.map(({ length }) => length)).toEqual([20, 20, 5]);
      expect(pages.flat()).toEqual(order);
      text = (await visitor.get(linksOf(text)['Назад']!)).text;
      expect(shown(text)).toEqual(pages[1]);
    }
  });
});
