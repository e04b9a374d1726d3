import type { Database, Transaction } from '../../db/knex.js';
import { Forbidden, NotFound } from '../../lib/errors.js';
import { MAIL_TOPICS, type MailTopic } from '../people/mail-choices.js';
import type { Role } from './memberships.policy.js';

/** A member in the organisation that he acts for: the scope in which an organisation's rows are looked up. */
export interface Member {
  id: string;
  account_id: string;
  roles: string[];
  organisation: { id: string; name: string; inn: string; kpp: string | null };
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

/** One card of «Мои организации»: a contract, or an organisation that has none yet. */
export interface ProfileCard {
  organisation_id: string;
  name: string;
  inn: string;
  kpp: string | null;
  contract_id: string | null;
  number: string | null;
  kind: 'main' | 'supplement' | null;
  since: Date;
}

/** The organisations of an account, a card a contract (manual 4.1.1.4). */
export async function listProfiles(db: Database, account: string): Promise<ProfileCard[]> {
  return db('memberships as m')
    .join('organisations as o', 'o.id', 'm.organisation_id')
    .leftJoin('contracts as c', 'c.organisation_id', 'o.id')
    .where('m.account_id', account)
    .whereNull('m.ended_at')
    .orderBy(['o.name', 'o.id', 'c.starts_on', 'c.number'])
    .select(
      'm.organisation_id',
      'o.name',
      'o.inn',
      'o.kpp',
      'c.id as contract_id',
      'c.number',
      'c.kind',
      'm.since',
    );
}

/** Somebody to write to. */
export interface Addressee {
  email: string;
  name: string;
  patronymic: string | null;
}

/** The present members of an organisation who have one of these roles and want letters of this topic. */
export async function membersWith(
  db: Database,
  organisation: string,
  roles: Role[],
  topic: MailTopic,
): Promise<Addressee[]> {
  return db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .leftJoin('mail_choices as c', (on) => on.on('c.account_id', 'a.id').andOnVal('c.topic', topic))
    .where('m.organisation_id', organisation)
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw('m.roles && ?::text[]', [roles])
    .whereRaw('coalesce(c.by_mail, ?)', [MAIL_TOPICS[topic].usually])
    .orderBy('a.email')
    .select('a.email', 'a.name', 'a.patronymic');
}
