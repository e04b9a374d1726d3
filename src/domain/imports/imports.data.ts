import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import { inParts } from '../../db/parts.js';
import type { BuildingRow, ContractRow, ImportLineRow, ImportRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { lockBooks, type Keys } from '../invoices/imported.data.js';
import type { PresentContract } from './contracts.plan.js';
import { PAST_DUE } from './invoices.plan.js';
import { KIND_NAMES, type ImportKind, type Line } from './layouts.js';
import type { PresentOrganisation } from './organisations.plan.js';
import type { Planned, Verdict } from './plan.js';
import type { PresentPremises } from './premises.plan.js';

/** One import at a time changes the register: what was compared stays so until it is written. */
export async function lockImports(trx: Transaction): Promise<void> {
  await trx.raw("select pg_advisory_xact_lock(hashtext('imports'))");
}

/**
 * Locks the organisations that the lines are about: a form changes them, their people and their contracts before that or
 * after it.
 */
export async function lockConcerned(trx: Transaction, kind: ImportKind, lines: Line[]): Promise<void> {
  const codes = cellsOf(lines, 'external_id');
  const contracts = trx('contracts').select('organisation_id');
  const concerned: Record<ImportKind, () => Knex.QueryBuilder> = {
    organisations: () => presentAt(trx, lines).select('id'),
    contracts: () =>
      trx('organisations')
        .whereRaw('external_id = any (?)', [codesIn(lines, 'organisation')])
        .orWhereIn('id', contracts.whereRaw('external_id = any (?)', [codes]))
        .select('id'),
    premises: () =>
      contracts
        .whereRaw('external_id = any (?)', [codesIn(lines, 'contract')])
        .orWhereIn('id', trx('premises').whereRaw('external_id = any (?)', [codes]).select('contract_id')),
    invoices: () =>
      trx('organisations')
        .whereRaw('inn = any (?)', [booksKeys(lines).inns])
        .select('id'),
  };
  await trx('organisations').whereIn('id', concerned[kind]()).orderBy('id').forNoKeyUpdate().select('id');
  if (kind === 'invoices') await lockBooks(trx, booksKeys(lines));
}

const cellsOf = (lines: Line[], name: string) => [...new Set(lines.map(({ cells }) => cells[name] ?? ''))];

/** The organisations that the lines may be about: by their codes, or by their ИНН. */
export async function presentOrganisations(db: Database, lines: Line[]): Promise<PresentOrganisation[]> {
  return presentAt(db, lines).select(
    'id',
    'external_id',
    'name',
    'inn',
    'kpp',
    'address',
    'responsible_email',
  );
}

function presentAt(db: Database, lines: Line[]) {
  return db('organisations')
    .whereRaw('external_id = any (?)', [cellsOf(lines, 'external_id')])
    .orWhereRaw('inn = any (?)', [innsIn(lines)]);
}

/** A spreadsheet may have taken the zero off. */
const innsIn = (lines: Line[]) =>
  cellsOf(lines, 'inn')
    .map((inn) => inn.replace(/\s/g, ''))
    .flatMap((inn) => [inn, `0${inn}`]);

/** What the invoices of a file are known by. */
export const booksKeys = (lines: Line[]): Keys => ({
  codes: cellsOf(lines, 'external_id'),
  numbers: cellsOf(lines, 'number'),
  inns: innsIn(lines),
});

/** Names of organisations by their ids. */
export async function namesOf(db: Database, ids: string[]): Promise<Map<string, string>> {
  const rows = await db('organisations').whereRaw('id = any (?)', [ids]).select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Contracts by their ids. */
export async function contractsOf(
  db: Database,
  ids: string[],
): Promise<Map<string, Pick<ContractRow, 'number' | 'organisation_id'>>> {
  const rows = await db('contracts')
    .whereRaw('id = any (?)', [[...new Set(ids)]])
    .select('id', 'number', 'organisation_id');
  return new Map(rows.map((row) => [row.id, row]));
}

/** Ids of organisations or contracts by their codes in the other system. */
export async function idsByCode(
  db: Database,
  table: 'organisations' | 'contracts',
  codes: string[],
): Promise<Map<string, string>> {
  const rows = await db(table)
    .whereRaw('external_id = any (?)', [codes])
    .select<{ id: string; external_id: string }[]>('id', 'external_id');
  return new Map(rows.map(({ id, external_id }) => [external_id, id]));
}

/** The responsible addresses of the lines, as they are stored. */
export const emailsIn = (lines: Line[]) =>
  cellsOf(lines, 'responsible_email').map((email) => email.toLowerCase());

export const codesIn = (lines: Line[], name: 'organisation' | 'contract') => cellsOf(lines, name);

/** The contracts that the lines may be about: by their codes, or of the same organisations. */
export async function presentContracts(
  db: Database,
  lines: Line[],
  organisations: string[],
): Promise<PresentContract[]> {
  return db('contracts')
    .whereRaw('external_id = any (?)', [cellsOf(lines, 'external_id')])
    .orWhereRaw('organisation_id = any (?)', [organisations])
    .select('id', 'external_id', 'organisation_id', 'number', 'kind', 'starts_on', 'ends_on');
}

/** The rooms that the lines may be about: by their codes, or of the same contracts. */
export async function presentPremises(
  db: Database,
  lines: Line[],
  contracts: string[],
): Promise<PresentPremises[]> {
  return db('premises')
    .whereRaw('external_id = any (?)', [cellsOf(lines, 'external_id')])
    .orWhereRaw('contract_id = any (?)', [contracts])
    .select('id', 'external_id', 'contract_id', 'building', 'room', 'area');
}

/** Adds buildings that the rooms name and that nobody has entered yet. */
export async function addBuildings(trx: Transaction, names: string[]): Promise<BuildingRow[]> {
  if (names.length === 0) return [];
  return trx('buildings')
    .insert(names.map((name) => ({ id: randomUUID(), name, address: null })))
    .returning('*');
}

/** Writes rows that a plan adds or changes; of those that are there, the columns of the table alone. */
export async function writePlan(
  trx: Transaction,
  kind: Exclude<ImportKind, 'invoices'>,
  changes: { id: string; values: object }[],
  first: Record<string, unknown> = {},
): Promise<void> {
  const columns = Object.keys(changes[0]?.values ?? {});
  const rows = changes.map(({ id, values }) => ({ id, ...values, ...first }));
  await inParts(rows, (part) =>
    trx<Record<string, unknown>>(kind).insert(part).onConflict('id').merge(columns),
  );
}

export async function insertImport(trx: Transaction, row: ImportRow, plan: Planned<object>[]): Promise<void> {
  await trx('imports').insert(row);
  await insertLines(trx, row.id, plan);
}

/** Replaces what was said of the lines. */
export async function replaceLines(
  trx: Transaction,
  { id, ...said }: Pick<ImportRow, 'id' | 'counts' | 'digest' | 'new_buildings'>,
  plan: Planned<object>[],
): Promise<void> {
  await trx('imports').where({ id }).update(said);
  await trx('import_rows').where({ import_id: id }).delete();
  await insertLines(trx, id, plan);
}

function insertLines(trx: Transaction, import_id: string, plan: Planned<object>[]): Promise<void> {
  const lines = plan.map(({ line, verdict, cells, changes, reason }) => ({
    import_id,
    line,
    verdict,
    reason,
    cells: JSON.stringify(cells),
    changes: JSON.stringify(changes),
  }));
  return inParts(lines, (part) => trx('import_rows').insert(part as never));
}

/** An import of these kinds. @throws NotFound */
export async function getImport(
  db: Database,
  id: string,
  kinds: ImportKind[] = KIND_NAMES,
): Promise<ImportRow> {
  const row = await db('imports').where({ id }).whereIn('kind', kinds).first();
  if (!row) throw new NotFound();
  return row;
}

/** An import, locked against being applied twice. @throws NotFound */
export async function lockImport(trx: Transaction, id: string): Promise<ImportRow> {
  const row = await trx('imports').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** All lines of an import as they were read. */
export async function linesOfImport(db: Database, import_id: string): Promise<Line[]> {
  return db('import_rows').where({ import_id }).orderBy('line').select('line', 'cells');
}

/** The next lines with this verdict, after a line. */
export async function listLines(
  db: Database,
  import_id: string,
  verdict: Verdict,
  after: number,
  limit: number,
): Promise<ImportLineRow[]> {
  return db('import_rows')
    .where({ import_id, verdict })
    .where('line', '>', after)
    .orderBy('line')
    .limit(limit);
}

/** How many invoices of an import, of those that it writes, are to be paid until a day that is over. */
export async function countPastDue(db: Database, import_id: string): Promise<number> {
  const row = await db('import_rows')
    .where({ import_id })
    .whereIn('verdict', ['added', 'changed'])
    .whereLike('reason', `%${PAST_DUE}`)
    .count<{ n: number }[]>({ n: '*' });
  return Number(row[0]!.n);
}

/** One page of the imports, the newest first. */
export async function listImports(
  db: Database,
  kinds: ImportKind[],
  position: Position,
): Promise<Page<ImportRow>> {
  const { backwards, cursor } = position;
  const order = backwards ? 'asc' : 'desc';
  const query = db('imports')
    .whereIn('kind', kinds)
    .orderBy([
      { column: 'created_at', order },
      { column: 'id', order },
    ])
    .limit(PAGE_SIZE + 1);
  if (cursor)
    void query.whereRaw(backwards ? '(created_at, id) > (?, ?)' : '(created_at, id) < (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.created_at, position);
}

export async function markApplied(trx: Transaction, id: string, now: Date): Promise<void> {
  await trx('imports').where({ id }).update({ applied_at: now });
}

/** Forgets what was looked at and never applied. */
export async function forgetUnapplied(db: Database, before: Date): Promise<void> {
  await db('imports').whereNull('applied_at').where('created_at', '<', before).delete();
}
