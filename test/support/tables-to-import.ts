import { randomUUID } from 'node:crypto';
import { applyImport, previewImport } from '../../src/domain/imports/imports.actions.js';
import { getImport, listLines } from '../../src/domain/imports/imports.data.js';
import type { ImportKind } from '../../src/domain/imports/layouts.js';
import type { TestHouse } from './house.js';
import { innOf } from './people.js';

const HEADS = ['Внешний код', 'Название', 'ИНН', 'КПП'];
let serial = 500_000;

/** A line of an organisation that nobody has. */
const freshLine = () => [randomUUID(), 'ООО «Из таблицы»', innOf((serial += 1)), '770401001'];

/** A table as its file: long enough to be on its way for a while. */
export const TABLE = {
  bytes: Buffer.from([HEADS, freshLine()].map((row) => row.join(';')).join('\n') + '\n'.repeat(4000)),
  name: 'таблица.csv',
};

/** A comparison that waits to be applied; answers its id. */
export function addImport(house: TestHouse): Promise<string> {
  return previewImport(importing(house), {
    kind: 'organisations',
    name: TABLE.name,
    cells: [HEADS, freshLine()],
  });
}

const importing = (house: TestHouse) => ({
  db: house.parts.db,
  staff: null,
  actor: { account_id: null, ip: '', request_id: 'test' },
  now: house.clock.now(),
  form: null,
});

export const ORGANISATIONS = ['Внешний код', 'Название', 'ИНН', 'КПП', 'Адрес', 'E-mail ответственного'];
export const SPEKTR = ['о-1', 'ООО «Спектр»', '7704374968', '770401001', 'Москва', 'head@spektr.test'];
export const PERSON = ['о-2', 'ИП Переверзев', '773474855420', '', '', ''];
export const CONTRACTS = ['Внешний код', 'Код организации', 'Номер', 'Тип', 'Начало', 'Окончание'];
export const INVOICES = [
  'Внешний код',
  'Номер',
  'Дата',
  'ИНН плательщика',
  'КПП',
  'Номер договора',
  'Период',
  'Оплатить до',
  'Наименование',
  'Количество',
  'Единица',
  'Цена',
  'НДС',
];
export const PREMISES = ['Внешний код', 'Код договора', 'Здание', 'Помещение', 'Площадь, м²'];

/** Takes everything out of the register, and what hangs on it. */
export async function emptyRegister(house: TestHouse): Promise<void> {
  const tables = [
    'imports',
    'outbox',
    'invitations',
    'memberships',
    'premises',
    'contracts',
    'organisations',
  ];
  for (const table of [...tables, 'buildings']) await house.parts.db(table).delete();
}

/** Imports as the server's command line does. */
export function importer(house: () => TestHouse) {
  const db = () => house().parts.db;
  return {
    /** Compares a table; answers what it found. */
    async compare(kind: ImportKind, cells: string[][]) {
      const id = await previewImport(importing(house()), { kind, name: 'таблица.xlsx', cells });
      const { counts } = await getImport(db(), id);
      const refused = async () =>
        (await listLines(db(), id, 'refused', 0, 100)).map(({ line, reason }) => `${line}: ${reason}`);
      return { id, counts, refused };
    },
    apply: (id: string, how?: { issue: boolean }) => applyImport(importing(house()), id, how),
    /** What the journal tells from now on. */
    async since() {
      const from = Number((await db()('audit').orderBy('id').pluck('id')).at(-1) ?? 0);
      return async () =>
        (await db()('audit').where('id', '>', from).orderBy('id')).map((entry) => ({
          action: entry.action,
          details: entry.details,
          organisation: entry.organisation_id,
          subject: entry.subject_id,
        }));
    },
  };
}
