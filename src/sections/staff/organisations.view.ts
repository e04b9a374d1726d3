import type { RegisterFilter, RegisterRow } from '../../domain/organisations/register.data.js';
import type { Lookup } from '../../domain/organisations/party-lookups.actions.js';
import type { ContractWithPremises } from '../../domain/organisations/organisations.data.js';
import type { AccessRequest } from '../../domain/memberships/access-requests.data.js';
import type { ListedInvitation } from '../../domain/memberships/invitations.data.js';
import type { ListedMember } from '../../domain/memberships/memberships.data.js';
import { rightsInWords } from '../../domain/memberships/memberships.letters.js';
import { ROLES, type Role } from '../../domain/memberships/memberships.policy.js';
import { day, daysBetween, type Day } from '../../lib/dates.js';
import { counted, squareMetres } from '../../lib/text.js';
import { searchOf } from '../../web/list-query.js';
import { fullName } from '../access-words.js';
import { contractFacts, endTag } from '../contract-words.js';

export const ORGANISATIONS = '/staff/organisations';

const STATES: Record<NonNullable<RegisterFilter['state']>, string> = {
  orphaned: 'Без администратора',
  bare: 'Без договора',
  ending: 'Договор заканчивается',
};
export const STATE_OPTIONS = Object.entries(STATES).map(([value, label]) => ({ value, label }));

/** The filter of the address; what does not fit is not asked for. */
export function registerFilter(query: URLSearchParams, buildings: string[]): RegisterFilter {
  const state = query.get('state') ?? '';
  const building = query.get('building') ?? '';
  return {
    search: searchOf(query),
    state: Object.hasOwn(STATES, state) ? (state as RegisterFilter['state']) : null,
    building: buildings.includes(building) ? building : null,
  };
}

/** A line of the register as it is shown. */
export function registerRow(row: RegisterRow, today: Day) {
  const nearest = nearestEnd(row.contracts, today);
  return {
    href: `${ORGANISATIONS}/${row.id}`,
    name: row.name,
    inn: row.inn,
    kpp: row.kpp,
    contracts: row.contracts.map(({ number }) => number),
    ends: nearest && `до ${day(nearest)}`,
    tag: nearest && shortTag(nearest, today),
    administrators: row.administrators.map(fullName),
    buildings: row.buildings,
  };
}

/** As beside the contract itself, in a word: the day stands above it. */
function shortTag(ends: Day, today: Day) {
  const tag = endTag(ends, today);
  const left = daysBetween(today, ends);
  const words =
    left < 0 ? 'завершён' : left === 0 ? 'сегодня' : `ещё ${counted(left, 'день', 'дня', 'дней')}`;
  return tag && { ...tag, label: words };
}

/** When the first of the contracts ends that still run; when the last one ended, if none does; null: some never end. */
function nearestEnd(contracts: RegisterRow['contracts'], today: Day): Day | null {
  const ends = contracts.flatMap(({ ends_on }) => ends_on ?? []).sort();
  const running = ends.find((end) => end >= today);
  if (running) return running;
  return ends.length === contracts.length ? (ends.at(-1) ?? null) : null;
}

/** A contract with what can be done to it. */
export function contractPart(contract: ContractWithPremises, organisation: string, today: Day) {
  const path = `${ORGANISATIONS}/${organisation}/contracts/${contract.id}`;
  return {
    path,
    number: contract.number,
    tag: endTag(contract.ends_on, today),
    rows: contractFacts(contract),
    premises: contract.premises.map((one) => ({
      path: `${path}/premises/${one.id}`,
      room: one.room,
      about: `${one.building} · ${squareMetres(Number(one.area))}`,
    })),
  };
}

export const memberPart = (row: ListedMember, organisation: string) => ({
  end: `${ORGANISATIONS}/${organisation}/members/${row.id}/removal`,
  name: fullName(row),
  email: row.email,
  roles: row.roles.map((role) => ROLES[role as Role]),
  since: row.since,
  giver: row.giver,
  blocked: row.blocked_at !== null,
});

/** @param managed the organisation's own administrator decides: there is no way to it from here */
export const requestPart = (row: AccessRequest, managed: boolean) => ({
  href: managed ? null : `/staff/access-requests/${row.id}`,
  name: fullName(row),
  email: row.email,
  at: row.created_at,
});

export const invitationPart = (row: ListedInvitation, now: Date) => ({
  path: `${ORGANISATIONS}/${row.organisation_id}/invitations/${row.id}`,
  email: row.email,
  rights: rightsInWords(row),
  until: row.expires_at,
  over: row.expires_at <= now,
});

const STATE_WARNINGS = {
  closing: 'По данным справочника организация ликвидируется или признана банкротом.',
  closed: 'По данным справочника организация прекратила деятельность.',
};

/** What a look-up fills the form with; several КПП are offered to choose from until one is chosen. */
export function offers(lookup: Lookup | null, kpp: string | null, path: string) {
  if (!lookup) return { values: {}, choice: [], warning: null };
  const { id, inn, external_id, found } = lookup;
  const party = found.length === 1 ? found[0] : found.find((one) => one.kpp === kpp);
  const values = { inn, external_id: external_id ?? '' };
  const choice = found.map((one) => ({
    name: one.name,
    about: [one.kpp && `КПП ${one.kpp}`, one.address].filter(Boolean).join(' · '),
    href: `${path}/new?${new URLSearchParams({ lookup: id, kpp: one.kpp ?? '' })}`,
    chosen: one === party,
  }));
  return {
    values: party
      ? { ...values, name: party.name, kpp: party.kpp ?? '', address: party.address ?? '' }
      : values,
    choice: found.length > 1 ? choice : [],
    warning: party?.state ? STATE_WARNINGS[party.state] : null,
  };
}
