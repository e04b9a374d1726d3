import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letters } from '../outbox/letter.js';
import { supportOf } from '../organisations/company.js';
import { findAccountByEmail } from './accounts.data.js';
import { findEmailChange } from './email-change.data.js';

/** To the new address: only while the wish stands, and not where the address has an account. */
const emailChange: Composer = async ({ db, publicUrl, token, now }, data, recipient) => {
  const { change, ...person } = data as { change: string; name: string; patronymic: string | null };
  const found = await findEmailChange(db, change);
  if (!found || found.expires_at <= now || (await findAccountByEmail(db, recipient))) return null;
  return {
    subject: 'Подтвердите новый адрес для Личного кабинета клиента',
    greeting: greet(person),
    paragraphs: [
      'Чтобы входить в кабинет с этим адресом, откройте ссылку и подтвердите его.',
      `Ссылка действует один раз, до ${dateTime(found.expires_at)} по московскому времени.`,
    ],
    link: { label: 'Подтвердить адрес', href: `${publicUrl}/auth/email/${token('email', found.id)}` },
    note: 'Если вы не меняли адрес в кабинете, ничего делать не нужно.',
  };
};

type Notice = { at: number; name: string; patronymic: string | null };

const asked: Composer = ({ publicUrl, company }, data) => {
  const { at, ...person } = data as unknown as Notice;
  return Promise.resolve({
    subject: 'Запрошена смена адреса в Личном кабинете клиента',
    greeting: greet(person),
    paragraphs: [
      `${dateTime(new Date(at))} по московскому времени запрошена смена адреса вашей учётной записи. Пока новый адрес не подтверждён, входите с прежним.`,
      `Если это были не вы, сразу смените пароль и сообщите нам: ${supportOf(company).reach}.`,
    ],
    link: { label: 'Сменить пароль', href: `${publicUrl}/desktop/password` },
  });
};

const changed: Composer = ({ company }, data) => {
  const { at, ...person } = data as unknown as Notice;
  return Promise.resolve({
    subject: 'Адрес в Личном кабинете клиента изменён',
    greeting: greet(person),
    paragraphs: [
      `${dateTime(new Date(at))} по московскому времени адрес вашей учётной записи изменён. С этим адресом войти больше нельзя.`,
      `Если это были не вы, сразу сообщите нам: ${supportOf(company).reach}.`,
    ],
  });
};

export const emailChangeLetters: Letters = {
  'email-change': emailChange,
  'email-change-asked': asked,
  'email-changed': changed,
};
