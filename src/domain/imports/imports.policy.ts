import { invoicePolicy } from '../invoices/invoices.policy.js';
import { peoplePolicy, type HasStaffRoles } from '../people/people.policy.js';
import { KIND_NAMES, type ImportKind } from './layouts.js';

const OF_KIND: Record<ImportKind, (person: HasStaffRoles) => boolean> = {
  organisations: peoplePolicy.administer,
  contracts: peoplePolicy.administer,
  premises: peoplePolicy.administer,
  invoices: invoicePolicy.keep,
};

/** What this person may import: the register, or the books. */
export const kindsFor = (person: HasStaffRoles): ImportKind[] =>
  KIND_NAMES.filter((kind) => OF_KIND[kind](person));

export const importPolicy = {
  /** Imports something. */
  open: (person: HasStaffRoles) => kindsFor(person).length > 0,
  /** Imports this. */
  of: (kind: ImportKind) => OF_KIND[kind],
};
