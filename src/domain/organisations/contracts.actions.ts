import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { ContractRow, PremisesRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { recordAll } from '../audit/audit.data.js';
import { lockOrganisation } from '../memberships/memberships.data.js';
import { buildingNames } from './buildings.data.js';
import {
  deleteContract,
  deletePremises,
  getContract,
  getPremises,
  listPremises,
  saveContract,
  savePremises,
} from './contracts.data.js';
import { expectSeen, type Existing } from '../../lib/seen.js';
import { note, register, type Registering } from './registering.js';

/** What the company writes down of a contract … */
export type ContractTerms = Pick<ContractRow, 'number' | 'kind' | 'starts_on' | 'ends_on'>;
/** … and of a room; the area in square metres, as Postgres writes it. */
export type Room = Pick<PremisesRow, 'building' | 'room' | 'area'>;

export const termsOf = ({ number, kind, starts_on, ends_on }: ContractTerms): ContractTerms => ({
  number,
  kind,
  starts_on,
  ends_on,
});
export const roomOf = ({ building, room, area }: Room): Room => ({ building, room, area });
/** A contract with its rooms. */
export const wholeOf = (contract: ContractTerms, premises: Room[]) => ({
  ...termsOf(contract),
  premises: premises.map(roomOf),
});

/** The changes of one organisation's contracts come one after another. */
function within(
  registering: Registering,
  organisation: string,
  work: (trx: Transaction, scope: { organisation: { id: string } }) => Promise<void>,
): Promise<void> {
  return register(registering, async (trx) =>
    work(trx, { organisation: await lockOrganisation(trx, organisation) }),
  );
}

/** Adds a contract (`existing` null) or changes one. @throws Invalid for a number that is taken, Conflict, NotFound */
export function writeContract(
  registering: Registering,
  organisation: string,
  existing: Existing | null,
  terms: ContractTerms,
): Promise<void> {
  return within(registering, organisation, async (trx, scope) => {
    const row = existing && (await getContract(trx, scope, existing.id));
    if (row) expectSeen(existing.seen, termsOf(row));
    const id = row?.id ?? randomUUID();
    const external_id = row?.external_id ?? null;
    await saveContract(trx, { id, organisation_id: organisation, ...terms, external_id });
    const details = { before: row && termsOf(row), after: terms };
    await note(trx, registering, 'contract.saved', { subject: id, organisation }, details);
  });
}

/**
 * Removes a contract and its rooms with it: one that was entered by mistake brings them along, and what is to be removed
 * has been shown.
 *
 * @param existing its fingerprint is that of `wholeOf`
 * @throws Conflict when a colleague has changed the contract or its rooms since, NotFound
 */
export function removeContract(
  registering: Registering,
  organisation: string,
  { id, seen }: Existing,
): Promise<void> {
  const { actor, now } = registering;
  return within(registering, organisation, async (trx, scope) => {
    const row = await getContract(trx, scope, id);
    const premises = await listPremises(trx, row);
    expectSeen(seen, wholeOf(row, premises));
    const removed = premises.map((room) => ({
      action: 'premises.removed',
      subject: room.id,
      organisation,
      details: { contract: row.number, before: roomOf(room) },
    }));
    await recordAll(trx, actor, now, removed);
    await deleteContract(trx, id);
    const details = { before: termsOf(row) };
    await note(trx, registering, 'contract.removed', { subject: id, organisation }, details);
  });
}

/** Adds a room to a contract (`existing` null) or changes one. @throws Invalid for an unknown building, Conflict, NotFound */
export function writePremises(
  registering: Registering,
  at: { organisation: string; contract: string },
  existing: Existing | null,
  room: Room,
): Promise<void> {
  return within(registering, at.organisation, async (trx, scope) => {
    const contract = await getContract(trx, scope, at.contract);
    const row = existing && (await getPremises(trx, contract, existing.id));
    if (row) expectSeen(existing.seen, roomOf(row));
    if (!(await buildingNames(trx)).includes(room.building))
      throw new Invalid({ building: 'Выберите здание из списка' });
    const id = row?.id ?? randomUUID();
    await savePremises(trx, { id, contract_id: contract.id, ...room, external_id: row?.external_id ?? null });
    const about = { subject: id, organisation: at.organisation };
    const details = { contract: contract.number, before: row && roomOf(row), after: room };
    await note(trx, registering, 'premises.saved', about, details);
  });
}

/** Takes a room off a contract. @throws Conflict when a colleague has changed it since, NotFound */
export function removePremises(
  registering: Registering,
  at: { organisation: string; contract: string },
  { id, seen }: Existing,
): Promise<void> {
  return within(registering, at.organisation, async (trx, scope) => {
    const contract = await getContract(trx, scope, at.contract);
    const row = await getPremises(trx, contract, id);
    expectSeen(seen, roomOf(row));
    await deletePremises(trx, id);
    const details = { contract: contract.number, before: roomOf(row) };
    await note(trx, registering, 'premises.removed', { subject: id, organisation: at.organisation }, details);
  });
}
