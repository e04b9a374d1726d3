import { z } from 'zod';
import { optional, required, ticked } from '../../web/form.js';
import { day, sum } from '../money-fields.js';

/** One statement of at most 10 MB. */
export const STATEMENT_FILE = { field: 'file', maxBytes: 10 * 1024 * 1024 };

/** A file, and that it is of the company's own account though the details say another. */
export const statementForm = z.object({ own: ticked });

const CHOOSE = 'Выберите счёт или укажите номер';

/** A line decided by hand: which of the page's forms was sent says how. */
export const decisionForm = z
  .object({
    decision: z.enum(['invoice', 'advance', 'ignore'], 'Выберите, что сделать с платежом'),
    invoice: z
      .union([z.literal(''), z.uuid(CHOOSE)], CHOOSE)
      .optional()
      .transform((id) => id || null),
    number: optional(50),
    why: optional(300),
  })
  .superRefine(({ decision, invoice, number, why }, ctx) => {
    if (decision === 'invoice' && !invoice && !number)
      ctx.addIssue({ code: 'custom', path: ['invoice'], message: CHOOSE });
    if (decision === 'ignore' && !why)
      ctx.addIssue({ code: 'custom', path: ['why'], message: 'Укажите, почему это не наш платёж' });
  });

/** A transfer to a payer who has paid ahead. */
export const returnForm = z.object({
  amount: sum,
  paid_on: day('Укажите, когда вернули'),
  number: required('Укажите номер платёжного поручения', 50),
  reason: required('Укажите причину', 300),
});

export const reversalForm = z.object({ reason: required('Укажите причину', 300) });
