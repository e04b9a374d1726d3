import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letter, type Letters } from '../outbox/letter.js';
import { rolesInWords } from './administration.actions.js';
import { findPasswordLink } from './password-links.data.js';
import { hashToken } from './tokens.js';

interface Facts {
  name: string;
  patronymic: string | null;
  inn: string;
  roles: string[];
}

/** What the company's administrator has done to an account, told to its person. */
const about =
  (words: (facts: Facts, publicUrl: string) => Omit<Letter, 'greeting'>): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    return Promise.resolve({ greeting: greet(facts), ...words(facts, publicUrl) });
  };

/** While the link of an appointment holds; afterwards the recovery of access brings another one. */
const invited: Composer = async ({ db, publicUrl, token, now }, data) => {
  const { link, until, ...facts } = data as unknown as Facts & { link: string; until: number };
  const secret = token('appointment', link);
  if (!(await findPasswordLink(db, hashToken(secret), now))) return null;
  return {
    subject: 'Вы сотрудник управляющей компании в Личном кабинете клиента',
    greeting: greet(facts),
    paragraphs: [
      `Для вас создана учётная запись. Ваши роли: ${rolesInWords(facts.roles)}.`,
      'Чтобы задать пароль, откройте ссылку.',
      `Ссылка действует один раз, до ${dateTime(new Date(until))} по московскому времени. Если не успели, запросите новую на странице «Восстановление доступа» (${publicUrl}/auth/recovery) по этому адресу и своей фамилии.`,
    ],
    link: { label: 'Задать пароль', href: `${publicUrl}/auth/password/${secret}` },
    note: 'Если вы не знаете, о чём речь, ничего делать не нужно.',
  };
};

export const administrationLetters: Letters = {
  'account-blocked': about((_, publicUrl) => ({
    subject: 'Учётная запись заблокирована',
    paragraphs: [
      'Управляющая компания заблокировала вашу учётную запись в Личном кабинете клиента. Войти в него сейчас нельзя.',
      'Чтобы узнать причину или восстановить доступ, напишите или позвоните нам.',
    ],
    link: { label: 'Контакты', href: `${publicUrl}/contacts` },
  })),
  'account-unblocked': about((_, publicUrl) => ({
    subject: 'Учётная запись разблокирована',
    paragraphs: ['Вы снова можете входить в Личный кабинет клиента со своим паролем.'],
    link: { label: 'Войти в кабинет', href: `${publicUrl}/auth/login` },
  })),
  'inn-confirmed': about(({ inn }, publicUrl) => ({
    subject: 'ИНН подтверждён',
    paragraphs: [`Управляющая компания подтвердила, что ИНН ${inn} — ваш.`],
    link: { label: 'Личные данные', href: `${publicUrl}/desktop/personal` },
  })),
  'inn-unconfirmed': about(({ inn }, publicUrl) => ({
    subject: 'Подтверждение ИНН снято',
    paragraphs: [
      `Управляющая компания сняла подтверждение ИНН ${inn}. Проверьте его в личных данных; если он указан верно, сообщите нам.`,
    ],
    link: { label: 'Личные данные', href: `${publicUrl}/desktop/personal` },
  })),
  'staff-changed': about(({ roles }, publicUrl) => ({
    subject: 'Ваши роли в управляющей компании изменены',
    paragraphs: [
      roles.length > 0
        ? `Ваши роли сотрудника управляющей компании: ${rolesInWords(roles)}.`
        : 'У вас больше нет ролей сотрудника управляющей компании. Доступ к профилям организаций не изменился.',
      'Сеансы на всех устройствах завершены, войдите в кабинет заново.',
    ],
    link: { label: 'Войти в кабинет', href: `${publicUrl}/auth/login` },
  })),
  'staff-invited': invited,
};
