import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letters } from '../outbox/letter.js';
import { findAccountByEmail, findRegistration } from './people.data.js';
import { CONFIRMATION_TIME } from './registration.actions.js';

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

export const peopleLetters: Letters = { registration };
