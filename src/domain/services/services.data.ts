import type { Database, Transaction } from '../../db/knex.js';
import { prepared } from '../../db/prepared.js';
import type { ServiceRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import type { Offer } from './service.js';

/** A service as a tenant's card shows it. */
export interface OfferedService extends Pick<
  ServiceRow,
  'id' | 'group_id' | 'name' | 'description' | 'price' | 'unit' | 'file_id'
> {
  group: string;
}

const offered = prepared<OfferedService>(
  'services-offered',
  `select s.id, s.group_id, s.name, s.description, s.price, s.unit, s.file_id, g.name as "group"
   from services s join service_groups g on g.id = s.group_id
   where s.hidden_at is null and g.hidden_at is null
   order by g.position, g.id, s.position, s.id`,
);

/** All that tenants may order, in the staff's order. */
export const listOffered = (db: Database): Promise<OfferedService[]> => offered(db, []);

/** A service of the editor's list. */
export type ListedService = Pick<
  ServiceRow,
  'id' | 'group_id' | 'name' | 'price' | 'unit' | 'fields' | 'file_id' | 'hidden_at'
>;

/** All services, hidden ones too, in their order within their groups. */
export async function listServices(db: Database): Promise<ListedService[]> {
  return db('services')
    .orderBy(['position', 'id'])
    .select('id', 'group_id', 'name', 'price', 'unit', 'fields', 'file_id', 'hidden_at');
}

/** A service with whether it is offered, its group's name and that of the kind of request. */
export interface Service extends ServiceRow, Offer {
  group: string;
  kind: string | null;
}

const named = (db: Database, id: string) =>
  db('services as s')
    .join('service_groups as g', 'g.id', 's.group_id')
    .leftJoin('conversation_kinds as k', 'k.id', 's.kind_id')
    .where('s.id', id)
    .first<Service | undefined>(
      's.*',
      'g.hidden_at as group_hidden_at',
      'g.name as group',
      // A kind that was hidden since is chosen no longer: the staff sort such an order.
      db.raw('case when k.hidden_at is null then k.name end as kind'),
      db.raw('case when k.hidden_at is null then k.id end as kind_id'),
    );

/** Any service, hidden too. @throws NotFound */
export async function getService(db: Database, id: string): Promise<Service> {
  const row = await named(db, id);
  if (!row) throw new NotFound();
  return row;
}

/** The service as it stays until the transaction has ended. @throws NotFound */
export async function holdService(trx: Transaction, id: string): Promise<Service> {
  // Only the service's own row: whoever edits takes the group's before it.
  const row = await named(trx, id).forShare('s');
  if (!row) throw new NotFound();
  return row;
}

/** Its row, for a change; its group is locked before it. @throws NotFound */
export async function lockService(trx: Transaction, id: string): Promise<ServiceRow> {
  const row = await trx('services').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** Whether the group has another service of this name; the group is locked. */
export async function hasTwin(
  trx: Transaction,
  { id, group_id, name }: Pick<ServiceRow, 'id' | 'group_id' | 'name'>,
): Promise<boolean> {
  const twin = await trx('services')
    .where({ group_id })
    .whereRaw('lower(name) = lower(?)', [name])
    .whereNot({ id })
    .first('id');
  return twin !== undefined;
}

export async function saveService(trx: Transaction, row: ServiceRow): Promise<void> {
  // The driver would take a list for an array of Postgres.
  const fields = JSON.stringify(row.fields) as unknown as ServiceRow['fields'];
  await trx('services')
    .insert({ ...row, fields })
    .onConflict('id')
    .merge();
}

/** The services of a group that is locked, by their order. */
export async function serviceOrder(trx: Transaction, group_id: string): Promise<string[]> {
  return trx('services').where({ group_id }).orderBy(['position', 'id']).pluck('id');
}

/** Gives services, or groups, the places in which they stand in the list. */
export async function putInOrder(
  trx: Transaction,
  table: 'services' | 'service_groups',
  ids: string[],
): Promise<void> {
  await trx.raw(
    `update ?? t set position = o.place from unnest(?::uuid[]) with ordinality as o (id, place)
     where t.id = o.id and t.position <> o.place`,
    [table, ids],
  );
}
