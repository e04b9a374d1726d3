import { ROLE_NAMES, ROLES, type Role } from '../domain/memberships/memberships.policy.js';

const ROLE_HINTS: Record<Role, string> = {
  administrator: 'Всё ниже, а также связанные аккаунты и запросы доступа',
  documents: 'Смотрит, добавляет, заменяет и удаляет документы',
  requests: 'Заявки, обращения и заказ услуг',
  accounting: 'Счета, оплата и акты',
  passes: 'Гостевые пропуска и сотрудники',
  observer: 'Смотрит всё, кроме денег, и ничего не меняет',
};

export const ROLE_OPTIONS = ROLE_NAMES.map((value) => ({
  value,
  label: ROLES[value],
  hint: ROLE_HINTS[value],
}));

/** What «Отправить ещё раз» did: no second letter while the first one is on its way, or has just come. */
export const repeatedInWords = ({ email, sent }: { email: string; sent: boolean }) =>
  sent
    ? `Приглашение отправлено на ${email} ещё раз.`
    : `Письмо уже отправлено на ${email}. Повторить можно через 10 минут.`;

export const fullName = (person: { surname: string; name: string; patronymic?: string | null }) =>
  [person.surname, person.name, person.patronymic].filter(Boolean).join(' ');
