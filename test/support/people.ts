import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/db/knex.js';
import type { AccountRow, DocumentTypeRow } from '../../src/db/rows.js';
import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import type { StaffRole } from '../../src/domain/people/people.policy.js';
import type { TestHouse } from './house.js';

/** The password of everybody in the tests. */
export const PASSWORD = 'Скрепка-и-лист-2026';

let serial = 0;
const hashes = new WeakMap<Database, Promise<string>>();

/** A confirmed account; `staff` makes it one of the company's own. */
export async function addAccount(
  house: TestHouse,
  change: Partial<AccountRow> & { staff?: StaffRole[] } = {},
): Promise<AccountRow> {
  const { db, passwords } = house.parts;
  if (!hashes.has(db)) hashes.set(db, passwords.hash(PASSWORD));
  serial += 1;
  const { staff, ...columns } = change;
  const row: AccountRow = {
    id: randomUUID(),
    email: `person-${serial}@tenant.test`,
    surname: 'Константинопольская',
    name: 'Мария',
    patronymic: 'Сергеевна',
    phone: null,
    inn: null,
    password_hash: await hashes.get(db)!,
    staff_roles: staff ?? [],
    created_at: house.clock.now(),
    blocked_at: null,
    blocked_reason: null,
    phone_confirmed_at: null,
    inn_confirmed_at: null,
    seen_at: null,
    outside_requests: false,
    ...columns,
  };
  await db('accounts').insert(row);
  return row;
}

/** An organisation's ИНН of its own for each number, with the right control digit. */
export function innOf(number: number): string {
  const nine = String(770_000_000 + number);
  const sum = [2, 4, 10, 3, 5, 9, 4, 6, 8].reduce((all, weight, at) => all + weight * Number(nine[at]), 0);
  return nine + String((sum % 11) % 10);
}

/** An organisation with one main contract. */
export async function addOrganisation(house: TestHouse, name = 'ООО «Ромашка и партнёры»') {
  serial += 1;
  const { db } = house.parts;
  const row = {
    id: randomUUID(),
    name,
    inn: innOf(serial),
    kpp: '770401001',
    created_at: house.clock.now(),
    outside_requests: false,
  };
  await db('organisations').insert(row);
  await db('contracts').insert({
    id: randomUUID(),
    organisation_id: row.id,
    number: `${serial}-А`,
    kind: 'main',
    starts_on: '2021-01-01',
    ends_on: null,
  });
  return row;
}

/** Makes the account a member with these roles; answers the membership's id. */
export async function join(
  house: TestHouse,
  account: AccountRow,
  organisation: { id: string },
  roles: Role[],
): Promise<string> {
  const id = randomUUID();
  await house.parts.db('memberships').insert({
    id,
    organisation_id: organisation.id,
    account_id: account.id,
    roles,
    sees_all: false,
    given_by: null,
    since: house.clock.now(),
    ended_at: null,
  });
  return id;
}

/** A document type that a tenant can choose. */
export async function addType(
  house: TestHouse,
  change: Partial<DocumentTypeRow> = {},
): Promise<DocumentTypeRow> {
  serial += 1;
  const row: DocumentTypeRow = {
    id: randomUUID(),
    name: `Полис страхования ответственности арендатора № ${serial}`,
    required: false,
    term_months: 12,
    reasons: ['Нет подписи или печати', 'Срок меньше срока договора'],
    position: serial,
    hidden_at: null,
    ...change,
  };
  await house.parts.db('document_types').insert(row);
  return row;
}
