import type { HasRoles } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles } from '../people/people.policy.js';

export const notificationPolicy = {
  /** Every member reads what the company writes to his organisation. */
  read: (_member: HasRoles) => true,
  /** Writes them, for the management company. */
  write: (person: HasStaffRoles) => serves(person, 'editor'),
};
