import { Conflict } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { readCompany, writeCompany } from './company.data.js';
import type { Company } from './company.js';

/**
 * Changes what the company says of itself.
 *
 * @param seen the revision that the administrator saw
 * @throws Conflict when a colleague has changed it since
 */
export function changeCompany(changing: StaffWork, seen: number, company: Company): Promise<void> {
  const { staff, actor, now } = changing;
  return asStaff(changing, peoplePolicy.administer, async (trx) => {
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
}
