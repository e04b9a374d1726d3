import type { Database } from '../../db/knex.js';
import type { ContractRow, PremisesRow } from '../../db/rows.js';

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

/** Organisations for a filter's list. */
export async function listOrganisations(db: Database): Promise<{ id: string; name: string }[]> {
  return db('organisations').orderBy('name').limit(500).select('id', 'name');
}
