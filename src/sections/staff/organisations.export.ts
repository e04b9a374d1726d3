import { Readable } from 'node:stream';
import type { Database } from '../../db/knex.js';
import { walkRegister, type RegisterFilter } from '../../domain/organisations/register.data.js';
import { day, type Day } from '../../lib/dates.js';
import { csvOf, xlsxOf, type Table } from '../../lib/spreadsheet.js';
import type { FileAnswer } from '../../web/answer.js';

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

const KINDS = {
  xlsx: { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: xlsxOf },
  csv: { mime: 'text/csv; charset=utf-8', write: (table: Table) => Promise.resolve(csvOf(table)) },
};

/** The filtered register as a table to be saved: a workbook, or CSV where the address says so. */
export async function exportRegister(
  db: Database,
  filter: RegisterFilter,
  today: Day,
  format: string | null,
): Promise<FileAnswer> {
  const kind = format === 'csv' ? 'csv' : 'xlsx';
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
  const bytes = await KINDS[kind].write({ heads: HEADS, rows });
  const name = `Организации ${day(today)}.${kind}`;
  const file = { stream: Readable.from([bytes]), size: bytes.length, mime: KINDS[kind].mime, name };
  return { kind: 'file', file, inline: false };
}
