import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import type { BuildingRow, ContractRow } from '../../db/rows.js';
import { lockBooks, type Keys } from '../invoices/imported.data.js';
import type { PresentContract } from './contracts.plan.js';
import { type ImportKind, type Line } from './layouts.js';
import type { PresentOrganisation } from './organisations.plan.js';
import type { PresentPremises } from './premises.plan.js';

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
