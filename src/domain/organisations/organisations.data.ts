import type { Database } from '../../db/knex.js';
import type { AccountRow, ContractRow, PremisesRow } from '../../db/rows.js';

export interface ContractWithPremises extends ContractRow {
  premises: Pick<PremisesRow, 'building' | 'room' | 'area'>[];
}

/** The contracts of the member's organisation with what they rent, the chosen one first, then the newest. */
export async function listContracts(
  db: Database,
  member: { organisation: { id: string } },
  chosen: string | null,
): Promise<ContractWithPremises[]> {
  const contracts = await db('contracts')
    .where({ organisation_id: member.organisation.id })
    .orderBy([{ column: 'starts_on', order: 'desc' }, { column: 'number' }]);
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

/** Organisations for a filter's list. */
export async function listOrganisations(db: Database): Promise<{ id: string; name: string }[]> {
  return db('organisations').orderBy('name').limit(500).select('id', 'name');
}
