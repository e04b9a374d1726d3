import {
  shownStatus,
  STATUS_NAMES,
  type ReviewStatus,
  type ShownStatus,
} from '../domain/documents/document-status.js';
import type { DocumentDetails, HistoryEntry } from '../domain/documents/documents.data.js';
import { day, type Day } from '../lib/dates.js';
import { fileSize } from '../lib/text.js';

/** The colour that goes with a status; colour means state and nothing else. */
const TONES: Record<ShownStatus, string> = { sent: 'sent', accepted: 'ok', rejected: 'no', invalid: 'old' };

/** A status as a tag shows it. */
export const statusTag = (state: ShownStatus) => ({ state: TONES[state], label: STATUS_NAMES[state] });

/** `pdf, 412 КБ` */
export const fileWords = (file: { mime: string; size: number }) =>
  `${file.mime === 'application/pdf' ? 'pdf' : 'jpg'}, ${fileSize(file.size)}`;

const EVENTS: Record<string, { title: string; state: string; decision?: true }> = {
  'document.sent': { title: 'Отправлен на проверку', state: 'sent' },
  'document.changed': { title: 'Изменён, отправлена новая версия', state: 'sent' },
  'document.renewed': { title: 'Отправлена новая версия', state: 'sent' },
  'document.accepted': { title: 'Принят', state: 'ok', decision: true },
  'document.rejected': { title: 'Отклонён', state: 'no', decision: true },
  'document.withdrawn': { title: 'Решение отозвано, снова на проверке', state: 'sent', decision: true },
  'document.expired': { title: 'Срок действия закончился', state: 'old' },
  'document.removed': { title: 'Удалён', state: 'old' },
};

/** The history as a timeline, newest first; tenants see the company, not the name, behind a decision. */
export function timeline(history: HistoryEntry[], shows: { staff: boolean }) {
  return history
    .filter((entry) => entry.action in EVENTS)
    .map((entry) => {
      const event = EVENTS[entry.action]!;
      const { number, valid_until, reason } = entry.details;
      const version = number && number > 1 ? `, версия ${number}` : '';
      return {
        title: event.title + version + (valid_until ? ` до ${day(valid_until)}` : ''),
        state: event.state,
        at: entry.at,
        by: event.decision && !shows.staff ? 'Управляющая компания' : entry.who,
        text: reason ?? null,
      };
    })
    .reverse();
}

/** The versions of a document as its page lists them, the newest first. */
export function versionRows(document: DocumentDetails, base: string, today: Day) {
  return document.versions.map((version) => {
    const overtaken = version.status === 'accepted' && version.id !== document.in_force?.id;
    const replaced = version.status === 'replaced' || overtaken;
    const shown = shownStatus(version.status as ReviewStatus, version.valid_until, today);
    return {
      number: version.number,
      about: fileWords(version),
      at: version.uploaded_at,
      uploader: version.uploader,
      comment: version.comment,
      tag: replaced ? { state: 'old', label: 'Заменён' } : statusTag(shown),
      href: `${base}/file?version=${version.id}`,
    };
  });
}
