import type { Database, Transaction } from '../../db/knex.js';
import type { ParkingSchemeRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** A parking scheme, as it is kept. */
export type Scheme = ParkingSchemeRow;

/** All schemes in the staff's order. There are as many as car parks, so all come at once. */
export function listSchemes(db: Database): Promise<Scheme[]> {
  return db('parking_schemes').orderBy(['position', 'site']);
}

/** @throws NotFound */
export async function getScheme(db: Database, id: string): Promise<Scheme> {
  const row = await db('parking_schemes').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** Lets those who change schemes come one after another: the order and the names are of all of them. */
export async function lockSchemes(trx: Transaction): Promise<void> {
  await trx.raw('lock table parking_schemes in share row exclusive mode');
}

/** Whether another scheme has this name, in any case of letters. */
export async function isTaken(trx: Transaction, { id, site }: Pick<ParkingSchemeRow, 'id' | 'site'>) {
  const twin = await trx('parking_schemes')
    .whereRaw('lower(site) = lower(?)', [site])
    .whereNot({ id })
    .first('id');
  return twin !== undefined;
}

/** Adds a scheme, or writes anew the one of its id. */
export async function saveScheme(trx: Transaction, row: ParkingSchemeRow): Promise<void> {
  await trx('parking_schemes').insert(row).onConflict('id').merge();
}

/** Gives each its place in the order of these ids. */
export async function putInOrder(trx: Transaction, ids: string[]): Promise<void> {
  await trx('parking_schemes').update({ position: trx.raw('array_position(?::uuid[], id)', [ids]) });
}

export async function deleteScheme(trx: Transaction, id: string): Promise<void> {
  await trx('parking_schemes').where({ id }).delete();
}
