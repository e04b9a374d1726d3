import {
  ACTION_NAMES,
  actionsFor,
  isEnding,
  shownStatus,
  type DocumentAction,
} from '../../domain/documents/document-status.js';
import type { ChecklistItem, ListedDocument } from '../../domain/documents/lists.data.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import { day, daysBetween, type Day } from '../../lib/dates.js';
import { counted } from '../../lib/text.js';
import { fileWords, statusTag } from '../document-words.js';

/** Where an organisation's documents live. */
export const documentsPath = (member: Member) => `/profiles/${member.organisation.id}/documents`;

const ADDRESS: Record<DocumentAction, string> = {
  view: '',
  download: '/file',
  edit: '/edit',
  renew: '/version',
  correct: '/version',
  remove: '/removal',
};

/** The links of a document: what its status allows and the member's roles permit. */
export function documentLinks(
  member: Member,
  document: { id: string; status: ListedDocument['status']; valid_until: Day | null },
  today: Day,
) {
  const status = shownStatus(document.status, document.valid_until, today);
  const reading: DocumentAction[] = ['view', 'download'];
  const base = `${documentsPath(member)}/${document.id}`;
  return actionsFor(status)
    .filter((action) => reading.includes(action) || documentPolicy.manage(member))
    .map((action) => ({ label: ACTION_NAMES[action], href: base + ADDRESS[action] }));
}

/** A row of the table as it is shown. */
export function documentRow(member: Member, row: ListedDocument, today: Day) {
  const state = shownStatus(row.status, row.valid_until, today);
  const ownPending = row.status !== 'accepted' && row.valid_until !== null && row.valid_until >= today;
  return {
    type: row.type,
    about: (row.number > 1 ? `Версия ${row.number} · ` : '') + fileWords(row),
    sentAt: row.sent_at,
    uploader:
      row.uploader_id === member.account_id
        ? `Вы (${row.uploader_email})`
        : `${row.uploader} (${row.uploader_email})`,
    tag: statusTag(state),
    reason: state === 'rejected' ? row.reason : null,
    validUntil: row.status === 'accepted' ? row.valid_until : null,
    validWords: row.status === 'accepted' ? left(row.valid_until, today) : null,
    inForce: ownPending ? `Прежняя версия действует до ${day(row.valid_until!)}` : null,
    links: documentLinks(member, row, today),
  };
}

/** «ещё 15 дней» for a document that ends soon. */
function left(validUntil: Day | null, today: Day): string | null {
  if (validUntil === null || !isEnding(validUntil, today)) return null;
  const days = daysBetween(today, validUntil);
  return days === 0 ? 'сегодня последний день' : `ещё ${counted(days, 'день', 'дня', 'дней')}`;
}

/** A required type as the checklist shows it: нет / на проверке / действует / истекает / недействителен. */
export function checklistItem(item: ChecklistItem, now: Date, today: Day, add: string | null) {
  const { name, valid_until } = item;
  const holds = valid_until !== null && valid_until >= today;
  if (holds && isEnding(valid_until, today) && !item.sent_at) {
    const days = daysBetween(today, valid_until);
    return {
      name,
      state: 'soon',
      text: days === 0 ? 'истекает сегодня' : `истекает через ${counted(days, 'день', 'дня', 'дней')}`,
    };
  }
  if (holds) return { name, state: 'ok', text: `действует до ${day(valid_until)}` };
  if (item.sent_at) {
    const days = Math.floor((now.getTime() - item.sent_at.getTime()) / 86_400_000);
    return {
      name,
      state: 'sent',
      text: days > 0 ? `на проверке ${counted(days, 'день', 'дня', 'дней')}` : 'на проверке',
    };
  }
  if (item.rejected) return { name, state: 'no', text: 'отклонён — загрузите исправленный' };
  if (valid_until !== null)
    return { name, state: 'no', text: `недействителен с ${day(nextDay(valid_until))}` };
  return { name, state: 'none', text: 'нет документа', ...(add && { href: `${add}?type=${item.type_id}` }) };
}

const nextDay = (value: Day): Day => new Date(Date.parse(value) + 86_400_000).toISOString().slice(0, 10);
