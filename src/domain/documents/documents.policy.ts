import { holds, type HasRoles, type Role } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles } from '../people/people.policy.js';

export const documentPolicy = {
  /** Sees the organisation's documents. */
  read: (member: HasRoles) => holds(member, 'documents', 'observer'),
  /** Adds, replaces and removes them. */
  manage: (member: HasRoles) => holds(member, 'documents'),
  /** Decides, for the management company. */
  review: (person: HasStaffRoles) => serves(person, 'reviewer'),
  /** Says which types there are. */
  editTypes: (person: HasStaffRoles) => serves(person),
};

/** Who hears about an organisation's documents. */
export const DOCUMENT_MANAGERS: Role[] = ['administrator', 'documents'];
