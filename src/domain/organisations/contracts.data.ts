import type { Database, Transaction } from '../../db/knex.js';
import type { ContractRow, PremisesRow } from '../../db/rows.js';
import { Invalid, NotFound } from '../../lib/errors.js';

/** The organisation that contracts are looked up in. */
interface Scope {
  organisation: { id: string };
}

/** @throws NotFound elsewhere */
export async function getContract(db: Database, { organisation }: Scope, id: string): Promise<ContractRow> {
  const row = await db('contracts').where({ id, organisation_id: organisation.id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** A room of the contract. @throws NotFound elsewhere */
export async function getPremises(db: Database, contract: { id: string }, id: string): Promise<PremisesRow> {
  const row = await db('premises').where({ id, contract_id: contract.id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** Adds a contract or changes it. @throws Invalid when the organisation has another one of this number */
export async function saveContract(trx: Transaction, row: ContractRow): Promise<void> {
  const { organisation_id, number } = row;
  const same = await trx('contracts').where({ organisation_id, number }).whereNot({ id: row.id }).first('id');
  if (same) throw new Invalid({ number: 'Договор с таким номером у организации уже есть' });
  await trx('contracts').insert(row).onConflict('id').merge();
}

export async function savePremises(trx: Transaction, row: PremisesRow): Promise<void> {
  await trx('premises').insert(row).onConflict('id').merge();
}

export async function deletePremises(trx: Transaction, id: string): Promise<void> {
  await trx('premises').where({ id }).delete();
}

/** The rooms of a contract, in the order of its page. */
export async function listPremises(db: Database, contract: { id: string }): Promise<PremisesRow[]> {
  return db('premises').where({ contract_id: contract.id }).orderBy(['building', 'room', 'id']);
}

/** Removes a contract with its rooms. */
export async function deleteContract(trx: Transaction, id: string): Promise<void> {
  await trx('premises').where({ contract_id: id }).delete();
  await trx('contracts').where({ id }).delete();
}
