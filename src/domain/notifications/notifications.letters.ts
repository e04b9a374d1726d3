import { NotFound } from '../../lib/errors.js';
import { byChoice, greet, type Composer, type Letters } from '../outbox/letter.js';
import { stateOf } from './notification.js';
import { getNotification } from './notifications.data.js';

interface Facts {
  notification: string;
  organisation: string | null;
  name: string;
  patronymic: string | null;
}

/** Written from the notification as it is when the letter goes; nothing is sent of what was taken down or is over. */
const notification: Composer = async ({ db, publicUrl, now }, data) => {
  const facts = data as unknown as Facts;
  const row = await getNotification(db, facts.notification).catch((error: unknown) => {
    if (error instanceof NotFound) return null;
    throw error;
  });
  if (!row || stateOf(row, now) !== 'shown') return null;
  const board = facts.organisation
    ? `/profiles/${facts.organisation}/notifications`
    : '/desktop/notifications';
  return {
    subject: row.title,
    greeting: greet(facts),
    paragraphs: row.text.split(/\n{2,}/),
    link: { label: 'Открыть в Личном кабинете', href: `${publicUrl}${board}#n-${row.id}` },
    ...(row.kind === 'important'
      ? { note: 'Письма с пометкой «Важно» приходят всем, кого они касаются.' }
      : byChoice(publicUrl)),
  };
};

export const notificationLetters: Letters = { notification };
