import type { Kopecks } from '../../db/rows.js';
import { day, parseDay, type Day } from '../../lib/dates.js';
import { money } from '../../lib/text.js';

/** An invoice of the payer that is not paid yet. */
export interface Unpaid {
  id: string;
  number: string;
  dated_on: Day;
  left: Kopecks;
}

/** Which invoice a payment pays; or why nobody but a person can say. */
export type Match = { invoice: string; why: null } | { invoice: string | null; why: string };

/** A number that stands after this is a contract's. */
const CONTRACT = /(?:договор|дог\.|контракт|соглашени)\p{L}*\s*(?:№|N|номер)?\s*$/iu;
const DATED = /^\s*(?:от\s*)?(\d{1,2}\.\d{1,2}\.\d{2,4})/iu;
const RETURNED = /возврат|ошибочн|излишн/iu;

/**
 * Whether the text names this invoice: its number as a word of its own, not a part of a longer one nor a contract's.
 * `otherwise`: with the day of another one.
 */
function naming(purpose: string, { number, dated_on }: Unpaid): 'named' | 'otherwise' | null {
  const plain = number.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const word = new RegExp(`(?<![\\p{L}\\p{N}/-])${plain}(?![\\p{L}\\p{N}]|[/-][\\p{L}\\p{N}])`, 'giu');
  const places = [...purpose.matchAll(word)].filter(({ index }) => !CONTRACT.test(purpose.slice(0, index)));
  if (places.length === 0) return null;
  const days = places.map((place) => DATED.exec(purpose.slice(place.index + place[0].length))?.[1]);
  return days.some((typed) => !typed || parseDay(typed) === dated_on) ? 'named' : 'otherwise';
}

/**
 * Matches a payment by the payer's ИНН (his unpaid invoices are given), the number (and the day, where one stands) in the
 * purpose, and the sum. Only where all agree it is matched; else the nearest invoice is a proposal for whoever decides.
 */
export function match(payment: { amount: Kopecks; purpose: string }, unpaid: Unpaid[]): Match {
  const { amount, purpose } = payment;
  const named = unpaid.filter((one) => naming(purpose, one) === 'named');
  const [only, ...others] = named;
  if (RETURNED.test(purpose)) return { invoice: only?.id ?? null, why: 'В назначении говорится о возврате' };
  if (only && others.length > 0)
    return {
      invoice: null,
      why: others.every(({ number }) => number === only.number)
        ? `Счетов № ${only.number} несколько, день не указан`
        : 'В назначении несколько счетов',
    };
  if (only) return { invoice: only.id, ...bySum(amount, only.left) };
  const [otherwise] = unpaid.filter((one) => naming(purpose, one) === 'otherwise');
  if (otherwise)
    return { invoice: otherwise.id, why: `Счёт № ${otherwise.number} — от ${day(otherwise.dated_on)}` };
  const equal = unpaid.filter(({ left }) => left === amount);
  if (equal.length === 1)
    return { invoice: equal[0]!.id, why: 'Номера счёта в назначении нет, совпала сумма' };
  return {
    invoice: null,
    why: unpaid.length === 0 ? 'У плательщика нет неоплаченных счетов' : 'Счёт не указан',
  };
}

function bySum(amount: Kopecks, left: Kopecks): { why: null } | { why: string } {
  if (amount === left) return { why: null };
  return { why: `${amount > left ? 'Больше' : 'Меньше'}, чем осталось по счёту: ${money(left)}` };
}
