import { prepared } from '../../db/prepared.js';
import type { Database, Transaction } from '../../db/knex.js';
import { COMPANY, companyDetails, type Company } from './company.js';

/** What was saved, with its revision; before anything was, what the code says, with the revision 0. */
export interface SavedCompany {
  company: Company;
  revision: number;
}

// Every process asks for it every few seconds.
const read = prepared<{ details: unknown; revision: number }>(
  'company',
  'select details, revision from company',
);

/** @throws ZodError when something else wrote into the row */
export async function readCompany(db: Database): Promise<SavedCompany> {
  const [row] = await read(db, []);
  return row
    ? { company: companyDetails.parse(row.details), revision: row.revision }
    : { company: COMPANY, revision: 0 };
}

/** Saves it over the revision that was seen; false when that is not the present one. */
export async function writeCompany(
  trx: Transaction,
  seen: number,
  company: Company,
  by: { account: string; now: Date },
): Promise<boolean> {
  const row = {
    details: company,
    revision: seen + 1,
    changed_at: by.now,
    changed_by: by.account,
  };
  if (seen > 0) return (await trx('company').where({ revision: seen }).update(row)) === 1;
  const added = await trx('company')
    .insert({ one: true, ...row })
    .onConflict('one')
    .ignore()
    .returning('one');
  return added.length === 1;
}
