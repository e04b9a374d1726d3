import { holds, type HasRoles } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles } from '../people/people.policy.js';

export const passPolicy = {
  /** Finds the way to the system of passes, and where to park. */
  read: (member: HasRoles) => holds(member, 'passes', 'observer'),
  /** Says where to park, for the management company. */
  arrange: (person: HasStaffRoles) => serves(person, 'operator'),
};
