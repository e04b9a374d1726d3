import { transaction, type Database, type Transaction } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { Forbidden, NotFound } from '../../lib/errors.js';
import type { Actor } from '../audit/audit.data.js';
import { findStaff } from './accounts.data.js';
import type { HasStaffRoles } from './people.policy.js';

/** One of the company's own people at work, and which filled-in form says what. */
export interface StaffWork {
  db: Database;
  staff: { id: string };
  actor: Actor;
  now: Date;
  form: string | null;
}

/**
 * Makes sure inside an action's transaction that this still is one of the staff who may do it: what was taken away
 * between the click and the change is gone (ASVS 15.4.2).
 *
 * @throws NotFound, Forbidden
 */
export async function confirmStaff(
  trx: Transaction,
  id: string,
  policy: (person: HasStaffRoles) => boolean,
): Promise<void> {
  const person = await findStaff(trx, id);
  if (!person) throw new NotFound();
  if (!policy(person)) throw new Forbidden();
}

/** One transaction, in which he still may; what one form asks for is done once, however often it is sent. */
export function asStaff<T>(
  { db, staff, now, form }: Omit<StaffWork, 'actor'>,
  policy: (person: HasStaffRoles) => boolean,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  return transaction(db, async (trx) => {
    await confirmStaff(trx, staff.id, policy);
    return once(trx, { account: staff.id, key: form, now }, () => work(trx));
  });
}
