import type {
  BuildingRow,
  ContractRow,
  MembershipRow,
  OrganisationRow,
  PremisesRow,
} from '../../src/db/rows.js';
import type { Clock } from './clock.js';
import { idOf } from './ids.js';
import { BUILDINGS, CONTRACTS, MEMBERS, ORGANISATIONS, PREMISES } from './organisations.js';
import { accountId } from './people-rows.js';

export const organisationId = (key: string) => idOf('organisation', key);
// Every number is in use once in the demo.
export const contractId = (number: string) => idOf('contract', number);

/** Most are registered where they rent; a person's address is nobody's business, and one is not known. */
function addressOf(inn: string, at: number): string | null {
  if (inn.length === 12 || at % 9 === 8) return null;
  const [, address] = BUILDINGS[at % BUILDINGS.length]!;
  return `${address}, помещ. ${at + 3}`;
}

/** The organisations with what they rent and who belongs to them. */
export function organisationRows(clock: Clock) {
  return {
    organisations: ORGANISATIONS.map(([key, inn, entered, name], at): OrganisationRow => {
      const kpp = inn.length === 12 ? null : `${inn.slice(0, 4)}01001`;
      return {
        id: organisationId(key),
        name,
        inn,
        kpp,
        created_at: clock.ago(entered, '10:00:00'),
        // The one without an administrator has somebody who may become it.
        responsible_email: key === 'kvarta' ? 'director@kvarta.test' : null,
        caretaker_id: accountId('operator'),
        // As the company's accounts number their tenants.
        external_id: `Т-${String(at + 1).padStart(4, '0')}`,
        address: addressOf(inn, at),
        outside_requests: false,
      };
    }),
    contracts: CONTRACTS.map(([organisation, number, starts, ends, kind]): ContractRow => {
      const ids = { id: contractId(number), organisation_id: organisationId(organisation) };
      return {
        ...ids,
        number,
        kind: kind ?? 'main',
        starts_on: clock.day(starts),
        ends_on: ends === null ? null : clock.day(ends),
        external_id: null,
      };
    }),
    premises: PREMISES.map(([contract, building, room, area]): PremisesRow => {
      const id = idOf('premises', `${contract}/${building}/${room}`);
      return { id, contract_id: contractId(contract), building, room, area, external_id: null };
    }),
    buildings: BUILDINGS.map(([name, address]): BuildingRow => ({
      id: idOf('building', name),
      name,
      address,
    })),
    memberships: MEMBERS.map(([organisation, who, since, roles, ended]): MembershipRow => {
      const boss = MEMBERS.find((one) => one[0] === organisation && one[3].includes('administrator'));
      return {
        id: idOf('membership', `${organisation}/${who}`),
        organisation_id: organisationId(organisation),
        account_id: accountId(who),
        roles,
        sees_all: roles.includes('administrator'),
        given_by: accountId(roles.includes('administrator') || !boss ? 'staff' : boss[1]),
        since: typeof since === 'string' ? new Date(since) : clock.ago(since, '11:30:21'),
        ended_at: ended === undefined ? null : clock.ago(ended, '18:00:00'),
      };
    }),
  };
}
