import type { Database, Transaction } from '../../db/knex.js';
import type { AccountRow, ContractRow, OrganisationRow, PremisesRow } from '../../db/rows.js';
import { Invalid, NotFound } from '../../lib/errors.js';

export interface ContractWithPremises extends ContractRow {
  premises: PremisesRow[];
}

/** Any organisation, for the company's own people. @throws NotFound */
export async function getOrganisation(db: Database, id: string): Promise<OrganisationRow> {
  const row = await db('organisations').where({ id }).first();
  if (!row) throw new NotFound();
  return row;
}

/** A tenant by its ИНН; of several (branches have one ИНН) the first by name. */
export async function findOrganisationByInn(db: Database, inn: string): Promise<OrganisationRow | null> {
  return (await db('organisations').where({ inn }).orderBy(['name', 'id']).first()) ?? null;
}

/** The contracts of an organisation (a member fits) with what they rent: the chosen one first, then the main ones, the newest first. */
export async function listContracts(
  db: Database,
  member: { organisation: { id: string } },
  chosen: string | null = null,
): Promise<ContractWithPremises[]> {
  const contracts = await db('contracts')
    .where({ organisation_id: member.organisation.id })
    .orderByRaw("kind = 'main' desc, starts_on desc, number");
  const premises = await db('premises')
    .whereIn(
      'contract_id',
      contracts.map((contract) => contract.id),
    )
    .orderBy(['building', 'room']);
  return contracts
    .map((contract) => ({ ...contract, premises: premises.filter((one) => one.contract_id === contract.id) }))
    .sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));
}

/** Somebody of the management company who looks after an organisation. */
export type Caretaker = Pick<AccountRow, 'surname' | 'name' | 'patronymic' | 'email' | 'phone'>;

/** Who looks after the member's organisation, while he works there; null: nobody in particular. */
export async function findCaretaker(
  db: Database,
  member: { organisation: { id: string } },
): Promise<Caretaker | null> {
  const row = await db('accounts as a')
    .join('organisations as o', 'o.caretaker_id', 'a.id')
    .where('o.id', member.organisation.id)
    .whereNull('a.blocked_at')
    .whereRaw("a.staff_roles <> '{}'")
    .first<Caretaker | undefined>('a.surname', 'a.name', 'a.patronymic', 'a.email', 'a.phone');
  return row ?? null;
}

/** The company's own people: whoever of them can look after an organisation. */
export function listCaretakers(
  db: Database,
): Promise<Pick<AccountRow, 'id' | 'surname' | 'name' | 'patronymic'>[]> {
  return db('accounts')
    .whereNull('blocked_at')
    .whereRaw("staff_roles <> '{}'")
    .orderBy(['surname', 'name', 'id'])
    .select('id', 'surname', 'name', 'patronymic');
}

/** Organisations for a filter's list. */
export async function listOrganisations(db: Database): Promise<{ id: string; name: string }[]> {
  return db('organisations').orderBy('name').limit(500).select('id', 'name');
}

/** What another organisation has already, by the database's rule, said at its field. */
const TAKEN: Record<string, Record<string, string>> = {
  organisations_inn_kpp_key: { inn: 'Организация с таким ИНН и КПП уже есть' },
  organisations_external_id_key: { external_id: 'Этот код уже у другой организации' },
};

/** @throws Invalid at the field whose value another organisation has */
export const insertOrganisation = (trx: Transaction, row: Omit<OrganisationRow, 'outside_requests'>) =>
  unlessTaken(trx('organisations').insert(row));

/** @throws Invalid at the field whose value another organisation has */
export const updateOrganisation = (trx: Transaction, id: string, change: Partial<OrganisationRow>) =>
  unlessTaken(trx('organisations').where({ id }).update(change));

async function unlessTaken(write: PromiseLike<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    const taken = TAKEN[(error as { constraint?: string }).constraint ?? ''];
    throw taken ? new Invalid(taken) : error;
  }
}
