import { z } from 'zod';
import { parseMoment } from '../../lib/dates.js';
import { required, several } from '../../web/form.js';
import { email } from '../person-fields.js';

/** A moment in Moscow; a day alone is taken at `time`. */
const moment = (time: `${number}:${number}`) => (typed: string, ctx: z.RefinementCtx) => {
  const at = parseMoment(typed, time);
  if (!at) ctx.addIssue({ code: 'custom', message: 'Укажите день и время, например 30.11.2027 09:00' });
  return at ?? new Date(0);
};

const emails = z
  .string('Укажите адреса, по одному в строке')
  .max(20_000, 'Сократите до 20 000 символов')
  .optional()
  .transform((lines, ctx) => {
    const list = (lines ?? '')
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map((one) => one.toLowerCase());
    const wrong = list.flatMap((one, at) => (email.safeParse(one).success ? [] : [at + 1]));
    if (wrong.length > 0) {
      const message = `Проверьте адреса № ${wrong.slice(0, 10).join(', ')}: они должны быть вида name@company.ru`;
      ctx.addIssue({ code: 'custom', message });
    }
    return [...new Set(list)];
  });

/** A notification as the editor writes it. */
export const notificationForm = z
  .object({
    audience: z.enum(['everyone', 'organisations', 'buildings', 'accounts'], 'Выберите, кому показать'),
    organisations: several.transform((ids) => ids.filter((id) => z.uuid().safeParse(id).success)),
    buildings: several,
    emails,
    kind: z.enum(['info', 'offer', 'important'], 'Выберите вид'),
    title: required('Укажите заголовок').transform((title) => title.replace(/\s+/g, ' ')),
    text: required('Напишите текст', 5000),
    appears_at: z
      .string('Укажите один момент')
      .trim()
      .optional()
      .transform((typed, ctx) => (typed ? moment('00:00')(typed, ctx) : null)),
    goes_at: required('Укажите, до какого времени показывать').transform(moment('23:59')),
    /** The revision that the editor saw. */
    revision: z.coerce.number('Откройте уведомление заново').int('Откройте уведомление заново').optional(),
  })
  .refine(({ appears_at, goes_at }) => !appears_at || goes_at > appears_at, {
    path: ['goes_at'],
    error: 'Укажите время позже, чем «Показывать с»',
  });

/** What the editor saw when he published. */
export const publicationForm = z.object({
  revision: z.coerce.number('Откройте уведомление заново').int('Откройте уведомление заново'),
});
