import { z } from 'zod';
import { parseDay } from '../../lib/dates.js';
import { required, several, ticked } from '../../web/form.js';
import { seenForm } from './organisations.forms.js';

/** What the reviewer saw: the decision binds to it. */
const seen = {
  version: z.uuid('Откройте документ заново'),
  sha256: z.string('Откройте документ заново').regex(/^[\da-f]{64}$/, 'Откройте документ заново'),
};

/** «Принять» with «Действителен до». */
export const approvalForm = z.object({
  ...seen,
  valid_until: required('Укажите, до какого дня действует документ').transform((typed, ctx) => {
    const day = parseDay(typed);
    if (!day) ctx.addIssue({ code: 'custom', message: 'Укажите день, например 30.11.2027' });
    return day ?? '';
  }),
});

/** «Отклонить»: ready-made reasons, words, or both. */
export const rejectionForm = z
  .object({
    ...seen,
    reasons: several,
    words: z.string('Укажите причину').trim().max(1000, 'Сократите до 1000 символов').optional(),
  })
  .transform(({ reasons, words, ...rest }) => ({
    ...rest,
    reason: [...reasons.slice(0, 20), words].filter(Boolean).join('. ').slice(0, 3000),
  }))
  .refine(({ reason }) => reason !== '', {
    path: ['reasons'],
    error: 'Выберите причину или опишите её словами',
  });

/** Taking an acceptance back. */
export const withdrawalForm = z.object({ version: seen.version, reason: required('Укажите причину', 1000) });

/** A document type. */
export const typeForm = z.object({
  name: required('Укажите название', 300)
    .transform((name) => name.replace(/\s+/g, ' '))
    .refine((name) => /[\p{L}\p{N}]/u.test(name), 'Укажите название'),
  required: ticked,
  term_months: z
    .string('Укажите одно число')
    .trim()
    .optional()
    .transform((typed, ctx) => {
      if (!typed) return null;
      const months = /^\d{1,3}$/.test(typed) ? Number(typed) : 0;
      if (months < 1 || months > 120)
        ctx.addIssue({ code: 'custom', message: 'Укажите число месяцев от 1 до 120' });
      return months;
    }),
  reasons: z
    .string('Укажите причины, по одной в строке')
    .max(5000, 'Сократите до 5000 символов')
    .optional()
    .transform((lines) =>
      (lines ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
    ),
  position: z
    .string('Укажите одно число')
    .trim()
    .optional()
    .transform((typed, ctx) => {
      if (typed && !/^\d{1,4}$/.test(typed))
        ctx.addIssue({ code: 'custom', message: 'Укажите число от 0 до 9999' });
      return Number(typed || 0);
    }),
  hidden: ticked,
  seen: seenForm.shape.seen.optional(),
});
