import type { Database } from '../../db/knex.js';
import type { MembershipRow } from '../../db/rows.js';
import type { Role } from './memberships.policy.js';

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

/** The organisations of an account, a card a contract, in the order of `listContracts` (manual 4.1.1.4). */
export async function listProfiles(db: Database, account: string): Promise<ProfileCard[]> {
  return db('memberships as m')
    .join('organisations as o', 'o.id', 'm.organisation_id')
    .leftJoin('contracts as c', 'c.organisation_id', 'o.id')
    .where('m.account_id', account)
    .whereNull('m.ended_at')
    .orderByRaw("o.name, o.id, c.kind = 'main' desc, c.starts_on desc, c.number")
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

/** The organisations where an account has one of these roles, by name. */
export async function organisationsWith(
  db: Database,
  account: string,
  roles: Role[],
): Promise<{ id: string; name: string }[]> {
  return db('memberships as m')
    .join('organisations as o', 'o.id', 'm.organisation_id')
    .where('m.account_id', account)
    .whereNull('m.ended_at')
    .whereRaw('m.roles && ?::text[]', [roles])
    .orderBy(['o.name', 'o.id'])
    .select('o.id', 'o.name');
}

/** A place that an account has, or had, in an organisation. */
export interface HeldMembership extends MembershipRow {
  organisation: string;
  inn: string;
  /** The organisation has another administrator who can sign in. */
  others: boolean;
}

/** Every membership of an account, present ones first, then the latest ended. */
export async function listMembershipsOf(db: Database, account: string): Promise<HeldMembership[]> {
  return db('memberships as m')
    .join('organisations as o', 'o.id', 'm.organisation_id')
    .where('m.account_id', account)
    .orderByRaw('m.ended_at desc nulls first, m.since desc, m.id')
    .limit(200)
    .select<HeldMembership[]>(
      ...['m.*', 'o.name as organisation', 'o.inn'],
      db.raw(`exists (select from memberships x join accounts a on a.id = x.account_id and a.blocked_at is null
        where x.organisation_id = m.organisation_id and x.account_id <> m.account_id and x.ended_at is null
        and 'administrator' = any (x.roles)) as others`),
    );
}
