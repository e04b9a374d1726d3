import { z } from 'zod';
import { KIND_NAMES } from '../../domain/imports/layouts.js';
import { ticked } from '../../web/form.js';

/** What the file is about; it comes beside. */
export const importForm = z.object({
  kind: z.enum(KIND_NAMES, 'Выберите, что импортировать'),
});

/** «Применить»; of invoices, whether they are issued at once. */
export const applyForm = z.object({ issue: ticked });

/** The file of the form. */
export const IMPORT_FILE = {
  field: 'file',
  maxBytes: 10 * 1024 * 1024,
  smaller: 'Разделите таблицу на части или уберите лишние листы и столбцы',
};
