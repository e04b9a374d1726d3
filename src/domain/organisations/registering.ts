import { transaction, type Database, type Transaction } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { fingerprint } from '../../lib/fingerprint.js';
import { Conflict, Forbidden, NotFound } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { findStaff } from '../people/accounts.data.js';
import { peoplePolicy } from '../people/people.policy.js';

/** Who of the company's administrators keeps the register, and which filled-in form says so. */
export interface Registering {
  db: Database;
  staff: { id: string };
  actor: Actor;
  now: Date;
  form: string | null;
}

/** One transaction, in which he still is one; what one form asks for is done once, however often it is sent. */
export function register<T>(
  { db, staff, now, form }: Registering,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  return transaction(db, async (trx) => {
    const person = await findStaff(trx, staff.id);
    if (!person) throw new NotFound();
    if (!peoplePolicy.administer(person)) throw new Forbidden();
    return once(trx, { account: staff.id, key: form, now }, () => work(trx));
  });
}

/** Makes sure that nobody has changed this since the form was opened. @throws Conflict */
export function expectSeen(seen: string, present: object): void {
  if (fingerprint(present) !== seen) throw new Conflict('Пока форма была открыта, данные изменил коллега.');
}

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
