import type { Database } from '../../db/knex.js';
import type { ImportRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { notToBeInvited } from '../memberships/responsible.actions.js';
import { buildingNames } from '../organisations/buildings.data.js';
import { booksInvoices, booksPayers } from '../invoices/imported.data.js';
import { planContracts } from './contracts.plan.js';
import { planInvoices } from './invoices.plan.js';
import {
  booksKeys,
  codesIn,
  emailsIn,
  idsByCode,
  presentContracts,
  presentOrganisations,
  presentPremises,
} from './register.data.js';
import type { ImportKind, Line } from './layouts.js';
import { planOrganisations } from './organisations.plan.js';
import { countsOf, digestOf, type Planned } from './plan.js';
import { newBuildings, planPremises } from './premises.plan.js';

/** What would become of the lines of a table, and what is kept of that. */
export interface Judged extends Pick<ImportRow, 'counts' | 'digest' | 'new_buildings'> {
  plan: Planned<object>[];
}

/** Compares the lines with what there is; changes nothing. */
export async function judge(db: Database, kind: ImportKind, lines: Line[], today: Day): Promise<Judged> {
  const { plan, new_buildings = [] } = await { organisations, contracts, premises, invoices }[kind](
    db,
    lines,
    today,
  );
  return { plan, counts: countsOf(plan), digest: digestOf(plan), new_buildings };
}

interface Plan {
  plan: Planned<object>[];
  new_buildings?: string[];
}

async function organisations(db: Database, lines: Line[]): Promise<Plan> {
  const present = await presentOrganisations(db, lines);
  const ids = present.map(({ id }) => id);
  return { plan: planOrganisations(lines, present, await notToBeInvited(db, ids, emailsIn(lines))) };
}

async function contracts(db: Database, lines: Line[]): Promise<Plan> {
  const owners = await idsByCode(db, 'organisations', codesIn(lines, 'organisation'));
  return { plan: planContracts(lines, owners, await presentContracts(db, lines, [...owners.values()])) };
}

async function premises(db: Database, lines: Line[]): Promise<Plan> {
  const owners = await idsByCode(db, 'contracts', codesIn(lines, 'contract'));
  const known = await buildingNames(db);
  const present = await presentPremises(db, lines, [...owners.values()]);
  const plan = planPremises(lines, owners, known, present);
  return { plan, new_buildings: newBuildings(plan, known) };
}

async function invoices(db: Database, lines: Line[], today: Day): Promise<Plan> {
  const keys = booksKeys(lines);
  const [payers, present] = [await booksPayers(db, keys), await booksInvoices(db, keys)];
  return { plan: planInvoices(lines, { payers, present }, today) };
}
