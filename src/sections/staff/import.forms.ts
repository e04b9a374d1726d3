import { z } from 'zod';

/** Which table is sent; the file comes beside it. */
export const importForm = z.object({
  kind: z.enum(['organisations', 'contracts', 'premises'], 'Выберите, что импортировать'),
});

/** The file of the form. */
export const IMPORT_FILE = {
  field: 'file',
  maxBytes: 10 * 1024 * 1024,
  smaller: 'Разделите таблицу на части или уберите лишние листы и столбцы',
};
