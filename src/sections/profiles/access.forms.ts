import { z } from 'zod';
import { isInn } from '../../lib/inn.js';
import { required } from '../../web/form.js';
import { rights } from '../access-fields.js';
import { email } from '../person-fields.js';

/** «Проверить ИНН», spaces forgiven; its control digits are checked before anything is looked up. */
export const lookupForm = z.object({
  inn: required('Укажите ИНН', 40)
    .transform((typed) => typed.replace(/\s/g, ''))
    .pipe(
      z
        .string()
        .regex(/^(\d{10}|\d{12})$/, 'ИНН организации — 10 цифр, предпринимателя — 12')
        .refine(isInn, 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся'),
    ),
});

/** «Запросить доступ»: to which of the organisations with this ИНН, by their КПП. */
export const requestForm = z.object({ kpp: z.uuid('Выберите КПП из списка') });

/** «Добавить участника» by his address. */
export const personForm = z.object({ email, ...rights });

/** Changing what a member may do; `seen` is what stood there when the form was opened. */
export const rightsForm = z.object({ ...rights, seen: z.string('Откройте страницу заново').max(200) });
