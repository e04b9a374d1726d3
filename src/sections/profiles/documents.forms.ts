import { z } from 'zod';
import { required } from '../../web/form.js';

const comment = z
  .string('Укажите один комментарий')
  .trim()
  .max(2000, 'Сократите комментарий до 2000 символов')
  .optional()
  .transform((text) => text ?? '');

const type_id = required('Выберите тип документа').pipe(z.uuid('Выберите тип документа'));

/** «Добавить документ», manual 4.2.5. */
export const documentForm = z.object({ type_id, comment });

/** «Изменить»: the version that the page showed comes along. */
export const editForm = documentForm.extend({ version: z.uuid('Откройте документ заново') });

/** A new version keeps its document's type. */
export const versionForm = z.object({ comment });

/** One PDF or JPEG of at most 10 MB (10 × 1024 × 1024 bytes), manual 4.2.5. */
export const DOCUMENT_FILE = { field: 'file', maxBytes: 10 * 1024 * 1024 };
