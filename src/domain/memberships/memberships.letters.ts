import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letter, type Letters } from '../outbox/letter.js';
import { findAccountByEmail } from '../people/accounts.data.js';
import { findInvitation, invitationsFor } from './invitations.data.js';
import { ROLES, type Role } from './memberships.policy.js';

interface Facts {
  name: string;
  patronymic: string | null;
  organisation: string;
  organisation_name: string;
  request: string;
  who: string;
  other: string;
  reason: string;
  roles: Role[];
  sees_all: boolean;
}

/** A letter about one's place in an organisation: the words and the page differ, the greeting does not. */
const about =
  (
    words: (facts: Facts) => Pick<Letter, 'subject' | 'paragraphs'>,
    link: { label: string; path: (facts: Facts) => string },
  ): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    const href = publicUrl + link.path(facts);
    return Promise.resolve({
      ...words(facts),
      greeting: greet(facts),
      link: { label: link.label, href },
    });
  };

const profiles = { label: 'Мои организации', path: () => '/profiles' };
const profile = {
  label: 'Открыть профиль организации',
  path: ({ organisation }: Facts) => `/profiles/${organisation}/information`,
};
const accounts = {
  label: 'Связанные аккаунты',
  path: ({ organisation }: Facts) => `/profiles/${organisation}/accounts`,
};
const handover = {
  label: 'Ответить',
  path: ({ organisation }: Facts) => `/profiles/${organisation}/handover`,
};

/** What somebody may do, in words: «Документы, Пропуска; видит все заявки и обращения». */
export function rightsInWords({ roles, sees_all }: { roles: string[]; sees_all: boolean }): string {
  const names = roles.map((role) => ROLES[role as Role]).join(', ');
  return sees_all ? `${names}; видит все заявки и обращения` : names;
}

/** Waits in the outbox for whoever registers; written from the invitation as it is when the letter goes. */
const invitation: Composer = async ({ db, publicUrl, now }, data, recipient) => {
  const row = await findInvitation(db, String(data.invitation));
  if (row?.state !== 'open' || row.expires_at <= now) return null;
  const known = await findAccountByEmail(db, recipient);
  if (known?.blocked_at) return null;
  const label = known ? 'Открыть приглашение' : 'Зарегистрироваться';
  const path = known ? '/profiles' : '/auth/register';
  const next = known
    ? 'Войдите в кабинет и примите приглашение в разделе «Профили».'
    : 'Зарегистрируйтесь с этим адресом, подтвердите его и примите приглашение в разделе «Профили».';
  return {
    subject: `Приглашение в профиль организации: ${row.organisation}`,
    greeting: known ? greet(known) : 'Здравствуйте!',
    paragraphs: [
      `${row.inviter ?? 'Управляющая компания'} приглашает вас в профиль организации ${row.organisation} в Личном кабинете клиента. Права: ${rightsInWords(row)}.`,
      next,
      `Приглашение действует до ${dateTime(row.expires_at)} по московскому времени.`,
    ],
    link: { label, href: publicUrl + path },
    note: 'Если вы не знаете, о чём речь, ничего делать не нужно.',
  };
};

/** To whom an organisation without an administrator is written to; what he can do about it is looked up when it goes. */
const responsible: Composer = async ({ db, publicUrl, now }, data, recipient) => {
  const { who, organisation, organisation_name } = data as unknown as Facts;
  const known = await findAccountByEmail(db, recipient);
  const invitations = await invitationsFor(db, recipient, now);
  const invited = invitations.some((row) => row.organisation_id === organisation);
  const first = known ? 'войдите в кабинет' : 'зарегистрируйтесь с этим адресом, подтвердите его';
  const next = invited
    ? `Чтобы решать самим, ${first} и примите приглашение администратора в разделе «Профили». Иначе запрос рассмотрит управляющая компания.`
    : 'Запрос рассмотрит управляющая компания. Чтобы решать самим, попросите её назначить вас администратором профиля.';
  return {
    subject: `Запрос доступа: ${organisation_name}`,
    greeting: known ? greet(known) : 'Здравствуйте!',
    paragraphs: [
      `${who} просит доступ к профилю организации ${organisation_name} в Личном кабинете клиента. Ваш адрес указан как адрес ответственного, а администратора у профиля пока нет.`,
      next,
    ],
    link: known
      ? { label: 'Войти в кабинет', href: `${publicUrl}/profiles` }
      : { label: 'Зарегистрироваться', href: `${publicUrl}/auth/register` },
  };
};

export const membershipLetters: Letters = {
  invitation,
  'access.requested': about(
    ({ who, organisation_name }) => ({
      subject: `Запрос доступа: ${organisation_name}`,
      paragraphs: [
        `${who} просит доступ к профилю организации ${organisation_name}.`,
        'Откройте запрос, чтобы предоставить доступ и выбрать права или отказать. Сначала понадобится войти в кабинет: сама по себе ссылка доступа никому не даёт.',
      ],
    }),
    {
      label: 'Рассмотреть запрос',
      path: ({ organisation, request }) => `/profiles/${organisation}/accounts/requests/${request}`,
    },
  ),
  'access.responsible': responsible,
  'access.refused': about(
    ({ organisation_name, reason }) => ({
      subject: `В доступе отказано: ${organisation_name}`,
      paragraphs: [
        `Ваш запрос доступа к профилю организации ${organisation_name} отклонён.`,
        `Причина: ${reason}`,
      ],
    }),
    profiles,
  ),
  'membership.began': about(
    (facts) => ({
      subject: `Доступ предоставлен: ${facts.organisation_name}`,
      paragraphs: [
        `Вам открыт профиль организации ${facts.organisation_name}. Права: ${rightsInWords(facts)}.`,
      ],
    }),
    profile,
  ),
  'membership.changed': about(
    (facts) => ({
      subject: `Права изменены: ${facts.organisation_name}`,
      paragraphs: [
        `Ваши права в профиле организации ${facts.organisation_name} изменены. Теперь: ${rightsInWords(facts)}.`,
      ],
    }),
    profile,
  ),
  'membership.ended': about(
    ({ organisation_name, reason }) => ({
      subject: `Доступ прекращён: ${organisation_name}`,
      paragraphs: [
        `Ваш доступ к профилю организации ${organisation_name} прекращён.`,
        ...(reason ? [`Причина: ${reason}`] : []),
      ],
    }),
    profiles,
  ),
  'administrator.appointed': about(
    ({ organisation_name, reason }) => ({
      subject: `Вы администратор профиля: ${organisation_name}`,
      paragraphs: [
        `Управляющая компания назначила вас администратором профиля организации ${organisation_name}. Теперь права участников назначаете вы.`,
        `Причина: ${reason}`,
      ],
    }),
    accounts,
  ),
  'administrator.joined': about(
    ({ organisation_name, other, reason }) => ({
      subject: `Назначен ещё один администратор: ${organisation_name}`,
      paragraphs: [
        `У профиля организации ${organisation_name} новый администратор: ${other}. Его назначила управляющая компания. Ваши права остались прежними.`,
        `Причина: ${reason}`,
      ],
    }),
    accounts,
  ),
  'handover.offered': about(
    ({ organisation_name, other }) => ({
      subject: `Вам предложено управление профилем: ${organisation_name}`,
      paragraphs: [
        `${other || 'Администратор профиля'} предлагает передать вам управление профилем организации ${organisation_name}. Пока вы не согласились, всё остаётся как есть.`,
      ],
    }),
    handover,
  ),
  'handover.accepted': about(
    ({ organisation_name, other }) => ({
      subject: `Управление профилем передано: ${organisation_name}`,
      paragraphs: [`Управление профилем организации ${organisation_name} принял участник ${other}.`],
    }),
    profile,
  ),
  'handover.taken': about(
    ({ organisation_name, other }) => ({
      subject: `Вы управляете профилем: ${organisation_name}`,
      paragraphs: [
        `Вы приняли управление профилем организации ${organisation_name}. Прежний администратор: ${other}. Теперь права участников назначаете вы.`,
      ],
    }),
    accounts,
  ),
  'handover.declined': about(
    ({ organisation_name, other }) => ({
      subject: `Управление не принято: ${organisation_name}`,
      paragraphs: [
        `Участник ${other} отказался принять управление профилем организации ${organisation_name}. Администратором остаётесь вы.`,
      ],
    }),
    profile,
  ),
};
