import type { Caretaker, ContractWithPremises } from '../../domain/organisations/organisations.data.js';
import { day, type Day } from '../../lib/dates.js';
import { squareMetres } from '../../lib/text.js';
import { fullName } from '../access-words.js';
import { CONTRACT_KINDS, endTag } from '../contract-words.js';

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

/** Whom to ask at the management company. */
export const caretakerCard = (caretaker: Caretaker) => [
  { label: 'ФИО', value: fullName(caretaker) },
  { label: 'Адрес E-mail', value: caretaker.email, href: `mailto:${caretaker.email}` },
  ...(caretaker.phone ? [{ label: 'Телефон', value: caretaker.phone, href: `tel:${caretaker.phone}` }] : []),
];
