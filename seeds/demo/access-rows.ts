import type { AccessRequestRow, InvitationRow } from '../../src/db/rows.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { organisationId } from './organisation-rows.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';

const DAY = 24 * 3_600_000;

/** Who waits for access: to an organisation that has an administrator, and to one that has none; and who is invited. */
export function accessRows(clock: Clock) {
  const requests = [
    ['spektr', 'outsider', clock.hours(5)],
    ['kvarta', 'outsider', clock.hours(29)],
  ] as const;
  const invited = [['spektr', 'new.colleague@demo.test', 'head', clock.ago(3, '15:10:00')]] as const;
  return {
    requests: requests.map(([organisation, who, at]): AccessRequestRow => ({
      id: idOf('access-request', `${organisation}/${who}`),
      organisation_id: organisationId(organisation),
      account_id: accountId(who),
      state: 'open',
      created_at: at,
      decided_at: null,
      decided_by: null,
      reason: null,
    })),
    invitations: invited.map(([organisation, email, by, at]): InvitationRow => ({
      id: idOf('invitation', `${organisation}/${email}`),
      organisation_id: organisationId(organisation),
      email,
      roles: ['requests', 'passes'],
      sees_all: false,
      invited_by: accountId(by),
      created_at: at,
      expires_at: new Date(at.getTime() + 14 * DAY),
      state: 'open',
      ended_at: null,
    })),
    audit: [
      ...requests.map(([organisation, who, at]): NewAuditRow => ({
        ...done,
        at,
        account_id: accountId(who),
        organisation_id: organisationId(organisation),
        action: 'access.requested',
        subject_id: idOf('access-request', `${organisation}/${who}`),
        details: { by: 'Подъяблонский Игнатий (outsider@demo.test)' },
      })),
      ...invited.map(([organisation, email, by, at]): NewAuditRow => ({
        ...done,
        at,
        account_id: accountId(by),
        organisation_id: organisationId(organisation),
        action: 'invitation.sent',
        subject_id: idOf('invitation', `${organisation}/${email}`),
        details: { email, after: { roles: ['requests', 'passes'], sees_all: false } },
      })),
    ],
  };
}
