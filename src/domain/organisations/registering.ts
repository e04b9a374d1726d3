import type { Transaction } from '../../db/knex.js';
import { record } from '../audit/audit.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';

/** Who of the company's administrators keeps the register, and which filled-in form says so. */
export type Registering = StaffWork;

/** One transaction, in which he still is one; what one form asks for is done once, however often it is sent. */
export const register = <T>(registering: Registering, work: (trx: Transaction) => Promise<T>): Promise<T> =>
  asStaff(registering, peoplePolicy.administer, work);

/** Writes a change of the register into the audit. */
export function note(
  trx: Transaction,
  { actor, now }: Pick<Registering, 'actor' | 'now'>,
  action: string,
  about: { subject: string; organisation?: string },
  details: Record<string, unknown>,
): Promise<void> {
  return record(trx, actor, now, { action, ...about, details });
}
