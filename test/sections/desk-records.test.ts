import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { HOUR } from '../support/house.js';
import { openDesk, openOffice } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addOrganisation, join } from '../support/people.js';
import {
  act,
  addConversation,
  addMember,
  addPrivate,
  DESK,
  filesOf,
  idOf,
  NOON,
  openTalks,
  paper,
  placesOf,
  sent,
  subjectsAt,
  trace,
  work,
  type Talks,
} from '../support/talks.js';

// What operators record: another kind or applicant, a caller's words; and what their administrator sees and arranges.

let talks: Talks;
let house: Talks['house'];
let office: Talks['office'];
let operator: Visitor;
let service: string;
let messages: string;
beforeAll(async () => {
  talks = await openTalks();
  ({ house, office } = talks);
  ({ service, messages } = placesOf(office.organisation));
});
afterAll(() => talks?.close());
beforeEach(async () => {
  house.clock.at = NOON;
  await talks.forgetLimits();
  operator = await house.visitor().signIn(talks.operator.account.email);
});

const kept = async () => [await trace(house), await filesOf(house)];
const kindNamed = async (name: string) => (await talks.db('conversation_kinds').where({ name }).first())!.id;
const sort = (id: string, kind_id: string, organisation: string) =>
  act(operator, id, 'classification', { kind_id, organisation });

describe('another kind or applicant', () => {
  it('only a kind of its face that may be chosen, and the author’s own organisations', async () => {
    const other = await addOrganisation(house, 'ООО «Чужая»');
    const papers = await addOrganisation(house, 'ООО «Бумаги»');
    await join(house, office.account, papers, ['documents']);
    const id = await sent(office.visitor, service, { subject: 'Не туда' });
    const { kind_id } = await talks.row(id);
    const hidden = await kindNamed('Уборка');
    await talks.db('conversation_kinds').where({ id: hidden }).update({ hidden_at: NOON });
    const before = await kept();
    for (const kind of [await kindNamed('Аренда'), hidden, randomUUID(), 'x', ''])
      expect(Object.keys(errorsOf((await sort(id, kind, office.organisation.id)).text))).toEqual(['kind_id']);
    for (const organisation of [other.id, papers.id, randomUUID()]) {
      const answer = await sort(id, kind_id, organisation);
      expect([answer.status, errorsOf(answer.text)]).toEqual([
        422,
        { organisation: 'Заявки этой организации заявителю не открыты' },
      ]);
    }
    expect(await kept()).toEqual(before);
    // What has a hidden kind keeps it.
    await talks.db('conversations').where({ id }).update({ kind_id: hidden });
    expect((await operator.get(`${DESK}/${id}`)).text).toContain(`<option value="${hidden}" selected>Уборка`);
    expect((await sort(id, hidden, '')).status).toBe(303);
    await talks.db('conversation_kinds').where({ id: hidden }).update({ hidden_at: null });
  });

  it('a message has no kind of a private person, nor the way there', async () => {
    const id = await sent(office.visitor, messages, { kind_id: await kindNamed('Аренда') });
    expect((await operator.get(`${DESK}/${id}`)).text).not.toContain('>Частное лицо</option>');
    const answer = await sort(id, await kindNamed('Аренда'), '');
    expect([answer.status, errorsOf(answer.text)]).toEqual([
      422,
      { organisation: 'Обращения бывают только от организации' },
    ]);
  });

  it('gives the time of the new kind from now on, while it waits for the tenant too', async () => {
    const id = await sent(office.visitor, service);
    house.clock.move(HOUR / 4);
    await sort(id, await kindNamed('Электрика и освещение'), office.organisation.id);
    expect((await talks.row(id)).due_at).toEqual(new Date(NOON.getTime() + 4.25 * HOUR));
    await work(operator, id, 'accept', 'start', ['ask', 'Где?']);
    await sort(id, await kindNamed('Общая заявка'), office.organisation.id);
    expect(await talks.row(id)).toMatchObject({ due_at: null, due_left: 9 * 60 });
    expect(words((await office.visitor.get(`${service}/${id}`)).text)).toContain('Вид: Общая заявка');
  });

  it('leaves late what is late: there and back again gains nothing', async () => {
    const id = await sent(office.visitor, service);
    const { kind_id } = await talks.row(id);
    const due_at = new Date(NOON.getTime() - HOUR);
    await talks.db('conversations').where({ id }).update({ due_at });
    for (const kind of [await kindNamed('Уборка'), kind_id]) {
      expect((await sort(id, kind, office.organisation.id)).status).toBe(303);
      expect((await talks.row(id)).due_at).toEqual(due_at);
    }
    await work(operator, id, 'accept', 'start', ['ask', 'Где?']);
    await sort(id, await kindNamed('Уборка'), office.organisation.id);
    expect(await talks.row(id)).toMatchObject({ due_at: null, due_left: -60 });
  });

  it('is found in the lists of the new place and no more in those of the old', async () => {
    const second = await addOrganisation(house, 'АО «Вторая»');
    await join(house, office.account, second, ['requests']);
    const colleague = await addMember(talks, ['requests']);
    const observer = await addMember(talks, ['requests'], { sees_all: true });
    const id = await sent(office.visitor, service, { subject: 'Переходит' });
    await office.visitor.submit(`${service}/${id}/colleagues`, { colleague: colleague.account.id });
    const { kind_id } = await talks.row(id);
    const where = async () => {
      const places = [
        [office.visitor, service],
        [office.visitor, placesOf(second).service],
        [office.visitor, '/service'],
        [colleague.visitor, '/service'],
        [observer.visitor, service],
      ] as const;
      const found = places.map(async ([visitor, path]) => {
        const listed = visitor === colleague.visitor ? `${path}?search=переходит` : path;
        const seen = (await subjectsAt(visitor, listed)).includes('Переходит');
        expect((await visitor.get(`${path}/${id}`)).status).toBe(seen ? 200 : 404);
        return seen;
      });
      return Promise.all(found);
    };
    expect(await where()).toEqual([true, false, true, true, true]);
    await sort(id, kind_id, second.id);
    expect(await where()).toEqual([false, true, true, false, false]);
    expect(words((await office.visitor.get(`/service/${id}`)).text)).toContain('Заявитель: АО «Вторая»');
    await sort(id, kind_id, office.organisation.id);
    expect(await where()).toEqual([true, false, true, true, true]);
    // What becomes the author's own is nobody else's, also not of who has taken part.
    await sort(id, kind_id, '');
    expect(await where()).toEqual([false, false, true, false, false]);
    expect(await talks.people(id)).toEqual([office.account.id]);
    const { number } = await talks.row(id);
    await work(operator, id, ['', 'Только вам']);
    const letters = await talks.lettersTo(colleague.account.email);
    expect(letters.filter(({ subject }) => subject.startsWith(`Ответ: ${number}`))).toEqual([]);
  });

  it('whose author has left keeps its organisation while its kind changes', async () => {
    const one = await addMember(talks, ['requests']);
    const id = await sent(one.visitor, service);
    await talks.db('memberships').where({ id: one.membership }).update({ ended_at: NOON });
    const page = (await operator.get(`${DESK}/${id}`)).text;
    const organisation = /<select[^>]*name="organisation">([\s\S]*?)<\/select>/.exec(page)![1]!;
    expect(organisation).toContain(`<option value="${office.organisation.id}" selected>ООО «Ромашка»`);
    await sort(id, await kindNamed('Уборка'), office.organisation.id);
    expect(await talks.row(id)).toMatchObject({ organisation_id: office.organisation.id });
  });
});

describe('«Записать со слов»', () => {
  const record = (fields: Record<string, string>, files: Parameters<Visitor['upload']>[2] = null) =>
    operator.upload(`${DESK}/new`, { subject: 'Звонок', text: 'Капает кран', ...fields }, files);

  it('of nobody whom we do not know: by an address, or a phone that is not confirmed', async () => {
    const phoned = await addPrivate(house, { phone: '+79031112233' });
    const blocked = await addPrivate(house, { blocked_at: null });
    await talks.db('accounts').where({ id: blocked.account.id }).update({ blocked_at: NOON });
    const kind_id = await kindNamed('Общая заявка');
    const before = await kept();
    for (const contact of [
      'nobody@tenant.test',
      phoned.account.phone!,
      blocked.account.email,
      'x',
      '+7 903 000-00-00',
    ]) {
      const answer = await record({ contact, kind_id }, [await paper('а.pdf')]);
      expect([answer.status, errorsOf(answer.text)]).toEqual([
        422,
        { contact: expect.stringContaining('Запишите на коллегу заявителя, а его назовите в тексте') },
      ]);
      expect([valueOf(answer.text, 'contact'), valueOf(answer.text, 'text')]).toEqual([
        contact,
        'Капает кран',
      ]);
    }
    const empty = await record({ contact: ' ', kind_id: '', subject: '', text: '' });
    expect(Object.keys(errorsOf(empty.text))).toEqual(['contact', 'kind_id', 'subject', 'text']);
    expect(await kept()).toEqual(before);
  });

  it('of an organisation only where it is a tenant’s and open to the caller; a message never of a person', async () => {
    const { account } = await addPrivate(house);
    const other = await openOffice(house, { name: 'ООО «Иная»', roles: ['documents'] });
    const kind_id = await kindNamed('Общая заявка');
    const { email } = office.account;
    const before = await kept();
    for (const [fields, message] of [
      [{ contact: email, organisation: '7700000000' }, 'Организации с таким ИНН среди арендаторов нет'],
      [
        { contact: email, organisation: other.organisation.inn },
        'Заявки этой организации заявителю не открыты',
      ],
      [
        { contact: other.account.email, organisation: other.organisation.inn },
        'Заявки этой организации заявителю не открыты',
      ],
      [
        { contact: account.email, organisation: office.organisation.inn },
        'Заявки этой организации заявителю не открыты',
      ],
      [{ contact: email, kind_id: await kindNamed('Аренда') }, 'Обращения бывают только от организации'],
    ] as [Record<string, string>, string][]) {
      const answer = await record({ kind_id, ...fields });
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, { organisation: message }]);
    }
    const kind = await record({ contact: email, kind_id: randomUUID() });
    expect([kind.status, Object.keys(errorsOf(kind.text))]).toEqual([422, ['kind_id']]);
    expect(await kept()).toEqual(before);
  });

  it('is his: by his address in any spelling, or by his confirmed phone', async () => {
    const one = await addPrivate(house, { phone: '+79035556677', phone_confirmed_at: NOON });
    const kind_id = await kindNamed('Уборка');
    for (const contact of [` ${one.account.email.toUpperCase()} `, '8 (903) 555-66-77']) {
      const answer = await record({ contact, kind_id }, [await paper('со слов.pdf')]);
      const id = idOf(answer.headers.location!);
      expect(answer.headers.location).toBe(`${DESK}/${id}`);
      const row = await talks.row(id);
      expect(row).toMatchObject({ author_id: one.account.id, organisation_id: null, kind_id });
      expect(words((await operator.get(`${DESK}/${id}`)).text)).toContain(`Записано под № ${row.number}.`);
      const page = await one.visitor.get(`/service/${id}`);
      expect(words(page.text)).toContain('Капает кран');
      expect((await one.visitor.get(linksOf(page.text)['со слов.pdf']!)).status).toBe(200);
      await work(operator, id, ['', 'Едем']);
      const letters = await talks.lettersTo(one.account.email);
      expect(letters.map(({ subject }) => subject)).toContain(`Ответ: ${row.number} Звонок`);
    }
  });

  it('is found by name: one at once, namesakes by a choice, in the organisation that is said', async () => {
    const kind_id = await kindNamed('Общая заявка');
    const [anna, other] = [
      await addPrivate(house, { surname: 'Найдёнова', name: 'Анна', patronymic: 'Петровна' }),
      await addPrivate(house, { surname: 'Найдёнова', name: 'Инна' }),
    ];
    const gone = await addPrivate(house, { surname: 'Найдёнова', name: 'Ушедшая' });
    await talks.db('accounts').where({ id: gone.account.id }).update({ blocked_at: NOON });
    const found = await record({ contact: 'анна  найдён', kind_id });
    expect((await talks.row(idOf(found.headers.location!))).author_id).toBe(anna.account.id);

    const before = await kept();
    const asked = await record({ contact: 'Найдёнова', kind_id });
    expect([asked.status, errorsOf(asked.text)]).toEqual([422, { caller: 'Выберите, кто звонит' }]);
    expect(words(asked.text)).toContain(
      `Найдёнова Анна Петровна (${anna.account.email}) Частное лицо Найдёнова Инна Сергеевна (${other.account.email})`,
    );
    expect(asked.text).not.toContain(gone.account.id);
    for (const caller of [gone.account.id, office.account.id, randomUUID(), 'x'])
      expect((await record({ contact: 'Найдёнова', caller, kind_id })).status).toBe(422);
    // Part of an address, a number or the middle of a word is no name.
    for (const contact of ['айдёнова', 'tenant', '%', '9', '_ _'])
      expect(Object.keys(errorsOf((await record({ contact, kind_id })).text))).toEqual(['contact']);
    expect(await kept()).toEqual(before);

    const chosen = await record({ contact: 'Найдёнова', caller: other.account.id, kind_id });
    expect((await talks.row(idOf(chosen.headers.location!))).author_id).toBe(other.account.id);
    const member = await addMember(talks, ['requests']);
    const surname = { surname: 'Найдёнова', name: 'Зоя' };
    await talks.db('accounts').where({ id: member.account.id }).update(surname);
    const there = await record({ contact: 'Найдёнова', organisation: office.organisation.inn, kind_id });
    expect(await talks.row(idOf(there.headers.location!))).toMatchObject({
      author_id: member.account.id,
      organisation_id: office.organisation.id,
    });
  });

  it('is his organisation’s, by its ИНН, also a message', async () => {
    const inn = office.organisation.inn.replace(/(\d{4})/, '$1 ');
    for (const [kind, place] of [
      ['Общая заявка', service],
      ['Бухгалтерия', messages],
    ] as const) {
      const fields = { contact: office.account.email, organisation: inn, kind_id: await kindNamed(kind) };
      const id = idOf((await record(fields)).headers.location!);
      expect(await talks.row(id)).toMatchObject({ organisation_id: office.organisation.id });
      expect((await office.visitor.get(`${place}/${id}`)).status).toBe(200);
    }
  });
});

describe('figures', () => {
  const at = (text: string) => new Date(`${text}:00+03:00`);
  beforeEach(async () => void (await talks.db('conversations').delete()));

  it('count by weeks of Moscow: the median of working minutes, ratings, weeks without any', async () => {
    const made = async (
      opened: string,
      change: Parameters<typeof addConversation>[3] = {},
      face = 'request' as 'request' | 'message',
    ) => {
      house.clock.at = at(opened);
      await addConversation(house, office.account, { face, organisation: office.organisation }, change);
    };
    const over = { state: 'closed', due_at: null, closed_at: NOON } as const;
    const answered = (minutes: number, rating: number | null = null) => ({
      ...over,
      answered_at: NOON,
      answered_in: minutes,
      rating,
    });
    // The first second of a Monday in Moscow is still Sunday in New York, and in UTC.
    await made('2027-01-18T00:00', answered(10, 5));
    await made('2027-01-20T12:00', answered(30, 4));
    await made('2027-01-24T23:59', answered(200));
    await made('2027-01-22T12:00', { due_at: new Date(NOON.getTime() - 1) });
    await made('2027-01-22T13:00', { due_at: NOON });
    await made('2027-02-01T09:00', answered(61), 'message');
    await made('2027-02-01T09:00', answered(80, 1));
    // Too long ago.
    await made('2026-11-15T23:59', answered(1, 1));
    await made('2026-11-16T00:00', over);
    house.clock.at = NOON;
    const rows = async (query = '') => rowsOf((await operator.get(`${DESK}/figures${query}`)).text);
    const all = await rows();
    expect(all).toHaveLength(12);
    expect(all[0]).toEqual(['01.02.2027', '2', '2', '0', '0', '1 ч 11 мин', '1,0 1 оценка']);
    expect(all[1]).toEqual(['25.01.2027', '0', '0', '0', '0', '—', '—']);
    expect(all[2]).toEqual(['18.01.2027', '5', '3', '2', '1', '30 мин', '4,5 2 оценки']);
    expect(all[11]).toEqual(['16.11.2026', '1', '0', '0', '0', '—', '—']);
    expect((await rows('?face=message'))[0]).toEqual(['01.02.2027', '1', '1', '0', '0', '1 ч 1 мин', '—']);
    expect((await rows('?face=x'))[0]).toEqual(all[0]);
  });

  it('begin with the first answer, which counts once, in working time', async () => {
    house.clock.at = at('2027-02-05T17:30');
    const visitor = await house.visitor().signIn(office.account.email);
    const id = await sent(visitor, service);
    house.clock.at = at('2027-02-08T09:15');
    operator = await house.visitor().signIn(talks.operator.account.email);
    await act(operator, id, 'notes', { note: 'Не ответ' });
    await work(operator, id, 'accept');
    expect(await talks.row(id)).toMatchObject({ answered_in: null });
    house.clock.move(HOUR / 4);
    await work(operator, id, ['', 'Ответ'], ['', 'Ещё один']);
    house.clock.move(HOUR / 4);
    await work(operator, id, ['start', 'Третий']);
    expect(await talks.row(id)).toMatchObject({ answered_in: 60, answered_at: at('2027-02-08T09:30') });
  });

  it('are there when there is nothing', async () => {
    expect(rowsOf((await operator.get(`${DESK}/figures`)).text)).toHaveLength(12);
  });
});

describe('what the administrator arranges', () => {
  let chief: Visitor;
  beforeEach(async () => {
    chief = (await openDesk(house, ['administrator'])).visitor;
  });
  const KINDS = '/staff/request-kinds';
  const ANSWERS = '/staff/ready-answers';

  it('kinds: no twins, no odd numbers, and never the last one hidden', async () => {
    const fields = {
      face: 'request',
      name: 'Лифты',
      department: '',
      email: '',
      due_hours: '4',
      position: '7',
    };
    const save = (change: object, path = `${KINDS}/new`) => chief.submit(path, { ...fields, ...change });
    const all = () => talks.db('conversation_kinds').orderBy('id');
    const before = await all();
    for (const [change, errors] of [
      [{ name: ' уборка ' }, { name: 'Вид с таким названием уже есть' }],
      [{ name: '' }, { name: 'Укажите название' }],
      [{ due_hours: '0' }, { due_hours: 'Укажите число часов от 1 до 720' }],
      [{ due_hours: '721' }, { due_hours: 'Укажите число часов от 1 до 720' }],
      [{ due_hours: '4,5' }, { due_hours: 'Укажите число часов от 1 до 720' }],
      [{ position: '-1' }, { position: 'Укажите число от 0 до 9999' }],
      [{ face: 'pass' }, { face: 'Выберите, для чего это' }],
    ] as [Record<string, string>, object][]) {
      const answer = await save(change);
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    }
    expect((await save({ email: 'не адрес' })).status).toBe(422);
    const ids = (await talks.kinds('message')).map(({ id }) => id);
    expect(await all()).toEqual(before);
    for (const [n, id] of ids.entries()) {
      const { name, due_hours } = (await talks.db('conversation_kinds').where({ id }).first())!;
      const change = { face: 'message', name, due_hours: String(due_hours), hidden: 'on' };
      const answer = await save(change, `${KINDS}/${id}`);
      const last = n === ids.length - 1;
      expect(answer.status).toBe(last ? 422 : 303);
      if (last) expect(errorsOf(answer.text).hidden).toContain('Это последний вид');
    }
    expect(await talks.kinds('message')).toHaveLength(1);
    await talks.db('conversation_kinds').update({ hidden_at: null });
    expect((await chief.get(`${KINDS}/${randomUUID()}`)).status).toBe(404);
  });

  it('kinds: a new one is chosen by tenants and operators, and stays of its face', async () => {
    const fields = {
      face: 'message',
      name: 'Парковка',
      department: 'Охрана',
      email: 'guard@company.test',
      due_hours: '3',
    };
    expect((await chief.submit(`${KINDS}/new`, fields)).headers.location).toBe(KINDS);
    const id = await kindNamed('Парковка');
    expect((await office.visitor.get(`${messages}/new`)).text).toContain('Парковка (Охрана)');
    const message = await sent(office.visitor, messages, { kind_id: id });
    expect((await talks.row(message)).due_at).toEqual(new Date(NOON.getTime() + 3 * HOUR));
    expect(await talks.lettersTo('guard@company.test')).toHaveLength(1);
    await chief.submit(`${KINDS}/${id}`, { ...fields, face: 'request', name: 'Стоянка' });
    expect(await talks.db('conversation_kinds').where({ id }).first()).toMatchObject({
      face: 'message',
      name: 'Стоянка',
    });
    expect(words((await office.visitor.get(`${messages}/${message}`)).text)).toContain('Стоянка (Охрана)');
    const audit = await talks.db('audit').where({ action: 'conversation-kind.saved', subject_id: id });
    expect(audit).toHaveLength(2);
  });

  it('two who hide the last two kinds at once leave one', async () => {
    const kinds = await talks.kinds('message');
    const [one, two, ...rest] = kinds;
    await talks
      .db('conversation_kinds')
      .whereIn(
        'id',
        rest.map(({ id }) => id),
      )
      .update({ hidden_at: NOON });
    const pages = await Promise.all([one!, two!].map(({ id }) => chief.hidden(`${KINDS}/${id}`)));
    const answers = await Promise.all(
      [one!, two!].map(({ id, name }, at) =>
        chief.post(`${KINDS}/${id}`, {
          ...pages[at]!,
          face: 'message',
          name,
          due_hours: '9',
          hidden: 'on',
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
    expect(await talks.kinds('message')).toHaveLength(1);
    await talks.db('conversation_kinds').update({ hidden_at: null });
  });

  it('ready-made answers: added, no twins, changed, removed; what was sent stays', async () => {
    const fields = { face: 'request', name: 'Принято', text: 'Приняли, {имя}', position: '1' };
    expect((await chief.submit(`${ANSWERS}/new`, fields)).headers.location).toBe(ANSWERS);
    const twin = await chief.submit(`${ANSWERS}/new`, { ...fields, name: 'ПРИНЯТО' });
    expect([twin.status, errorsOf(twin.text)]).toEqual([422, { name: 'Ответ с таким названием уже есть' }]);
    expect((await chief.submit(`${ANSWERS}/new`, { ...fields, face: 'message' })).status).toBe(303);
    const empty = await chief.submit(`${ANSWERS}/new`, { ...fields, name: '', text: ' ' });
    expect(Object.keys(errorsOf(empty.text))).toEqual(['name', 'text']);
    const { id } = (await talks
      .db('conversation_answers')
      .where({ name: 'Принято', face: 'request' })
      .first())!;
    const path = `${ANSWERS}/${id}`;
    await chief.submit(path, { ...fields, text: 'Взяли, {имя}' });
    const request = await sent(office.visitor, service);
    const inserted = await act(operator, request, 'answers', { step: 'insert', ready: id, text: '' });
    const text = valueOf(inserted.text, 'text')!;
    expect(text).toBe('Взяли, Мария Сергеевна');
    await work(operator, request, ['', text]);
    expect((await chief.submit(`${path}/removal`, {})).headers.location).toBe(ANSWERS);
    for (const gone of [path, `${path}/removal`]) expect((await chief.get(gone)).status).toBe(404);
    expect(words((await office.visitor.get(`${service}/${request}`)).text)).toContain(
      'Взяли, Мария Сергеевна',
    );
    expect((await act(operator, request, 'answers', { step: 'insert', ready: id })).status).toBe(422);
  });
});
