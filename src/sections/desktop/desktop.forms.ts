import { z } from 'zod';
import { TOPIC_NAMES } from '../../domain/people/mail-choices.js';
import { several } from '../../web/form.js';
import {
  differ,
  email,
  name,
  newPassword,
  patronymic,
  personInn,
  phone,
  repeated,
  same,
  smsCode,
  surname,
} from '../person-fields.js';

/** «Личные данные», manual 4.1.1.1. */
export const personalForm = z.object({ surname, name, patronymic, phone, inn: personInn });

/** Another address; the password comes along. */
export const emailForm = z.object({
  email,
  password: z.string('Введите пароль').min(1, 'Введите пароль').max(1000, 'Пароль не подходит'),
});

/** The code that confirms the number. */
export const phoneForm = z.object({ code: smsCode });

/** «Смена пароля», manual 4.1.1.2. */
export const passwordForm = z
  .object({
    old_password: z
      .string('Введите старый пароль')
      .min(1, 'Введите старый пароль')
      .max(1000, 'Старый пароль не подходит'),
    password: newPassword,
    password_again: repeated,
  })
  .refine(same, differ);

/** What comes by mail; a topic that there is not is left out. */
export const lettersForm = z.object({
  topics: several.transform((typed) => TOPIC_NAMES.filter((topic) => typed.includes(topic))),
});
