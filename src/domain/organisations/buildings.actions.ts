import { randomUUID } from 'node:crypto';
import type { BuildingRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import {
  findBuildingNamed,
  getBuilding,
  insertBuilding,
  lockBuildings,
  updateBuilding,
} from './buildings.data.js';
import type { Existing } from './contracts.actions.js';
import { expectSeen, note, register, type Registering } from './registering.js';

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
