import { z } from 'zod';
import { rights } from '../access-fields.js';
import { inn } from '../organisation-fields.js';
import { email } from '../person-fields.js';

/** «Проверить ИНН», spaces forgiven; its control digits are checked before anything is looked up. */
export const lookupForm = z.object({ inn });

/** «Запросить доступ»: to which of the organisations with this ИНН, by their КПП. */
export const requestForm = z.object({ kpp: z.uuid('Выберите КПП из списка') });

/** «Добавить участника» by his address. */
export const personForm = z.object({ email, ...rights });

/** Changing what a member may do; `seen` is what stood there when the form was opened. */
export const rightsForm = z.object({ ...rights, seen: z.string('Откройте страницу заново').max(200) });
