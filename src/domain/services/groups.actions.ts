import { randomUUID } from 'node:crypto';
import type { ServiceGroupRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { getGroup, hasTwinGroup, listGroups, lockGroups, saveGroup } from './groups.data.js';
import { putInOrder } from './services.data.js';
import { servicePolicy } from './services.policy.js';

/** What is written of a group. */
export interface GroupFields {
  name: string;
  hidden: boolean;
}

/** Which way something moves in its list. */
export type Direction = 'up' | 'down';

/** What a colleague did first; the page beside these words shows what stands there now. */
export const CHANGED = 'Коллега тем временем сохранил другое.';

/**
 * Adds a group at the end, or changes one. A hidden group takes its services along.
 *
 * @param id null: a new one
 * @param revision the one that the editor saw
 * @throws Invalid when another group has this name; Conflict when a colleague has changed it
 */
export function writeGroup(
  work: StaffWork,
  id: string | null,
  revision: number | null,
  { name, hidden }: GroupFields,
): Promise<void> {
  const { actor, now } = work;
  return asStaff(work, servicePolicy.edit, async (trx) => {
    await lockGroups(trx);
    const before = id ? await getGroup(trx, id) : null;
    if (before && before.revision !== revision) throw new Conflict(CHANGED);
    const row: ServiceGroupRow = {
      id: before?.id ?? randomUUID(),
      name,
      position: before?.position ?? (await listGroups(trx)).length + 1,
      hidden_at: hidden ? (before?.hidden_at ?? now) : null,
      revision: (before?.revision ?? 0) + 1,
    };
    if (await hasTwinGroup(trx, row)) throw new Invalid({ name: 'Группа с таким названием уже есть' });
    await saveGroup(trx, row);
    await record(trx, actor, now, {
      action: 'service-group.saved',
      subject: row.id,
      details: { ...(before && { before: facts(before) }), after: facts(row) },
    });
  });
}

/** Moves a group one place; at the end of the list it stays. @throws NotFound */
export function moveGroup(work: StaffWork, id: string, direction: Direction): Promise<void> {
  const { actor, now } = work;
  return asStaff(work, servicePolicy.edit, async (trx) => {
    await lockGroups(trx);
    const { name } = await getGroup(trx, id);
    const ids = (await listGroups(trx)).map((group) => group.id);
    await putInOrder(trx, 'service_groups', moved(ids, id, direction));
    await record(trx, actor, now, { action: 'service-group.moved', subject: id, details: { name } });
  });
}

/** The list with one of it a place further. */
export function moved(ids: string[], id: string, direction: Direction): string[] {
  const at = ids.indexOf(id);
  const to = direction === 'up' ? at - 1 : at + 1;
  if (at < 0 || to < 0 || to >= ids.length) return ids;
  return ids.with(at, ids[to]!).with(to, id);
}

const facts = ({ name, hidden_at }: ServiceGroupRow) => ({ name, hidden_at });
