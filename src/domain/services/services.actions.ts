import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { ServiceRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { listOpenKinds } from '../conversations/kinds.data.js';
import type { Accepted } from '../files/files.actions.js';
import { insertFile } from '../files/files.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { CHANGED, moved, type Direction } from './groups.actions.js';
import { lockGroup } from './groups.data.js';
import { priceWords } from './service.js';
import {
  getService,
  hasTwin,
  lockService,
  putInOrder,
  saveService,
  serviceOrder,
  type Service,
} from './services.data.js';
import { servicePolicy } from './services.policy.js';

/** What is written of a service; its picture comes apart. */
export type ServiceFields = Pick<
  ServiceRow,
  'group_id' | 'name' | 'description' | 'price' | 'unit' | 'hint' | 'fields' | 'kind_id'
> & { hidden: boolean };

/** The picture that came with the form; `remove` takes away the one that is there. */
export interface PictureChange {
  file: Accepted | null;
  remove: boolean;
}

/**
 * Adds a service at the end of its group, or changes one. What has been ordered keeps what it said.
 *
 * @param seen which service, and its revision that the editor saw; null: a new one
 * @throws Invalid by field; Conflict when a colleague has changed it
 */
export function writeService(
  work: StaffWork,
  seen: { id: string; revision: number } | null,
  { hidden, ...fields }: ServiceFields,
  picture: PictureChange,
): Promise<void> {
  const { staff, actor, now } = work;
  return asStaff(work, servicePolicy.edit, async (trx) => {
    const before = seen && (await forChange(trx, seen.id, fields.group_id));
    if (before && before.revision !== seen.revision) throw new Conflict(CHANGED);
    if (!before && !(await lockGroup(trx, fields.group_id))) throw new Invalid({ group_id: NO_GROUP });
    await expectKind(trx, fields.kind_id);
    const stays = before?.group_id === fields.group_id;
    const row: ServiceRow = {
      ...fields,
      id: before?.id ?? randomUUID(),
      // The rows of earlier pictures stay: a copy of the database that is older than this must find their files.
      file_id: picture.file?.id ?? (picture.remove ? null : (before?.file_id ?? null)),
      position: stays ? before.position : (await serviceOrder(trx, fields.group_id)).length + 1,
      hidden_at: hidden ? (before?.hidden_at ?? now) : null,
      revision: (before?.revision ?? 0) + 1,
    };
    if (await hasTwin(trx, row)) throw new Invalid({ name: 'Услуга с таким названием в группе уже есть' });
    if (picture.file) await insertFile(trx, { ...picture.file, created_by: staff.id, created_at: now });
    await saveService(trx, row);
    await record(trx, actor, now, {
      action: 'service.saved',
      subject: row.id,
      details: { ...(before && { before: facts(before) }), after: facts(await getService(trx, row.id)) },
    });
  });
}

/** Moves a service one place within its group; at the end it stays. @throws NotFound */
export function moveService(work: StaffWork, id: string, direction: Direction): Promise<void> {
  const { actor, now } = work;
  return asStaff(work, servicePolicy.edit, async (trx) => {
    const { group_id, name } = await getService(trx, id);
    await lockGroup(trx, group_id);
    const ids = await serviceOrder(trx, group_id);
    await putInOrder(trx, 'services', moved(ids, id, direction));
    await record(trx, actor, now, { action: 'service.moved', subject: id, details: { name } });
  });
}

const NO_GROUP = 'Выберите группу из списка';

/** Locks the groups that a change touches, always in one order, and then the service. Answers what it was. */
async function forChange(trx: Transaction, id: string, group: string): Promise<Service> {
  const { group_id } = await getService(trx, id);
  for (const one of [...new Set([group_id, group])].sort())
    if (!(await lockGroup(trx, one))) throw new Invalid({ group_id: NO_GROUP });
  await lockService(trx, id);
  return getService(trx, id);
}

async function expectKind(trx: Transaction, kind: string | null): Promise<void> {
  if (kind === null) return;
  const kinds = await listOpenKinds(trx, 'request');
  if (!kinds.some(({ id }) => id === kind)) throw new Invalid({ kind_id: 'Выберите вид заявки из списка' });
}

/** What the journal tells of a service. */
const facts = (service: Service) => ({
  group: service.group,
  name: service.name,
  description: service.description,
  price: priceWords(service),
  hint: service.hint,
  fields: service.fields.map(({ label, required }) => (required ? `${label} *` : label)),
  kind: service.kind,
  picture: service.file_id !== null,
  hidden_at: service.hidden_at,
});
