import type { Database } from '../db/knex.js';
import type { Reader } from '../domain/conversations/conversations.data.js';
import { stateName, type Face } from '../domain/conversations/faces.js';
import { walkConversations, type ListFilter } from '../domain/conversations/lists.data.js';
import { day, type Day } from '../lib/dates.js';
import type { Cell } from '../lib/spreadsheet.js';
import type { FileAnswer } from '../web/answer.js';
import { savedTable } from './saved-table.js';

const HEADS = ['Номер', 'Тема', 'Статус', 'Вид', 'Заявитель', 'Отправил', 'Отправлено'];

/** What a tenant's list shows, filtered as it is, as a table to be saved. */
export async function exportConversations(
  db: Database,
  reader: Reader,
  face: Face,
  filter: ListFilter,
  today: Day,
  format: string | null,
): Promise<FileAnswer> {
  const rows: Cell[][] = [];
  for await (const part of walkConversations(db, reader, face, filter)) {
    for (const row of part)
      rows.push([
        row.number,
        row.subject,
        stateName(face, row.state),
        row.kind,
        row.organisation ?? 'Частное лицо',
        row.author,
        row.created_at,
      ]);
  }
  const title = face === 'request' ? 'Заявки' : 'Сообщения';
  return savedTable({ heads: HEADS, rows }, `${title} ${day(today)}`, format);
}
