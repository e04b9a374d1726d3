import {
  ALLOWED,
  AUDIENCES,
  KINDS,
  STATE_NAMES,
  stateOf,
  type NotificationState,
} from '../../domain/notifications/notification.js';
import type {
  ListedNotification,
  NotificationDetails,
} from '../../domain/notifications/notifications.data.js';

import { dateTime } from '../../lib/dates.js';
import { counted } from '../../lib/text.js';

const TAGS: Record<NotificationState, string> = {
  draft: 'old',
  planned: 'soon',
  shown: 'ok',
  over: 'old',
  withdrawn: 'no',
};

export const stateTag = (state: NotificationState) => ({ state: TAGS[state], label: STATE_NAMES[state] });

const options = (names: Record<string, string>) =>
  Object.entries(names).map(([value, label]) => ({ value, label }));

export const AUDIENCE_OPTIONS = options(AUDIENCES).map((option) => ({
  ...option,
  hint: {
    everyone: 'На рабочем столе у каждого, кто зарегистрирован',
    organisations: 'В профилях выбранных организаций',
    buildings: 'В профилях всех, кто арендует помещения в этих зданиях',
    accounts: 'На рабочем столе у людей с этими адресами E-mail',
  }[option.value],
}));
export const KIND_OPTIONS = options(KINDS).map((option) => ({
  ...option,
  hint: {
    info: 'По почте — тем, кто выбрал такие письма',
    offer: 'По почте — тем, кто выбрал такие письма',
    important: 'Всем, кого касается, придёт и письмо',
  }[option.value],
}));
export const STATE_OPTIONS = options(STATE_NAMES);

/** The state of the address; null: all. */
export function stateFilter(query: URLSearchParams): NotificationState | null {
  const state = query.get('state') ?? '';
  return Object.hasOwn(STATE_NAMES, state) ? (state as NotificationState) : null;
}

export function listRow(row: ListedNotification, now: Date) {
  return {
    href: `/staff/notifications/${row.id}`,
    title: row.title,
    about: `${KINDS[row.kind]} · ${row.author}`,
    audience: AUDIENCES[row.audience],
    appears: row.appears_at,
    goes: row.goes_at,
    tag: stateTag(stateOf(row, now)),
  };
}

/** The notification as its readers will see it. */
export const preview = ({ kind, title, text, appears_at }: NotificationDetails) => ({
  title,
  text,
  appears_at,
  tag: kind === 'info' ? null : { state: kind === 'important' ? 'no' : 'sent', label: KINDS[kind] },
});

/** What the editor checks before he publishes, and reads afterwards. */
export function facts(row: NotificationDetails, readers: { people: number; read: number }, now: Date) {
  const { targets } = row;
  const who = {
    everyone: '',
    organisations: targets.organisations.map(({ name }) => name).join(', '),
    buildings: targets.buildings.join(', '),
    accounts: targets.accounts.map(({ email }) => email).join(', '),
  }[row.audience];
  const published = stateOf(row, now) !== 'draft';
  const people = counted(readers.people, 'человек', 'человека', 'человек');
  return [
    { label: 'Кому', value: [AUDIENCES[row.audience], who].filter(Boolean).join(': ') },
    published
      ? { label: 'Прочитали', value: `${readers.read} из ${readers.people}` }
      : { label: 'Увидят сейчас', value: people },
    { label: 'Вид', value: KINDS[row.kind] },
    { label: 'Показывать с', value: row.appears_at ? dateTime(row.appears_at) : 'сразу после публикации' },
    { label: 'Показывать до', value: dateTime(row.goes_at) },
    { label: 'Автор', value: row.author },
  ];
}

/** The buttons below the preview, by the state. */
export const allowed = (row: NotificationDetails, now: Date) => {
  const acts = ALLOWED[stateOf(row, now)];
  return {
    edit: acts.includes('edit'),
    publish: acts.includes('publish'),
    remove: acts.includes('remove'),
    withdraw: acts.includes('withdraw'),
  };
};

/** The form's first values when a notification is opened for a change. */
export function typedOf(row: NotificationDetails) {
  return {
    audience: row.audience,
    organisations: row.targets.organisations.map(({ id }) => id),
    buildings: row.targets.buildings,
    emails: row.targets.accounts.map(({ email }) => email).join('\n'),
    kind: row.kind,
    title: row.title,
    text: row.text,
    appears_at: row.appears_at ? dateTime(row.appears_at) : '',
    goes_at: dateTime(row.goes_at),
    revision: String(row.revision),
  };
}
