import { z } from 'zod';
import { isInn } from '../lib/inn.js';
import { optional, required } from '../web/form.js';

// What is asked about an organisation: each field has one rule and one set of words.

/** Its ИНН, spaces forgiven, with right control digits. */
export const inn = required('Укажите ИНН', 40)
  .transform((typed) => typed.replace(/\s/g, ''))
  .pipe(
    z
      .string()
      .regex(/^(\d{10}|\d{12})$/, 'ИНН организации — 10 цифр, предпринимателя — 12')
      .refine(isInn, 'Проверьте ИНН: в нём ошибка, контрольные цифры не сходятся'),
  );

/** Its КПП (order ММВ-7-6/435@ of the Federal Tax Service); null when it is left empty. */
export const kpp = optional(40).transform((typed, ctx) => {
  const code = typed?.replace(/\s/g, '').toUpperCase() ?? null;
  if (code !== null && !/^\d{4}[\dA-Z]{2}\d{3}$/.test(code))
    ctx.addIssue({ code: 'custom', message: 'КПП — 9 знаков, например 770401001' });
  return code;
});
