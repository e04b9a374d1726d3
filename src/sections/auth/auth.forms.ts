import { z } from 'zod';
import type { Contact } from '../../domain/people/recovery.actions.js';
import { required, ticked } from '../../web/form.js';
import {
  differ,
  email,
  name,
  newPassword,
  patronymic,
  phone,
  repeated,
  requiredPhone,
  same,
  smsCode,
  surname,
} from '../person-fields.js';

/** «Регистрация клиента», manual 3.1. */
export const registerForm = z
  .object({
    email,
    surname,
    name,
    patronymic,
    phone,
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
export const recoveryForm = z.object({
  contact: required('Укажите адрес E-mail или номер телефона', 254).transform((typed, ctx): Contact => {
    if (typed.includes('@')) {
      const address = email.safeParse(typed);
      if (address.success) return { email: address.data };
    } else {
      const number = phone.safeParse(typed);
      if (number.success && number.data) return { phone: number.data };
    }
    ctx.addIssue({
      code: 'custom',
      message: 'Укажите адрес вида name@company.ru или российский мобильный номер, например +7 903 000-00-00',
    });
    return { email: '' };
  }),
  surname,
});

/** The code of an SMS with a new password, manual 3.3. */
export const recoveryCodeForm = z
  .object({ phone: requiredPhone, code: smsCode, password: newPassword, password_again: repeated })
  .refine(same, differ);

/** The button of the letter's page; in another browser it brings the password too. */
export const confirmForm = z.object({
  password: z.string('Введите пароль').max(1000, 'Пароль не подходит').optional(),
});

/** A new password, twice. */
export const passwordForm = z
  .object({ password: newPassword, password_again: repeated })
  .refine(same, differ);
