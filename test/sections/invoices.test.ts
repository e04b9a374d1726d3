import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remindOfInvoices } from '../../src/domain/invoices/reminders.actions.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { addInvoice, payAhead, personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { count, dump } from '../support/dump.js';
import { DAY } from '../support/house.js';
import { addColleague, openDesk, openOffice, type Office } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, valueOf, words } from '../support/page.js';
import { addAccount, addOrganisation } from '../support/people.js';

const BOOKS = '/staff/invoices';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let office: Office;
let path: string;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
  office = await openOffice(house, { roles: ['accounting'] });
  path = `/profiles/${office.organisation.id}/invoices`;
});
afterAll(() => house?.close());

const db = () => house.parts.db;
const payer = () => ({ organisation: office.organisation.id });
const line = { name: 'Аренда', quantity: '1', unit: null, price: 100_000, vat_code: 1 };
const bill = (change = {}) => addInvoice(house, payer(), { lines: [line], ...change });
const row = async (id: string) => (await db()('invoices').where({ id }).first())!;
const draft = (change: Record<string, string> = {}) => ({
  inn: office.organisation.inn,
  number: randomUUID().slice(0, 8),
  dated_on: '26.11.2026',
  period: '11.2026',
  due_on: '06.12.2026',
  line_1_name: 'Аренда',
  line_1_quantity: '184,6',
  line_1_price: '1 500',
  line_1_vat: '11',
  ...change,
});
const save = (fields: Record<string, string>) => desk.visitor.submit(`${BOOKS}/new`, fields);
const idOf = (reply: { headers: { location?: string } }) => reply.headers.location!.split('/').pop()!;

describe('who sees an invoice', () => {
  it('the organisation’s accounting does, once it is issued; others do not', async () => {
    const own = await bill();
    const hidden = await bill({ draft: true });
    const observer = await addColleague(house, office.organisation, ['observer', 'documents', 'requests']);
    const stranger = await openOffice(house, { name: 'ООО «Сосед»', roles: ['administrator'] });
    const statusOf = async (at: { visitor: Office['visitor'] }, to: string) =>
      (await at.visitor.get(to)).status;
    expect(await statusOf(office, `${path}/${own.id}`)).toBe(200);
    expect(await statusOf(office, `${path}/${hidden.id}`)).toBe(404);
    expect(await statusOf(observer, `${path}/${own.id}`)).toBe(403);
    expect(await statusOf(observer, path)).toBe(403);
    expect(await statusOf(stranger, `${path}/${own.id}`)).toBe(404);
    const through = `/profiles/${stranger.organisation.id}/invoices/${own.id}`;
    expect(await statusOf(stranger, through)).toBe(404);
    expect((await office.visitor.get(path)).text).not.toContain(hidden.number);
  });

  it('nobody of the payer’s sees what was cancelled as a draft', async () => {
    const other = await openOffice(house, { name: 'ООО «Черновики»', roles: ['accounting'] });
    const at = `/profiles/${other.organisation.id}/invoices`;
    const id = idOf(await save(draft({ inn: other.organisation.inn })));
    const { number } = await row(id);
    const form = `${BOOKS}/${id}/cancellation`;
    expect(words((await desk.visitor.get(form)).text)).toContain('Плательщик черновика не видел');
    expect((await desk.visitor.submit(form, { reason: 'Внутренняя пометка' })).status).toBe(303);
    for (const path of ['', '/pdf', '/receipt'])
      expect((await other.visitor.get(`${at}/${id}${path}`)).status, path).toBe(404);
    for (const query of ['', `?search=${number}`]) {
      const { text } = await other.visitor.get(at + query);
      expect(text).not.toContain(`№ ${number}`);
      expect(words(text)).toContain('Осталось оплатить 0,00 ₽');
    }
    expect(await count(db(), 'outbox', { recipient: other.account.email })).toBe(0);
    // The accountant still does.
    expect(words((await desk.visitor.get(`${BOOKS}/${id}`)).text)).toContain('Внутренняя пометка');
  });

  it('who asks about it asks those who answer for money', async () => {
    const head = await openOffice(house, { roles: ['administrator'], name: 'ООО «Вопрос»' });
    const own = await addInvoice(house, { organisation: head.organisation.id });
    const kind = await db()('conversation_kinds').where({ face: 'message', name: 'Бухгалтерия' }).first();
    const page = await head.visitor.get(`/profiles/${head.organisation.id}/invoices/${own.id}`);
    const ask = linksOf(page.text)['Вопрос по счёту']!;
    const { text } = await head.visitor.get(ask);
    expect(valueOf(text, 'subject')).toBe(`Вопрос по счёту № ${own.number}`);
    expect(text).toContain(`<option value="${kind!.id}" selected>`);
    await db()('conversation_kinds').where({ id: kind!.id }).update({ hidden_at: house.clock.now() });
    expect((await head.visitor.get(ask)).text).not.toContain(' selected>');
    await db()('conversation_kinds').where({ id: kind!.id }).update({ hidden_at: null });
  });

  it('a person does by his confirmed ИНН alone', async () => {
    const inn = personInn(900_001);
    const account = await addAccount(house, { inn });
    const visitor = await house.visitor().signIn(account.email);
    const invoice = await addInvoice(house, { inn }, { lines: [line] });
    const look = async () => (await visitor.get(`/desktop/invoices/${invoice.id}`)).status;
    expect(await look()).toBe(404);
    expect(words((await visitor.get('/desktop/invoices')).text)).toContain('ИНН ещё не подтверждён');
    await db()('accounts').where({ id: account.id }).update({ inn_confirmed_at: house.clock.now() });
    expect(await look()).toBe(200);
    expect(rowsOf((await visitor.get('/desktop/invoices')).text)[0]![0]).toContain(invoice.number);
    // Changing it unbinds.
    await db()('accounts')
      .where({ id: account.id })
      .update({ inn: personInn(900_002), inn_confirmed_at: null });
    expect(await look()).toBe(404);
  });
});

describe('the list', () => {
  it('says what is owed, overdue and paid ahead; finds by number and state; goes in pages', async () => {
    const other = await openOffice(house, { name: 'ООО «Много счетов»', roles: ['accounting'] });
    const whose = { organisation: other.organisation.id };
    const today = dayOf(house.clock.now());
    for (let n = 0; n < 45; n += 1)
      await addInvoice(house, whose, {
        lines: [line],
        number: `П-${n}`,
        dated_on: addDays(today, -30 - Math.floor(n / 9)),
        due_on: addDays(today, n < 2 ? -1 : 5),
      });
    const at = `/profiles/${other.organisation.id}/invoices`;
    const seen: string[] = [];
    let next: string | undefined = at;
    while (next) {
      const { text } = await other.visitor.get(next);
      if (next === at)
        expect(words(text)).toMatch(/Осталось оплатить 45 000,00 ₽ Из них просрочено 2 000,00 ₽/);
      seen.push(...rowsOf(text).map(([name]) => name!));
      next = linksOf(text)['Дальше'];
    }
    expect(new Set(seen).size).toBe(45);
    const found = async (query: string) => rowsOf((await other.visitor.get(`${at}?${query}`)).text).length;
    expect(await found('show=overdue')).toBe(2);
    expect(await found('show=paid')).toBe(0);
    expect(await found('search=п-44')).toBe(1);
    expect(await found('search=%25')).toBe(0);
    expect(words((await other.visitor.get(`${at}?show=overdue`)).text)).toContain('Просрочен');
    const menu = (await other.visitor.get(`/profiles/${other.organisation.id}/information`)).text;
    expect(words(menu)).toMatch(/Счета 2/);
  });
});

describe('a draft', () => {
  it('says at each field what is wrong, and keeps all that was typed', async () => {
    const before = await dump(db(), 'limits', 'sessions');
    const wrong = draft({
      inn: '7704374967',
      number: '',
      dated_on: '31.02.2026',
      period: '13.2026',
      line_1_price: 'сто',
      line_2_name: 'Вода',
      line_2_quantity: '0',
    });
    const reply = await save(wrong);
    expect(reply.status).toBe(422);
    expect(Object.keys(errorsOf(reply.text)).sort()).toEqual(['dated_on', 'inn', 'number', 'period']);
    expect(valueOf(reply.text, 'line_2_name')).toBe('Вода');
    const lines = await save(draft({ line_1_price: 'сто', line_2_name: 'Вода', line_2_quantity: '0' }));
    expect(Object.keys(errorsOf(lines.text)).sort()).toEqual([
      'line_1_price',
      'line_2_price',
      'line_2_quantity',
    ]);
    expect(errorsOf((await save(draft({ inn: '7707083893' }))).text).inn).toContain('нет');
    expect(errorsOf((await save(draft({ contract: 'нет такого' }))).text).contract).toBeDefined();
    expect(errorsOf((await save(draft({ due_on: '01.11.2026' }))).text).due_on).toContain('раньше');
    for (const number of ['А-1\nБ-2', 'А-1\r\nБ-2', 'А\t1', 'А\u20281'])
      expect(errorsOf((await save(draft({ number }))).text)).toEqual({
        number: 'Напишите номер в одну строку',
      });
    expect(await dump(db(), 'limits', 'sessions')).toEqual(before);
  });

  it('asks which of several organisations of one ИНН it is for, and picks none by itself', async () => {
    const branch = async (kpp: string | null) => {
      const { id } = await addOrganisation(house, `ООО «Филиал ${kpp ?? ''}»`);
      await db()('organisations').where({ id }).update({ inn: '7708004767', kpp });
      return { id };
    };
    await branch('770401001');
    const [second, bare] = [await branch('770402002'), await branch(null)];
    const fields = draft({ inn: '7708 004767' });
    const asked = await save(fields);
    expect(asked.status).toBe(422);
    expect(errorsOf(asked.text)).toEqual({ organisation: 'Организаций с этим ИНН несколько: выберите одну' });
    expect(words(asked.text)).toContain('ООО «Филиал 770402002», КПП 770402002');
    expect(words(asked.text)).toContain('ООО «Филиал », без КПП');
    const payerOf = async (id: string) =>
      (await db()('payers')
        .where({ id: (await row(id)).payer_id })
        .first())!.organisation_id;
    const id = idOf(await save({ ...fields, organisation: bare.id }));
    expect(await payerOf(id)).toBe(bare.id);
    // The draft's form has it chosen; another organisation's id chooses nothing.
    expect((await desk.visitor.get(`${BOOKS}/${id}/edit`)).text).toContain(
      `<option value="${bare.id}" selected>`,
    );
    const strange = await save(draft({ inn: '7708004767', organisation: office.organisation.id }));
    expect(errorsOf(strange.text).organisation).toBeDefined();
    // The contract tells as well, where only one of them has it.
    await db()('contracts').insert({
      id: randomUUID(),
      organisation_id: second.id,
      number: 'Ф-2',
      kind: 'main',
      starts_on: '2026-01-01',
    });
    expect(await payerOf(idOf(await save(draft({ inn: '7708004767', contract: 'Ф-2' }))))).toBe(second.id);
    // Where there is one, what was chosen before is of no weight.
    expect(await payerOf(idOf(await save(draft({ organisation: second.id }))))).toBe(office.organisation.id);
  });

  it('comes to no more than an import may bring', async () => {
    const line = (quantity: string, price: string) => ({ line_1_quantity: quantity, line_1_price: price });
    const tooMuch = { line_1_price: 'Сумма строки больше 999 999 999,99 ₽' };
    for (const [quantity, price] of [
      ['999999999', '99999999'],
      ['1001000', '99999999'],
      ['2', '500 000 000'],
    ] as const)
      expect(errorsOf((await save(draft(line(quantity, price)))).text)).toEqual(tooMuch);
    const two = { ...line('1', '999 999 999'), line_2_name: 'Вода', line_2_price: '1' };
    expect(errorsOf((await save(draft(two))).text)).toEqual({
      line_2_price: 'С этой строкой сумма счёта больше 999 999 999,99 ₽',
    });
    const most = idOf(await save(draft(line('1', '999 999 999,99'))));
    expect(await row(most)).toMatchObject({ total: 99_999_999_999 });
    await desk.visitor.submit(`${BOOKS}/${most}/issue`, { revision: '1' });
    for (const page of [`${path}/${most}`, `${path}/${most}/pdf`, `${BOOKS}/${most}/pdf`])
      expect((await (page.startsWith(BOOKS) ? desk : office).visitor.get(page)).status).toBe(200);
    await desk.visitor.submit(`${BOOKS}/${most}/cancellation`, { reason: 'Проба' });
  });

  it('has exact sums, and one number a day', async () => {
    const fields = draft({ line_2_name: 'Вода', line_2_quantity: '0,333', line_2_price: '10,05' });
    const id = idOf(await save(fields));
    expect(await row(id)).toMatchObject({ state: 'draft', total: 27_690_000 + 335, period: '2026-11' });
    expect(await db()('invoice_lines').where({ invoice_id: id }).orderBy('position').pluck('vat')).toEqual([
      4_993_279, 0,
    ]);
    expect(errorsOf((await save(fields)).text).number).toContain('уже есть');
  });

  it('is not written over what another accountant has changed; the text stays', async () => {
    const id = idOf(await save(draft()));
    const edit = `${BOOKS}/${id}/edit`;
    const stale = draft({ revision: '1', purpose: 'Мой текст' });
    expect((await desk.visitor.submit(edit, draft({ revision: '1' }))).status).toBe(303);
    const late = await desk.visitor.submit(edit, stale);
    expect(late.status).toBe(409);
    expect(valueOf(late.text, 'purpose')).toBe('Мой текст');
    expect(
      (await desk.visitor.submit(edit, { ...stale, revision: valueOf(late.text, 'revision')! })).status,
    ).toBe(303);
    expect(await row(id)).toMatchObject({ purpose: 'Мой текст', revision: 3 });
  });

  it('is issued once of fifty, tells its payer, and cannot be changed then', async () => {
    const id = idOf(await save(draft()));
    const letters = () =>
      count(db(), 'outbox', { letter: 'invoice.issued', recipient: office.account.email });
    const before = await letters();
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => desk.visitor.submit(`${BOOKS}/${id}/issue`, { revision: '1' })),
    );
    expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(49);
    expect(await letters()).toBe(before + 1);
    expect((await desk.visitor.get(`${BOOKS}/${id}/edit`)).status).toBe(409);
    expect((await desk.visitor.submit(`${BOOKS}/${id}/edit`, draft({ revision: '2' }))).status).toBe(409);
  });
});

describe('money', () => {
  it('that was paid ahead pays what is issued; a cancelled invoice gives it back', async () => {
    const { organisation, visitor } = await openOffice(house, { name: 'ООО «Аванс»', roles: ['accounting'] });
    const bill = (change = {}) =>
      addInvoice(house, { organisation: organisation.id }, { lines: [line], ...change });
    const invoice = await bill({ draft: true });
    await payAhead(house, invoice.payer_id, 30_000);
    await desk.visitor.submit(`${BOOKS}/${invoice.id}/issue`, { revision: '1' });
    expect((await row(invoice.id)).allocated).toBe(30_000);
    expect((await desk.visitor.submit(`${BOOKS}/${invoice.id}/cancellation`, { reason: '' })).status).toBe(
      422,
    );
    const done = await desk.visitor.submit(`${BOOKS}/${invoice.id}/cancellation`, {
      reason: 'Ошибка в сумме',
    });
    expect(done.status).toBe(303);
    expect(await row(invoice.id)).toMatchObject({ state: 'cancelled', allocated: 0 });
    expect((await db()('payers').where({ id: invoice.payer_id }).first())!.advance).toBe(30_000);
    expect(words((await visitor.get(`/profiles/${organisation.id}/invoices/${invoice.id}`)).text)).toContain(
      'Ошибка в сумме',
    );
    expect((await desk.visitor.submit(`${BOOKS}/${invoice.id}/cancellation`, { reason: 'ещё' })).status).toBe(
      409,
    );
    const next = await bill({ draft: true });
    await desk.visitor.submit(`${BOOKS}/${next.id}/issue`, { revision: '1' });
    expect((await row(next.id)).allocated).toBe(30_000);
    expect((await desk.visitor.submit(`${BOOKS}/${next.id}/advance`, {})).status).toBe(409);
  });

  it('that was paid ahead pays what is due first, whatever is issued', async () => {
    const { organisation, account } = await openOffice(house, {
      name: 'ООО «Должник»',
      roles: ['accounting'],
    });
    const whose = { organisation: organisation.id };
    const today = dayOf(house.clock.now());
    const late = await addInvoice(house, whose, { lines: [line], due_on: addDays(today, -5) });
    const soon = await addInvoice(house, whose, { lines: [line], due_on: addDays(today, 2) });
    await payAhead(house, late.payer_id, 130_000);
    const text = words((await desk.visitor.get(`${BOOKS}/${late.id}`)).text);
    expect(text).toContain('Счёт просрочен, а у плательщика есть аванс.');
    const next = await addInvoice(house, whose, { lines: [line], draft: true });
    await desk.visitor.submit(`${BOOKS}/${next.id}/issue`, { revision: '1' });
    const sums = await Promise.all([late, soon, next].map(async ({ id }) => (await row(id)).allocated));
    expect(sums).toEqual([100_000, 30_000, 0]);
    const told = await db()('outbox')
      .where({ recipient: account.email })
      .orderBy('id')
      .select('letter', 'data');
    expect(told.map(({ letter, data }) => [letter, data.number, data.amount]).sort()).toEqual([
      ['invoice.from-advance', late.number, 100_000],
      ['invoice.from-advance', soon.number, 30_000],
      ['invoice.issued', next.number, 0],
    ]);
    expect(await count(db(), 'audit', { action: 'invoice.paid-from-advance', subject_id: late.id })).toBe(1);
  });

  it('that was paid ahead pays in the morning what is overdue, and nothing else', async () => {
    const { organisation, account } = await openOffice(house, { name: 'ООО «Утро»', roles: ['accounting'] });
    const whose = { organisation: organisation.id };
    const today = dayOf(house.clock.now());
    const late = await addInvoice(house, whose, { lines: [line], due_on: addDays(today, -1) });
    const due = await addInvoice(house, whose, { lines: [line], due_on: today });
    await payAhead(house, late.payer_id, 130_000);
    await remindOfInvoices(db(), house.clock.now());
    await remindOfInvoices(db(), house.clock.now());
    expect([(await row(late.id)).allocated, (await row(due.id)).allocated]).toEqual([100_000, 0]);
    const letters = await db()('outbox')
      .where({ recipient: account.email })
      .orderBy('letter')
      .pluck('letter');
    expect(letters).toEqual(['invoice.from-advance', 'invoice.soon']);
  });

  it('in the ledger is never changed', async () => {
    await expect(db()('ledger').update({ amount: 1 })).rejects.toThrow(/only ever added/);
    await expect(db()('allocations').delete()).rejects.toThrow(/only ever added/);
  });
});

describe('reminders', () => {
  it('come once three days before, once when it is overdue, and never of what is paid', async () => {
    const today = dayOf(house.clock.now());
    const due = await bill({ due_on: addDays(today, 3) });
    const far = await bill({ due_on: addDays(today, 4) });
    // Due before the others: the advance is its own.
    const paid = await bill({ due_on: addDays(today, 2), draft: true });
    await payAhead(house, paid.payer_id, 100_000);
    await desk.visitor.submit(`${BOOKS}/${paid.id}/issue`, { revision: '1' });
    const told = async (letter: string) =>
      (await db()('outbox').where({ letter }).select('data')).map(({ data }) => data.number as string);
    await remindOfInvoices(db(), house.clock.now());
    await remindOfInvoices(db(), house.clock.now());
    const soon = await told('invoice.soon');
    expect(soon.filter((number) => number === due.number)).toHaveLength(1);
    expect(soon).not.toContain(far.number);
    expect(soon).not.toContain(paid.number);
    house.clock.move(4 * DAY);
    await remindOfInvoices(db(), house.clock.now());
    await remindOfInvoices(db(), house.clock.now());
    const overdue = await told('invoice.overdue');
    expect(overdue.filter((number) => number === due.number)).toHaveLength(1);
    expect(overdue).not.toContain(paid.number);
  });
});
