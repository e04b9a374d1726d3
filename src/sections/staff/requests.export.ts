import type { Database } from '../../db/knex.js';
import { walkDesk, type DeskFilter } from '../../domain/conversations/desk.data.js';
import { stateName } from '../../domain/conversations/faces.js';
import { day, type Day } from '../../lib/dates.js';
import type { Cell } from '../../lib/spreadsheet.js';
import type { FileAnswer } from '../../web/answer.js';
import { savedTable } from '../saved-table.js';

const HEADS = [
  'Номер',
  'Тема',
  'Статус',
  'Вид',
  'Организация',
  'Заявитель',
  'Исполнитель',
  'Отправлено',
  'Срок',
  'Оценка',
];

/** What the desk shows, filtered as it is, as a table to be saved. */
export async function exportDesk(
  db: Database,
  filter: DeskFilter,
  today: Day,
  format: string | null,
): Promise<FileAnswer> {
  const rows: Cell[][] = [];
  for await (const part of walkDesk(db, filter)) {
    for (const row of part)
      rows.push([
        row.number,
        row.subject,
        stateName(row.face, row.state),
        row.kind,
        row.organisation ?? 'Частное лицо',
        row.author,
        row.assignee ?? '',
        row.created_at,
        row.due_at ?? '',
        row.rating ?? '',
      ]);
  }
  return savedTable({ heads: HEADS, rows }, `Заявки и обращения ${day(today)}`, format);
}
