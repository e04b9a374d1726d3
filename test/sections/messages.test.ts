import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/browser-less.js';
import { HOUR } from '../support/house.js';
import { openOffice } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, words } from '../support/page.js';
import {
  act,
  addMember,
  addPrivate,
  DESK,
  openTalks,
  paper,
  placesOf,
  SAID,
  sendTo,
  sent,
  subjectsAt,
  work,
  type Talks,
} from '../support/talks.js';

// «Сообщения» of a profile: what differs from requests, what is unread, and who gets which letter.

let talks: Talks;
let house: Talks['house'];
let head: Talks['office'];
let operator: Visitor;
let service: string;
let messages: string;
let kind_id: string;
beforeAll(async () => {
  talks = await openTalks();
  ({ house, office: head } = talks);
  operator = talks.operator.visitor;
  ({ service, messages } = placesOf(head.organisation));
  kind_id = (await talks.kinds('message')).find(({ name }) => name === 'Аренда')!.id;
});
afterAll(() => talks?.close());
beforeEach(() => talks.forgetLimits());

const member = (roles: Parameters<typeof addMember>[1], change = {}) => addMember(talks, roles, change);
const say = (visitor: Visitor, path: string, text: string) =>
  visitor.submit(path, { text }, `${path}/replies`);
/** What the menu counts beside a section; undefined: nothing. */
const counter = async (visitor: Visitor, href: string, from = href) =>
  new RegExp(`href="${href}"[^>]*>[^<]*<span class="count"[^>]*>(\\d+)`).exec(
    (await visitor.get(from)).text,
  )?.[1];

describe('«Создать сообщение»', () => {
  it('wants a kind that may be chosen', async () => {
    const request = (await talks.kinds('request'))[0]!.id;
    const hidden = (await talks.kinds('message')).at(-1)!;
    await talks.db('conversation_kinds').where({ id: hidden.id }).update({ hidden_at: house.clock.now() });
    const count = async () => (await talks.db('conversations')).length;
    const before = await count();
    for (const [id, message] of [
      ['', 'Выберите профиль обращения'],
      ['x', 'Выберите профиль обращения'],
      [request, 'Выберите вид из списка'],
      [hidden.id, 'Выберите вид из списка'],
    ]) {
      const answer = await sendTo(head.visitor, messages, { kind_id: id! });
      expect([answer.status, errorsOf(answer.text)]).toEqual([422, { kind_id: message }]);
    }
    expect((await head.visitor.get(`${messages}/new`)).text).not.toContain(hidden.id);
    await talks.db('conversation_kinds').where({ id: hidden.id }).update({ hidden_at: null });
    expect(await count()).toBe(before);
  });

  it('goes to a department, whose letter leads to the desk', async () => {
    const change = { email: 'rent@company.test', department: 'Отдел аренды' };
    await talks.db('conversation_kinds').where({ id: kind_id }).update(change);
    const id = await sent(head.visitor, messages, { kind_id, subject: 'Договор' }, [await paper('а.pdf')]);
    const { number } = await talks.row(id);
    expect(number).toMatch(/^О-2027-\d{6}$/);
    const page = words((await head.visitor.get(`${messages}/${id}`)).text);
    expect(page).toContain(`Обращение № ${number} отправлено.`);
    expect(page).toContain('Аренда (Отдел аренды)');
    expect(page).toContain('Новое');
    const [letter] = await talks.lettersTo('rent@company.test');
    expect(letter!.subject).toBe(`Новое обращение ${number}: Договор`);
    expect(letter!.text).toContain(`${house.config.publicUrl}${DESK}/${id}`);
    expect(letter!.text).toContain('ООО «Ромашка», Константинопольская Мария');
    await talks.db('conversation_kinds').where({ id: kind_id }).update({ email: null });
  });

  it('is in the profile only; requests are in their own place', async () => {
    const id = await sent(head.visitor, messages, { kind_id, subject: 'Только здесь' });
    for (const path of [`/service/${id}`, `${service}/${id}`])
      expect((await head.visitor.get(path)).status).toBe(404);
    expect(await subjectsAt(head.visitor, service)).not.toContain('Только здесь');
    expect(await subjectsAt(head.visitor, messages)).toContain('Только здесь Аренда');
  });
});

describe('what is unread', () => {
  it('an answer and a state of the company’s, for everybody who takes part, until he says so', async () => {
    const one = await member(['requests']);
    const other = await member(['requests']);
    const id = await sent(one.visitor, service, { subject: 'Свет моргает' });
    const path = `${service}/${id}`;
    await one.visitor.submit(`${path}/colleagues`, { colleague: other.account.id });
    await other.visitor.submit(path, {}, `${path}/reading`);
    for (const place of [service, '/service']) expect(await counter(one.visitor, place)).toBeUndefined();

    await work(operator, id, 'accept');
    for (const who of [one, other])
      for (const place of [service, '/service']) expect(await counter(who.visitor, place)).toBe('1');
    expect(await counter(one.visitor, '/service', '/desktop')).toBe('1');
    await work(operator, id, 'start', ['', 'Выехали']);
    expect(await counter(one.visitor, service)).toBe('1');
    const list = await one.visitor.get(`${service}?show=unread`);
    expect(list.text).toContain('class="is-new"');
    expect(words(list.text)).toContain('Свет моргаетНовый ответ');

    const page = await one.visitor.get(path);
    expect(words(page.text)).toContain('Пометить как прочитанное');
    // To look is not to read: nothing is written by a page.
    expect(await counter(one.visitor, service)).toBe('1');
    const read = await one.visitor.submit(path, {}, `${path}/reading`);
    expect([read.status, read.headers.location]).toEqual([303, path]);
    expect((await one.visitor.get(path)).text).not.toContain('Пометить как прочитанное');
    for (const place of [service, '/service']) expect(await counter(one.visitor, place)).toBeUndefined();
    expect(await subjectsAt(one.visitor, `${service}?show=unread`)).toEqual([]);
    expect(await counter(other.visitor, service)).toBe('1');
  });

  it('not what he or a colleague writes, and whoever answers has read it', async () => {
    const one = await member(['requests']);
    const id = await sent(one.visitor, messages, { kind_id });
    await work(operator, id, ['answer', 'Можно']);
    expect(await counter(one.visitor, messages)).toBe('1');
    expect(await counter(head.visitor, messages)).toBeUndefined();
    await say(head.visitor, `${messages}/${id}`, 'А когда?');
    await say(one.visitor, `${messages}/${id}`, 'И где?');
    expect(await counter(one.visitor, messages)).toBeUndefined();
    expect(await counter(head.visitor, messages)).toBeUndefined();
    await work(operator, id, ['', 'Завтра']);
    // Who has written takes part since.
    expect(await counter(head.visitor, messages)).toBe('1');
    await head.visitor.submit(`${messages}/${id}`, {}, `${messages}/${id}/reading`);
  });

  it('not a note, nor whose it is', async () => {
    const one = await member(['requests']);
    const id = await sent(one.visitor, service);
    await act(operator, id, 'notes', { note: 'Опять они' });
    await act(operator, id, 'assignment', { assignee: talks.operator.account.id });
    expect(await counter(one.visitor, service)).toBeUndefined();
  });

  it('not of an organisation that he has left', async () => {
    const one = await member(['requests']);
    const id = await sent(one.visitor, service);
    await work(operator, id, 'accept');
    expect(await counter(one.visitor, '/service')).toBe('1');
    for (const change of [{ roles: ['documents'] }, { ended_at: house.clock.now() }]) {
      await talks.db('memberships').where({ id: one.membership }).update(change);
      expect(await counter(one.visitor, '/service', '/desktop')).toBeUndefined();
    }
  });
});

describe('letters', () => {
  const lettersOf = async (email: string, number: string) =>
    (await talks.lettersTo(email)).filter(({ subject }) => subject.includes(number));

  it('an answer comes to who takes part, with its words and a link to the entry', async () => {
    const one = await member(['requests']);
    const other = await member(['requests']);
    const id = await sent(one.visitor, messages, { kind_id, subject: 'Договор <b>' });
    const { number } = await talks.row(id);
    await work(operator, id, ['answer', 'Подпишем завтра']);
    const [letter, ...more] = await lettersOf(one.account.email, number);
    expect(more).toEqual([]);
    expect(letter!.subject).toBe(`Отвечено: ${number} Договор <b>`);
    expect(letter!.text).toContain('управляющая компания ответила, новый статус «Отвечено».');
    expect(letter!.text).toContain('Подпишем завтра');
    expect(letter!.text).not.toContain('верните');
    const { mail } = talks.mailbox.to(one.account.email).at(-1)!;
    expect(mail.html).toContain('Договор &lt;b&gt;');
    expect(mail.html).not.toContain('<b>');
    expect(letter!.text).toContain(`${house.config.publicUrl}${messages}/${id}?entry=2#e-2`);
    expect((await one.visitor.get(`${messages}/${id}`)).text).toContain('id="e-2"');
    expect(await lettersOf(other.account.email, number)).toEqual([]);
    expect(await lettersOf(head.account.email, number)).toEqual([]);
  });

  it('a state comes in its words; of a private person leads to «Мои заявки»', async () => {
    const { account, visitor } = await addPrivate(house);
    const id = await sent(visitor, '/service', { subject: 'Ключ' });
    const { number } = await talks.row(id);
    await work(operator, id, 'accept', ['start', 'Мастер идёт'], ['', 'У двери'], 'finish');
    const letters = await lettersOf(account.email, number);
    expect(letters.map(({ subject }) => subject)).toEqual([
      `Принята: ${number} Ключ`,
      `В работе: ${number} Ключ`,
      `Ответ: ${number} Ключ`,
      `Выполнена: ${number} Ключ`,
    ]);
    expect(letters.map(({ text }) => text.includes('верните заявку в работу в течение 7 дней'))).toEqual([
      ...[false, false, false],
      true,
    ]);
    expect(letters.map(({ text }) => /\S+#e-\d+/.exec(text)![0])).toEqual(
      [2, 3, 4, 5].map((entry) => `${house.config.publicUrl}/service/${id}?entry=${entry}#e-${entry}`),
    );
  });

  it('leads to the answer over the sign-in too, which no browser tells what follows «#»', async () => {
    const { visitor } = await addPrivate(house);
    const id = await sent(visitor, '/service');
    const led = async (path: string, query: string, who = visitor) =>
      (await who.get(`${path}/${id}${query}`)).headers.location;
    expect(await led('/service', '?entry=2')).toBe(`/service/${id}#e-2`);
    expect(await led(DESK, '?entry=2', operator)).toBe(`${DESK}/${id}#e-2`);
    expect(await led('/service', '?entry=2', house.visitor())).toBe(
      `/auth/login?next=${encodeURIComponent(`/service/${id}?entry=2`)}`,
    );
    for (const odd of ['', 'x', '2#', '-1', '2e3', '1234567890', '//evil.test'])
      expect(await led('/service', `?entry=${encodeURIComponent(odd)}`), odd).toBeUndefined();
  });

  it('to who was added, once; to who does not want any, none', async () => {
    const one = await member(['requests']);
    const silent = await member(['requests']);
    const added = await member(['requests']);
    const id = await sent(one.visitor, service);
    const { number } = await talks.row(id);
    await silent.visitor.submit('/desktop/letters', {}, '/desktop/letters');
    expect(
      await talks.db('mail_choices').where({ account_id: silent.account.id, topic: 'requests' }).first(),
    ).toMatchObject({ by_mail: false });
    for (const { account } of [silent, added])
      await one.visitor.submit(`${service}/${id}/colleagues`, { colleague: account.id });
    await work(operator, id, ['', 'Едем']);
    expect((await lettersOf(added.account.email, number)).map(({ subject }) => subject)).toEqual([
      `Вас добавили: ${number} ${SAID.subject}`,
      `Ответ: ${number} ${SAID.subject}`,
    ]);
    const [letter] = await lettersOf(added.account.email, number);
    expect(letter!.text).toContain(`${house.config.publicUrl}${service}/${id}?entry=3#e-3`);
    expect(await lettersOf(silent.account.email, number)).toEqual([]);
    // What he does not want by mail he still finds.
    expect(await counter(silent.visitor, service)).toBe('1');
  });

  it('none to who has left, lost the role or is blocked', async () => {
    const [left, lost, blocked, stays] = [
      await member(['requests']),
      await member(['requests']),
      await member(['requests']),
      await member(['requests']),
    ];
    const id = await sent(head.visitor, service);
    const { number } = await talks.row(id);
    const gone = [left, lost, blocked];
    for (const { account } of [...gone, stays])
      await head.visitor.submit(`${service}/${id}/colleagues`, { colleague: account.id });
    await talks.lettersTo('');
    const now = house.clock.now();
    await talks.db('memberships').where({ id: left.membership }).update({ ended_at: now });
    await talks
      .db('memberships')
      .where({ id: lost.membership })
      .update({ roles: ['documents'] });
    await talks.db('accounts').where({ id: blocked.account.id }).update({ blocked_at: now });
    await work(operator, id, ['', 'Едем']);
    for (const { account } of gone)
      expect((await lettersOf(account.email, number)).map(({ subject }) => subject)).toEqual([
        `Вас добавили: ${number} ${SAID.subject}`,
      ]);
    expect(await lettersOf(stays.account.email, number)).toHaveLength(2);
  });

  it('what a tenant writes comes to the one who has it', async () => {
    const id = await sent(head.visitor, service, { subject: 'Дверь' });
    const { number } = await talks.row(id);
    await act(operator, id, 'assignment', { assignee: talks.operator.account.id });
    await say(head.visitor, `${service}/${id}`, 'Всё ещё не закрывается');
    await work(operator, id, 'accept', 'start', 'finish');
    await head.visitor.submit(`${service}/${id}/return`, { text: 'Опять' });
    const letters = await lettersOf(talks.operator.account.email, number);
    expect(letters.map(({ subject }) => subject)).toEqual([
      `Ответ арендатора: ${number} Дверь`,
      `Возвращена в работу: ${number} Дверь`,
    ]);
    expect(letters[0]!.text).toContain(`${DESK}/${id}?entry=3#e-3`);
  });
});

describe('the list', () => {
  it('has its filters in the address, and passes over what it does not know', async () => {
    const one = await openOffice(house, { name: 'ООО «Лист»', roles: ['administrator'] });
    const place = placesOf(one.organisation).service;
    const [open, over, unread] = [
      await sent(one.visitor, place, { subject: 'Идёт' }),
      await sent(one.visitor, place, { subject: 'Кончено' }),
      await sent(one.visitor, place, { subject: 'Отвечено' }),
    ];
    expect(open).not.toBe(over);
    await one.visitor.submit(`${place}/${over}/withdrawal`, {});
    await work(operator, unread, 'accept');
    const shown = async (query: string) => (await subjectsAt(one.visitor, `${place}${query}`)).sort();
    expect(await shown('?show=open')).toEqual(['Идёт', 'Отвечено']);
    expect(await shown('?show=over')).toEqual(['Кончено']);
    expect(await shown('?show=unread')).toEqual(['Отвечено']);
    expect(await shown('?show=open&search=идёт')).toEqual(['Идёт']);
    for (const odd of [
      '?show=drop',
      '?show=open&show=over&show=',
      '?after=x',
      '?before=1_1',
      '?search=%00%20',
    ])
      expect((await one.visitor.get(`${place}${odd}`)).status, odd).toBe(200);
    const nothing = await one.visitor.get(`${place}?search=криптозавр`);
    expect(words(nothing.text)).toContain('Ничего не найдено');
    expect(linksOf(nothing.text)['Сбросить']).toBe(place);
    const { text } = await one.visitor.get(`${place}?show=open`);
    expect(text).toContain('<option value="open" selected>');
    expect(rowsOf(text)[0]!.slice(2)).toEqual(['02.02.2027 12:00', 'Вы', 'Новая']);
  });

  it('promises an observer nothing that he may not do', async () => {
    const { visitor } = await member(['observer']);
    for (const [path, reads] of [
      [messages, 'вы можете читать обращения организации'],
      [service, 'вы можете следить за заявками организации'],
    ] as const) {
      const page = words((await visitor.get(path)).text);
      expect(page).toContain(reads);
      expect(page).toContain('пока нет Здесь появятся те, что вам доступны.');
      expect(page).not.toMatch(/создать|отправить|задайте|Опишите/);
    }
    const writer = words((await head.visitor.get(messages)).text);
    expect(writer).toContain('вы можете создать обращение от организации');
  });

  it('begins empty: «Служба сервиса» with the form, a profile with the way to it', async () => {
    const one = await openOffice(house, { name: 'ООО «Пусто»', roles: ['requests'] });
    const first = await one.visitor.get('/service');
    expect(words(first.text)).toContain('вы можете отправить заявку, используя форму ниже');
    expect(first.text).toContain('action="/service/new"');
    const { service: place, messages: talk } = placesOf(one.organisation);
    expect(words((await one.visitor.get(place)).text)).toContain('Заявок пока нет');
    expect(words((await one.visitor.get(talk)).text)).toContain('Сообщений пока нет');
    house.clock.move(HOUR / 60);
    await sent(one.visitor, '/service');
    expect((await one.visitor.get('/service')).text).not.toContain('action="/service/new"');
  });
});
