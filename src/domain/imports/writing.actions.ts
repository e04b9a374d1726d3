import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import { recordAll, type Actor, type Entry } from '../audit/audit.data.js';
import { followResponsible } from '../memberships/responsible.actions.js';
import { roomOf, termsOf } from '../organisations/contracts.actions.js';
import { requisitesOf } from '../organisations/register.actions.js';
import type { ContractValues } from './contracts.plan.js';
import { addBuildings, contractsOf, namesOf, writePlan } from './register.data.js';
import type { InvoiceValues } from './invoices.plan.js';
import { writeInvoices } from './invoices.writing.js';
import type { ImportKind } from './layouts.js';
import type { OrganisationValues } from './organisations.plan.js';
import type { Planned } from './plan.js';
import type { PremisesValues } from './premises.plan.js';

/** Who writes, and from which table: every entry of the journal names its file. */
export interface Writing {
  by: string | null;
  actor: Actor;
  now: Date;
  about: { import: string; file: string };
  /** Whether invoices are issued at once, or stay drafts. */
  issue: boolean;
}

/** A row that is added or changed: `present` is what stood there, null for a new one. */
interface Change<Values> {
  id: string;
  values: Values;
  present: Values | null;
}

/**
 * Writes what a plan adds and changes, with the journal's entries and the letters that the forms of the same things
 * write: thousands at once, a few statements each.
 */
export async function writeChanges(
  trx: Transaction,
  { kind, plan, new_buildings }: { kind: ImportKind; plan: Planned<object>[]; new_buildings: string[] },
  writing: Writing,
): Promise<void> {
  const { actor, now, about } = writing;
  const buildings = await addBuildings(trx, new_buildings);
  const added = buildings.map(({ id, name, address }) => ({
    action: 'building.saved',
    subject: id,
    details: { ...about, before: null, after: { name, address } },
  }));
  await recordAll(trx, actor, now, added);
  const changes = plan
    .filter(({ verdict }) => verdict === 'added' || verdict === 'changed')
    .map(({ id, values, present }) => ({ id: id ?? randomUUID(), values: values!, present }));
  if (kind === 'invoices') {
    const useful = plan.filter(({ verdict }) => verdict === 'added' || verdict === 'changed');
    await recordAll(trx, actor, now, await writeInvoices(trx, useful as Planned<InvoiceValues>[], writing));
    return;
  }
  const write = { organisations, contracts, premises }[kind] as (
    trx: Transaction,
    changes: Change<object>[],
    writing: Writing,
  ) => Promise<Entry[]>;
  const entries = await write(trx, changes, writing);
  await recordAll(trx, actor, now, entries);
  if (kind === 'organisations') await responsible(trx, changes as Change<OrganisationValues>[], writing);
}

async function organisations(
  trx: Transaction,
  changes: Change<OrganisationValues>[],
  { now, about }: Writing,
): Promise<Entry[]> {
  await writePlan(trx, 'organisations', changes, { created_at: now });
  return changes.flatMap(({ id, values, present }): Entry[] => {
    const before = present && requisitesOf(filled(present));
    const after = requisitesOf(filled({ ...present, ...values }));
    if (before && JSON.stringify(before) === JSON.stringify(after)) return [];
    const entry = { subject: id, organisation: id };
    if (before) return [{ ...entry, action: 'organisation.changed', details: { ...about, before, after } }];
    // The responsible address has an entry of its own.
    const details = { ...about, after: { ...after, responsible_email: null, caretaker_id: null } };
    return [{ ...entry, action: 'organisation.added', details }];
  });
}

const filled = (values: OrganisationValues) => ({ address: null, ...values });

async function responsible(
  trx: Transaction,
  changes: Change<OrganisationValues>[],
  writing: Writing,
): Promise<void> {
  const renamed = changes.flatMap(({ id, values, present }) => {
    const [before, after] = [present?.responsible_email ?? null, values.responsible_email];
    return after === undefined || after === before ? [] : [{ organisation: id, before, after }];
  });
  await followResponsible(trx, renamed, writing);
}

async function contracts(
  trx: Transaction,
  changes: Change<ContractValues>[],
  { about }: Writing,
): Promise<Entry[]> {
  await writePlan(trx, 'contracts', changes);
  const moved = changes.flatMap(({ values, present }) =>
    present && present.organisation_id !== values.organisation_id
      ? [present.organisation_id, values.organisation_id]
      : [],
  );
  const names = await namesOf(trx, moved);
  const said = (one: ContractValues, moves: boolean) => ({
    ...(moves && { organisation: names.get(one.organisation_id) }),
    ...termsOf(one),
    external_id: one.external_id,
  });
  return changes.flatMap(({ id, values, present }) => {
    const at = new Set([present?.organisation_id ?? values.organisation_id, values.organisation_id]);
    const [before, after] = [present && said(present, at.size > 1), said(values, at.size > 1)];
    return [...at].map((organisation) => ({
      action: 'contract.saved',
      subject: id,
      organisation,
      details: { ...about, before, after },
    }));
  });
}

async function premises(
  trx: Transaction,
  changes: Change<PremisesValues>[],
  { about }: Writing,
): Promise<Entry[]> {
  await writePlan(trx, 'premises', changes);
  const owners = await contractsOf(
    trx,
    changes.flatMap(({ values, present }) => [
      values.contract_id,
      present?.contract_id ?? values.contract_id,
    ]),
  );
  const said = (one: PremisesValues, moves: boolean) => ({
    ...(moves && { contract: owners.get(one.contract_id)?.number }),
    ...roomOf(one),
    external_id: one.external_id,
  });
  return changes.flatMap(({ id, values, present }) => {
    const moves = present !== null && present.contract_id !== values.contract_id;
    const [before, after] = [present && said(present, moves), said(values, moves)];
    const contract = owners.get(values.contract_id)!;
    const at = new Set([contract.organisation_id]);
    if (moves) at.add(owners.get(present.contract_id)!.organisation_id);
    const details = { ...about, ...(!moves && { contract: contract.number }), before, after };
    return [...at].map((organisation) => ({ action: 'premises.saved', subject: id, organisation, details }));
  });
}
