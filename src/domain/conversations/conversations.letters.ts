import type { Transaction } from '../../db/knex.js';
import { byChoice, greet, type Composer, type Letter, type Letters } from '../outbox/letter.js';
import { post, type Message } from '../outbox/outbox.data.js';
import { addressOf } from '../people/accounts.data.js';
import { type Conversation } from './conversations.data.js';
import { listeners } from './participants.data.js';
import { RETURN_DAYS, stateName, WORDS, type Face, type State } from './faces.js';

interface Facts {
  name: string;
  patronymic: string | null;
  conversation: string;
  face: Face;
  number: string;
  subject: string;
  organisation: string | null;
  entry: number | null;
  state: State;
  /** The answer brought this state with it. */
  moved?: boolean;
  text: string | null;
  who: string;
}

/** Where a tenant reads a conversation. */
function conversationPath({ face, organisation }: Pick<Facts, 'face' | 'organisation'>): string {
  if (!organisation) return '/service';
  return `/profiles/${organisation}/${face === 'request' ? 'service' : 'messages'}`;
}

/** The entry stands in the address too: what follows `#` is lost to who has to sign in first (`sections/to-entry.ts`). */
const anchor = ({ entry }: Facts) => (entry ? `?entry=${entry}#e-${entry}` : '');
const named = ({ face, number, subject }: Facts) => `${WORDS[face].one} ${number} «${subject}»`;

const status = ({ face, state }: Facts) => stateName(face, state);

/** A letter to a tenant: the words differ, greeting and link do not. */
const toTenant =
  (words: (facts: Facts) => Pick<Letter, 'subject' | 'paragraphs'>): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    return Promise.resolve({
      ...words(facts),
      greeting: greet(facts),
      link: {
        label: `Открыть ${WORDS[facts.face].accusative}`,
        href: `${publicUrl}${conversationPath(facts)}/${facts.conversation}${anchor(facts)}`,
      },
      ...byChoice(publicUrl),
    });
  };

/** A letter to whoever of the staff answers. */
const toStaff =
  (words: (facts: Facts) => Pick<Letter, 'subject' | 'paragraphs'>): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    return Promise.resolve({
      ...words(facts),
      greeting: 'Здравствуйте!',
      link: { label: 'Открыть', href: `${publicUrl}/staff/requests/${facts.conversation}${anchor(facts)}` },
    });
  };

const paragraphs = (first: string, { text, face, state }: Facts) => [
  first,
  ...(text ? [text] : []),
  // Only a request is returned; a message that is answered simply goes on.
  ...(face === 'request' && state === 'done'
    ? [`Если сделано не всё, верните заявку в работу в течение ${RETURN_DAYS} дней.`]
    : []),
];

export const conversationLetters: Letters = {
  'conversation.answered': toTenant((facts) => ({
    subject: `${facts.moved ? status(facts) : 'Ответ'}: ${facts.number} ${facts.subject}`,
    paragraphs: paragraphs(
      `${named(facts)}: управляющая компания ответила${facts.moved ? `, новый статус «${status(facts)}»` : ''}.`,
      facts,
    ),
  })),
  'conversation.moved': toTenant((facts) => ({
    subject: `${status(facts)}: ${facts.number} ${facts.subject}`,
    paragraphs: paragraphs(`${named(facts)}: новый статус «${status(facts)}».`, facts),
  })),
  'conversation.colleague': toTenant((facts) => ({
    subject: `Вас добавили: ${facts.number} ${facts.subject}`,
    paragraphs: [`Коллега добавил вас: ${named(facts)}. Вы можете читать ответы и отвечать сами.`],
  })),
  'conversation.opened': toStaff((facts) => ({
    subject: `${facts.face === 'request' ? 'Новая заявка' : 'Новое обращение'} ${facts.number}: ${facts.subject}`,
    paragraphs: [`${named(facts)}. ${facts.who}.`],
  })),
  'conversation.replied': toStaff((facts) => ({
    subject: `Ответ арендатора: ${facts.number} ${facts.subject}`,
    paragraphs: [`${named(facts)}: арендатор написал. ${facts.who}.`],
  })),
  'conversation.returned': toStaff((facts) => ({
    subject: `Возвращена в работу: ${facts.number} ${facts.subject}`,
    paragraphs: [`${named(facts)}: арендатор вернул заявку в работу. ${facts.who}.`],
  })),
  'conversation.assigned': toStaff((facts) => ({
    subject: `Вам назначено: ${facts.number} ${facts.subject}`,
    paragraphs: [`${named(facts)}. ${facts.who}.`],
  })),
};

type StaffLetter = `conversation.${'opened' | 'replied' | 'returned' | 'assigned'}`;

function facts(conversation: Conversation) {
  const { id, face, number, subject, organisation_id, organisation, author, state } = conversation;
  const who = organisation ? `${organisation}, ${author}` : author;
  return { conversation: id, face, number, subject, organisation: organisation_id, state, who, text: null };
}

/** To the one who has it; before anybody has, to the department's address, where there is one. */
export async function tellStaff(
  trx: Transaction,
  now: Date,
  letter: StaffLetter,
  conversation: Conversation,
  about: { entry?: number; email?: string | null },
): Promise<void> {
  const assignee = conversation.assignee_id ? await addressOf(trx, conversation.assignee_id) : null;
  const recipient = assignee ?? about.email;
  if (!recipient) return;
  await post(trx, now, [{ letter, recipient, data: { ...facts(conversation), entry: about.entry ?? null } }]);
}

/** To everybody who takes part, may still read it and wants such letters. */
export async function tellTenants(
  trx: Transaction,
  now: Date,
  letter: 'conversation.answered' | 'conversation.moved',
  conversation: Conversation,
  about: { entry: number; text: string | null; state: State; moved: boolean },
): Promise<void> {
  const people = await listeners(trx, conversation);
  const shared = { ...facts(conversation), ...about };
  const messages = people.map(({ email, ...person }): Message => ({
    letter,
    recipient: email,
    data: { ...shared, ...person },
  }));
  await post(trx, now, messages);
}

/** To whoever was added to it, if he wants such letters; the entry is where it says so. */
export async function tellColleague(
  trx: Transaction,
  now: Date,
  conversation: Conversation,
  about: { account: string; entry: number },
): Promise<void> {
  const people = await listeners(trx, conversation, about.account);
  const shared = { ...facts(conversation), entry: about.entry };
  const messages = people.map(({ email, ...person }): Message => ({
    letter: 'conversation.colleague',
    recipient: email,
    data: { ...shared, ...person },
  }));
  await post(trx, now, messages);
}
