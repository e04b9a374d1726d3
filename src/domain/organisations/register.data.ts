import type { Knex } from 'knex';
import type { Database } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { OrganisationRow } from '../../db/rows.js';
import { addDays, type Day } from '../../lib/dates.js';

/** A contract that ends within so many days is said to end soon. */
export const ENDS_SOON = 60;

/** What the register is narrowed to. */
export interface RegisterFilter {
  /** Part of a name, an ИНН or a contract's number. */
  search: string;
  /** Without an administrator who can sign in; without a contract; with a contract that ends soon. */
  state: 'orphaned' | 'bare' | 'ending' | null;
  building: string | null;
}

type Listed = Pick<OrganisationRow, 'id' | 'name' | 'inn' | 'kpp'>;

/** A line of the register. */
export interface RegisterRow extends Listed {
  contracts: { number: string; ends_on: Day | null }[];
  administrators: { surname: string; name: string }[];
  buildings: string[];
}

/** One page of the register, by name. */
export async function listRegister(
  db: Database,
  filter: RegisterFilter,
  position: Position<string>,
  today: Day,
): Promise<Page<RegisterRow>> {
  const order = position.backwards ? 'desc' : 'asc';
  const found = await db
    .from(chosen(db, filter, position, today, PAGE_SIZE + 1).as('o'))
    .orderBy([
      { column: 'o.name', order },
      { column: 'o.id', order },
    ])
    .limit(PAGE_SIZE + 1)
    .select<Listed[]>('o.id', 'o.name', 'o.inn', 'o.kpp');
  const { rows, ...neighbours } = pageOf(found, (row) => row.name, position);
  return { rows: await withFacts(db, rows), ...neighbours };
}

/**
 * The first of those that match, in their order. Names, numbers and contracts are each searched on their own: so
 * Postgres chooses for each between its trigrams and a walk along the names, whichever is shorter. They are compared in
 * the small letters in which they are stored: `ilike` would make them of every row.
 */
function chosen(db: Database, filter: RegisterFilter, position: Position<string>, today: Day, size: number) {
  const part = () => page(db, filter, position, today, size);
  if (!filter.search) return part();
  const like = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
  const digits = filter.search.replace(/\s/g, '');
  const parts = [
    part().whereRaw('o.name_small like lower(?)', like),
    part().whereIn(
      'o.id',
      db('contracts').whereRaw('number_small like lower(?)', like).select('organisation_id'),
    ),
  ];
  if (/^\d+$/.test(digits)) parts.push(part().whereLike('o.inn', `%${digits}%`));
  return db.union(parts, true);
}

function page(
  db: Database,
  { state, building }: RegisterFilter,
  { backwards, cursor }: Position<string>,
  today: Day,
  size: number,
): Knex.QueryBuilder {
  const order = backwards ? 'desc' : 'asc';
  const query = db('organisations as o')
    .select('o.id', 'o.name', 'o.inn', 'o.kpp')
    .orderBy([
      { column: 'o.name', order },
      { column: 'o.id', order },
    ])
    .limit(size);
  if (cursor)
    void query.whereRaw(backwards ? '(o.name, o.id) < (?, ?)' : '(o.name, o.id) > (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  const contracts = db('contracts as c').whereRaw('c.organisation_id = o.id');
  if (state === 'bare') void query.whereNotExists(contracts.clone());
  if (state === 'ending')
    void query.whereExists(contracts.clone().whereBetween('c.ends_on', [today, addDays(today, ENDS_SOON)]));
  if (state === 'orphaned')
    void query.whereNotExists(administrators(db).whereRaw('m.organisation_id = o.id'));
  if (building)
    void query.whereExists(
      contracts.clone().join('premises as p', 'p.contract_id', 'c.id').where('p.building', building),
    );
  return query;
}

/** Present administrators who can sign in. */
const administrators = (db: Database) =>
  db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw("'administrator' = any (m.roles)");

interface Place {
  organisation_id: string;
  building: string;
}

/** What stands beside the names of a page: three queries for all of them. */
async function withFacts<Row extends Listed>(db: Database, listed: Row[]): Promise<(Row & RegisterRow)[]> {
  const ids = listed.map(({ id }) => id);
  const [contracts, heads, places] = await Promise.all([
    db('contracts')
      .whereIn('organisation_id', ids)
      .orderBy(['starts_on', 'number'])
      .select('organisation_id', 'number', 'ends_on'),
    administrators(db)
      .whereIn('m.organisation_id', ids)
      .orderBy(['a.surname', 'a.name'])
      .select('m.organisation_id', 'a.surname', 'a.name'),
    db('premises as p')
      .join('contracts as c', 'c.id', 'p.contract_id')
      .whereIn('c.organisation_id', ids)
      .orderBy('p.building')
      .distinct<Place[]>('c.organisation_id', 'p.building'),
  ]);
  const [ofContracts, ofHeads, ofPlaces] = [
    byOrganisation(contracts),
    byOrganisation(heads),
    byOrganisation(places),
  ];
  return listed.map((row) => ({
    ...row,
    contracts: ofContracts.get(row.id) ?? [],
    administrators: ofHeads.get(row.id) ?? [],
    buildings: (ofPlaces.get(row.id) ?? []).map(({ building }) => building),
  }));
}

function byOrganisation<Row extends { organisation_id: string }>(rows: Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.organisation_id);
    if (group) group.push(row);
    else groups.set(row.organisation_id, [row]);
  }
  return groups;
}

/** What an export says of an organisation besides. */
type Exported = RegisterRow & Pick<OrganisationRow, 'external_id' | 'address' | 'responsible_email'>;

/** So many organisations a query. */
const MANY = 1000;

/** All of the register that matches, by name, a part at a time. */
export async function* walkRegister(
  db: Database,
  filter: RegisterFilter,
  today: Day,
): AsyncGenerator<Exported[]> {
  let cursor: Position<string>['cursor'] = null;
  for (;;) {
    const found: (Listed & Exported)[] = await db
      .from(chosen(db, filter, { backwards: false, cursor }, today, MANY).as('o'))
      .join('organisations as x', 'x.id', 'o.id')
      .orderBy(['o.name', 'o.id'])
      .limit(MANY)
      .select('o.id', 'o.name', 'o.inn', 'o.kpp', 'x.external_id', 'x.address', 'x.responsible_email');
    if (found.length > 0) yield await withFacts(db, found);
    const last = found.at(-1);
    if (!last || found.length < MANY) return;
    cursor = { at: last.name, id: last.id };
  }
}
