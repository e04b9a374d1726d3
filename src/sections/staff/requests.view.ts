import type { Conversation } from '../../domain/conversations/conversations.data.js';
import type { DeskFilter, DeskRow } from '../../domain/conversations/desk.data.js';
import { FACES, stateName, type Face } from '../../domain/conversations/faces.js';
import { dateTime } from '../../lib/dates.js';
import { idOf, searchOf } from '../../web/list-query.js';
import { stateTag } from '../conversation-words.js';

export const DESK = '/staff/requests';

export const SHOW_OPTIONS = [
  { value: 'turn', label: 'Ждут нас' },
  { value: 'waiting', label: 'Ждут арендатора' },
  { value: 'over', label: 'Завершённые' },
  { value: 'all', label: 'Все' },
];
export const FACE_OPTIONS = [
  { value: 'request', label: 'Заявки' },
  { value: 'message', label: 'Обращения' },
];
export const FACE_NAMES: Record<Face, string> = { request: 'Заявки', message: 'Обращения' };

/** The filter of the address; what does not fit is not asked for. */
export function deskFilter(query: URLSearchParams, self: string): DeskFilter {
  const show = query.get('show') ?? 'turn';
  const face = query.get('face') ?? '';
  const whose = query.get('assignee') ?? '';
  return {
    face: FACES.find((one) => one === face) ?? null,
    show: SHOW_OPTIONS.some(({ value }) => value === show) ? (show as DeskFilter['show']) : 'turn',
    kind: idOf(query, 'kind'),
    organisation: idOf(query, 'organisation'),
    assignee: whose === 'me' ? self : idOf(query, 'assignee'),
    free: whose === 'nobody',
    search: searchOf(query),
  };
}

const FILTERS = ['show', 'face', 'kind', 'organisation', 'assignee', 'search'];

/** What of the address narrows the desk: kept in the links to other pages. */
export const keptFilter = (query: URLSearchParams) =>
  [...query].filter(([name, value]) => value !== '' && FILTERS.includes(name));

/** Until when, in words, and whether that is over. */
export function dueWords(row: { due_at: Date | null }, now: Date) {
  if (!row.due_at) return null;
  const late = row.due_at < now;
  return { late, text: `до ${dateTime(row.due_at)}` };
}

/** A line of the desk. */
export function deskLine(row: DeskRow, now: Date) {
  return {
    href: `${DESK}/${row.id}`,
    subject: row.subject,
    number: row.number,
    kind: row.kind,
    who: row.organisation ?? row.author,
    sub: row.organisation ? row.author : 'Частное лицо',
    at: row.created_at,
    due: dueWords(row, now),
    assignee: row.assignee,
    rating: row.rating,
    tag: stateTag(row.face, row.state),
  };
}

/** A ready-made answer with what is known filled in; what stays in braces is for the writer. */
export function filledIn(text: string, conversation: Conversation, name: string): string {
  const known: Record<string, string> = {
    имя: name,
    номер: conversation.number,
    тема: conversation.subject,
    статус: stateName(conversation.face, conversation.state),
    исполнитель: conversation.assignee ?? '',
  };
  return text.replace(/\{([а-яё]+)\}/gi, (whole, word: string) => known[word.toLowerCase()] ?? whole);
}
