import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { openDoors, type OpenHouse } from '../support/doors.js';
import { openDesk } from '../support/office.js';
import { errorsOf, linksOf, rowsOf, words } from '../support/page.js';
import { addAccount, addOrganisation, join } from '../support/people.js';
import { addImport, INVOICES } from '../support/tables-to-import.js';
import { commerceMl, invoiceXml } from '../support/commerceml.js';
import { windows1251 } from '../support/statement-file.js';

const PATH = '/staff/import';

let house: OpenHouse;
let desk: Awaited<ReturnType<typeof openDesk>>;
let chief: Awaited<ReturnType<typeof openDesk>>;
beforeAll(async () => {
  house = await openDoors();
  desk = await openDesk(house, ['accountant']);
  chief = await openDesk(house, ['administrator'], 'Главная');
});
afterAll(() => house?.close());

const db = () => house.parts.db;
let payer: Awaited<ReturnType<typeof addOrganisation>>;
let code: string;
let email: string;
beforeEach(async () => {
  payer = await addOrganisation(house, 'ООО «Плательщик»');
  code = randomUUID();
  const account = await addAccount(house);
  email = account.email;
  await join(house, account, payer, ['accounting']);
});

const row = (number = `№ ${code.slice(0, 8)}`, price = '1500', own = code) =>
  [
    own,
    number,
    '01.11.2026',
    payer.inn,
    payer.kpp,
    '',
    '',
    '20.11.2026',
    '<b>Аренда</b>',
    '2',
    'шт',
    price,
    '20%',
  ].join(';');
const table = (...rows: string[]) => ({
  bytes: Buffer.from([INVOICES.join(';'), ...rows].join('\n')),
  name: 'Счета.csv',
});
const send = (file: { bytes: Buffer; name: string }, kind = 'invoices', visitor = desk.visitor) =>
  visitor.upload(PATH, { kind }, file);
const bring = async (...rows: string[]) => (await send(table(...rows))).headers.location!;
const apply = (page: string, fields: Record<string, string> = { issue: 'on' }) =>
  desk.visitor.submit(page, fields, `${page}/application`);
const invoices = (external_id = code) => db()('invoices').where({ external_id });
const letters = () => db()('outbox').where({ recipient: email }).pluck('letter');

describe('whoever keeps the books', () => {
  it('imports invoices and nothing else', async () => {
    const page = (await desk.visitor.get(PATH)).text;
    expect(page).toContain('value="invoices" checked');
    expect(page).not.toContain('value="organisations"');
    expect(linksOf(page)['Импорт']).toBe(PATH);
    const before = await db()('imports').pluck('id');
    for (const kind of ['organisations', 'contracts', 'premises'])
      expect((await send(table(row()), kind)).status).toBe(403);
    expect(await db()('imports').pluck('id')).toEqual(before);
    const foreign = await addImport(house);
    expect((await desk.visitor.get(`${PATH}/${foreign}`)).status).toBe(404);
    const form = await desk.visitor.hidden(PATH);
    expect((await desk.visitor.post(`${PATH}/${foreign}/application`, form)).status).toBe(404);
    expect((await db()('imports').where({ id: foreign }).first())!.applied_at).toBeNull();
    expect(linksOf((await desk.visitor.get(PATH)).text)['таблица.csv']).toBeUndefined();
  });

  it('is not everybody: a reviewer has no such page, an administrator has all of it', async () => {
    const reviewer = await openDesk(house, ['reviewer'], 'Другая');
    expect((await reviewer.visitor.get(PATH)).status).toBe(403);
    const page = await send(table(row()), 'invoices', chief.visitor);
    expect(page.status).toBe(303);
    const index = (await chief.visitor.get(PATH)).text;
    for (const kind of ['organisations', 'contracts', 'premises', 'invoices'])
      expect(index).toContain(`value="${kind}"`);
    expect((await chief.visitor.get(page.headers.location!)).status).toBe(200);
  });

  it('who no longer does changes nothing', async () => {
    const left = await openDesk(house, ['accountant'], 'Уволенная');
    const page = (await send(table(row()), 'invoices', left.visitor)).headers.location!;
    const form = { ...(await left.visitor.hidden(page)), issue: 'on' };
    await db()('accounts')
      .where({ id: left.account.id })
      .update({ staff_roles: ['reviewer'] });
    expect((await left.visitor.post(`${page}/application`, form)).status).toBe(403);
    expect(await invoices()).toEqual([]);
  });
});

describe('invoices from a table', () => {
  it('need their columns', async () => {
    const bytes = Buffer.from('Внешний код;Номер договора;Дата договора\n1;2;3\n');
    const answer = await send({ bytes, name: 'Счета.csv' });
    expect([answer.status, errorsOf(answer.text).file]).toEqual([
      422,
      'В первой строке нет столбцов: «Номер», «Дата», «ИНН плательщика», «Оплатить до», «Наименование», «Количество», «Единица», «Цена», «НДС»',
    ]);
  });

  it('are looked at, issued at once by twenty clicks, and nothing comes of them again', async () => {
    const page = await bring(row(), row('Б', 'сто', randomUUID()));
    const shown = (await desk.visitor.get(page)).text;
    expect(rowsOf(shown)[0]![2]).toBe('Строка счёта 1: цена — рубли, до двух знаков после запятой');
    const added = (await desk.visitor.get(`${page}?verdict=added`)).text;
    expect(words(added)).toContain('<b>Аренда</b>: 2 шт × 1 500,00 ₽ = 3 000,00 ₽, 20 % · всего 3 000,00 ₽');
    expect(added).not.toContain('<b>Аренда');
    expect(words(added)).toContain('Применить: 1 счёт');
    expect(added).toMatch(/name="issue"[^>]* checked/);
    expect(await invoices()).toEqual([]);
    const form = { ...(await desk.visitor.hidden(page)), issue: 'on' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => desk.visitor.post(`${page}/application`, form)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
    expect(await invoices()).toMatchObject([
      { state: 'issued', total: 300_000, created_by: desk.account.id },
    ]);
    expect(await letters()).toEqual(['invoice.issued']);
    expect(words((await desk.visitor.get(page)).text)).toContain('Добавлено: 1');
    const again = await bring(row());
    expect(words((await desk.visitor.get(again)).text)).toContain('Применять нечего');
    const journal = words((await chief.visitor.get('/staff/journal')).text);
    expect(journal).toContain('Плательщик: ООО «Плательщик»');
    expect(journal).toContain('Сумма счёта: 3 000,00 ₽');
  });

  it('stay drafts without the tick, and a draft is changed', async () => {
    await apply(await bring(row()), { issue: '' });
    expect(await invoices()).toMatchObject([{ state: 'draft' }]);
    expect(await letters()).toEqual([]);
    const page = await bring(row(undefined, '1600'));
    const shown = words((await desk.visitor.get(page)).text);
    expect(shown).toContain('Сумма счёта: было «3 000,00 ₽», станет «3 200,00 ₽»');
    await apply(page, { issue: '' });
    expect(await invoices()).toMatchObject([{ state: 'draft', total: 320_000, revision: 2 }]);
  });

  it('that are issued and differ are refused, and said how to mend it', async () => {
    await apply(await bring(row()));
    const shown = words((await desk.visitor.get(await bring(row(undefined, '1600')))).text);
    expect(shown).toContain('Счёт уже выставлен, отмените его и загрузите файл ещё раз.');
    expect(shown).toContain('Применять нечего');
  });

  it('changed while they were looked at are compared anew, the tick as it was', async () => {
    await apply(await bring(row()), { issue: '' });
    const page = await bring(row(undefined, '1600'));
    const form = await desk.visitor.hidden(page);
    await db()('invoices').where({ external_id: code }).update({ due_on: '2026-12-24', revision: 2 });
    const late = await desk.visitor.post(`${page}/application`, form);
    expect([late.status, words(late.text)]).toEqual([
      409,
      expect.stringContaining('Оплатить до: было «24.12.2026», станет «20.11.2026»'),
    ]);
    expect(late.text).not.toMatch(/name="issue"[^>]* checked/);
    expect(await invoices()).toMatchObject([{ state: 'draft', total: 300_000 }]);
    // Issued meanwhile by hand: nothing is left to do.
    await db()('invoices').where({ external_id: code }).update({ state: 'issued', issued_at: new Date() });
    expect((await apply(page)).status).toBe(409);
    expect(await invoices()).toMatchObject([{ state: 'issued', total: 300_000 }]);
  });
});

describe('invoices from a file of 1C', () => {
  const file = (bytes: Buffer) => ({ bytes, name: 'Счета.xml' });
  const refusal = async (bytes: Buffer, kind = 'invoices', visitor = desk.visitor) => {
    const answer = await send(file(bytes), kind, visitor);
    return [answer.status, errorsOf(answer.text).file];
  };

  it('are refused where the file is another, or means harm', async () => {
    const before = await db()('imports').pluck('id');
    expect(
      await refusal(Buffer.from('<а><!DOCTYPE а [<!ENTITY x SYSTEM "file:///etc/passwd">]>&x;</а>')),
    ).toEqual([422, 'В файле есть описание DTD. Такие файлы не принимаются']);
    expect(
      await refusal(Buffer.from(commerceMl(invoiceXml({ id: '1', operation: 'Заказ товара' })))),
    ).toEqual([422, 'В файле нет документов «Счет на оплату», есть другие документы: 1']);
    const other = Buffer.from(commerceMl(invoiceXml({ id: '1' })));
    expect(await refusal(other, 'organisations', chief.visitor)).toEqual([422, expect.anything()]);
    expect(await db()('imports').pluck('id')).toEqual(before);
  });

  it('are the same as from a table: looked at, issued, and twice is once', async () => {
    const { inn } = payer;
    const kpp = payer.kpp ?? '';
    const goods = [{ name: 'Аренда', quantity: '3', price: '33.3333', sum: '100.00' }];
    const documents = [
      invoiceXml({ id: code, number: code, inn, kpp, goods, total: '100.01' }),
      invoiceXml({ id: `${code}/2`, number: `${code}/2`, inn, kpp, total: '1' }),
      invoiceXml({ id: randomUUID(), operation: 'Отпуск товара' }),
    ];
    const bytes = windows1251(commerceMl(documents.join(''), { encoding: 'windows-1251' }));
    const page = (await send(file(bytes))).headers.location!;
    const refused = (await desk.visitor.get(page)).text;
    expect(words(refused)).toContain(
      'Других документов в файле (заказов, актов, накладных): 1. Они пропущены.',
    );
    expect(rowsOf(refused).map(([at, , why]) => [at, why!.replaceAll('\u00a0', ' ')])).toEqual([
      ['2', 'Сумма строк 1 500,00 ₽ не сходится с суммой счёта 1,00 ₽'],
    ]);
    const added = words((await desk.visitor.get(`${page}?verdict=added`)).text);
    expect(added).toContain('Срок оплаты не указан: 10 дней от даты счёта, до 11.11.2026');
    await apply(page);
    const [made] = await invoices();
    expect(made).toMatchObject({ state: 'issued', total: 10_001, due_on: '2026-11-11' });
    expect(await letters()).toEqual(['invoice.issued']);
    const again = (await send(file(bytes))).headers.location!;
    expect(words((await desk.visitor.get(again)).text)).toContain('Применять нечего');
    expect(await letters()).toEqual(['invoice.issued']);
  });
});
