import type { Database, Transaction } from '../../db/knex.js';
import type { BuildingRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import type { Day } from '../../lib/dates.js';

export interface ListedBuilding extends BuildingRow {
  /** Organisations with a contract there that has not ended. */
  tenants: number;
}

/** The company's buildings with how many rent there today. There are tens of them, so all come at once. */
export async function listBuildingsWithTenants(db: Database, today: Day): Promise<ListedBuilding[]> {
  const tenants = db('premises as p')
    .join('contracts as c', 'c.id', 'p.contract_id')
    .whereRaw('(c.ends_on is null or c.ends_on >= ?)', [today])
    .groupBy('p.building')
    .select('p.building')
    .countDistinct({ tenants: 'c.organisation_id' })
    .as('t');
  return db('buildings as b')
    .leftJoin(tenants, 't.building', 'b.name')
    .orderBy('b.name')
    .select<ListedBuilding[]>('b.*', db.raw('coalesce(t.tenants, 0)::int as tenants'));
}

/** The names of all buildings, to choose from. */
export async function buildingNames(db: Database): Promise<string[]> {
  return db('buildings').orderBy('name').pluck('name');
}

/** @throws NotFound */
export async function getBuilding(db: Database, id: string): Promise<BuildingRow> {
  const row = await db('buildings').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** Lets those who change buildings come one after another; rooms can be added meanwhile. */
export async function lockBuildings(trx: Transaction): Promise<void> {
  await trx.raw('lock table buildings in share row exclusive mode');
}

/** The building of that name, in any case of letters. */
export async function findBuildingNamed(db: Database, name: string): Promise<BuildingRow | null> {
  return (await db('buildings').whereRaw('lower(name) = lower(?)', [name]).first()) ?? null;
}

/** What names a building and keeps it from being removed. */
export async function usesOf(
  db: Database,
  name: string,
): Promise<{ rooms: boolean; notifications: boolean }> {
  const [room, notification] = await Promise.all([
    db('premises').where({ building: name }).first('id'),
    db('notification_buildings').where({ building: name }).first<object | undefined>('building'),
  ]);
  return { rooms: !!room, notifications: !!notification };
}

export async function deleteBuilding(trx: Transaction, id: string): Promise<void> {
  await trx('buildings').where({ id }).delete();
}

export async function insertBuilding(trx: Transaction, row: BuildingRow): Promise<void> {
  await trx('buildings').insert(row);
}

/** Changes a building; its new name goes to its rooms and notifications by itself. */
export async function updateBuilding(
  trx: Transaction,
  id: string,
  change: Partial<BuildingRow>,
): Promise<void> {
  await trx('buildings').where({ id }).update(change);
}
