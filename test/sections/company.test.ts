import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { build } from '../../src/house.js';
import { COMPANY } from '../../src/domain/organisations/company.js';
import { keptMails } from '../../src/domain/outbox/transport.js';
import { createLog } from '../../src/web/log.js';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk, type Office } from '../support/office.js';
import { errorsOf, valueOf, words } from '../support/page.js';
import { addAccount } from '../support/people.js';

const PATH = '/staff/company';
const TYPED = {
  company_name: 'Меридиан',
  legal_name: 'ООО «Меридиан»',
  inn: '77 0437 4968',
  kpp: '770401001',
  ogrn: '1027700132195',
  bank: 'ПАО Сбербанк',
  bik: '044525225',
  account: '40702 810 2 0000 0000001',
  correspondent: '30101810400000000225',
  contact_label_1: 'Дежурный',
  contact_phone_1: '+7 (495) 111-22-33',
  contact_label_3: 'Кабинет',
  contact_email_3: 'help@meridian.test',
  addresses: 'Москва, Тестовская улица, 10\nМосква, Тестовская улица, 12',
  hours: 'пн–пт с 9:00 до 18:00',
};

let house: OpenHouse;
let chief: Pick<Office, 'account' | 'visitor'>;
beforeAll(async () => void (house = await openDoors()));
afterAll(() => house?.close());
beforeEach(async () => {
  await house.parts.db('company').delete();
  await house.parts.company.refresh();
  chief = await openDesk(house, ['administrator']);
});

const stored = () => house.parts.db('company').first();
const save = (fields: Record<string, string> = {}) => chief.visitor.submit(PATH, { ...TYPED, ...fields });
const read = async (path: string) => words((await house.visitor().get(path)).text);

describe('what the company says of itself', () => {
  it('is what the code says until somebody has changed it', async () => {
    const page = (await chief.visitor.get(PATH)).text;
    expect([valueOf(page, 'company_name'), valueOf(page, 'contact_email_4')]).toEqual([
      COMPANY.name,
      'my@spektrpm.ru',
    ]);
    expect(await stored()).toBeUndefined();
    expect(await read('/contacts')).toContain('Служба сервиса');
  });

  it('is seen at once in contacts, on error pages, beside the logo and under letters', async () => {
    expect((await save()).status).toBe(303);
    const contacts = (await house.visitor().get('/contacts')).text;
    for (const part of [
      ...['ООО «Меридиан»', 'Дежурный', 'help@meridian.test', '7704374968 / 770401001', '1027700132195'],
      ...['40702810200000000001', 'ПАО Сбербанк, БИК 044525225', '30101810400000000225'],
      ...['Тестовская улица, 10; Москва', 'пн–пт с 9:00 до 18:00'],
    ])
      expect(words(contacts)).toContain(part);
    expect(contacts).toContain('href="tel:+74951112233"');
    expect(contacts).toMatch(/<title>Контакты — Меридиан</);
    const missing = await read('/no/such/page');
    for (const part of ['Меридиан', '+7 (495) 111-22-33', 'help@meridian.test'])
      expect(missing).toContain(part);
    expect(await read('/help?search=ъъъъ')).toContain('help@meridian.test');

    const person = await addAccount(house);
    await house.visitor().submit('/auth/recovery', { contact: person.email, surname: person.surname });
    await house.deliver();
    const mail = (await keptMails(join(house.config.dataDir, 'mail'))).find(({ to }) => to === person.email)!;
    for (const body of [mail.text, mail.html]) expect(body).toContain('ООО «Меридиан», +7 (495) 111-22-33');
    expect(await stored()).toMatchObject({ revision: 1, changed_by: chief.account.id });
    const entry = await house.parts
      .db('audit')
      .where({ action: 'company.changed' })
      .orderBy('id', 'desc')
      .first();
    expect(entry!.details).toMatchObject({ before: { name: 'Спектр' }, after: { name: 'Меридиан' } });
  });

  it('reaches another process when it looks, and costs no query a page', async () => {
    const other = await build(house.config, createLog('silent'), house.url, house.clock.now);
    await save();
    expect(other.parts.company.current().name).toBe('Спектр');
    await other.parts.company.refresh();
    expect(other.parts.company.current().name).toBe('Меридиан');
    // What cannot be read leaves what was known.
    await house.parts.db('company').update({ details: { name: '' } });
    await expect(other.parts.company.refresh()).rejects.toThrow();
    expect(other.parts.company.current().name).toBe('Меридиан');
    await other.close();
    const asked: string[] = [];
    const note = ({ sql }: { sql: string }) => asked.push(sql);
    house.parts.db.on('query', note);
    await house.visitor().get('/contacts');
    house.parts.db.removeListener('query', note);
    expect(asked.filter((sql) => sql.includes('company'))).toEqual([]);
  });

  it('is not changed over a colleague’s change: what was typed is kept, and replaces it when sent again', async () => {
    const [mine, theirs] = [await chief.visitor.hidden(PATH), await openDesk(house, ['administrator'])];
    await theirs.visitor.submit(PATH, { ...TYPED, company_name: 'Параллель' });
    const late = await chief.visitor.post(PATH, { ...mine, ...TYPED });
    expect([late.status, valueOf(late.text, 'company_name'), valueOf(late.text, 'contact_email_3')]).toEqual([
      409,
      'Меридиан',
      'help@meridian.test',
    ]);
    expect(words(late.text)).toContain('изменил коллега');
    expect((await stored())!.details).toMatchObject({ name: 'Параллель' });
    const revision = valueOf(late.text, 'revision')!;
    expect((await chief.visitor.post(PATH, { _csrf: mine._csrf!, ...TYPED, revision })).status).toBe(303);
    expect((await stored())!.details).toMatchObject({ name: 'Меридиан' });
  });

  it('is changed by one of fifty who saw the same', async () => {
    const { _once, ...form } = await chief.visitor.hidden(PATH);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => chief.visitor.post(PATH, { ...form, ...TYPED })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array<number>(49).fill(409)]);
    expect((await stored())!.revision).toBe(1);
  });

  it.each([
    [{ company_name: ' ' }, ['company_name']],
    [{ inn: '7704374969' }, ['inn']],
    [{ kpp: '77' }, ['kpp']],
    [{ ogrn: '1027700132196' }, ['ogrn']],
    [{ bik: '44525225' }, ['bik']],
    [{ account: '123' }, ['account']],
    [{ account: '40702810200000000002' }, ['account']],
    [{ correspondent: '30101810400000000226' }, ['correspondent']],
    [{ bank: '', bik: '' }, ['bank', 'bik']],
    [{ contact_phone_1: 'позвоните нам' }, ['contact_phone_1']],
    [{ contact_email_3: 'help' }, ['contact_email_3']],
    [{ contact_label_1: '' }, ['contact_label_1']],
    [{ contact_phone_1: '' }, ['contact_phone_1']],
    [
      { contact_label_1: '', contact_phone_1: '', contact_label_3: '', contact_email_3: '' },
      ['contact_label_1'],
    ],
  ])('refuses %j and keeps what was typed', async (fields, wrong) => {
    const answer = await save(fields);
    expect([answer.status, Object.keys(errorsOf(answer.text))]).toEqual([422, wrong]);
    expect(valueOf(answer.text, 'hours')).toBe(TYPED.hours);
    expect(await stored()).toBeUndefined();
  });
});
