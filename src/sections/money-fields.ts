import { parseDay } from '../lib/dates.js';
import { parseMoney } from '../lib/text.js';
import { required } from '../web/form.js';

/** A day as people type it. @param missing says how to mend its absence */
export const day = (missing: string) =>
  required(missing).transform((typed, ctx) => {
    const found = parseDay(typed);
    if (!found) ctx.addIssue({ code: 'custom', message: 'Укажите день, например 30.11.2027' });
    return found ?? '';
  });

/** A sum in roubles, as whole kopecks. */
export const sum = required('Укажите сумму').transform((typed, ctx) => {
  const kopecks = parseMoney(typed);
  if (kopecks === null || kopecks <= 0)
    ctx.addIssue({ code: 'custom', message: 'Укажите сумму в рублях, например 1 500,50' });
  return kopecks ?? 0;
});
