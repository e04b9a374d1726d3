import type { JournalEntry } from '../../domain/audit/journal.data.js';
import { addDays, parseDay, parseMoment } from '../../lib/dates.js';
import { MAX_SEARCH } from '../../web/list-query.js';
import { ACTION_GROUPS, ACTION_WORDS } from '../journal-words.js';
import { detailsInWords } from './journal.details.js';

export const GROUP_OPTIONS = Object.entries(ACTION_GROUPS).map(([value, { label }]) => ({ value, label }));

/** What the journal is asked for, as it was typed. */
export function askedOf(query: URLSearchParams) {
  const line = (name: string) =>
    (query.get(name) ?? '')
      .replace(/[\s\0]+/g, ' ')
      .trim()
      .slice(0, MAX_SEARCH);
  const group = line('group');
  return {
    person: line('person'),
    organisation: line('organisation'),
    group: Object.hasOwn(ACTION_GROUPS, group) ? group : '',
    from: line('from'),
    to: line('to'),
  };
}
export type Asked = ReturnType<typeof askedOf>;

export const actionsOf = (group: string) => (group ? Object.keys(ACTION_GROUPS[group]!.actions) : null);

/** The beginning of the first day and the end of the last, in Moscow; what is no day is said at its field. */
export function daysOf({ from, to }: Asked) {
  const [first, last] = [parseDay(from), parseDay(to)];
  const errors: Record<string, string> = {};
  if (from && !first) errors.from = WRONG;
  if (to && !last) errors.to = WRONG;
  if (first && last && first > last) errors.to = 'Укажите день не раньше, чем «С дня»';
  return {
    from: first === null ? null : parseMoment(first, '00:00'),
    to: last === null ? null : parseMoment(addDays(last, 1), '00:00'),
    errors,
  };
}
const WRONG = 'Укажите день, например 26.11.2026';

/** An entry as the list shows it. */
export function entryRow(entry: JournalEntry) {
  const about = entry.subject && !('who' in entry.details) ? [`Аккаунт: ${entry.subject}`] : [];
  return {
    at: entry.at,
    href: entry.import && `/staff/import/${entry.import}`,
    title: ACTION_WORDS[entry.action] ?? entry.action,
    organisation: entry.organisation,
    who: entry.who ?? actorOf(entry),
    from: [entry.email, entry.ip].filter(Boolean),
    lines: [...about, ...detailsInWords(entry.details)],
  };
}

/** Who acts without an account. */
function actorOf({ request_id, account_id }: JournalEntry): string {
  if (request_id === 'job:command' || request_id?.startsWith('command:')) return 'Команда на сервере';
  if (request_id?.startsWith('job:')) return 'Кабинет, по расписанию';
  return account_id ? 'Удалённый аккаунт' : 'Без входа';
}
