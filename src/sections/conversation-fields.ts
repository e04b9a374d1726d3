import { z } from 'zod';
import { optional, required } from '../web/form.js';

/** Several PDF or JPEG of at most 10 MB each, manual 4.1.2. */
export const CONVERSATION_FILES = { field: 'files', maxBytes: 10 * 1024 * 1024, maxFiles: 10 };

export const subject = required('Укажите тему').transform((text) => text.replace(/\s+/g, ' '));
export const said = (missing: string) => required(missing, 10_000);

/** On whose behalf: an organisation, or (empty) one's own. */
export const applicant = z
  .union([z.literal(''), z.uuid('Выберите заявителя из списка')], 'Выберите заявителя из списка')
  .optional()
  .transform((id) => id || null);

const kind_id = required('Выберите профиль обращения').pipe(z.uuid('Выберите профиль обращения'));

/** «Новая экспресс-заявка» (manual 4.1.2); its kind is for the staff to say. */
export const requestForm = z.object({
  organisation: applicant,
  kind_id: z
    .unknown()
    .optional()
    .transform(() => null),
  subject,
  text: said('Опишите суть проблемы'),
});

/** «Создать сообщение» (manual 4.2.4). */
export const messageForm = z.object({
  organisation: applicant,
  kind_id,
  subject,
  text: said('Напишите текст обращения'),
});

export const replyForm = z.object({ text: said('Напишите ответ') });
export const returnForm = z.object({ text: said('Напишите, что осталось сделать') });
export const ratingForm = z.object({
  rating: z.enum(['5', '4', '3', '2', '1'], 'Выберите оценку').transform(Number),
  text: optional(2000),
});
export const colleagueForm = z.object({
  colleague: required('Выберите коллегу').pipe(z.uuid('Выберите коллегу из списка')),
});
