import type { Database } from '../../db/knex.js';
import { walkRegister, type RegisterFilter } from '../../domain/organisations/register.data.js';
import { day, type Day } from '../../lib/dates.js';
import type { FileAnswer } from '../../web/answer.js';
import { savedTable } from '../saved-table.js';

const HEADS = [
  // The first six are those of an import: what was exported can be mended and imported again.
  'Внешний код',
  'Название',
  'ИНН',
  'КПП',
  'Адрес',
  'E-mail ответственного',
  'Договоры',
  'Администраторы',
  'Здания',
];

/** The filtered register as a table to be saved: a workbook, or CSV where the address says so. */
export async function exportRegister(
  db: Database,
  filter: RegisterFilter,
  today: Day,
  format: string | null,
): Promise<FileAnswer> {
  const rows: string[][] = [];
  for await (const part of walkRegister(db, filter, today)) {
    for (const row of part) {
      const ends = (until: Day | null) => (until ? ` до ${day(until)}` : '');
      rows.push([
        row.external_id ?? '',
        row.name,
        row.inn,
        row.kpp ?? '',
        row.address ?? '',
        row.responsible_email ?? '',
        row.contracts.map(({ number, ends_on }) => number + ends(ends_on)).join('; '),
        row.administrators.map(({ surname, name }) => `${surname} ${name}`).join('; '),
        row.buildings.join('; '),
      ]);
    }
  }
  return savedTable({ heads: HEADS, rows }, `Организации ${day(today)}`, format);
}
