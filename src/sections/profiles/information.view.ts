import type { Caretaker, ContractWithPremises } from '../../domain/organisations/organisations.data.js';
import { day, daysBetween, type Day } from '../../lib/dates.js';
import { counted, squareMetres } from '../../lib/text.js';
import { fullName } from '../access-words.js';
import { CONTRACT_KINDS } from './words.js';

/** What ends within so many days is said to end soon. */
const SOON = 60;

/** A contract as its card shows it. */
export function contractCard(contract: ContractWithPremises, today: Day) {
  const area = contract.premises.reduce((sum, one) => sum + Number(one.area), 0);
  const rooms = contract.premises.map((one, at) => ({
    label: at === 0 ? 'Помещения' : '',
    value: `${one.building}, ${one.room} — ${squareMetres(Number(one.area))}`,
  }));
  return {
    number: contract.number,
    tag: endTag(contract.ends_on, today),
    rows: [
      { label: 'Тип договора', value: CONTRACT_KINDS[contract.kind] },
      { label: 'Дата начала', value: day(contract.starts_on) },
      { label: 'Дата окончания', value: contract.ends_on ? day(contract.ends_on) : 'без срока' },
      { label: 'Занимаемая площадь', value: area > 0 ? squareMetres(area) : 'нет помещений' },
      ...rooms,
    ],
  };
}

function endTag(ends: Day | null, today: Day): { state: string; label: string } | null {
  if (ends === null) return null;
  const left = daysBetween(today, ends);
  if (left < 0) return { state: 'old', label: 'Договор завершён' };
  if (left === 0) return { state: 'soon', label: 'Заканчивается сегодня' };
  if (left > SOON) return null;
  return { state: 'soon', label: `Заканчивается через ${counted(left, 'день', 'дня', 'дней')}` };
}

/** Whom to ask at the management company. */
export const caretakerCard = (caretaker: Caretaker) => [
  { label: 'ФИО', value: fullName(caretaker) },
  { label: 'Адрес E-mail', value: caretaker.email, href: `mailto:${caretaker.email}` },
  ...(caretaker.phone ? [{ label: 'Телефон', value: caretaker.phone, href: `tel:${caretaker.phone}` }] : []),
];
