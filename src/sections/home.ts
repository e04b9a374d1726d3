import { documentPolicy } from '../domain/documents/documents.policy.js';
import type { HasStaffRoles } from '../domain/people/people.policy.js';

/** Where a person begins after signing in. */
export function homeOf(person: HasStaffRoles): string {
  return documentPolicy.review(person) ? '/staff/documents' : '/desktop';
}
