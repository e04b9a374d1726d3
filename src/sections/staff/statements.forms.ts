import { z } from 'zod';

/** One statement of at most 10 MB. */
export const STATEMENT_FILE = { field: 'file', maxBytes: 10 * 1024 * 1024 };

/** A line decided by hand: which button was pressed says how. */
export const decisionForm = z
  .object({
    decision: z.enum(['invoice', 'advance', 'ignore'], 'Выберите, что сделать с платежом'),
    invoice: z.string('Укажите один номер').trim().max(50, 'Сократите до 50 символов').optional(),
    why: z.string('Укажите одну причину').trim().max(300, 'Сократите до 300 символов').optional(),
  })
  .superRefine(({ decision, invoice, why }, ctx) => {
    if (decision === 'invoice' && !invoice)
      ctx.addIssue({ code: 'custom', path: ['invoice'], message: 'Укажите номер счёта' });
    if (decision === 'ignore' && !why)
      ctx.addIssue({ code: 'custom', path: ['why'], message: 'Укажите, почему это не наш платёж' });
  });
