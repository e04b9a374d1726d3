import type { Database, Transaction } from '../../db/knex.js';
import type { HandoverRow } from '../../db/rows.js';

/** An offer of the management with the people on both sides. */
export interface OpenHandover extends HandoverRow {
  from: string;
  to: string;
}

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
    );
  return row ?? null;
}

/** Adds the offer; false when another one is open. */
export async function insertHandover(trx: Transaction, row: HandoverRow): Promise<boolean> {
  const added = await trx('handovers')
    .insert(row)
    .onConflict(trx.raw("(organisation_id) where state = 'open'"))
    .ignore()
    .returning('id');
  return added.length === 1;
}

export async function closeHandover(
  trx: Transaction,
  id: string,
  state: HandoverRow['state'],
  now: Date,
): Promise<void> {
  await trx('handovers').where({ id }).update({ state, ended_at: now });
}

/** A member is gone: what he offered or was offered with him. */
export async function endHandoversOf(trx: Transaction, membership: string, now: Date): Promise<void> {
  await trx('handovers')
    .where({ state: 'open' })
    .where((either) => void either.where({ from_id: membership }).orWhere({ to_id: membership }))
    .update({ state: 'withdrawn', ended_at: now });
}
