import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyImport } from '../../src/domain/imports/imports.actions.js';
import { countPastDue, getImport, listLines } from '../../src/domain/imports/imports.data.js';
import { addInvoice, payAhead, personInn } from '../support/bills.js';
import { Clock, openHouse, type TestHouse } from '../support/house.js';
import { addAccount, addOrganisation, join } from '../support/people.js';
import { importer, INVOICES } from '../support/tables-to-import.js';
import { hashTables } from '../support/tables.js';

let house: TestHouse;
beforeAll(async () => void (house = await openHouse({}, new Clock(new Date('2026-11-05T09:00:00Z')))));
afterAll(() => house?.close());

const db = () => house.parts.db;
const { compare, apply, since } = importer(() => house);
const bring = (...rows: string[][]) => compare('invoices', [INVOICES, ...rows]);

type Payer = Awaited<ReturnType<typeof addOrganisation>>;
let payer: Payer;
let code: string;
beforeEach(async () => {
  payer = await addOrganisation(house, 'ООО «Плательщик»');
  code = randomUUID();
  await db()('contracts').insert({
    id: randomUUID(),
    organisation_id: payer.id,
    number: '77/А',
    kind: 'main',
    starts_on: '2025-01-01',
    ends_on: null,
    external_id: null,
  });
});

/** A row of an invoice; what is changed of it is named by the column. */
function row(change: Partial<Record<string, string>> = {}): string[] {
  const cells: Record<string, string> = {
    'Внешний код': code,
    Номер: `А-${code.slice(0, 6)}`,
    Дата: '01.11.2026',
    'ИНН плательщика': payer.inn,
    КПП: payer.kpp ?? '',
    'Номер договора': '77/А',
    Период: '11.2026',
    'Оплатить до': '20.11.2026',
    Наименование: 'Аренда',
    Количество: '184,6',
    Единица: 'м²',
    Цена: '1 500,05',
    НДС: '22%',
    ...(change as Record<string, string>),
  };
  return INVOICES.map((head) => cells[head] ?? '');
}
const electricity = (change: Record<string, string> = {}) =>
  row({
    Наименование: 'Электричество',
    Количество: '3',
    Единица: 'кВт·ч',
    Цена: '0,33',
    НДС: 'Без НДС',
    ...change,
  });
const other = () => ({ 'Внешний код': randomUUID(), Номер: randomUUID().slice(0, 8) });
const invoice = async (external_id = code) => (await db()('invoices').where({ external_id }))[0]!;
const linesOf = (invoice_id: string) => db()('invoice_lines').where({ invoice_id }).orderBy('position');
const letters = (recipient: string) => db()('outbox').where({ recipient }).orderBy('created_at');

describe('an invoice of a table', () => {
  it.each<[string, Record<string, string>, string]>([
    ['no code', { 'Внешний код': '' }, 'Нет внешнего кода'],
    ['no number', { Номер: '' }, 'Нет номера счёта'],
    ['a long number', { Номер: 'x'.repeat(51) }, 'Номер длиннее 50 знаков'],
    ['a number of two lines', { Номер: 'А\n1' }, 'Номер — в одну строку, без переносов'],
    ['no day', { Дата: '31.02.2026' }, 'Дата счёта с ошибкой'],
    ['no ИНН', { 'ИНН плательщика': '7704374969' }, 'ИНН плательщика с ошибкой'],
    [
      'an unknown payer',
      { 'ИНН плательщика': '7704374968', КПП: '' },
      'Организации с ИНН 7704374968 среди арендаторов нет',
    ],
    ['an unknown contract', { 'Номер договора': '5' }, 'У плательщика нет договора № 5'],
    ['a month that is none', { Период: '13.2026' }, 'Период с ошибкой: укажите месяц, например 11.2026'],
    [
      'a due day that is none',
      { 'Оплатить до': 'скоро' },
      '«Оплатить до» с ошибкой: укажите день, например 20.11.2026',
    ],
    ['a due day before', { 'Оплатить до': '31.10.2026' }, '«Оплатить до» раньше даты счёта'],
    ['no name', { Наименование: '' }, 'Строка счёта 1: нет наименования'],
    ['a price of thirds', { Цена: '1,333' }, 'Строка счёта 1: цена — рубли, до двух знаков после запятой'],
    ['a negative price', { Цена: '-5' }, 'Строка счёта 1: цена — рубли, до двух знаков после запятой'],
    [
      'nothing of it',
      { Количество: '0' },
      'Строка счёта 1: количество — число больше нуля, до трёх знаков после запятой',
    ],
    [
      'a rate that is none',
      { НДС: '18%' },
      'Строка счёта 1: НДС — «Без НДС» или ставка: 0%, 5%, 7%, 10%, 20%, 22%',
    ],
    ['nothing to pay', { Цена: '0' }, 'В счёте нет суммы'],
    ['more than can be', { Количество: '999999999' }, 'Строка счёта 1: сумма больше 999 999 999,99 ₽'],
  ])('is refused: %s', async (_name, change, reason) => {
    const { counts, refused } = await bring(row(change));
    expect(counts).toEqual({ added: 0, changed: 0, unchanged: 0, refused: 1 });
    expect((await refused())[0]!.replaceAll('\u00a0', ' ')).toBe(`2: ${reason}`);
  });

  it('is refused where its rows contradict each other, and where others have its number', async () => {
    const taken = { draft: true, dated_on: '2026-11-01' };
    const { number } = await addInvoice(house, { organisation: payer.id }, taken);
    const other = randomUUID();
    const third = randomUUID();
    const { refused, counts } = await bring(
      row(),
      electricity({ 'Внешний код': other, Номер: 'Б', Дата: '02.11.2026' }),
      electricity({ Дата: '02.11.2026' }),
      electricity({ 'Внешний код': third }),
      electricity({ 'Внешний код': randomUUID(), Номер: number }),
    );
    expect(counts).toMatchObject({ added: 2, refused: 2 });
    expect(await refused()).toEqual([
      '2: Дата в строке 4 — «02.11.2026», а в строке 2 — «01.11.2026»',
      '6: Счёт с таким номером и датой уже есть',
    ]);
  });

  it('is refused where another of the table has its number and day, which is what is said', async () => {
    const other = electricity({ 'Внешний код': randomUUID() });
    expect(await (await bring(row(), other)).refused()).toEqual([
      '3: Счёт с таким номером и датой уже есть в строке 2',
    ]);
  });

  it('is all rows of one code, wherever they stand; issued, with a letter and the journal, and twice is once', async () => {
    const account = await addAccount(house);
    await join(house, account, payer, ['accounting']);
    const person = personInn(800_001);
    const rows = [
      row(),
      electricity({
        'Внешний код': `${code}/2`,
        Номер: code,
        'ИНН плательщика': person,
        'Номер договора': '',
      }),
      // What is empty repeats what stands above; a day is a day.
      electricity({ Дата: '2026-11-01', Период: '', 'Номер договора': '', КПП: '' }),
    ];
    const entries = await since();
    const { id, counts } = await bring(...rows);
    expect(counts).toEqual({ added: 2, changed: 0, unchanged: 0, refused: 0 });
    expect(await invoice()).toBeUndefined();
    await apply(id);
    await apply(id);
    const made = await invoice();
    expect(made).toMatchObject({
      state: 'issued',
      dated_on: '2026-11-01',
      period: '2026-11',
      due_on: '2026-11-20',
      total: 27_690_923 + 99,
      allocated: 0,
      created_by: null,
      revision: 1,
    });
    expect(await linesOf(made.id)).toMatchObject([
      { name: 'Аренда', quantity: '184.600', unit: 'м²', price: 150_005, total: 27_690_923, vat_code: 11 },
      { name: 'Электричество', quantity: '3.000', price: 33, total: 99, vat_code: 1, vat: 0 },
    ]);
    expect(await db()('payers').where({ inn: person })).toHaveLength(1);
    expect(await letters(account.email)).toMatchObject([
      { letter: 'invoice.issued', data: { invoice: made.id, total: made.total, left: made.total } },
    ]);
    const told = (await entries()).filter(({ subject }) => subject === made.id);
    const about = { import: id, file: 'таблица.xlsx', number: made.number };
    expect(told).toMatchObject([
      { action: 'invoice.saved', organisation: payer.id, details: { ...about, before: null } },
      { action: 'invoice.issued', organisation: payer.id, details: { ...about, total: made.total } },
    ]);
    const before = await hashTables(db(), ['imports', 'import_rows', 'audit']);
    const again = await bring(...rows);
    expect(again.counts).toEqual({ added: 0, changed: 0, unchanged: 2, refused: 0 });
    await apply(again.id);
    expect(await hashTables(db(), ['imports', 'import_rows', 'audit'])).toEqual(before);
  });

  it('is paid from what was paid ahead, the oldest first, and the letter says what is left', async () => {
    const account = await addAccount(house);
    await join(house, account, payer, ['accounting']);
    const { payer_id } = await addInvoice(house, { organisation: payer.id }, { draft: true });
    await payAhead(house, payer_id, 150);
    const one = (n: number) =>
      electricity({ 'Внешний код': `${code}-${n}`, Номер: `${code}-${n}`, Дата: `0${n}.11.2026` });
    await apply((await bring(one(2), one(1))).id);
    const [second, first] = [await invoice(`${code}-2`), await invoice(`${code}-1`)];
    expect([first.allocated, second.allocated]).toEqual([99, 51]);
    expect(await letters(account.email)).toMatchObject([
      {
        letter: 'invoices.issued',
        data: { count: 2, total: 198, left: 48, invoices: [{ left: 48 }, { left: 0 }] },
      },
    ]);
    expect((await db()('payers').where({ id: payer_id }).first())!.advance).toBe(0);
  });

  it('stays a draft where it is not to be issued, is changed then, and issued', async () => {
    await apply((await bring(row(), electricity())).id, { issue: false });
    const draft = await invoice();
    expect([draft.state, draft.issued_at, draft.revision]).toEqual(['draft', null, 1]);
    const { id, counts } = await bring(row({ Количество: '180', 'Оплатить до': '' }));
    expect(counts).toMatchObject({ changed: 1 });
    const [line] = await listLines(db(), id, 'changed', 0, 1);
    const nbsp = (text: string) => text.replaceAll('\u00a0', ' ');
    expect(JSON.parse(nbsp(JSON.stringify(line!.changes)))).toEqual({
      total: { before: '276 910,22 ₽', after: '270 009,00 ₽' },
      line_1: {
        before: 'Аренда: 184,6 м² × 1 500,05 ₽ = 276 909,23 ₽, 22 %',
        after: 'Аренда: 180 м² × 1 500,05 ₽ = 270 009,00 ₽, 22 %',
      },
      line_2: { before: 'Электричество: 3 кВт·ч × 0,33 ₽ = 0,99 ₽, Без НДС', after: '' },
    });
    // Another writes the draft meanwhile: what was looked at is not what would happen.
    await db()('invoices').where({ id: draft.id }).update({ due_on: '2026-12-01', revision: 2 });
    await db()('invoice_lines').where({ invoice_id: draft.id, position: 2 }).delete();
    await expect(apply(id)).rejects.toThrow('Данные изменились');
    await apply(id);
    expect(await invoice()).toMatchObject({
      id: draft.id,
      state: 'issued',
      revision: 3,
      due_on: '2026-12-01',
    });
    expect(await linesOf(draft.id)).toMatchObject([{ quantity: '180.000', total: 27_000_900 }]);
  });

  it('that is issued is refused another way, cancelled it makes room, and the same again stays cancelled', async () => {
    await apply((await bring(row())).id);
    const issued = await invoice();
    const other = row({ Цена: '1 600', Дата: '02.11.2026' });
    expect(await (await bring(other)).refused()).toEqual([
      '2: Счёт уже выставлен, отмените его и загрузите файл ещё раз. Отличается: дата, сумма счёта, строка счёта 1',
    ]);
    await db()('invoices').where({ id: issued.id }).update({ state: 'cancelled', cancel_reason: 'Ошибка' });
    const same = await bring(row());
    expect(same.counts).toMatchObject({ unchanged: 1 });
    const right = row({ Цена: '1 600' });
    const { id, counts } = await bring(right);
    expect(counts).toMatchObject({ added: 1 });
    await apply(id);
    const rows = await db()('invoices').where({ external_id: code }).orderBy('created_at');
    expect(rows.map(({ state, number }) => [state, number])).toEqual(
      expect.arrayContaining([
        ['cancelled', issued.number],
        ['issued', issued.number],
      ]),
    );
    expect((await bring(right)).counts).toMatchObject({ unchanged: 1 });
  });

  it('names one of several organisations of an ИНН by the КПП, or by the contract', async () => {
    await addOrganisation(house, 'ООО «Филиал»').then(({ id }) =>
      db()('organisations').where({ id }).update({ inn: payer.inn, kpp: '500301009' }),
    );
    const { refused } = await bring(row({ КПП: '', 'Номер договора': '' }));
    expect(await refused()).toEqual(['2: Организаций с этим ИНН несколько: укажите КПП']);
    expect((await bring(row({ КПП: '' }))).counts).toMatchObject({ added: 1 });
    expect((await bring(row({ КПП: '500301009', 'Номер договора': '' }))).counts).toMatchObject({ added: 1 });
  });

  it('reads rates and days as spreadsheets keep them, and says what it took for a due day', async () => {
    const rates = ['0.2', '20', 'НДС 20%', '0%', 'без налога (НДС)', '0.05', '7 %', '0.1'];
    const { id } = await bring(...rates.map((НДС) => row({ НДС, 'Оплатить до': '', Период: '2026-11-01' })));
    const [line] = await listLines(db(), id, 'added', 0, 1);
    expect(line!.reason).toBe('Срок оплаты не указан: 10 дней от даты счёта, до 11.11.2026');
    await apply(id);
    const made = await invoice();
    expect((await linesOf(made.id)).map(({ vat_code }) => vat_code)).toEqual([4, 4, 4, 2, 1, 7, 8, 3]);
    expect([made.period, made.due_on]).toEqual(['2026-11', '2026-11-11']);
  });

  it('is applied once by twenty at the same instant', async () => {
    const { id } = await bring(row());
    await Promise.all(Array.from({ length: 20 }, () => apply(id)));
    expect(await db()('invoices').where({ external_id: code })).toHaveLength(1);
    expect(
      await db()('audit').where({ action: 'invoice.issued' }).whereRaw("details->>'import' = ?", [id]),
    ).toHaveLength(1);
  });

  it('whose due day is over is warned of, and taken all the same; what changes nothing is not', async () => {
    const lineOf = async (id: string, verdict: 'added' | 'changed' | 'unchanged') =>
      (await listLines(db(), id, verdict, 0, 1))[0]!.reason;
    const late = row({ 'Оплатить до': '04.11.2026' });
    const { id } = await bring(late, row({ ...other(), 'Оплатить до': '05.11.2026' }));
    expect(await lineOf(id, 'added')).toBe('Срок оплаты уже прошёл');
    expect(await countPastDue(db(), id)).toBe(1);
    await apply(id, { issue: false });
    const again = await bring(late);
    expect([await lineOf(again.id, 'unchanged'), await countPastDue(db(), again.id)]).toEqual([null, 0]);
    const changed = await bring(row({ 'Оплатить до': '04.11.2026', Цена: '5' }));
    expect(await lineOf(changed.id, 'changed')).toBe('Срок оплаты уже прошёл');
    const silent = row({ ...other(), Дата: '01.10.2026', 'Оплатить до': '' });
    expect(await lineOf((await bring(silent)).id, 'added')).toBe(
      'Срок оплаты не указан: 10 дней от даты счёта, до 11.10.2026. Срок оплаты уже прошёл',
    );
  });

  it('whose number another takes meanwhile is compared anew', async () => {
    const { id } = await bring(row());
    const work = {
      db: db(),
      staff: null,
      actor: { account_id: null, ip: '', request_id: 'test' },
      now: house.clock.now(),
      form: null,
    };
    const number = `А-${code.slice(0, 6)}`;
    await addInvoice(house, { organisation: payer.id }, { number, dated_on: '2026-11-01' });
    await expect(applyImport(work, id)).rejects.toThrow('Данные изменились');
    expect((await getImport(db(), id)).counts).toMatchObject({ refused: 1 });
  });

  it('takes 10,000 rows within a minute', async () => {
    const payers: Payer[] = [];
    for (let n = 0; n < 100; n += 1) payers.push(await addOrganisation(house, `ООО «Номер ${n}»`));
    const rows = Array.from({ length: 10_000 }, (_, n) => {
      const { inn, kpp } = payers[n % 100]!;
      const own = { 'Внешний код': `${code}-${n}`, Номер: `${code}-${n}` };
      return row({ ...own, 'ИНН плательщика': inn, КПП: kpp ?? '', 'Номер договора': '' });
    });
    const started = performance.now();
    const { id, counts } = await bring(...rows);
    expect(counts.added).toBe(10_000);
    await apply(id);
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(await db()('invoices').whereLike('external_id', `${code}-%`).pluck('id')).toHaveLength(10_000);
  });
});
