import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/knex.js';
import type { AccountRow, OrganisationRow } from '../../db/rows.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { register, type Registering } from '../organisations/registering.js';
import { findAccountByEmail } from '../people/accounts.data.js';
import { actForCompany, soleAdministrator } from './administrators.data.js';
import { dismiss, getPresent, log, named, settle, tell } from './memberships.actions.js';
import {
  findMembership,
  insertMembership,
  lockOrganisation,
  membersWith,
  updateMembership,
} from './memberships.data.js';
import { membershipPolicy, type Role } from './memberships.policy.js';

const ADMINISTRATOR = { roles: ['administrator'] as Role[], sees_all: true };

/**
 * The company appoints an administrator where the organisation cannot: a member gets the role, anybody else becomes a
 * member with it. He and the administrators before him get letters. Of any number at the same instant one appoints.
 *
 * @param email of a registered account
 * @throws Invalid at `account` when there is none, it is blocked, or has the role already; NotFound
 */
export function appointAdministrator(
  registering: Registering,
  id: string,
  email: string,
  reason: string,
): Promise<void> {
  const { now } = registering;
  return register(registering, async (trx) => {
    const organisation = await lockOrganisation(trx, id);
    const account = await findAccountByEmail(trx, email);
    if (!account)
      throw new Invalid({
        account:
          'Нет аккаунта с таким адресом. Попросите человека зарегистрироваться или укажите его как ответственного',
      });
    if (account.blocked_at) throw new Invalid({ account: 'Этот аккаунт заблокирован' });
    const before = await membersWith(trx, id, ['administrator'], null);
    await raise(trx, organisation, account, { ...registering, reason });
    await settle(trx, organisation, account, { ...registering, by: registering.staff.id });
    await tell(trx, now, 'administrator.appointed', account, organisation, { reason });
    for (const one of before)
      await tell(trx, now, 'administrator.joined', one, organisation, { other: named(account), reason });
  });
}

/** Gives the role, to a member or to somebody who becomes one. */
async function raise(
  trx: Transaction,
  organisation: OrganisationRow,
  account: AccountRow,
  by: Registering & { reason: string },
): Promise<void> {
  const { staff, now, reason } = by;
  const member = await findMembership(trx, organisation.id, account.id);
  if (!member) {
    const row = { id: randomUUID(), organisation_id: organisation.id, account_id: account.id };
    await insertMembership(trx, { ...row, ...ADMINISTRATOR, given_by: staff.id, since: now, ended_at: null });
    await log(trx, by, 'membership.began', row, { member: named(account), after: ADMINISTRATOR, reason });
    return;
  }
  if (membershipPolicy.manage(member))
    throw new Invalid({ account: 'Этот человек уже администратор профиля' });
  const rights = { roles: [...member.roles, 'administrator'], sees_all: true };
  await updateMembership(trx, member.id, rights);
  const { roles, sees_all } = member;
  const details = { member: named(account), before: { roles, sees_all }, after: rights, reason };
  await log(trx, by, 'membership.changed', member, details);
}

/**
 * The company ends a membership; answers whose. Other than the organisation itself it may end the last administrator's, or
 * a tenant who has moved out would keep somebody for ever.
 *
 * @param last the page has said that he is the last one, and what follows
 * @throws Conflict for the last administrator of whom that was not said, and for one who has left; NotFound
 */
export function endMembershipForStaff(
  registering: Registering,
  id: string,
  membership: string,
  { reason, last }: { reason: string; last: boolean },
): Promise<string> {
  return register(registering, async (trx) => {
    const organisation = await lockOrganisation(trx, id);
    const row = await getPresent(trx, { organisation }, membership);
    if (!last && (await soleAdministrator(trx, id)) === row.id)
      throw new Conflict(
        'Это теперь последний администратор профиля. Прочитайте, что будет дальше, и подтвердите.',
      );
    await actForCompany(trx);
    await dismiss(trx, organisation, row, registering, { reason });
    return `${row.surname} ${row.name}`;
  });
}
