import { shownStatus, STATUS_NAMES, type ShownStatus } from '../../domain/documents/document-status.js';
import type { QueueFilter, QueueRow } from '../../domain/documents/review.data.js';
import type { Day } from '../../lib/dates.js';
import { counted } from '../../lib/text.js';
import { idOf, searchOf } from '../../web/list-query.js';
import { statusTag } from '../document-words.js';

/** What the list can be narrowed to; it opens on what waits for a decision. */
export const STATUS_OPTIONS = [
  { value: 'sent', label: 'На проверке' },
  { value: 'accepted', label: STATUS_NAMES.accepted },
  { value: 'rejected', label: STATUS_NAMES.rejected },
  { value: 'invalid', label: STATUS_NAMES.invalid },
  { value: 'all', label: 'Все' },
];

/** The filter of the address; what does not fit is not asked for. */
export function queueFilter(query: URLSearchParams): QueueFilter {
  const status = query.get('status') ?? 'sent';
  const known = STATUS_OPTIONS.some((option) => option.value === status);
  return {
    status: known ? (status as ShownStatus | 'all') : 'sent',
    organisation: idOf(query, 'organisation'),
    type: idOf(query, 'type'),
    search: searchOf(query),
  };
}

/** `2 дня 4 часа`: how long a document has waited. */
export function waitingTime(since: Date, now: Date): string {
  const hours = Math.floor((now.getTime() - since.getTime()) / 3_600_000);
  if (hours < 1) return 'меньше часа';
  const days = Math.floor(hours / 24);
  const rest = hours % 24;
  const parts = [
    days > 0 && counted(days, 'день', 'дня', 'дней'),
    rest > 0 && days < 10 && counted(rest, 'час', 'часа', 'часов'),
  ];
  return parts.filter(Boolean).join(' ');
}

/** A row of the list as it is shown. */
export function queueRow(row: QueueRow, now: Date, today: Day) {
  const state = shownStatus(row.status, row.valid_until, today);
  return {
    href: `/staff/documents/${row.id}`,
    type: row.type,
    version: row.number > 1 ? `Версия ${row.number}` : null,
    organisation: row.organisation,
    inn: row.inn,
    sentAt: row.sent_at,
    waits: row.status === 'sent' ? waitingTime(row.sent_at, now) : null,
    tag: statusTag(state),
    validUntil: row.status === 'accepted' ? row.valid_until : null,
  };
}
