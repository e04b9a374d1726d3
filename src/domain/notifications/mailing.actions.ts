import { transaction, type Database } from '../../db/knex.js';
import type { NotificationRow } from '../../db/rows.js';
import { post } from '../outbox/outbox.data.js';
import { MAIL_TOPICS } from '../people/mail-choices.js';
import { nextRecipients } from './audience.data.js';
import { takeUnmailed, updateNotification } from './notifications.data.js';

/** So many letters are put into the outbox by one statement. */
const MANY = 1000;

/**
 * Writes the letters of every notification that has appeared: once each, however many processes try, and none of what
 * was over before anybody could be told. Answers how many notifications were seen to.
 */
export async function mailAppeared(db: Database, now: Date): Promise<number> {
  for (let seen = 0; ; seen += 1) {
    const found = await transaction(db, async (trx) => {
      const notification = await takeUnmailed(trx, now);
      if (!notification) return false;
      await updateNotification(trx, notification.id, { mailed_at: now });
      if (notification.goes_at > now) await mail(trx, notification, now);
      return true;
    });
    if (!found) return seen;
  }
}

async function mail(
  trx: Parameters<typeof nextRecipients>[0],
  notification: NotificationRow,
  now: Date,
): Promise<void> {
  const { kind, id } = notification;
  const choice = kind === 'important' ? null : { topic: kind, usually: MAIL_TOPICS[kind].usually };
  let after: string | null = null;
  for (;;) {
    const people = await nextRecipients(trx, notification, choice, after, MANY, now);
    await post(
      trx,
      now,
      people.map(({ email, name, patronymic, organisation_id: organisation }) => ({
        letter: 'notification',
        recipient: email,
        data: { notification: id, organisation, name, patronymic },
      })),
    );
    after = people.at(-1)?.id ?? null;
    if (people.length < MANY) return;
  }
}
