import type { Database, Transaction } from '../../db/knex.js';
import type { HandoverRow } from '../../db/rows.js';

/** An offer of the management with the people on both sides. */
export interface OpenHandover extends HandoverRow {
  from: string;
  to: string;
  /** Whoever offers it is an administrator who can sign in; else it is nothing by now. */
  stands: boolean;
}

/** An offer to whoever looks: of which profile, and by whom. */
export interface OwnOffer {
  organisation: string;
  name: string;
  from: string;
}

/** The offers that an account can accept. */
export function offersTo(db: Database, account: string): Promise<OwnOffer[]> {
  return db('handovers as h')
    .join('organisations as o', 'o.id', 'h.organisation_id')
    .join('memberships as f', 'f.id', 'h.from_id')
    .join('accounts as fa', 'fa.id', 'f.account_id')
    .join('memberships as t', 't.id', 'h.to_id')
    .where({ 't.account_id': account, 'h.state': 'open' })
    .whereNull('t.ended_at')
    .whereRaw(STANDS)
    .orderBy('h.created_at')
    .select<OwnOffer[]>('o.id as organisation', 'o.name', db.raw(`fa.surname || ' ' || fa.name as "from"`));
}

/** Whoever offers it is an administrator who can sign in. */
const STANDS = "(f.ended_at is null and fa.blocked_at is null and 'administrator' = any (f.roles))";

/** The organisation's open offer, if there is one. */
export async function findHandover(db: Database, organisation: string): Promise<OpenHandover | null> {
  const row = await db('handovers as h')
    .join('memberships as f', 'f.id', 'h.from_id')
    .join('accounts as fa', 'fa.id', 'f.account_id')
    .join('memberships as t', 't.id', 'h.to_id')
    .join('accounts as ta', 'ta.id', 't.account_id')
    .where({ 'h.organisation_id': organisation, 'h.state': 'open' })
    .first<OpenHandover | undefined>(
      'h.*',
      db.raw('fa.surname || \' \' || fa.name as "from"'),
      db.raw('ta.surname || \' \' || ta.name as "to"'),
      db.raw(`${STANDS} as stands`),
    );
  return row ?? null;
}

/** Adds the offer; there is no open one, and the organisation's people are locked. */
export async function insertHandover(trx: Transaction, row: HandoverRow): Promise<void> {
  await trx('handovers').insert(row);
}

export async function closeHandover(
  trx: Transaction,
  id: string,
  state: HandoverRow['state'],
  now: Date,
): Promise<void> {
  await trx('handovers').where({ id }).update({ state, ended_at: now });
}

/** Where the latest offer to a member stands; null when he never got one. */
export async function findLatestOffer(db: Database, to_id: string): Promise<HandoverRow | null> {
  return (await db('handovers').where({ to_id }).orderBy('created_at', 'desc').first()) ?? null;
}
