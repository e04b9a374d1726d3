import { transaction } from '../../db/knex.js';
import { TooMany } from '../../lib/errors.js';
import { dateTime } from '../../lib/dates.js';
import { greet, type Composer, type Letters, type ShortMessage } from '../outbox/letter.js';
import { supportOf } from '../organisations/company.js';
import { findAccountByPhone } from './accounts.data.js';
import { CODE_TIME, issueCode } from './phone-codes.actions.js';
import { findCode } from './phone-codes.data.js';
import { foldName } from './recovery.actions.js';

const sms = (code: string, purpose: string): ShortMessage => ({
  sms: `Код ${code} — ${purpose} в Личном кабинете клиента. Действует 10 минут. Никому его не сообщайте.`,
});

/** The code that confirms a number: while it can still be used. */
const phoneCode: Composer = async ({ db, code, now }, data) => {
  const row = await findCode(db, String(data.code));
  return row && !row.used_at && row.expires_at > now ? sms(code(row.id), 'подтверждение телефона') : null;
};

/** Written only if the number is proved to be of an active account with this surname, and has not had enough codes. */
const recoveryCode: Composer = async ({ db, code, now }, data, recipient) => {
  const { request, surname, asked_at } = data as { request: string; surname: string; asked_at: number };
  const owner = await findAccountByPhone(db, recipient);
  const from = new Date(asked_at);
  const late = asked_at + CODE_TIME <= now.getTime();
  if (!owner || owner.blocked_at || foldName(owner.surname) !== surname || late) return null;
  // A gateway that was away is asked again for the same code, and that is one sending.
  if (!(await findCode(db, request))) {
    try {
      const issued = { id: request, purpose: 'recovery', account: owner, phone: recipient, from } as const;
      await transaction(db, (trx) => issueCode(trx, issued, now));
    } catch (refusal) {
      if (refusal instanceof TooMany) return null;
      throw refusal;
    }
  }
  return sms(code(request), 'восстановление доступа');
};

const phoneConfirmed: Composer = ({ publicUrl, now, company }, data) => {
  const { phone, ...person } = data as { phone: string; name: string; patronymic: string | null };
  return Promise.resolve({
    subject: 'Телефон подтверждён в Личном кабинете клиента',
    greeting: greet(person),
    paragraphs: [
      `Номер ${phone} подтверждён ${dateTime(now)} по московскому времени. По нему можно восстановить доступ.`,
      `Если это были не вы, сразу смените пароль и сообщите нам: ${supportOf(company).reach}.`,
    ],
    link: { label: 'Сменить пароль', href: `${publicUrl}/desktop/password` },
  });
};

/** The company's administrators hear that no more codes are sent today. */
const smsUsedUp: Composer = (_context, data) => {
  const { count, ...person } = data as { count: number; name: string; patronymic: string | null };
  return Promise.resolve({
    subject: 'Лимит SMS на сутки исчерпан',
    greeting: greet(person),
    paragraphs: [
      `За последние сутки отправлено ${count} SMS с кодами, это предел. Новые коды не отправляются, пока сутки не пройдут.`,
      'Проверьте в журнале, не запрашивает ли коды кто-то чужой.',
    ],
  });
};

export const phoneLetters: Letters = {
  'phone-code': phoneCode,
  'recovery-code': recoveryCode,
  'phone-confirmed': phoneConfirmed,
  'sms-used-up': smsUsedUp,
};
