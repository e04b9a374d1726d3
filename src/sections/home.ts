import { conversationPolicy } from '../domain/conversations/conversations.policy.js';
import { documentPolicy } from '../domain/documents/documents.policy.js';
import { invoicePolicy } from '../domain/invoices/invoices.policy.js';
import { notificationPolicy } from '../domain/notifications/notifications.policy.js';
import type { HasStaffRoles } from '../domain/people/people.policy.js';

/** Where a person begins after signing in: the company's own people at their first desk, everybody else at his own. */
export function homeOf(person: HasStaffRoles): string {
  if (documentPolicy.review(person)) return '/staff/documents';
  if (conversationPolicy.serve(person)) return '/staff/requests';
  if (invoicePolicy.keep(person)) return '/staff/invoices';
  if (notificationPolicy.write(person)) return '/staff/notifications';
  return '/desktop';
}
