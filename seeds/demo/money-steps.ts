import type { Transaction } from '../../src/db/knex.js';
import { idOf } from './ids.js';
import { organisationId } from './organisation-rows.js';
import { ORGANISATIONS } from './organisations.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';

export const BOOKKEEPER = accountId('accountant');

/** What happened at a moment; it answers what the audit says of it. */
export interface Step {
  at: Date;
  play: (trx: Transaction) => Promise<NewAuditRow[]>;
}

export const billId = (key: string) => idOf('invoice', key);
export const payerId = (key: string) => idOf('payer', key);
export const organisationOf = (key: string) => ORGANISATIONS.find(([one]) => one === key);

/** What the accountant did, as the audit says it. */
export function said(
  at: Date,
  action: string,
  subject_id: string,
  payer: string | null,
  details: Record<string, unknown>,
): NewAuditRow {
  const organisation_id = payer && organisationOf(payer) ? organisationId(payer) : null;
  return { ...done, at, account_id: BOOKKEEPER, organisation_id, action, subject_id, details };
}
