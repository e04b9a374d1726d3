import type { Database, Transaction } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { MembershipRow, OrganisationRow } from '../../db/rows.js';
import { Forbidden, Invalid, NotFound } from '../../lib/errors.js';
import { MAIL_TOPICS, type MailTopic } from '../people/mail-choices.js';
import type { Role } from './memberships.policy.js';

/** A member in the organisation that he acts for: the scope in which an organisation's rows are looked up. */
export interface Member {
  id: string;
  account_id: string;
  roles: string[];
  /** «видит все»: of requests and messages, those of colleagues too. */
  sees_all: boolean;
  organisation: Pick<OrganisationRow, 'id' | 'name' | 'inn' | 'kpp' | 'outside_requests'>;
}

/**
 * Makes sure inside an action's transaction that the membership and its roles are what the page saw: what was taken
 * away between the click and the change is gone (ASVS 15.4.2).
 *
 * @throws NotFound when it has ended, Forbidden when the policy no longer allows
 */
export async function confirmMember(
  trx: Transaction,
  member: Member,
  policy: (member: Member) => boolean,
): Promise<void> {
  const row = await trx('memberships')
    .where({ id: member.id })
    .whereNull('ended_at')
    .forShare()
    .first('roles');
  if (!row) throw new NotFound();
  if (!policy({ ...member, roles: row.roles })) throw new Forbidden();
}

/**
 * The present membership of an account, kept as it is until the transaction ends. @throws NotFound when there is none (any
 * more)
 */
export async function holdMembership(
  trx: Transaction,
  account_id: string,
  organisation_id: string,
): Promise<MembershipRow> {
  const row = await trx('memberships')
    .where({ account_id, organisation_id })
    .whereNull('ended_at')
    .forShare()
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** Somebody to write to. */
export interface Addressee {
  email: string;
  name: string;
  patronymic: string | null;
}

/** The present members of an organisation who have one of these roles and want letters of this topic; null: all of them. */
export async function membersWith(
  db: Database,
  organisation: string,
  roles: Role[],
  topic: MailTopic | null,
): Promise<Addressee[]> {
  return db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .leftJoin('mail_choices as c', (on) => on.on('c.account_id', 'a.id').andOnVal('c.topic', topic ?? ''))
    .where('m.organisation_id', organisation)
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw('m.roles && ?::text[]', [roles])
    .whereRaw('coalesce(c.by_mail, ?)', [topic === null || MAIL_TOPICS[topic].usually])
    .orderBy('a.email')
    .select('a.email', 'a.name', 'a.patronymic');
}

/**
 * Locks an organisation's people: whoever changes them comes one after another. To be asked before any membership is
 * locked. @throws NotFound
 */
export async function lockOrganisation(trx: Transaction, id: string): Promise<OrganisationRow> {
  const row = await trx('organisations').where({ id }).forNoKeyUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** A present member with the person behind him. */
export interface ListedMember extends MembershipRow {
  surname: string;
  name: string;
  patronymic: string | null;
  email: string;
  seen_at: Date | null;
  blocked_at: Date | null;
  giver: string | null;
}

/** The organisation that rows are looked up in; a whole member fits. */
export interface Scope {
  organisation: { id: string };
}

function presentMembers(db: Database, organisation: string) {
  return db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .leftJoin('accounts as g', 'g.id', 'm.given_by')
    .where('m.organisation_id', organisation)
    .whereNull('m.ended_at')
    .select<ListedMember[]>(
      ...['m.*', 'a.surname', 'a.name', 'a.patronymic', 'a.email', 'a.seen_at', 'a.blocked_at'],
      db.raw("g.surname || ' ' || g.name as giver"),
    );
}

/** One page of an organisation's present members, the newest first. */
export async function listMembers(
  db: Database,
  { organisation }: Scope,
  position: Position,
): Promise<Page<ListedMember>> {
  const { backwards, cursor } = position;
  const order = backwards ? 'asc' : 'desc';
  const query = presentMembers(db, organisation.id)
    .orderBy([
      { column: 'm.since', order },
      { column: 'm.id', order },
    ])
    .limit(PAGE_SIZE + 1);
  if (cursor)
    void query.whereRaw(backwards ? '(m.since, m.id) > (?, ?)' : '(m.since, m.id) < (?, ?)', [
      cursor.at,
      cursor.id,
    ]);
  return pageOf(await query, (row) => row.since, position);
}

/** @throws NotFound when he has left, or belongs elsewhere */
export async function getMember(db: Database, { organisation }: Scope, id: string): Promise<ListedMember> {
  const [row] = await presentMembers(db, organisation.id).where('m.id', id);
  if (!row) throw new NotFound();
  return row;
}

/** Whether this was a member once and is none any more. */
export async function hasLeft(db: Database, { organisation }: Scope, id: string): Promise<boolean> {
  const row = await db('memberships').where({ id, organisation_id: organisation.id }).first('ended_at');
  return Boolean(row?.ended_at);
}

/** The present membership of an account in an organisation. */
export async function findMembership(
  db: Database,
  organisation_id: string,
  account_id: string,
): Promise<MembershipRow | null> {
  return (
    (await db('memberships').where({ organisation_id, account_id }).whereNull('ended_at').first()) ?? null
  );
}

/** The present members of these organisations who have one of these addresses. */
export function membersNamed(
  db: Database,
  organisations: string[],
  emails: string[],
): Promise<{ organisation_id: string; email: string }[]> {
  return db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .whereRaw('m.organisation_id = any (?)', [organisations])
    .whereRaw('a.email = any (?)', [emails])
    .whereNull('m.ended_at')
    .select('m.organisation_id', 'a.email');
}

export async function insertMembership(trx: Transaction, row: MembershipRow): Promise<void> {
  await trx('memberships').insert(row);
}

const LAST = 'memberships_administrator';
export const LAST_ADMINISTRATOR =
  'Это последний администратор профиля: заблокированные не в счёт. Сначала передайте управление или назначьте ещё одного администратора';

/**
 * Changes a membership. @throws Invalid at `roles` where the organisation would be left without an administrator who can
 * sign in: the database's rule
 */
export async function updateMembership(
  trx: Transaction,
  id: string,
  change: Partial<MembershipRow>,
): Promise<void> {
  try {
    await trx('memberships').where({ id }).update(change);
  } catch (error) {
    if ((error as { constraint?: string }).constraint !== LAST) throw error;
    throw new Invalid({ roles: LAST_ADMINISTRATOR });
  }
}
