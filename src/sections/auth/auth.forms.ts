import { z } from 'zod';
import { parsePhone } from '../../lib/phone.js';
import { optional, required, ticked } from '../../web/form.js';

const EMAIL = /^[^\s@<>()[\],;:\\"]+@[^\s@.]+(\.[^\s@.]+)+$/;

const email = required('Укажите адрес E-mail', 254).regex(
  EMAIL,
  'Проверьте адрес E-mail: он должен быть вида name@company.ru',
);

// Names stand in letters: no line of them may become a header, nothing in them a tag.
const NAME = /^[^<>{}\r\n]*$/;
const personName = (missing: string) => required(missing, 100).regex(NAME, 'Уберите из имени скобки');

const newPassword = z
  .string('Придумайте пароль')
  .min(1, 'Придумайте пароль')
  .min(8, 'Пароль короче 8 символов')
  .max(128, 'Пароль длиннее 128 символов');

const repeated = z.string('Повторите пароль').min(1, 'Повторите пароль').max(1000, 'Пароли не совпадают');

const same = <T extends { password: string; password_again: string }>(fields: T) =>
  fields.password === fields.password_again;
const differ = { path: ['password_again'], error: 'Пароли не совпадают' };

/** «Регистрация клиента», manual 3.1. */
export const registerForm = z
  .object({
    email,
    surname: personName('Укажите фамилию'),
    name: personName('Укажите имя'),
    patronymic: optional(100).refine((text) => NAME.test(text ?? ''), 'Уберите из имени скобки'),
    phone: z
      .string('Укажите один номер')
      .trim()
      .optional()
      .transform((typed, ctx) => {
        if (!typed) return null;
        const phone = parsePhone(typed);
        if (!phone)
          ctx.addIssue({ code: 'custom', message: 'Укажите российский номер, например +7 903 000-00-00' });
        return phone;
      }),
    password: newPassword,
    password_again: repeated,
    consent: ticked.refine((given) => given, 'Отметьте согласие с политикой обработки персональных данных'),
  })
  .refine(same, differ);

/** «Авторизация», manual 3.2. */
export const loginForm = z.object({
  email: required('Укажите адрес E-mail', 254),
  password: z.string('Введите пароль').min(1, 'Введите пароль').max(1000, 'Адрес или пароль не подходят'),
  remember: ticked,
  next: z.string().optional().catch(undefined),
});

/** «Восстановление доступа», manual 3.3. */
export const recoveryForm = z.object({ email, surname: personName('Укажите фамилию') });

/** The button of the letter's page; in another browser it brings the password too. */
export const confirmForm = z.object({
  password: z.string('Введите пароль').max(1000, 'Пароль не подходит').optional(),
});

/** A new password, twice. */
export const passwordForm = z
  .object({ password: newPassword, password_again: repeated })
  .refine(same, differ);

/** A page that only asks. */
export const emptyForm = z.object({});
