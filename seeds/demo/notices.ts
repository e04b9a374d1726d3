import { clockwork } from '../../src/domain/audit/audit.data.js';
import type { NoticeKind } from '../../src/domain/documents/expiry.data.js';
import { addDays } from '../../src/lib/dates.js';
import { moscow, type Clock } from './clock.js';
import type { DocumentRows } from './document-rows.js';
import type { NewAuditRow } from './people-rows.js';

interface NoticeRow {
  version_id: string;
  kind: NoticeKind;
  told_at: Date;
}

/** What the nightly jobs tell: from so many days before the end to so many, at their time of day. */
const TELLING: { kind: NoticeKind; from: number; to: number; time: string }[] = [
  { kind: '30', from: 30, to: 8, time: '09:00:00' },
  { kind: '7', from: 7, to: 2, time: '09:00:00' },
  { kind: '1', from: 1, to: 0, time: '09:00:00' },
  { kind: 'expired', from: -1, to: -Infinity, time: '00:05:00' },
];

/**
 * What these jobs would have told of a document by now, with its end in the history: without it they would write to
 * everybody at the first start.
 */
export function tellOfEnds({ document, versions }: DocumentRows, clock: Clock) {
  const accepted = versions.filter((version) => version.status === 'accepted');
  const notices = accepted.flatMap(({ id, valid_until, decided_at }, at): NoticeRow[] => {
    const replaced = accepted[at + 1]?.decided_at ?? document.removed_at;
    const end = replaced ?? clock.now;
    const daysBefore = (count: number) => addDays(valid_until!, -count);
    return TELLING.filter(
      ({ to }) => to === -Infinity || decided_at! < moscow(daysBefore(to - 1), '00:00:00'),
    )
      .filter(({ from }) => moscow(daysBefore(from), '00:00:00') <= end)
      .map(({ kind, from, time }) => {
        const due = moscow(daysBefore(from), time);
        const late = due < decided_at! ? decided_at! : due;
        return { version_id: id, kind, told_at: late < end ? late : end };
      });
  });
  const { account_id, ip, request_id } = clockwork('expiry');
  const audit = notices
    .filter(({ kind }) => kind === 'expired')
    .map(({ version_id, told_at: at }): NewAuditRow => {
      const { valid_until } = versions.find(({ id }) => id === version_id)!;
      const about = {
        organisation_id: document.organisation_id,
        subject_id: document.id,
        details: { valid_until },
      };
      return { at, account_id, action: 'document.expired', ...about, ip, request_id };
    });
  return { notices, audit };
}
