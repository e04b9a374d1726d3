import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payer } from '../../src/domain/payments/payers.data.js';
import { addDays, dayOf } from '../../src/lib/dates.js';
import { addInvoice, payAhead, personInn } from '../support/bills.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { ownLinks } from '../support/markup.js';
import { openDesk, openOffice, rejectWith, sendDocument } from '../support/office.js';
import { errorsOf, linksOf, valueOf, words } from '../support/page.js';
import { addAccount, addOrganisation, addType, join, PASSWORD } from '../support/people.js';
import { addConversation } from '../support/talks.js';

const FRESH = 'Совсем другая скрепка';
const PERSON = {
  surname: 'Константинопольская',
  name: 'Мария',
  patronymic: 'Сергеевна',
  phone: '',
  inn: '',
};

let house: OpenHouse;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());

const row = (id: string) => house.parts.db('accounts').where({ id }).first();
const audited = (action: string, id: string) =>
  house.parts.db('audit').where({ action, subject_id: id }).orderBy('id');
const letters = (recipient: string) => house.parts.db('outbox').where({ recipient });

async function enter(change: Parameters<typeof addAccount>[1] = {}) {
  const { id, email } = await addAccount(house, change);
  const visitor = await house.visitor().signIn(email);
  return { account: (await row(id))!, visitor };
}

describe('«Рабочий стол»', () => {
  it('says when nothing wants attention, and leads to the manual’s entries', async () => {
    const { visitor } = await enter();
    const { text } = await visitor.get('/desktop');
    expect(words(text)).toContain('Сейчас ничего не требует вашего внимания.');
    expect(linksOf(text)).toMatchObject({
      'Личные данные': '/desktop/personal',
      'Смена пароля': '/desktop/password',
      'Профили организации': '/profiles',
    });
  });

  it('names what is to be mended, by organisation, to those who may mend it', async () => {
    const type = await addType(house, { name: 'Полис' });
    const office = await openOffice(house, { name: 'ООО «Полная»' });
    const desk = await openDesk(house);
    await rejectWith(desk.visitor, await sendDocument(house, office, type), 'Нет печати');
    await sendDocument(house, office, type);
    const { text } = await office.visitor.get('/desktop');
    expect(words(text)).toContain('ООО «Полная» отклонено: 1 документ');
    expect(linksOf(text)['ООО «Полная»']).toBe(office.path);

    const required = await addType(house, { name: 'Приказ', required: true });
    expect(words((await office.visitor.get('/desktop')).text)).toContain('не загружено обязательных: 1');
    const watcher = await addAccount(house);
    await join(house, watcher, office.organisation, ['observer']);
    const watching = await house.visitor().signIn(watcher.email);
    expect((await watching.get('/desktop')).text).not.toContain('ООО «Полная»');
    await house.parts.db('document_types').where({ id: required.id }).update({ hidden_at: house.clock.at });
  });

  it('tells of answers that one has not read, to one’s own and by organisation, and counts them', async () => {
    const { account, visitor } = await enter();
    const organisation = await addOrganisation(house, 'ООО «Спрашивает»');
    const membership = await join(house, account, organisation, ['requests']);
    const other = await addAccount(house);
    await join(house, other, organisation, ['administrator']);
    const ask = async (face: 'request' | 'message', place: typeof organisation | null, who = account) => {
      const made = await addConversation(house, who, { face, organisation: place });
      const person = { conversation_id: made.id, account_id: who.id };
      await house.parts.db('conversation_people').where(person).update({ unread_at: house.clock.at });
    };
    await ask('request', null);
    for (let count = 0; count < 2; count++) await ask('request', organisation);
    for (let count = 0; count < 5; count++) await ask('message', organisation);
    await ask('message', organisation, { ...account, id: other.id });

    const page = (await visitor.get('/desktop')).text;
    expect(words(page)).toContain('Мои заявки 1 заявка с новым ответом');
    expect(words(page)).toContain('Заявки: ООО «Спрашивает» 2 заявки с новым ответом');
    expect(words(page)).toContain('Сообщения: ООО «Спрашивает» 5 обращений с новым ответом');
    expect(linksOf(page)).toMatchObject({
      'Заявки: ООО «Спрашивает»': `/profiles/${organisation.id}/service?show=unread`,
      'Сообщения: ООО «Спрашивает»': `/profiles/${organisation.id}/messages?show=unread`,
    });
    // The card counts all of his, as the menu does.
    expect(words(page)).toContain('Мои заявки 3 с новым ответом');

    await house.parts
      .db('memberships')
      .where({ id: membership })
      .update({ roles: ['documents'] });
    expect(words((await visitor.get('/desktop')).text)).not.toContain('Спрашивает» 2 заявки');
  });

  it('tells what is to be paid, to those who keep the money, with sums', async () => {
    const today = dayOf(house.clock.now());
    const line = { name: 'Аренда', quantity: '1', unit: null, price: 100_050, vat_code: 1 };
    const owes = (payer: Payer, due_on: string, more: Partial<Parameters<typeof addInvoice>[2]> = {}) =>
      addInvoice(house, payer, { dated_on: addDays(today, -30), due_on, lines: [line], ...more });
    const office = await openOffice(house, { name: 'ООО «Должник»', roles: ['accounting'] });
    const payer = { organisation: office.organisation.id };
    await owes(payer, addDays(today, -1));
    await owes(payer, addDays(today, -20));
    await owes(payer, today);
    for (let count = 0; count < 4; count++) await owes(payer, addDays(today, 3));
    await owes(payer, addDays(today, 4));
    await owes(payer, addDays(today, -3), { draft: true });
    const words_ = words((await office.visitor.get('/desktop')).text).replace(/\s/g, ' ');
    expect(words_).toContain(
      'Счета: ООО «Должник» просрочено: 2 счёта на 2 001,00 ₽ · скоро срок оплаты: 5 счетов на 5 002,50 ₽',
    );
    const path = `/profiles/${office.organisation.id}/invoices`;
    expect(linksOf((await office.visitor.get('/desktop')).text)['Счета: ООО «Должник»']).toBe(
      `${path}?show=unpaid`,
    );
    expect((await office.visitor.get(`${path}?show=unpaid`)).status).toBe(200);

    const watcher = await addAccount(house);
    await join(house, watcher, office.organisation, ['observer', 'documents']);
    const watching = await house.visitor().signIn(watcher.email);
    expect((await watching.get('/desktop')).text).not.toContain('Счета: ООО «Должник»');
  });

  it('tells of one’s own invoices once the ИНН is confirmed, and of paid ones no more', async () => {
    const today = dayOf(house.clock.now());
    const inn = personInn(710_001);
    const { account, visitor } = await enter({ inn });
    const lines = [{ name: 'Машино-место', quantity: '1', unit: null, price: 500_000, vat_code: 1 }];
    const [dated_on, due_on] = [addDays(today, -9), addDays(today, -1)];
    const { payer_id } = await addInvoice(house, { inn }, { dated_on, due_on, lines });
    expect((await visitor.get('/desktop')).text).not.toContain('просрочено');
    await house.parts.db('accounts').where({ id: account.id }).update({ inn_confirmed_at: house.clock.at });
    const { text } = await visitor.get('/desktop');
    expect(words(text).replace(/\s/g, ' ')).toContain('Мои счета просрочено: 1 счёт на 5 000,00 ₽');
    expect(ownLinks(text)).toContain('/desktop/invoices?show=overdue');
    await payAhead(house, payer_id, 1_000_000);
    await addInvoice(house, { inn }, { dated_on, due_on: addDays(today, 1), lines });
    expect(words((await visitor.get('/desktop')).text)).not.toMatch(/скоро срок оплаты|просрочено/);
  });

  it('does not speak of organisations that one has left', async () => {
    const { account, visitor } = await enter();
    const type = await addType(house, { name: 'Договор', required: true });
    const id = await join(house, account, await addOrganisation(house, 'ООО «Прежняя»'), ['documents']);
    expect((await visitor.get('/desktop')).text).toContain('ООО «Прежняя»');
    await house.parts.db('memberships').where({ id }).update({ ended_at: house.clock.at });
    expect((await visitor.get('/desktop')).text).not.toContain('ООО «Прежняя»');
    await house.parts.db('document_types').where({ id: type.id }).update({ hidden_at: house.clock.at });
  });
});

describe('«Личные данные»', () => {
  it.each([
    [{ surname: ' ' }, { surname: 'Укажите фамилию' }],
    [{ name: '' }, { name: 'Укажите имя' }],
    [{ patronymic: '<b>' }, { patronymic: 'Оставьте буквы, пробелы и дефисы' }],
    [{ phone: '12345' }, { phone: 'Укажите российский мобильный номер, например +7 903 000-00-00' }],
    [
      { phone: '+1 202 555 0143' },
      { phone: 'Укажите российский мобильный номер, например +7 903 000-00-00' },
    ],
    [{ inn: '7704374968' }, { inn: 'ИНН физического лица — 12 цифр' }],
    [{ inn: '773474855421' }, { inn: 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся' }],
    [{ inn: '000000000000' }, { inn: 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся' }],
  ])('refuses %o, keeps what was typed and changes nothing', async (typed, errors) => {
    const { account, visitor } = await enter();
    const answer = await visitor.submit('/desktop/personal', { ...PERSON, surname: 'Новая', ...typed });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    if (!('surname' in typed)) expect(valueOf(answer.text, 'surname')).toBe('Новая');
    expect(await row(account.id)).toEqual(account);
  });

  it('saves them, in any spacing, and the audit says which fields changed and not to what', async () => {
    const { account, visitor } = await enter();
    const typed = { ...PERSON, name: ' Анна ', phone: '8 (903) 000-00-00', inn: '7734 7485 5420' };
    const answer = await visitor.submit('/desktop/personal', typed);
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop/personal']);
    expect(await row(account.id)).toMatchObject({ name: 'Анна', phone: '+79030000000', inn: '773474855420' });
    const page = (await visitor.get('/desktop/personal')).text;
    expect(words(page)).toContain('Личные данные сохранены.');
    expect(valueOf(page, 'phone')).toBe('+79030000000');
    const [entry, ...more] = await audited('account.changed', account.id);
    expect([entry?.details, more]).toEqual([{ changed: ['name', 'phone', 'inn'] }, []]);
    await visitor.submit('/desktop/personal', typed);
    expect(await audited('account.changed', account.id)).toHaveLength(1);
  });

  it('drops the confirmation of what changes and of nothing else', async () => {
    const at = new Date('2026-01-01T00:00:00Z');
    const proved = {
      phone: '+79030000001',
      phone_confirmed_at: at,
      inn: '773474855420',
      inn_confirmed_at: at,
    };
    const { account, visitor } = await enter(proved);
    const same = { ...PERSON, phone: '+79030000001', inn: '773474855420' };
    await visitor.submit('/desktop/personal', { ...same, name: 'Анна' });
    expect(await row(account.id)).toMatchObject({ phone_confirmed_at: at, inn_confirmed_at: at });
    await visitor.submit('/desktop/personal', { ...same, phone: '+79030000002' });
    expect(await row(account.id)).toMatchObject({ phone_confirmed_at: null, inn_confirmed_at: at });
    await visitor.submit('/desktop/personal', { ...same, inn: '500100732259' });
    expect(await row(account.id)).toMatchObject({ inn: '500100732259', inn_confirmed_at: null });
  });

  it('takes nothing that the form does not have', async () => {
    const { account, visitor } = await enter();
    const columns = { email: 'other@x.ru', staff_roles: 'administrator', inn_confirmed_at: '2026-01-01' };
    await visitor.submit('/desktop/personal', { ...PERSON, inn: '773474855420', ...columns });
    expect(await row(account.id)).toEqual({ ...account, inn: '773474855420' });
  });
});

describe('«Смена пароля»', () => {
  const twice = (password: string) => ({ password, password_again: password });

  it.each([
    [{ old_password: '' }, { old_password: 'Введите старый пароль' }],
    [{ password: 'корот', password_again: 'корот' }, { password: 'Пароль короче 8 символов' }],
    [{ password_again: 'Иначе набранный' }, { password_again: 'Пароли не совпадают' }],
    [twice('password1'), { password: 'Такой пароль слишком распространён. Придумайте другой' }],
    [twice(PASSWORD), { password: 'Новый пароль совпадает со старым. Придумайте другой' }],
    [
      { old_password: 'мимо' },
      { old_password: 'Старый пароль не подходит. Проверьте раскладку клавиатуры и Caps Lock' },
    ],
  ])('refuses %o and shows no password again', async (typed, errors) => {
    const { account, visitor } = await enter();
    const answer = await visitor.submit('/desktop/password', {
      old_password: PASSWORD,
      ...twice(FRESH),
      ...typed,
    });
    expect([answer.status, errorsOf(answer.text)]).toEqual([422, errors]);
    for (const name of ['old_password', 'password', 'password_again'])
      expect(valueOf(answer.text, name)).toBeUndefined();
    expect(await row(account.id)).toEqual(account);
    expect(await letters(account.email)).toEqual([]);
  });

  it('takes the new one, says so, ends every other sign-in and keeps this one', async () => {
    const { account, visitor } = await enter();
    const elsewhere = await house.visitor().signIn(account.email);
    const answer = await visitor.submit('/desktop/password', { old_password: PASSWORD, ...twice(FRESH) });
    expect([answer.status, answer.headers.location]).toEqual([303, '/desktop']);
    expect(words((await visitor.get('/desktop')).text)).toContain('Пароль успешно изменён.');
    expect((await elsewhere.get('/desktop')).status).toBe(303);
    expect(await letters(account.email)).toMatchObject([{ letter: 'password-changed' }]);
    expect(await audited('password.set', account.id)).toHaveLength(1);
    const old = await house.visitor().submit('/auth/login', { email: account.email, password: PASSWORD });
    expect(old.status).toBe(401);
    await house.visitor().signIn(account.email, FRESH);
  });

  it('gives the session another id: the one before is dead', async () => {
    const account = await addAccount(house);
    const visitor = house.visitor();
    const entered = await visitor.submit('/auth/login', { email: account.email, password: PASSWORD });
    const before = String(entered.headers['set-cookie']).match(/session=[^;]+/)![0];
    await visitor.submit('/desktop/password', { old_password: PASSWORD, ...twice(FRESH) });
    const replayed = await house.visitor().get('/desktop').set('Cookie', before);
    expect(replayed.headers.location).toMatch(/^\/auth\/login/);
    expect((await visitor.get('/desktop')).status).toBe(200);
  });

  it('keeps a remembered sign-in remembered', async () => {
    const account = await addAccount(house);
    const visitor = house.visitor();
    await visitor.submit('/auth/login', { email: account.email, password: PASSWORD, remember: 'on' });
    const answer = await visitor.submit('/desktop/password', { old_password: PASSWORD, ...twice(FRESH) });
    const cookie = String(answer.headers['set-cookie']);
    const until = Date.parse(/session=[^;]+;[^,]*Expires=([^;]+)/.exec(cookie)![1]!);
    expect(Math.abs(until - (Date.now() + 30 * 24 * 3_600_000))).toBeLessThan(60_000);
  });

  it('makes wrong old passwords wait as the sign-in does', async () => {
    const { visitor, account } = await enter();
    const guess = (old_password: string) =>
      visitor.submit('/desktop/password', { old_password, ...twice(FRESH) });
    for (let n = 0; n < 5; n += 1) expect((await guess(`мимо ${n}`)).status).toBe(422);
    const answer = await guess(PASSWORD);
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([429, true]);
    const stranger = await house
      .visitor()
      .submit('/auth/login', { email: account.email, password: PASSWORD });
    expect(stranger.status).toBe(429);
  });

  it('changes it once when two forms are sent at the same instant', async () => {
    const { visitor, account } = await enter();
    const other = await house.visitor().signIn(account.email);
    const fields = await Promise.all([visitor, other].map((one) => one.hidden('/desktop/password')));
    const answers = await Promise.all(
      [visitor, other].map((one, n) =>
        one.post('/desktop/password', {
          ...fields[n],
          old_password: PASSWORD,
          ...twice(`${FRESH} ${n}`),
        }),
      ),
    );
    const won = answers.filter(({ headers }) => headers.location === '/desktop');
    expect(won).toHaveLength(1);
    expect(await letters(account.email)).toHaveLength(1);
  });
});
