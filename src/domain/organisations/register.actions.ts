import { randomUUID } from 'node:crypto';
import { transaction } from '../../db/knex.js';
import type { OrganisationRow } from '../../db/rows.js';
import { Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { lockOrganisation } from '../memberships/memberships.data.js';
import { findStaff } from '../people/accounts.data.js';
import { insertOrganisation, updateOrganisation } from './organisations.data.js';
import type { RegisterFilter } from './register.data.js';
import { expectSeen } from '../../lib/seen.js';
import { note, register, type Registering } from './registering.js';

/** Writes down that a copy of the register is taken away: what it was narrowed to, and of how many organisations. */
export function noteExport(
  { db, actor, now }: Pick<Registering, 'db' | 'actor' | 'now'>,
  { search, state, building }: RegisterFilter,
  taken: { rows: number; format: string },
): Promise<void> {
  const details = { search, shown: state, building, exported: taken.rows, format: taken.format };
  return transaction(db, (trx) => record(trx, actor, now, { action: 'register.exported', details }));
}

/** What the company writes down of an organisation. */
export type Requisites = Pick<OrganisationRow, 'name' | 'inn' | 'kpp' | 'address' | 'external_id'>;

/** The same of a row. */
export const requisitesOf = ({ name, inn, kpp, address, external_id }: Requisites): Requisites => ({
  name,
  inn,
  kpp,
  address,
  external_id,
});

/** Adds an organisation; answers its id. Of any number at the same instant one is added. @throws Invalid when it is there */
export function addOrganisation(registering: Registering, requisites: Requisites): Promise<string> {
  return register(registering, async (trx) => {
    const id = randomUUID();
    const row = { ...requisites, responsible_email: null, caretaker_id: null };
    await insertOrganisation(trx, { id, ...row, created_at: registering.now });
    await note(trx, registering, 'organisation.added', { subject: id, organisation: id }, { after: row });
    return id;
  });
}

/**
 * Changes the requisites.
 *
 * @param seen the fingerprint of those that the form showed
 * @throws Conflict when a colleague has changed them since, Invalid when they are another's, NotFound
 */
export function changeRequisites(
  registering: Registering,
  id: string,
  seen: string,
  requisites: Requisites,
): Promise<void> {
  return register(registering, async (trx) => {
    const before = requisitesOf(await lockOrganisation(trx, id));
    expectSeen(seen, before);
    await updateOrganisation(trx, id, requisites);
    const details = { before, after: requisites };
    await note(trx, registering, 'organisation.changed', { subject: id, organisation: id }, details);
  });
}

/** Says who at the company looks after an organisation; null: nobody in particular. @throws Conflict, Invalid, NotFound */
export function setCaretaker(
  registering: Registering,
  id: string,
  seen: string,
  caretaker_id: string | null,
): Promise<void> {
  return register(registering, async (trx) => {
    const { caretaker_id: before } = await lockOrganisation(trx, id);
    expectSeen(seen, { caretaker_id: before });
    if (caretaker_id && !(await findStaff(trx, caretaker_id)))
      throw new Invalid({ caretaker: 'Выберите сотрудника из списка' });
    await updateOrganisation(trx, id, { caretaker_id });
    const details = { before, after: caretaker_id };
    await note(trx, registering, 'organisation.caretaker', { subject: id, organisation: id }, details);
  });
}
