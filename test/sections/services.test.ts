import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import { addDays, addMonths, day, dayOf } from '../../src/lib/dates.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { dump } from '../support/dump.js';
import { addGroup, addPicture, addService } from '../support/offers.js';
import { addColleague, openOffice, plainPdf, type Office } from '../support/office.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

let house: OpenHouse;
let office: Office;
let path: string;
beforeAll(async () => {
  house = await openDoors();
  office = await openOffice(house, { roles: ['administrator'] });
  path = `/profiles/${office.organisation.id}/services`;
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const line = (label: string, required = true) => ({ label, required, kind: 'line' as const });
const orderOf = (id: string) => `${path}/${id}/order`;
const member = (role: Role) => addColleague(house, office.organisation, [role]);
const requests = (service: string) => db()('conversations').where({ service_id: service });
const talk = async (service: string) => {
  const [request] = await requests(service);
  const entries = db()('conversation_entries').where({ conversation_id: request!.id });
  return (await entries.first())!.text!.replaceAll('\u00a0', ' ');
};

describe('who may', () => {
  it.each([
    ['documents', 403, 403],
    ['passes', 403, 403],
    ['accounting', 403, 403],
    ['observer', 200, 403],
    ['requests', 200, 200],
  ] as const)('%s: looks at them with %i, orders with %i', async (role, looks, orders) => {
    const { visitor } = await member(role);
    const { id } = await addService(house);
    const list = await visitor.get(path);
    expect([list.status, (await visitor.get(orderOf(id))).status]).toEqual([looks, orders]);
    const home = await visitor.get(`/profiles/${office.organisation.id}/information`);
    expect(words(home.text).includes('Услуги')).toBe(looks === 200);
    expect(list.text.includes('/order"')).toBe(orders === 200);
    expect(words(list.text).includes('заказать')).toBe(orders === 200);
    if (orders !== 403) return;
    const sent = await visitor.submit('/profiles', { revision: '1' }, orderOf(id));
    expect(sent.status).toBe(403);
    expect(await requests(id)).toEqual([]);
  });

  it('another organisation is not there, and nothing is ordered in its name', async () => {
    const other = await openOffice(house, { roles: ['administrator'], name: 'ООО «Чужая»' });
    const { id } = await addService(house);
    for (const to of [path, orderOf(id), `${path}/${id}/picture`])
      expect((await other.visitor.get(to)).status).toBe(404);
    const sent = await other.visitor.submit('/profiles', { revision: '1' }, orderOf(id));
    expect(sent.status).toBe(404);
    expect(await requests(id)).toEqual([]);
  });

  it('a role that was taken away orders nothing any more', async () => {
    const { visitor, membership } = await member('requests');
    const { id } = await addService(house);
    const hidden = await visitor.hidden(orderOf(id));
    await db()('memberships')
      .where({ id: membership })
      .update({ roles: ['documents'] });
    expect((await visitor.post(orderOf(id), hidden)).status).toBe(403);
    expect(await requests(id)).toEqual([]);
  });
});

describe('what is hidden', () => {
  it('is neither shown nor ordered, and its picture is gone', async () => {
    const file_id = await addPicture(house, office.account);
    const off = { hidden_at: house.clock.now() };
    const group = await addGroup(house, off);
    const hidden = [
      await addService(house, { file_id, ...off }),
      await addService(house, { group_id: group.id }),
    ];
    const page = words((await office.visitor.get(path)).text);
    for (const { id, name } of [...hidden, { id: randomUUID(), name: group.name }]) {
      expect(page).not.toContain(name);
      expect((await office.visitor.get(orderOf(id))).status).toBe(404);
      expect((await office.visitor.get(`${path}/${id}/picture`)).status).toBe(404);
    }
  });

  it('between showing and sending: says so, keeps what was typed, and sends nothing', async () => {
    const { id } = await addService(house);
    const form = await office.visitor.hidden(orderOf(id));
    await db()('services').where({ id }).update({ hidden_at: house.clock.now() });
    const before = await dump(db(), 'limits', 'sessions');
    const answer = await office.visitor.post(orderOf(id), { ...form, text: 'Во вторник' });
    expect(answer.status).toBe(409);
    expect(words(answer.text)).toContain('Эту услугу больше не предоставляют. Заявка не отправлена');
    expect(valueOf(answer.text, 'text')).toBe('Во вторник');
    expect(words(answer.text)).not.toContain('Отправить');
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
  });
});

describe('the list', () => {
  it('names the next step when nothing is offered', async () => {
    const off = { hidden_at: house.clock.now() };
    const shown = await db()('service_groups').whereNull('hidden_at').update(off).returning('id');
    const { text } = await office.visitor.get(path);
    expect(words(text)).toContain('Услуг пока нет');
    expect(linksOf(text)['Новая экспресс-заявка']).toBe(`/profiles/${office.organisation.id}/service/new`);
    expect(words(text)).toContain('отправьте заявку');
    const observed = words((await (await member('observer')).visitor.get(path)).text);
    expect(observed).toContain('Услуг пока нет');
    expect(observed).not.toContain('отправьте заявку');
    const ids = shown.map(({ id }) => id);
    await db()('service_groups').whereIn('id', ids).update({ hidden_at: null });
  });

  it('shows groups and cards in the order of the staff, with prices and pictures', async () => {
    const file_id = await addPicture(house, office.account);
    const second = await addGroup(house, { name: 'Вторая группа', position: 902 });
    const first = await addGroup(house, { name: 'Первая группа', position: 901 });
    const last = await addService(house, { group_id: first.id, name: 'Вторая', position: 2, price: null });
    const top = await addService(house, { group_id: first.id, name: 'Первая', position: 1, file_id });
    await addService(house, { group_id: second.id, name: 'Третья', price: 0, unit: 'за час' });
    const { text } = await office.visitor.get(path);
    expect(words(text)).toMatch(
      /Первая группа Первая Полы, мебель и кухня\. 1 500,50 ₽ за час Заказать: Первая Вторая .* Цена по запросу Заказать: Вторая Вторая группа Третья .* Бесплатно/,
    );
    expect(text).toContain(`<img src="${path}/${top.id}/picture" alt="Первая" loading="lazy">`);
    expect(text).not.toContain(`${last.id}/picture`);
    const picture = await office.visitor.get(`${path}/${top.id}/picture`);
    expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect((await office.visitor.get(`${path}/${last.id}/picture`)).status).toBe(404);
  });
});

describe('an order', () => {
  it('is refused until its own fields are filled in, and keeps what was typed', async () => {
    const fields = [
      line('Помещение'),
      { label: 'Желаемый день', required: true, kind: 'date' as const },
      { label: 'Что сделать', required: false, kind: 'text' as const },
    ];
    const { id } = await addService(house, { fields });
    const page = (await office.visitor.get(orderOf(id))).text;
    expect(words(page)).toContain('Закажите за два рабочих дня.');
    expect(words(page)).toContain('Помещение *');
    expect(words(page)).toContain('Желаемый день * Сегодня или позже, например 30.11.2027');
    const typed = { answer_1: ' ', answer_2: '31.02.2027', answer_3: 'Окна', text: 'Позвоните' };
    const answer = await office.visitor.submit(orderOf(id), typed);
    expect(answer.status).toBe(422);
    expect(errorsOf(answer.text)).toEqual({
      answer_1: 'Заполните поле «Помещение»',
      answer_2: 'Укажите день в поле «Желаемый день», например 30.11.2027',
    });
    for (const name of ['answer_2', 'answer_3', 'text'] as const)
      expect(valueOf(answer.text, name)).toBe(typed[name]);
    const today = dayOf(house.clock.now());
    for (const away of [day(addDays(today, -1)), '31.12.9999']) {
      const far = await office.visitor.submit(orderOf(id), { ...typed, answer_1: '412', answer_2: away });
      expect([far.status, errorsOf(far.text).answer_2]).toEqual([
        422,
        `Укажите день с ${day(today)} по ${day(addMonths(today, 24))} в поле «Желаемый день»`,
      ]);
    }
    expect(await requests(id)).toEqual([]);
  });

  it('may be for today, as Moscow counts it', async () => {
    const { id } = await addService(house, { fields: [{ ...line('День'), kind: 'date' as const }] });
    const { at } = house.clock;
    const today = dayOf(at);
    try {
      // In Moscow the next day has begun already.
      house.clock.at = new Date(`${today}T21:30:00Z`);
      const typed = (when: string) => ({ answer_1: day(when) });
      const late = await office.visitor.submit(orderOf(id), typed(today));
      expect(errorsOf(late.text).answer_1).toMatch(/^Укажите день с /);
      expect((await office.visitor.submit(orderOf(id), typed(addDays(today, 1)))).status).toBe(303);
      expect(await talk(id)).toContain(`День: ${day(addDays(today, 1))}`);
    } finally {
      house.clock.at = at;
    }
  });

  it('becomes a request of the service’s kind that says what was filled in, with its files', async () => {
    const kind = (await db()('conversation_kinds').where({ face: 'request', name: 'Уборка' }).first())!;
    const fields = [line('Помещение'), line('Площадь', false), { ...line('День'), kind: 'date' as const }];
    const { id, name } = await addService(house, { fields, kind_id: kind.id });
    const files = [1, 2].map((n) => ({ field: 'files', name: `план ${n}.pdf` }));
    const bytes = await plainPdf();
    const when = day(addDays(dayOf(house.clock.now()), 30));
    const typed = {
      answer_1: '412,  4 этаж',
      answer_2: '',
      answer_3: when.replace('.20', '.'),
      text: 'Ключ на посту',
    };
    const answer = await office.visitor.upload(
      orderOf(id),
      typed,
      files.map((file) => ({ ...file, bytes })),
    );
    expect(answer.status).toBe(303);
    const [request] = await requests(id);
    expect(request).toMatchObject({ face: 'request', subject: name, kind_id: kind.id, state: 'new' });
    expect(answer.headers.location).toBe(`/profiles/${office.organisation.id}/service/${request!.id}`);
    expect(await talk(id)).toBe(
      `Помещение: 412, 4 этаж\nДень: ${when}\n\nКлюч на посту\n\nСтоимость: 1 500,50 ₽ за час`,
    );
    const shown = words((await office.visitor.get(answer.headers.location!)).text);
    expect(shown).toContain(`Заявка № ${request!.number} отправлена`);
    expect(shown).toContain('план 1.pdf');
    expect(shown).toContain('план 2.pdf');
  });

  it('of a kind that is hidden by now is for the staff to sort', async () => {
    const [like] = await db()('conversation_kinds').where({ face: 'request' });
    const kind = { ...like!, id: randomUUID(), name: 'Старый вид', hidden_at: house.clock.now() };
    await db()('conversation_kinds').insert(kind);
    const { id } = await addService(house, { kind_id: kind.id, price: null });
    expect((await office.visitor.submit(orderOf(id), {})).status).toBe(303);
    expect((await requests(id))[0]!.kind_id).not.toBe(kind.id);
    expect(await talk(id)).toBe('Стоимость: по запросу');
  });

  it('sent twenty times at once is one request, and all are led to it', async () => {
    const { id } = await addService(house);
    const form = await office.visitor.hidden(orderOf(id));
    const sent = Array.from({ length: 20 }, () => office.visitor.post(orderOf(id), { ...form, text: 'Раз' }));
    const answers = await Promise.all(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(answers.map(({ headers }) => headers.location)).size).toBe(1);
    expect(await requests(id)).toHaveLength(1);
  });

  it('at a price that has changed meanwhile is asked again', async () => {
    const { id } = await addService(house);
    const form = await office.visitor.hidden(orderOf(id));
    await db()('services').where({ id }).update({ price: 200_000, revision: 2 });
    const late = await office.visitor.post(orderOf(id), { ...form, text: 'Во вторник' });
    expect(late.status).toBe(409);
    expect(words(late.text)).toContain('описание или цена услуги изменились. Заявка не отправлена');
    expect(words(late.text)).toContain('2 000,00 ₽ за час');
    expect(valueOf(late.text, 'text')).toBe('Во вторник');
    expect(await requests(id)).toEqual([]);
    const fields = { revision: valueOf(late.text, 'revision')!, _csrf: form._csrf!, text: 'Во вторник' };
    expect((await office.visitor.post(orderOf(id), { ...fields, _once: randomUUID() })).status).toBe(303);
    expect(await talk(id)).toContain('Стоимость: 2 000,00 ₽ за час');
  });

  it('with a file that is none sends nothing and keeps the words', async () => {
    const { id } = await addService(house);
    const file = { field: 'files', name: 'план.pdf', bytes: Buffer.from('нет') };
    const answer = await office.visitor.upload(orderOf(id), { text: 'Смотрите план' }, file);
    expect(answer.status).toBe(422);
    expect(Object.keys(errorsOf(answer.text))).toEqual(['files']);
    expect(valueOf(answer.text, 'text')).toBe('Смотрите план');
    expect(await requests(id)).toEqual([]);
  });

  it('cannot be taken out of the database with its service', async () => {
    const { id } = await addService(house);
    await office.visitor.submit(orderOf(id), { text: 'Раз' });
    await expect(db()('services').where({ id }).delete()).rejects.toThrow(/foreign key/);
  });

  it('has no place among the pages of a private person', async () => {
    const person = await addAccount(house);
    const visitor = await house.visitor().signIn(person.email);
    expect(words((await visitor.get('/service')).text)).not.toContain('Услуги');
    expect((await visitor.get('/services')).status).toBe(404);
  });
});
