import type { Caretaker, ContractWithPremises } from '../../domain/organisations/organisations.data.js';
import type { Day } from '../../lib/dates.js';
import { squareMetres } from '../../lib/text.js';
import { fullName } from '../access-words.js';
import { contractFacts, endTag } from '../contract-words.js';

/** A contract as its card shows it. */
export function contractCard(contract: ContractWithPremises, today: Day) {
  const rooms = contract.premises.map((one, at) => ({
    label: at === 0 ? 'Помещения' : '',
    value: `${one.building}, ${one.room} — ${squareMetres(Number(one.area))}`,
  }));
  return {
    number: contract.number,
    tag: endTag(contract.ends_on, today),
    rows: [...contractFacts(contract), ...rooms],
  };
}

/** Whom to ask at the management company. */
export const caretakerCard = (caretaker: Caretaker) => [
  { label: 'ФИО', value: fullName(caretaker) },
  { label: 'Адрес E-mail', value: caretaker.email, href: `mailto:${caretaker.email}` },
  ...(caretaker.phone ? [{ label: 'Телефон', value: caretaker.phone, href: `tel:${caretaker.phone}` }] : []),
];
