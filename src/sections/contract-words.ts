import { ENDS_SOON } from '../domain/organisations/register.data.js';
import { daysBetween, type Day } from '../lib/dates.js';
import { counted } from '../lib/text.js';

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
