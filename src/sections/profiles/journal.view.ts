import type { ListedEntry } from '../../domain/audit/audit.data.js';
import { rightsInWords } from '../../domain/memberships/memberships.letters.js';
import { ACTION_WORDS } from '../journal-words.js';

/** How each entry looks; the person it is about stands in the details under one of these names. */
const STATES: Record<string, string> = {
  'access.requested': 'sent',
  'access.withdrawn': 'old',
  'access.granted': 'ok',
  'access.refused': 'no',
  'membership.began': 'ok',
  'membership.changed': 'soon',
  'membership.ended': 'no',
  'invitation.sent': 'sent',
  'invitation.repeated': 'sent',
  'invitation.withdrawn': 'old',
  'invitation.accepted': 'ok',
  'invitation.declined': 'no',
  'handover.offered': 'sent',
  'handover.withdrawn': 'old',
  'handover.accepted': 'ok',
  'handover.declined': 'no',
};
export const ACCESS_ACTIONS = Object.keys(STATES);

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
  const [title, state] = [ACTION_WORDS[entry.action], STATES[entry.action]];
  const { member, who, by, to, email, reason, before, after } = entry.details as Details;
  const about = [
    member ?? who ?? by ?? to ?? email,
    before && `было: ${rightsInWords(before)}`,
    after && `${before ? 'стало' : 'права'}: ${rightsInWords(after)}`,
    reason && `причина: ${reason}`,
  ];
  return { title, state, at: entry.at, by: entry.who, text: about.filter(Boolean).join('; ') };
}
