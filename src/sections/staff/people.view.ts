import type { HeldMembership } from '../../domain/memberships/profiles.data.js';
import { rightsInWords } from '../../domain/memberships/memberships.letters.js';
import { rolesInWords } from '../../domain/people/administration.actions.js';
import type { PeopleFilter, Person } from '../../domain/people/people.data.js';
import { peoplePolicy, STAFF_ROLES, type StaffRole } from '../../domain/people/people.policy.js';
import { dateTime } from '../../lib/dates.js';
import { fullName } from '../access-words.js';
import { outsideFact } from './outside.view.js';

export const PATH = '/staff/people';

const FILTERS = { staff: 'Сотрудники', blocked: 'Заблокированные', inn: 'ИНН ждёт подтверждения' };
export const FILTER_OPTIONS = Object.entries(FILTERS).map(([value, label]) => ({ value, label }));

/** The filter of the address; null: all. */
export function filterOf(query: URLSearchParams): PeopleFilter {
  const show = query.get('show') ?? '';
  return Object.hasOwn(FILTERS, show) ? (show as PeopleFilter) : null;
}

const ROLE_HINTS: Record<StaffRole, string> = {
  operator: 'Отвечает на заявки и обращения, выдаёт пропуска',
  reviewer: 'Принимает и отклоняет документы арендаторов',
  accountant: 'Ведёт счета и оплату',
  editor: 'Пишет уведомления, ведёт услуги и справку',
  administrator: 'Всё перечисленное, а также люди, организации и настройки',
};
export const ROLE_OPTIONS = Object.entries(STAFF_ROLES).map(([value, label]) => ({
  value,
  label,
  hint: ROLE_HINTS[value as StaffRole],
}));

const BLOCKED = { state: 'no', label: 'Заблокирован' };
const WAITING = { state: 'soon', label: 'ИНН не подтверждён' };

export function listRow(person: Person) {
  const waits = person.inn !== null && person.inn_confirmed_at === null;
  return {
    href: `${PATH}/${person.id}`,
    name: fullName(person),
    email: person.email,
    phone: person.phone,
    roles: rolesInWords(person.staff_roles),
    since: person.created_at,
    seen: person.seen_at,
    tag: person.blocked_at ? BLOCKED : waits ? WAITING : null,
  };
}

/** What is known of a person, for the company's administrator. */
export function facts(person: Person, sessions: number, blocker: string | null) {
  const proved = (at: Date | null) => (at ? `, подтверждён ${dateTime(at)}` : ', не подтверждён');
  return [
    { label: 'Адрес E-mail', value: person.email },
    { label: 'Телефон', value: person.phone ? person.phone + proved(person.phone_confirmed_at) : '—' },
    { label: 'ИНН', value: person.inn ? person.inn + proved(person.inn_confirmed_at) : '—' },
    { label: 'Регистрация', value: dateTime(person.created_at) },
    { label: 'Последний вход', value: person.seen_at ? dateTime(person.seen_at) : 'ещё не входил' },
    { label: 'Открытых сеансов', value: String(sessions) },
    outsideFact(person),
    ...(person.blocked_at
      ? [
          { label: 'Заблокирован', value: dateTime(person.blocked_at) },
          { label: 'Кто заблокировал', value: blocker ?? '—' },
          { label: 'Причина', value: person.blocked_reason ?? '—' },
        ]
      : []),
  ];
}

export const membershipRow = (row: HeldMembership) => ({
  href: `/staff/organisations/${row.organisation_id}`,
  organisation: row.organisation,
  inn: row.inn,
  rights: rightsInWords(row),
  since: row.since,
  ended: row.ended_at,
});

/** The organisations whose profile has nobody to manage it while this person is blocked. */
export const orphanedBy = (rows: HeldMembership[]) =>
  rows
    .filter((row) => !row.ended_at && row.roles.includes('administrator') && !row.others)
    .map((row) => row.organisation);

/**
 * What can be done with the account, by whom it is and who looks.
 *
 * @param fresh he has not set a password yet
 */
export const allowed = (person: Person, viewer: { id: string }, fresh = false) => ({
  link: fresh && !person.blocked_at && peoplePolicy.isStaff(person),
  block: !person.blocked_at && person.id !== viewer.id,
  unblock: person.blocked_at !== null,
  roles: !person.blocked_at && person.id !== viewer.id,
  staff: peoplePolicy.isStaff(person),
});
