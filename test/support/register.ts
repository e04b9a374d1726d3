import { randomUUID } from 'node:crypto';
import { buildingOf } from '../../src/domain/organisations/buildings.actions.js';
import { roomOf, termsOf, wholeOf } from '../../src/domain/organisations/contracts.actions.js';
import { requisitesOf } from '../../src/domain/organisations/register.actions.js';
import { fingerprint } from '../../src/lib/seen.js';
import { addInvitation } from './access.js';
import type { Fields } from './client.js';
import type { TestHouse } from './house.js';
import { addAccount, addOrganisation, innOf, join } from './people.js';

/** What the lines of the staff's register are about. */
export interface RegisterSubject {
  tenant: string;
  contract: string;
  premises: string;
  building: string;
  /** What the line's form showed, as it tells it. */
  seen: string;
}

let serial = 0;
/** An ИНН that nobody has. */
export const freshInn = () => innOf(500_000 + (serial += 1));

/** A building of the company; answers its row. */
export async function addBuilding(house: TestHouse, name = `Бизнес-центр ${randomUUID()}`) {
  const row = { id: randomUUID(), name, address: 'Москва, ул. Усачёва, 33' };
  await house.parts.db('buildings').insert(row);
  return row;
}

/** A room in a contract of the organisation; answers both rows. */
export async function addRoom(house: TestHouse, organisation: { id: string }, building: { name: string }) {
  const { db } = house.parts;
  const contract = (await db('contracts').where({ organisation_id: organisation.id }).first())!;
  const premises = {
    id: randomUUID(),
    contract_id: contract.id,
    building: building.name,
    room: '4 этаж, помещение 412',
    area: '184.60',
    external_id: null,
  };
  await db('premises').insert(premises);
  return { contract, premises };
}

/** A fresh tenant with a member, a contract and a room in a building of its own; all random where the line needs none. */
export async function registerSubject(house: TestHouse, pattern: string) {
  const none = { tenant: randomUUID(), contract: randomUUID(), premises: randomUUID(), seen: '' };
  const made: RegisterSubject & { membership?: string; invitation?: string } = {
    ...none,
    building: randomUUID(),
  };
  if (!/:tenant|:building/.test(pattern)) return made;
  const building = await addBuilding(house);
  made.building = building.id;
  made.seen = fingerprint(buildingOf(building));
  if (!pattern.includes(':tenant')) return made;
  const { id } = await addOrganisation(house);
  const row = (await house.parts.db('organisations').where({ id }).first())!;
  const { contract, premises } = await addRoom(house, row, building);
  const shown: Record<string, object> = {
    edit: requisitesOf(row),
    caretaker: { caretaker_id: null },
    responsible: { responsible_email: null },
    ':contract': termsOf(contract),
    ':premises': roomOf(premises),
    removal: pattern.includes(':premises') ? roomOf(premises) : wholeOf(contract, [premises]),
  };
  made.seen = fingerprint(shown[pattern.split('/').pop()!] ?? {});
  if (pattern.includes(':membership'))
    made.membership = await join(house, await addAccount(house), { id }, ['observer']);
  if (pattern.includes(':invitation'))
    made.invitation = await addInvitation(house, { id }, `${id}@cast.test`, await addAccount(house));
  return { ...made, tenant: id, contract: contract.id, premises: premises.id };
}

const requisites = () => ({ inn: freshInn(), kpp: '770401001', name: 'ООО «Новая»', address: 'Москва' });
const contract = () => ({ number: `Д-${randomUUID()}`, kind: 'main', starts_on: '1.1.2026', ends_on: '' });
const room = ({ place }: Asking) => ({ building: place.name, room: 'Офис 1', area: '12,5' });

type Asking = { accounts: { private: { email: string } }; place: { name: string } };

/** What a permitted person would send, by the line. */
export const REGISTER_FIELDS: Record<string, (cast: Asking, subject: RegisterSubject) => Fields> = {
  'POST /staff/organisations/new': requisites,
  'POST /staff/organisations/new/lookup': () => ({ inn: freshInn() }),
  'POST /staff/organisations/:tenant/edit': (_, { seen }) => ({ ...requisites(), seen }),
  'POST /staff/organisations/:tenant/outside': () => ({ registered: 'yes' }),
  'POST /staff/organisations/:tenant/caretaker': (_, { seen }) => ({ caretaker: '', seen }),
  'POST /staff/organisations/:tenant/responsible': (_, { seen }) => ({
    email: `head-${randomUUID()}@cast.test`,
    seen,
  }),
  'POST /staff/organisations/:tenant/administrator': ({ accounts }) => ({
    account: accounts.private.email,
    reason: 'Прежний уволился',
  }),
  'POST /staff/organisations/:tenant/members/:membership/removal': () => ({ reason: 'Уволился' }),
  'POST /staff/organisations/:tenant/invitations/:invitation/repetition': () => ({}),
  'POST /staff/organisations/:tenant/invitations/:invitation/withdrawal': () => ({}),
  'POST /staff/organisations/:tenant/contracts/new': contract,
  'POST /staff/organisations/:tenant/contracts/:contract': (_, { seen }) => ({ ...contract(), seen }),
  'POST /staff/organisations/:tenant/contracts/:contract/removal': (_, { seen }) => ({ seen }),
  'POST /staff/organisations/:tenant/contracts/:contract/premises/new': room,
  'POST /staff/organisations/:tenant/contracts/:contract/premises/:premises': (cast, { seen }) => ({
    ...room(cast),
    seen,
  }),
  'POST /staff/organisations/:tenant/contracts/:contract/premises/:premises/removal': (_, { seen }) => ({
    seen,
  }),
  'POST /staff/buildings/new': () => ({ name: `Здание ${randomUUID()}` }),
  'POST /staff/buildings/:building/removal': (_, { seen }) => ({ seen }),
  'POST /staff/buildings/:building': (_, { seen }) => ({ name: `Здание ${randomUUID()}`, seen }),
};
