import type { ContractWithPremises } from '../domain/organisations/organisations.data.js';
import { ENDS_SOON } from '../domain/organisations/register.data.js';
import { day, daysBetween, type Day } from '../lib/dates.js';
import { counted, squareMetres } from '../lib/text.js';

/** Kinds of contract as the manual names them. */
export const CONTRACT_KINDS = { main: 'Основной договор', supplement: 'Дополнительное соглашение' } as const;

/** What is said of a contract that ends soon or has ended; nothing of any other. */
export function endTag(ends: Day | null, today: Day): { state: string; label: string } | null {
  if (ends === null) return null;
  const left = daysBetween(today, ends);
  if (left < 0) return { state: 'old', label: 'Договор завершён' };
  if (left === 0) return { state: 'soon', label: 'Заканчивается сегодня' };
  if (left > ENDS_SOON) return null;
  return { state: 'soon', label: `Заканчивается через ${counted(left, 'день', 'дня', 'дней')}` };
}

/** What is said of a contract wherever it is shown whole. */
export function contractFacts(contract: ContractWithPremises) {
  const area = contract.premises.reduce((sum, one) => sum + Number(one.area), 0);
  return [
    { label: 'Тип договора', value: CONTRACT_KINDS[contract.kind] },
    { label: 'Дата начала', value: day(contract.starts_on) },
    { label: 'Дата окончания', value: contract.ends_on ? day(contract.ends_on) : 'без срока' },
    { label: 'Занимаемая площадь', value: area > 0 ? squareMetres(area) : 'нет помещений' },
  ];
}
