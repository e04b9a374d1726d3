import { randomUUID } from 'node:crypto';
import type { Database } from '../../db/knex.js';
import type { BuildingRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import {
  deleteBuilding,
  findBuildingNamed,
  getBuilding,
  insertBuilding,
  lockBuildings,
  updateBuilding,
  usesOf,
} from './buildings.data.js';
import { expectSeen, type Existing } from '../../lib/seen.js';
import { note, register, type Registering } from './registering.js';

/** What is written down of a building. */
export type BuildingFields = Pick<BuildingRow, 'name' | 'address'>;
export const buildingOf = ({ name, address }: BuildingFields): BuildingFields => ({ name, address });

/**
 * Adds a building (`existing` null) or changes one; rooms and notifications take its new name with it.
 *
 * @throws Invalid when another building has the name, in whatever case; Conflict, NotFound
 */
export function writeBuilding(
  registering: Registering,
  existing: Existing | null,
  fields: BuildingFields,
): Promise<void> {
  return register(registering, async (trx) => {
    await lockBuildings(trx);
    const row = existing && (await getBuilding(trx, existing.id));
    if (row) expectSeen(existing.seen, buildingOf(row));
    const namesake = await findBuildingNamed(trx, fields.name);
    if (namesake && namesake.id !== row?.id) throw new Invalid({ name: 'Здание с таким названием уже есть' });
    const id = row?.id ?? randomUUID();
    if (row) await updateBuilding(trx, id, fields);
    else await insertBuilding(trx, { id, ...fields });
    await note(
      trx,
      registering,
      'building.saved',
      { subject: id },
      {
        before: row && buildingOf(row),
        after: fields,
      },
    );
  });
}

/** Why a building cannot be removed, in words; null: it can. Contracts that are over count too. */
export async function whyKept(db: Database, { name }: Pick<BuildingRow, 'name'>): Promise<string | null> {
  const { rooms, notifications } = await usesOf(db, name);
  if (rooms) return 'Здание нельзя удалить, пока в договорах есть помещения в нём.';
  return notifications ? 'Здание нельзя удалить: для него есть уведомления.' : null;
}

/**
 * Removes a building that nothing names.
 *
 * @throws Conflict when rooms or notifications do, or a colleague has changed it since; NotFound
 */
export function removeBuilding(registering: Registering, { id, seen }: Existing): Promise<void> {
  return register(registering, async (trx) => {
    await lockBuildings(trx);
    const row = await getBuilding(trx, id);
    expectSeen(seen, buildingOf(row));
    const kept = await whyKept(trx, row);
    if (kept) throw new Conflict(kept);
    await deleteBuilding(trx, id);
    await note(trx, registering, 'building.removed', { subject: id }, { before: buildingOf(row) });
  });
}
