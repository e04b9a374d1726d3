import type { Kopecks } from '../../db/rows.js';
import { money } from '../../lib/text.js';

/** An invoice of the payer that is not paid yet. */
export interface Unpaid {
  id: string;
  number: string;
  left: Kopecks;
}

/** Which invoice a payment pays; or why nobody but a person can say. */
export type Match = { invoice: string; why: null } | { invoice: string | null; why: string };

/** Whether the text names this invoice: its number as a word of its own, not a part of a longer one. */
function names(purpose: string, number: string): boolean {
  const plain = number.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}/-])${plain}(?![\\p{L}\\p{N}]|[/-][\\p{L}\\p{N}])`, 'iu').test(purpose);
}

/**
 * Matches a payment by the payer's ИНН (his unpaid invoices are given), the number in the purpose and the sum. Only where
 * all three agree it is matched; else the nearest invoice is a proposal for whoever decides.
 */
export function match(payment: { amount: Kopecks; purpose: string }, unpaid: Unpaid[]): Match {
  const named = unpaid.filter(({ number }) => names(payment.purpose, number));
  const [only, ...others] = named;
  if (only && others.length > 0) return { invoice: null, why: 'В назначении несколько счетов' };
  if (only && payment.amount <= only.left) return { invoice: only.id, why: null };
  if (only) return { invoice: only.id, why: `Больше, чем осталось по счёту: ${money(only.left)}` };
  const equal = unpaid.filter(({ left }) => left === payment.amount);
  if (equal.length === 1)
    return { invoice: equal[0]!.id, why: 'Номера счёта в назначении нет, совпала сумма' };
  return {
    invoice: null,
    why: unpaid.length === 0 ? 'У плательщика нет неоплаченных счетов' : 'Счёт не указан',
  };
}
