import type { Company } from '../organisations/company.js';
import type { Database } from '../../db/knex.js';

/** A letter as words, before it is laid out as text and HTML. */
export interface Letter {
  subject: string;
  greeting: string;
  paragraphs: string[];
  link?: { label: string; href: string };
  /** Small print: what to do if the letter came by mistake. */
  note?: string;
  /** Where such letters can be refused; never given for what is about access (RFC 2369). */
  unsubscribe?: string;
}

/** What goes to a phone: the text is all there is. */
export interface ShortMessage {
  sms: string;
}

/** What letters are written with. */
export interface LetterContext {
  db: Database;
  publicUrl: string;
  now: Date;
  /** Who writes, as it calls itself now. */
  company: Company;
  /** The secret part of a one-time link; derived anew, since the database keeps only its hash. */
  token: (purpose: string, id: string) => string;
  /** The six digits of an SMS, derived likewise. */
  code: (id: string) => string;
}

/** Writes a letter, or an SMS, from the facts of its message; null when there is no longer anything to say. */
export type Composer = (
  context: LetterContext,
  data: Record<string, unknown>,
  recipient: string,
) => Promise<Letter | ShortMessage | null>;
export type Letters = Record<string, Composer>;

/** «Здравствуйте, Имя Отчество!» */
export function greet(person: { name: string; patronymic: string | null }): string {
  return `Здравствуйте, ${[person.name, person.patronymic].filter(Boolean).join(' ')}!`;
}

/** The end of a letter that a person may choose not to get: where he says so. */
export function byChoice(publicUrl: string): Pick<Letter, 'note' | 'unsubscribe'> {
  const choices = `${publicUrl}/desktop/letters`;
  return { note: `Какие письма получать, вы выбираете сами: ${choices}`, unsubscribe: choices };
}
