import { randomUUID } from 'node:crypto';
import { transaction, type Transaction } from '../../db/knex.js';
import { once } from '../../db/once.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record } from '../audit/audit.data.js';
import { post } from '../outbox/outbox.data.js';
import { endSessions, foldEmail, insertAccount, setStaffRoles } from './accounts.data.js';
import { LINK_TIME } from './password-link.actions.js';
import { insertPasswordLink, lastPasswordLink } from './password-links.data.js';
import {
  hasOtherAdministrator,
  lacksPassword,
  lockPerson,
  lockStaffRoles,
  updatePerson,
  type Person,
} from './people.data.js';
import { peoplePolicy, STAFF_ROLES, type StaffRole } from './people.policy.js';
import { endProofs } from './proofs.data.js';
import { confirmStaff, type StaffWork } from './staff-work.js';
import { hashToken, type Tokens } from './tokens.js';

/** The company's administrator at work. */
export type Administering = StaffWork;

/**
 * Blocks an account: its sign-ins, links and codes end at once, it is refused at its next click. Why is for the
 * company's own people; the person gets a letter without it.
 *
 * @throws Conflict for oneself, the company's last administrator, and who is blocked already
 */
export function blockAccount(administering: Administering, id: string, reason: string): Promise<void> {
  return administer(administering, async (trx) => {
    const { now, staff } = administering;
    const person = await lockPerson(trx, id);
    if (person.blocked_at) throw new Conflict('Аккаунт уже заблокирован.');
    if (id === staff.id)
      throw new Conflict('Себя заблокировать нельзя. Это может сделать другой администратор.');
    await keepAdministrator(trx, person, []);
    await updatePerson(trx, id, { blocked_at: now, blocked_reason: reason });
    await endSessions(trx, id);
    await endProofs(trx, id, now);
    await note(trx, administering, 'account.blocked', person, { reason });
    await tell(trx, now, 'account-blocked', person);
  });
}

/** Lets a blocked account in again, with the roles it had. @throws Conflict when it is not blocked */
export function unblockAccount(administering: Administering, id: string, reason: string): Promise<void> {
  return administer(administering, async (trx) => {
    const person = await lockPerson(trx, id);
    if (!person.blocked_at) throw new Conflict('Аккаунт не заблокирован.');
    await updatePerson(trx, id, { blocked_at: null, blocked_reason: null });
    await note(trx, administering, 'account.unblocked', person, {
      reason,
      blocked_for: person.blocked_reason,
    });
    await tell(trx, administering.now, 'account-unblocked', person);
  });
}

/** Ends every sign-in of an account, the remembered ones too. */
export function endAllSessions(administering: Administering, id: string): Promise<void> {
  return administer(administering, async (trx) => {
    const person = await lockPerson(trx, id);
    await endSessions(trx, id);
    await note(trx, administering, 'account.signed-out', person, {});
  });
}

/**
 * Confirms that the typed ИНН is this person's, or takes that back; he gets a letter.
 *
 * @param seen the ИНН that the administrator saw
 * @throws Conflict when the person has typed another one since, or it is already as wanted
 */
export function confirmInn(
  administering: Administering,
  id: string,
  seen: string,
  confirmed: boolean,
): Promise<void> {
  return administer(administering, async (trx) => {
    const { now } = administering;
    const person = await lockPerson(trx, id);
    if (!person.inn || person.inn !== seen)
      throw new Conflict('ИНН тем временем изменился. Проверьте его ещё раз.');
    if ((person.inn_confirmed_at !== null) === confirmed)
      throw new Conflict(confirmed ? 'ИНН уже подтверждён.' : 'ИНН и так не подтверждён.');
    await updatePerson(trx, id, { inn_confirmed_at: confirmed ? now : null });
    const what = confirmed ? 'inn.confirmed' : 'inn.unconfirmed';
    await note(trx, administering, what, person, { inn: person.inn });
    await tell(trx, now, confirmed ? 'inn-confirmed' : 'inn-unconfirmed', person, { inn: person.inn });
  });
}

/**
 * Says what somebody does for the company; nothing makes him a tenant's person again. His sign-ins end, since a
 * tenant's lasts longer than the company's own people may have, and he gets a letter.
 *
 * @param seen the roles that the administrator saw
 * @param reason stands in the journal; the form wants it for whoever becomes an administrator
 * @throws Conflict when they have changed since, for oneself, and for the company's last administrator
 */
export function changeStaffRoles(
  administering: Administering,
  id: string,
  seen: string[],
  roles: StaffRole[],
  reason: string | null,
): Promise<void> {
  return administer(administering, async (trx) => {
    const { now, staff } = administering;
    const person = await lockPerson(trx, id);
    if (id === staff.id)
      throw new Conflict('Свои роли изменить нельзя. Это может сделать другой администратор.');
    if (!same(person.staff_roles, seen))
      throw new Conflict('Роли тем временем изменил другой администратор. Проверьте их.');
    if (same(person.staff_roles, roles)) return;
    if (person.blocked_at) throw new Conflict('Аккаунт заблокирован. Сначала разблокируйте его.');
    await keepAdministrator(trx, person, roles);
    await updatePerson(trx, id, { staff_roles: roles });
    await endSessions(trx, id);
    const details = { before: person.staff_roles, after: roles, reason };
    await note(trx, administering, 'staff.changed', person, details);
    await tell(trx, now, 'staff-changed', person, { roles });
  });
}

/** Somebody who will work for the company and has no account yet. */
export type NewColleague = Pick<Person, 'email' | 'surname' | 'name' | 'patronymic'> & { roles: StaffRole[] };

/**
 * Adds an account with staff roles; a letter brings a one-time link to set its password. Answers its id.
 *
 * @throws Invalid at `email` when the address has an account: roles are given on its page then
 */
export function addColleague(
  administering: Administering & { tokens: Tokens },
  { roles, ...person }: NewColleague,
): Promise<string> {
  return administer(administering, async (trx) => {
    const { now, tokens } = administering;
    const row = { ...person, id: randomUUID(), email: foldEmail(person.email), created_at: now };
    const added = await insertAccount(trx, row);
    if (!added)
      throw new Invalid({ email: 'У этого адреса уже есть аккаунт. Найдите его в списке и назначьте роли' });
    await setStaffRoles(trx, row.id, roles);
    await note(trx, administering, 'staff.invited', row, { after: roles });
    await sendLink(trx, row, roles, { now, tokens });
    return row.id;
  });
}

/** So long after a link another one may be sent, in milliseconds. */
const LINK_AGAIN = 600_000;

/**
 * Sends one of the company's own people, who has not set a password yet, another link; the one before is dead then.
 *
 * @throws Conflict for who has a password, is blocked or no colleague (any more), and within ten minutes after a link
 */
export function repeatLink(administering: Administering & { tokens: Tokens }, id: string): Promise<void> {
  return administer(administering, async (trx) => {
    const { now } = administering;
    const person = await lockPerson(trx, id);
    if (person.blocked_at || !peoplePolicy.isStaff(person) || !(await lacksPassword(trx, id)))
      throw new Conflict('Ссылка не нужна: человек уже задал пароль, заблокирован или больше не сотрудник.');
    const last = await lastPasswordLink(trx, id);
    if (last && last.getTime() > now.getTime() - LINK_AGAIN)
      throw new Conflict('Ссылка уже отправлена. Повторить можно через 10 минут.');
    await note(trx, administering, 'staff.link-sent', person, {});
    await sendLink(trx, person, person.staff_roles, administering);
  });
}

async function sendLink(
  trx: Transaction,
  person: Named,
  roles: string[],
  { now, tokens }: { now: Date; tokens: Tokens },
): Promise<void> {
  const id = randomUUID();
  const expires_at = new Date(now.getTime() + LINK_TIME);
  // The database keeps the link's hash alone; whoever writes the letter derives the secret part anew.
  const token_hash = hashToken(tokens.derive('appointment', id));
  await insertPasswordLink(trx, { id, account_id: person.id, token_hash, created_at: now, expires_at });
  await tell(trx, now, 'staff-invited', person, { roles, link: id, until: expires_at.getTime() });
}

/** What the roles are called, in their order: «Оператор, Редактор». */
export const rolesInWords = (roles: string[]): string =>
  Object.entries(STAFF_ROLES)
    .filter(([role]) => roles.includes(role))
    .map(([, name]) => name)
    .join(', ');

/** One transaction, one at a time, in which the administrator still is one; one form does its work once. */
function administer<T>(
  { db, staff, now, form }: Administering,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  return transaction(db, async (trx) => {
    await lockStaffRoles(trx);
    await confirmStaff(trx, staff.id, peoplePolicy.administer);
    return once(trx, { account: staff.id, key: form, now }, () => work(trx));
  });
}

/** @throws Conflict when the company would be left without an administrator who can sign in */
async function keepAdministrator(trx: Transaction, person: Person, roles: StaffRole[]): Promise<void> {
  const loses = peoplePolicy.administer(person) && !peoplePolicy.administer({ staff_roles: roles });
  if (loses && !person.blocked_at && !(await hasOtherAdministrator(trx, person.id)))
    throw new Conflict('Это последний администратор управляющей компании. Сначала назначьте ещё одного.');
}

const same = (one: string[], other: string[]) => [...one].sort().join() === [...other].sort().join();

type Named = Pick<Person, 'id' | 'email' | 'surname' | 'name' | 'patronymic'>;

function note(
  trx: Transaction,
  { actor, now }: Administering,
  action: string,
  { id, surname, name, email }: Named,
  details: Record<string, unknown>,
): Promise<void> {
  const who = `${surname} ${name} (${email})`;
  return record(trx, actor, now, { action, subject: id, details: { who, ...details } });
}

const tell = (
  trx: Transaction,
  now: Date,
  letter: string,
  { email, name, patronymic }: Named,
  facts: Record<string, unknown> = {},
) => post(trx, now, [{ letter, recipient: email, data: { name, patronymic, ...facts } }]);
