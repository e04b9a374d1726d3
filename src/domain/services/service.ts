import type { ServiceField, ServiceRow } from '../../db/rows.js';
import { addMonths, day, parseDay, type Day } from '../../lib/dates.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { money } from '../../lib/text.js';

/** How a field of an order is filled in. */
export const FIELD_KINDS: Record<ServiceField['kind'], string> = {
  line: 'Одна строка',
  text: 'Несколько строк',
  date: 'Дата, сегодня или позже',
};

/** The places for an order's own fields. */
export const PLACES = [1, 2, 3, 4, 5] as const;
export type Place = (typeof PLACES)[number];

/** Where the answer to a field stands in the form of an order. */
export const answerName = (at: number) => `answer_${at + 1}`;

/** `1 500,00 ₽ за час`, or what stands in the price's place. */
export function priceWords({ price, unit }: Pick<ServiceRow, 'price' | 'unit'>): string {
  if (price === null) return 'Цена по запросу';
  if (price === 0) return 'Бесплатно';
  return unit ? `${money(price)} ${unit}` : money(price);
}

/** What was filled in, field by field; null where nothing was. */
type Answers = (string | null)[];

/**
 * Reads the answers to a service's own fields.
 *
 * @param typed as it came with the form, by the names of `answerName`
 * @throws Invalid naming those that are missing, no day, a day that is over, or one that is years away
 */
export function readAnswers(
  fields: ServiceField[],
  typed: Record<string, string | null>,
  today: Day,
): Answers {
  // Nothing can be done on a day that is over; one that is years away is a slip of the hand.
  const last = addMonths(today, 24);
  const errors: Record<string, string> = {};
  const answers = fields.map(({ label, required, kind }, at) => {
    const name = answerName(at);
    const said = typed[name]?.trim() ?? '';
    if (!said) {
      if (required) errors[name] = `Заполните поле «${label}»`;
      return null;
    }
    if (kind === 'text') return said;
    if (kind === 'line') {
      if (said.length > 200) errors[name] = 'Сократите до 200 символов';
      return said.replace(/\s+/g, ' ');
    }
    const date = parseDay(said);
    if (!date) errors[name] = `Укажите день в поле «${label}», например 30.11.2027`;
    else if (date < today || date > last)
      errors[name] = `Укажите день с ${day(today)} по ${day(last)} в поле «${label}»`;
    return date && day(date);
  });
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
  return answers;
}

/** What an order says in the talk: the answers, the comment, and the price that the tenant saw. */
export function orderText(
  service: Pick<ServiceRow, 'fields' | 'price' | 'unit'>,
  answers: Answers,
  comment: string | null,
): string {
  const filled = service.fields.flatMap(({ label }, at) => (answers[at] ? [`${label}: ${answers[at]}`] : []));
  return [filled.join('\n'), comment, `Стоимость: ${priceOf(service)}`].filter(Boolean).join('\n\n');
}

const priceOf = (service: Pick<ServiceRow, 'price' | 'unit'>) =>
  service.price === null ? 'по запросу' : priceWords(service).replace(/^Б/, 'б');

/** What is asked of a service when it is ordered. */
export interface Offer extends Pick<ServiceRow, 'hidden_at' | 'revision'> {
  group_hidden_at: Date | null;
}

export const isOffered = ({ hidden_at, group_hidden_at }: Offer) => !hidden_at && !group_hidden_at;

/**
 * Makes sure that what is ordered is what was shown: nobody buys at a price that he has not seen.
 *
 * @throws Conflict with words for the tenant
 */
export function expectOffered(service: Offer, revision: number | null): void {
  if (!isOffered(service)) throw new Conflict('Эту услугу больше не предоставляют.');
  if (service.revision !== revision)
    throw new Conflict('Пока форма была открыта, описание или цена услуги изменились.');
}
