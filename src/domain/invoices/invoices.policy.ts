import { holds, type HasRoles, type Role } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles } from '../people/people.policy.js';

/** Whose roles open an organisation's money; «Наблюдатель» is not among them. */
export const ACCOUNTING: Role[] = ['administrator', 'accounting'];

export const invoicePolicy = {
  /** Sees and pays the organisation's invoices. */
  pay: (member: HasRoles) => holds(member, 'accounting'),
  /** Every person sees his own, once the company has confirmed his ИНН. */
  own: (_person: { id: string }) => true,
  /** Keeps the books, for the management company. */
  keep: (person: HasStaffRoles) => serves(person, 'accountant'),
};
