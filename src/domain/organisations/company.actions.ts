import { transaction, type Database } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { Conflict, Forbidden, NotFound } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { findStaff } from '../people/accounts.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { readCompany, writeCompany } from './company.data.js';
import type { Company } from './company.js';

/**
 * Changes what the company says of itself.
 *
 * @param seen the revision that the administrator saw
 * @throws Conflict when a colleague has changed it since
 */
export function changeCompany(
  changing: { db: Database; staff: { id: string }; actor: Actor; now: Date; form: string | null },
  seen: number,
  company: Company,
): Promise<void> {
  const { db, staff, actor, now, form } = changing;
  return transaction(db, async (trx) => {
    const person = await findStaff(trx, staff.id);
    if (!person) throw new NotFound();
    if (!peoplePolicy.administer(person)) throw new Forbidden();
    await once(trx, { account: staff.id, key: form, now }, async () => {
      const { company: before } = await readCompany(trx);
      if (!(await writeCompany(trx, seen, company, { account: staff.id, now })))
        throw new Conflict('Сведения о компании тем временем изменил коллега.');
      const changed = (Object.keys(company) as (keyof Company)[]).filter(
        (field) => JSON.stringify(before[field]) !== JSON.stringify(company[field]),
      );
      const only = (of: Company) => Object.fromEntries(changed.map((field) => [field, of[field]]));
      const details = { before: only(before), after: only(company) };
      await record(trx, actor, now, { action: 'company.changed', details });
    });
  });
}
