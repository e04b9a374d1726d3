import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letters } from '../outbox/letter.js';
import { transaction, type Database } from '../../db/knex.js';
import { supportOf } from '../organisations/company.js';
import { countSent } from '../outbox/outbox.data.js';
import { administrationLetters } from './administration.letters.js';
import { emailChangeLetters } from './email-change.letters.js';
import { LINK_TIME } from './password-link.actions.js';
import { phoneLetters } from './phone.letters.js';
import { foldName } from './recovery.actions.js';
import { findAccountByEmail } from './accounts.data.js';
import { insertPasswordLink } from './password-links.data.js';
import { findRegistration } from './registrations.data.js';
import { CONFIRMATION_TIME } from './registration.actions.js';
import { hashToken } from './tokens.js';

/** Decides what a registered address hears: how to confirm it, or that it has an account already. */
const registration: Composer = async ({ db, publicUrl, token }, data) => {
  const found = await findRegistration(db, String(data.registration));
  if (!found || found.confirmed_at) return null;
  const owner = await findAccountByEmail(db, found.email);
  if (owner) {
    return {
      subject: 'Вы уже зарегистрированы в Личном кабинете клиента',
      greeting: greet(owner),
      paragraphs: [
        'Кто-то, возможно вы, отправил форму регистрации с вашим адресом. Учётная запись с этим адресом уже есть, новая не создана, пароль не изменён.',
        'Чтобы войти, используйте свой пароль.',
      ],
      link: { label: 'Войти в кабинет', href: `${publicUrl}/auth/login` },
      note: 'Если форму отправляли не вы, ничего делать не нужно.',
    };
  }
  const until = new Date(found.created_at.getTime() + CONFIRMATION_TIME);
  return {
    subject: 'Подтвердите регистрацию в Личном кабинете клиента',
    greeting: greet(found),
    paragraphs: [
      'Вы зарегистрировались в Личном кабинете клиента. Откройте ссылку и подтвердите адрес, чтобы входить в кабинет.',
      `Ссылка действует до ${dateTime(until)} по московскому времени. После этого введённые данные удаляются.`,
    ],
    link: {
      label: 'Подтвердить адрес',
      href: `${publicUrl}/auth/confirm/${token('registration', found.id)}`,
    },
    note: 'Если вы не регистрировались, откройте ссылку и нажмите «Это не я» — или просто не отвечайте: без подтверждения учётная запись не появится.',
  };
};

/** Recovery letters to one address an hour and a day: whoever asks for more only fills a stranger's mailbox. */
const LETTERS = [
  { most: 3, within: 3_600_000 },
  { most: 10, within: 24 * 3_600_000 },
];

async function hadEnough(db: Database, recipient: string, now: Date): Promise<boolean> {
  for (const { most, within } of LETTERS) {
    const since = new Date(now.getTime() - within);
    if ((await countSent(db, 'recovery', recipient, since)) >= most) return true;
  }
  return false;
}

/** Written only if the address and the surname belong to one active account; the link dies with the next one. */
const recovery: Composer = async ({ db, publicUrl, token, now }, data, recipient) => {
  const { request, surname, asked_at } = data as { request: string; surname: string; asked_at: number };
  const owner = await findAccountByEmail(db, recipient);
  const until = new Date(asked_at + LINK_TIME);
  if (!owner || owner.blocked_at || foldName(owner.surname) !== surname || until <= now) return null;
  if (await hadEnough(db, recipient, now)) return null;
  const secret = token('recovery', request);
  await transaction(db, (trx) =>
    insertPasswordLink(trx, {
      id: request,
      account_id: owner.id,
      token_hash: hashToken(secret),
      created_at: new Date(asked_at),
      expires_at: until,
    }),
  );
  return {
    subject: 'Восстановление доступа в Личный кабинет клиента',
    greeting: greet(owner),
    paragraphs: [
      'Чтобы задать новый пароль, откройте ссылку.',
      `Ссылка действует один раз, до ${dateTime(until)} по московскому времени.`,
    ],
    link: { label: 'Задать новый пароль', href: `${publicUrl}/auth/password/${secret}` },
    note: 'Если вы не запрашивали восстановление доступа, ничего делать не нужно: пароль не изменён.',
  };
};

const passwordChanged: Composer = ({ publicUrl, company }, data) => {
  const { at, ...person } = data as { at: number; name: string; patronymic: string | null };
  return Promise.resolve({
    subject: 'Пароль в Личном кабинете клиента изменён',
    greeting: greet(person),
    paragraphs: [
      `Пароль вашей учётной записи изменён ${dateTime(new Date(at))} по московскому времени. Сеансы на других устройствах завершены.`,
      `Если это были не вы, сразу восстановите доступ и сообщите нам: ${supportOf(company).reach}.`,
    ],
    link: { label: 'Восстановить доступ', href: `${publicUrl}/auth/recovery` },
  });
};

export const peopleLetters: Letters = {
  registration,
  recovery,
  'password-changed': passwordChanged,
  ...phoneLetters,
  ...emailChangeLetters,
  ...administrationLetters,
};
