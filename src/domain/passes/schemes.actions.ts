import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { ParkingSchemeRow } from '../../db/rows.js';
import { fingerprint, type Existing } from '../../lib/seen.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import type { Accepted } from '../files/files.actions.js';
import { insertFile } from '../files/files.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { moved, type Direction } from '../services/groups.actions.js';
import { passPolicy } from './passes.policy.js';
import {
  deleteScheme,
  getScheme,
  isTaken,
  listSchemes,
  lockSchemes,
  putInOrder,
  saveScheme,
} from './schemes.data.js';

/** What is written of a scheme; its picture comes apart. */
export type SchemeFields = Pick<ParkingSchemeRow, 'site' | 'caption'>;

/** A picture that is in the store, with its size in dots. */
export type Picture = Accepted & Pick<ParkingSchemeRow, 'width' | 'height'>;

/** What the staff see of a scheme: another one has another fingerprint. */
export const seenOf = ({
  site,
  caption,
  file_id,
}: SchemeFields & Pick<ParkingSchemeRow, 'file_id'>): string => fingerprint({ site, caption, file_id });

/** Adds a scheme below the others. @throws Invalid when the site has one */
export function addScheme(work: StaffWork, fields: SchemeFields, picture: Picture): Promise<void> {
  return arrange(work, async (trx) => {
    const position = (await listSchemes(trx)).length + 1;
    await save(trx, work, { id: randomUUID(), ...fields, position }, picture, null);
  });
}

/**
 * Changes what a scheme says and, where one is given, its picture.
 *
 * @param existing which, and the fingerprint of what its form showed
 * @throws Conflict when a colleague has changed it since, Invalid when another has the name, NotFound
 */
export function changeScheme(
  work: StaffWork,
  existing: Existing,
  fields: SchemeFields,
  picture: Picture | null,
): Promise<void> {
  return arrange(work, async (trx) => {
    const before = await present(trx, existing);
    // The row of the earlier picture stays: a copy of the database that is older than this must find its bytes.
    await save(trx, work, { ...before, ...fields }, picture, before);
  });
}

/** Moves a scheme one place; at the end of the list it stays. @throws NotFound */
export function moveScheme(work: StaffWork, id: string, direction: Direction): Promise<void> {
  return arrange(work, async (trx) => {
    const { site } = await getScheme(trx, id);
    const ids = (await listSchemes(trx)).map((scheme) => scheme.id);
    await putInOrder(trx, moved(ids, id, direction));
    await note(trx, work, 'parking.moved', id, { name: site });
  });
}

/** Takes a scheme out of the list; answers its site. @throws Conflict, NotFound */
export function removeScheme(work: StaffWork, existing: Existing): Promise<string> {
  return arrange(work, async (trx) => {
    const { id, site, caption } = await present(trx, existing);
    await deleteScheme(trx, id);
    await note(trx, work, 'parking.removed', id, { before: { site, caption } });
    return site;
  });
}

/** @throws NotFound, Conflict */
async function present(trx: Transaction, { id, seen }: Existing): Promise<ParkingSchemeRow> {
  const row = await getScheme(trx, id);
  if (seenOf(row) !== seen) throw new Conflict('Пока форма была открыта, схему изменил коллега.');
  return row;
}

type Placed = SchemeFields & Pick<ParkingSchemeRow, 'id' | 'position'>;

async function save(
  trx: Transaction,
  work: StaffWork,
  scheme: Placed,
  picture: Picture | null,
  before: ParkingSchemeRow | null,
): Promise<void> {
  const { staff, now } = work;
  const shown = picture ? { file_id: picture.id, width: picture.width, height: picture.height } : before!;
  const { id, site, caption, position } = scheme;
  if (await isTaken(trx, scheme)) throw new Invalid({ site: 'Схема этой площадки уже есть' });
  if (picture) await insertFile(trx, { ...picture, created_by: staff.id, created_at: now });
  const { file_id, width, height } = shown;
  await saveScheme(trx, { id, site, caption, file_id, width, height, position, changed_at: now });
  await note(trx, work, 'parking.saved', id, {
    ...(picture && { file: picture.name }),
    ...(before && { before: { site: before.site, caption: before.caption } }),
    after: { site, caption },
  });
}

const note = (
  trx: Transaction,
  { actor, now }: StaffWork,
  action: string,
  subject: string,
  details: Record<string, unknown>,
) => record(trx, actor, now, { action, subject, details });

/** One transaction, one at a time, in which he still may. */
const arrange = <T>(work: StaffWork, change: (trx: Transaction) => Promise<T>): Promise<T> =>
  asStaff(work, passPolicy.arrange, async (trx) => {
    await lockSchemes(trx);
    return change(trx);
  });
