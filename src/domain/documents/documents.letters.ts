import { day, type Day } from '../../lib/dates.js';
import { counted } from '../../lib/text.js';
import { byChoice, greet, type Composer, type Letter, type Letters } from '../outbox/letter.js';

interface Facts {
  name: string;
  patronymic: string | null;
  document: string;
  type: string;
  organisation: string;
  organisation_name: string;
  valid_until: Day;
  reason: string;
  left: number;
}

/** A letter about a document: the words differ, greeting and link do not. */
const about =
  (words: (facts: Facts) => Pick<Letter, 'subject' | 'paragraphs'>): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    const href = `${publicUrl}/profiles/${facts.organisation}/documents/${facts.document}`;
    return Promise.resolve({
      ...words(facts),
      greeting: greet(facts),
      link: { label: 'Открыть документ', href },
      ...byChoice(publicUrl),
    });
  };

const named = ({ type, organisation_name }: Facts) => `«${type}» (${organisation_name})`;

const accepted = about((facts) => ({
  subject: `Документ принят: ${facts.type}`,
  paragraphs: [`Документ ${named(facts)} принят. Он действителен до ${day(facts.valid_until)} включительно.`],
}));

const rejected = about((facts) => ({
  subject: `Документ отклонён: ${facts.type}`,
  paragraphs: [
    `Документ ${named(facts)} отклонён.`,
    `Причина: ${facts.reason}`,
    'Загрузите исправленный документ в Личном кабинете.',
  ],
}));

const withdrawn = about((facts) => ({
  subject: `Документ снова на проверке: ${facts.type}`,
  paragraphs: [
    `Решение принять документ ${named(facts)} отозвано, документ снова на проверке.`,
    `Причина: ${facts.reason}`,
  ],
}));

const expired = about((facts) => ({
  subject: `Документ больше не действует: ${facts.type}`,
  paragraphs: [
    `Срок документа ${named(facts)} закончился ${day(facts.valid_until)}. Документ получил статус «Недействителен».`,
    'Загрузите новый документ в Личном кабинете.',
  ],
}));

const ending = about((facts) => ({
  subject: `Документ скоро закончится: ${facts.type}`,
  paragraphs: [
    `Документ ${named(facts)} действителен до ${day(facts.valid_until)} включительно${facts.left > 0 ? ` — осталось ${counted(facts.left, 'день', 'дня', 'дней')}` : ' — сегодня последний день'}.`,
    'Загрузите новую версию заранее: пока её проверяют, действует прежняя.',
  ],
}));

export const documentLetters: Letters = {
  'document.accepted': accepted,
  'document.rejected': rejected,
  'document.withdrawn': withdrawn,
  'document.expired': expired,
  'document.ending': ending,
};
