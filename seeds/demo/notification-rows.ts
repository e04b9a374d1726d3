import type { NotificationRow } from '../../src/db/rows.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { NOTIFICATIONS } from './notifications.js';
import { organisationId } from './organisation-rows.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';

const HOUR = 3_600_000;
const EDITOR = 'editor';

/** The notifications with whom they are for, who has read them, and how they came to be. */
export function notificationRows(clock: Clock) {
  const made = NOTIFICATIONS.map((sample) => {
    const appears = clock.ago(sample.from, sample.time);
    const written = new Date(Math.min(appears.getTime(), clock.now.getTime()) - HOUR);
    const published = sample.draft ? null : written;
    const row: NotificationRow = {
      id: idOf('notification', sample.key),
      kind: sample.kind,
      audience: sample.audience,
      title: sample.title,
      text: sample.text,
      appears_at: sample.draft ? null : appears,
      goes_at: new Date(appears.getTime() + sample.days * 24 * HOUR),
      revision: published ? 2 : 1,
      created_by: accountId(EDITOR),
      created_at: written,
      published_at: published,
      withdrawn_at: sample.withdrawn ? new Date(appears.getTime() + 26 * HOUR) : null,
      mailed_at: published && appears <= clock.now ? appears : null,
    };
    return { sample, row };
  });
  return {
    notifications: made.map(({ row }) => row),
    organisations: made.flatMap(({ sample, row }) =>
      (sample.organisations ?? []).map((key) => ({
        notification_id: row.id,
        organisation_id: organisationId(key),
      })),
    ),
    buildings: made.flatMap(({ sample, row }) =>
      (sample.buildings ?? []).map((building) => ({ notification_id: row.id, building })),
    ),
    accounts: made.flatMap(({ sample, row }) =>
      (sample.accounts ?? []).map((key) => ({ notification_id: row.id, account_id: accountId(key) })),
    ),
    reads: made.flatMap(({ sample, row }) =>
      Object.entries(sample.read ?? {}).map(([key, hours]) => {
        const at = row.appears_at!.getTime() + hours * HOUR;
        return {
          notification_id: row.id,
          account_id: accountId(key),
          read_at: new Date(Math.min(at, clock.now.getTime())),
        };
      }),
    ),
    audit: made.flatMap(({ row }) => [
      entry('written', row.created_at, row.id),
      ...(row.published_at ? [entry('published', row.published_at, row.id)] : []),
      ...(row.withdrawn_at ? [entry('withdrawn', row.withdrawn_at, row.id)] : []),
    ]),
  };
}

const entry = (what: string, at: Date, subject_id: string): NewAuditRow => ({
  ...done,
  at,
  account_id: accountId(EDITOR),
  organisation_id: null,
  action: `notification.${what}`,
  subject_id,
  details: {},
});
