import type { ListedEntry } from '../../domain/audit/audit.data.js';
import { rightsInWords } from '../../domain/memberships/memberships.letters.js';

/** What is said of each entry, and how it looks; the person it is about stands in the details under one of these names. */
const EVENTS: Record<string, { title: string; state: string }> = {
  'access.requested': { title: 'Запрошен доступ', state: 'sent' },
  'access.withdrawn': { title: 'Запрос доступа отозван', state: 'old' },
  'access.granted': { title: 'Запрос доступа одобрен', state: 'ok' },
  'access.refused': { title: 'В доступе отказано', state: 'no' },
  'membership.began': { title: 'Доступ предоставлен', state: 'ok' },
  'membership.changed': { title: 'Права изменены', state: 'soon' },
  'membership.ended': { title: 'Доступ прекращён', state: 'no' },
  'invitation.sent': { title: 'Отправлено приглашение', state: 'sent' },
  'invitation.repeated': { title: 'Приглашение отправлено ещё раз', state: 'sent' },
  'invitation.withdrawn': { title: 'Приглашение отозвано', state: 'old' },
  'invitation.accepted': { title: 'Приглашение принято', state: 'ok' },
  'invitation.declined': { title: 'Приглашение отклонено', state: 'no' },
  'handover.offered': { title: 'Предложено управление', state: 'sent' },
  'handover.withdrawn': { title: 'Предложение управления отменено', state: 'old' },
  'handover.accepted': { title: 'Управление передано', state: 'ok' },
  'handover.declined': { title: 'Управление не принято', state: 'no' },
};
export const ACCESS_ACTIONS = Object.keys(EVENTS);

interface Rights {
  roles: string[];
  sees_all: boolean;
}
interface Details {
  member?: string;
  who?: string;
  by?: string;
  to?: string;
  email?: string;
  reason?: string | null;
  before?: Rights;
  after?: Rights;
}

/** An entry of the journal as the timeline shows it. */
export function journalEvent(entry: ListedEntry) {
  const { title, state } = EVENTS[entry.action]!;
  const { member, who, by, to, email, reason, before, after } = entry.details as Details;
  const about = [
    member ?? who ?? by ?? to ?? email,
    before && `было: ${rightsInWords(before)}`,
    after && `${before ? 'стало' : 'права'}: ${rightsInWords(after)}`,
    reason && `причина: ${reason}`,
  ];
  return { title, state, at: entry.at, by: entry.who, text: about.filter(Boolean).join('; ') };
}
