import type { AccessRequest } from '../../domain/memberships/access-requests.data.js';
import type { ListedInvitation } from '../../domain/memberships/invitations.data.js';
import type { ListedMember } from '../../domain/memberships/memberships.data.js';
import { rightsInWords } from '../../domain/memberships/memberships.letters.js';
import { ROLE_NAMES, ROLES, type Role } from '../../domain/memberships/memberships.policy.js';
import { fullName } from '../access-words.js';

/**
 * A row of «Связанные аккаунты».
 *
 * @param own the account of whoever looks
 * @param last the membership that cannot end, since it is the last administrator's
 */
export const memberRow = (row: ListedMember, path: string, own: string, last: string | null) => ({
  href: `${path}/${row.id}`,
  name: fullName(row),
  email: row.email,
  you: row.account_id === own,
  roles: row.roles.map((role) => ROLES[role as Role]),
  seesAll: row.sees_all,
  since: row.since,
  giver: row.giver,
  // What he did before he belonged to them is his own.
  seenAt: row.seen_at && row.seen_at >= row.since ? row.seen_at : null,
  blocked: row.blocked_at !== null,
  canEnd: row.id !== last,
  canTakeOver: row.account_id !== own && !row.blocked_at,
});

/** One's own request, as «Мои организации» shows it. */
export const requestRow = ({ id, organisation, state, created_at, reason }: AccessRequest) => ({
  organisation,
  at: created_at,
  reason,
  tag: state === 'open' ? { state: 'sent', label: 'Ждёт решения' } : { state: 'no', label: 'Отклонён' },
  withdraw: state === 'open' ? `/profiles/requests/${id}/withdrawal` : null,
});

export const invitationRow = (row: ListedInvitation, path: string, now: Date) => ({
  email: row.email,
  organisation: row.organisation,
  rights: rightsInWords(row),
  until: row.expires_at,
  over: row.expires_at <= now,
  inviter: row.inviter ?? 'Управляющая компания',
  path: `${path}/invitations/${row.id}`,
});

/** The rights as one text: tells whether they have changed since the form was opened. */
export const rightsKey = ({ roles, sees_all }: { roles: string[]; sees_all: boolean }) =>
  [...[...roles].sort(), sees_all ? 'all' : ''].join(' ');

/** The rights of such a text; what is none is no rights at all. */
export function rightsOfKey(key: string): { roles: Role[]; sees_all: boolean } {
  const words = key.split(' ');
  return { roles: ROLE_NAMES.filter((role) => words.includes(role)), sees_all: words.includes('all') };
}
