import { z } from 'zod';
import { lineTotal, MOST_LINES, MOST_TOTAL, VAT, type LineInput } from '../../domain/invoices/lines.js';
import { parseMonth } from '../../lib/dates.js';
import { money, parseMoney } from '../../lib/text.js';
import { optional, required } from '../../web/form.js';
import { day, sum } from '../money-fields.js';
import { inn } from '../organisation-fields.js';

/** `11.2026`, `2026-11` or nothing, as `2026-11`. */
const period = optional(20).transform((typed, ctx) => {
  if (typed === null) return null;
  const month = parseMonth(typed);
  if (!month) ctx.addIssue({ code: 'custom', message: 'Укажите месяц, например 11.2026' });
  return month;
});

const text = (form: Record<string, unknown>, name: string) => {
  const value = form[name];
  return typeof value === 'string' ? value.trim() : '';
};

/** The lines of the form; a place with nothing in it is no line. Each field is told what is wrong with it. */
function linesOf(
  form: Record<string, unknown>,
  problem: (field: string, message: string) => void,
): LineInput[] {
  const lines: LineInput[] = [];
  let total = 0;
  for (let n = 1; n <= MOST_LINES; n += 1) {
    const at = (name: string) => text(form, `line_${n}_${name}`);
    const [name, typed, unit, cost] = [at('name'), at('quantity'), at('unit'), at('price')];
    if (!name && !typed && !cost) continue;
    const quantity = typed.replace(/\s/g, '').replace(',', '.') || '1';
    const price = parseMoney(cost);
    const vat_code = Number(at('vat') || 1);
    if (!name) problem(`line_${n}_name`, 'Укажите, за что');
    if (name.length > 300) problem(`line_${n}_name`, 'Сократите до 300 символов');
    if (unit.length > 20) problem(`line_${n}_unit`, 'Сократите до 20 символов');
    const counted = /^\d{1,9}(\.\d{1,3})?$/.test(quantity) && Number(quantity) > 0;
    if (!counted) problem(`line_${n}_quantity`, 'Укажите количество, например 12,5');
    if (price === null) problem(`line_${n}_price`, 'Укажите цену в рублях, например 1 500,50');
    const sum = counted && price !== null ? lineTotal(quantity, price) : 0;
    total += sum;
    if (sum > MOST_TOTAL) problem(`line_${n}_price`, `Сумма строки больше ${money(MOST_TOTAL)}`);
    else if (total > MOST_TOTAL)
      problem(`line_${n}_price`, `С этой строкой сумма счёта больше ${money(MOST_TOTAL)}`);
    if (!(vat_code in VAT)) problem(`line_${n}_vat`, 'Выберите ставку НДС');
    lines.push({ name, quantity, unit: unit || null, price: price ?? 0, vat_code });
  }
  if (lines.length === 0) problem('line_1_name', 'Добавьте хотя бы одну строку');
  return lines;
}

/** A draft as the accountant writes it. */
export const invoiceForm = z
  .looseObject({
    inn,
    organisation: optional(36),
    contract: optional(100),
    number: required('Укажите номер', 50).regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'Напишите номер в одну строку'),
    dated_on: day('Укажите дату счёта'),
    period,
    due_on: day('Укажите, до какого дня оплатить'),
    purpose: optional(300),
    revision: z.coerce.number('Откройте счёт заново').int('Откройте счёт заново').optional(),
  })
  .transform((form, ctx) => {
    const lines = linesOf(form, (field, message) => ctx.addIssue({ code: 'custom', path: [field], message }));
    if (form.due_on && form.dated_on && form.due_on < form.dated_on)
      ctx.addIssue({ code: 'custom', path: ['due_on'], message: 'Срок оплаты раньше даты счёта' });
    const { inn: payer, organisation, contract, number, dated_on, due_on, purpose, revision } = form;
    const whose = { inn: payer, organisation, contract };
    return { ...whose, number, dated_on, period: form.period, due_on, purpose, revision, lines };
  });

export const issueForm = z.object({
  revision: z.coerce.number('Откройте счёт заново').int('Откройте счёт заново'),
});

export const cancelForm = z.object({ reason: required('Укажите причину', 500) });

/** So much of a card payment, and why. */
export const refundForm = z.object({
  amount: sum,
  reason: required('Укажите причину', 300),
});
