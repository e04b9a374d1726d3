const weighted = (digits: string, weights: number[]) =>
  (weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11) % 10;

const TENTH = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const ELEVENTH = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const TWELFTH = [3, ...ELEVENTH];

/**
 * Whether this is a taxpayer's number: 10 digits for an organisation, 12 for a person, with the control digits of the
 * Federal Tax Service's order ЕД-7-14/559@. Nothing but digits is expected; all zeros is no number.
 */
export function isInn(inn: string): boolean {
  if (!/^(\d{10}|\d{12})$/.test(inn) || /^0+$/.test(inn)) return false;
  if (inn.length === 10) return weighted(inn, TENTH) === Number(inn[9]);
  return weighted(inn, ELEVENTH) === Number(inn[10]) && weighted(inn, TWELFTH) === Number(inn[11]);
}
