import { z } from 'zod';
import { EMAIL } from '../lib/email.js';
import { isInn } from '../lib/inn.js';
import { parsePhone } from '../lib/phone.js';
import { optional, required } from '../web/form.js';

// What is asked of a person about himself, at the registration and later: each field has one rule and one set of words.

export const email = required('Укажите адрес E-mail', 254).regex(
  EMAIL,
  'Проверьте адрес E-mail: он должен быть вида name@company.ru',
);

// Names stand in letters to addresses that nobody has proved yet: nothing in them may become a header, a tag or a link.
const NAME = /^(?:[\p{L}\p{M}'’ ()‐–-]|\.(?=[ )]|$))*$/u;
const ONLY_LETTERS = 'Оставьте буквы, пробелы и дефисы';
const personName = (missing: string) => required(missing, 100).regex(NAME, ONLY_LETTERS);

export const surname = personName('Укажите фамилию');
export const name = personName('Укажите имя');
export const patronymic = optional(100).refine((text) => NAME.test(text ?? ''), ONLY_LETTERS);

/** A mobile number in any spacing, as `+79030000000`; null when it is left empty. */
export const phone = z
  .string('Укажите один номер')
  .trim()
  .optional()
  .transform((typed, ctx) => {
    if (!typed) return null;
    const number = parsePhone(typed);
    if (!number)
      ctx.addIssue({
        code: 'custom',
        message: 'Укажите российский мобильный номер, например +7 903 000-00-00',
      });
    return number;
  });

/** The same where one must be given. */
export const requiredPhone = phone.transform((number, ctx) => {
  if (number === null) ctx.addIssue({ code: 'custom', message: 'Укажите номер телефона' });
  return number ?? '';
});

/** Six digits of an SMS, spaces forgiven. */
export const smsCode = z
  .string('Введите код из SMS')
  .transform((typed) => typed.replace(/\s/g, ''))
  .pipe(
    z
      .string()
      .min(1, 'Введите код из SMS')
      .regex(/^\d{6}$/, 'Код из SMS — 6 цифр'),
  );

/** A private person's ИНН, spaces forgiven; null when it is left empty. */
export const personInn = z
  .string('Укажите один ИНН')
  .optional()
  .transform((typed, ctx) => {
    const digits = (typed ?? '').replace(/\s/g, '');
    if (digits === '') return null;
    const problem = !/^\d{12}$/.test(digits)
      ? 'ИНН физического лица — 12 цифр'
      : !isInn(digits) && 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся';
    if (problem) ctx.addIssue({ code: 'custom', message: problem });
    return digits;
  });

/** A new password and its repetition: 8 to 128 characters, any (ASVS 6.2.1, 6.2.9). */
export const newPassword = z
  .string('Придумайте пароль')
  .min(1, 'Придумайте пароль')
  .min(8, 'Пароль короче 8 символов')
  .max(128, 'Пароль длиннее 128 символов');

export const repeated = z
  .string('Повторите пароль')
  .min(1, 'Повторите пароль')
  .max(1000, 'Пароли не совпадают');

export const same = <T extends { password: string; password_again: string }>(fields: T) =>
  fields.password === fields.password_again;
export const differ = { path: ['password_again'], error: 'Пароли не совпадают' };
