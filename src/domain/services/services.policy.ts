import { conversationPolicy } from '../conversations/conversations.policy.js';
import type { HasRoles } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles } from '../people/people.policy.js';

export const servicePolicy = {
  /** Looks at what is offered: an order is a request, so whoever reads those. */
  read: (member: HasRoles) => conversationPolicy.read(member),
  /** Orders on the organisation's behalf. */
  order: (member: HasRoles) => conversationPolicy.write(member),
  /** Says what is offered, for the management company. */
  edit: (person: HasStaffRoles) => serves(person, 'editor'),
};
