import { noteExport } from '../../domain/organisations/register.actions.js';
import { walkRegister, type RegisterFilter } from '../../domain/organisations/register.data.js';
import { day, dayOf, type Day } from '../../lib/dates.js';
import type { FileAnswer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { savedTable } from '../saved-table.js';
import type { Ctx } from '../section.js';

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

/** The filtered register as a table to be saved: a workbook, or CSV where the address says so. The journal tells of it. */
export async function exportRegister(
  { db, actor, now, query }: Pick<Ctx<Account>, 'db' | 'actor' | 'now' | 'query'>,
  filter: RegisterFilter,
): Promise<FileAnswer> {
  const today = dayOf(now);
  const format = query.get('format') === 'csv' ? 'csv' : 'xlsx';
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
  await noteExport({ db, actor, now }, filter, { rows: rows.length, format });
  return savedTable({ heads: HEADS, rows }, `Организации ${day(today)}`, format);
}
