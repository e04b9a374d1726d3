import { conversationPolicy } from '../../domain/conversations/conversations.policy.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import type { Place } from '../conversations.js';

/** What «Служба сервиса» and «Сообщения» of a profile have in common. */
export const inProfile: Pick<
  Place<Member>,
  'read' | 'write' | 'writes' | 'applicants' | 'reader' | 'crumbs' | 'mixed'
> = {
  read: conversationPolicy.read,
  write: conversationPolicy.write,
  writes: ({ scope }) => Promise.resolve(conversationPolicy.write(scope)),
  applicants: () => Promise.resolve([]),
  reader: (member) => ({
    account: member.account_id,
    organisation: member.organisation.id,
    seesAll: conversationPolicy.seesAll(member),
  }),
  crumbs: ({ organisation }) => [
    { label: 'Профили', href: '/profiles' },
    { label: organisation.name, href: `/profiles/${organisation.id}/information` },
  ],
  mixed: false,
};
