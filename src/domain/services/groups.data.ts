import type { Database, Transaction } from '../../db/knex.js';
import type { ServiceGroupRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** All groups, hidden ones too, in their order. */
export async function listGroups(db: Database): Promise<ServiceGroupRow[]> {
  return db('service_groups').orderBy(['position', 'id']);
}

/** @throws NotFound */
export async function getGroup(db: Database, id: string): Promise<ServiceGroupRow> {
  const row = await db('service_groups').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** A group's row; whatever happens to its services comes one after another. Null when there is none. */
export async function lockGroup(trx: Transaction, id: string): Promise<ServiceGroupRow | null> {
  return (await trx('service_groups').where({ id }).forUpdate().first()) ?? null;
}

/** Nobody else changes groups until the transaction has ended. */
export async function lockGroups(trx: Transaction): Promise<void> {
  await trx.raw('lock table service_groups in share row exclusive mode');
}

/** Whether another group has this name; the groups are locked. */
export async function hasTwinGroup(
  trx: Transaction,
  { id, name }: Pick<ServiceGroupRow, 'id' | 'name'>,
): Promise<boolean> {
  const twin = await trx('service_groups')
    .whereRaw('lower(name) = lower(?)', [name])
    .whereNot({ id })
    .first('id');
  return twin !== undefined;
}

export async function saveGroup(trx: Transaction, row: ServiceGroupRow): Promise<void> {
  await trx('service_groups').insert(row).onConflict('id').merge();
}
