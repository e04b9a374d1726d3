import { randomUUID } from 'node:crypto';
import type { Database, Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import type { PayerRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';

/** Whose invoices: an organisation's, or a private person's by his confirmed ИНН. */
export type Payer = { organisation: string } | { inn: string };

const where = (payer: Payer) =>
  'inn' in payer ? { inn: payer.inn } : { organisation_id: payer.organisation };

/** The payer's row; null: nothing was ever invoiced to him. */
async function findPayer(db: Database, payer: Payer): Promise<PayerRow | null> {
  return (await db('payers').where(where(payer)).first()) ?? null;
}

/** The payer's row, made where there is none yet. */
export async function ensurePayer(trx: Transaction, payer: Payer): Promise<PayerRow> {
  const row = { id: randomUUID(), organisation_id: null, inn: null, ...where(payer), advance: 0 };
  const target = 'inn' in payer ? 'inn' : 'organisation_id';
  await trx('payers').insert(row).onConflict(target).ignore();
  return (await findPayer(trx, payer))!;
}

/** What a payer is known by. */
export const payerKey = (payer: Payer) => ('inn' in payer ? payer.inn : payer.organisation);

/** The rows of many payers by their keys, made where there are none yet, all of them locked. */
export async function lockPayers(trx: Transaction, payers: Payer[]): Promise<Map<string, PayerRow>> {
  const known = new Map(payers.map((payer) => [payerKey(payer), payer]));
  const rows = [...known.values()].map((payer) => ({
    id: randomUUID(),
    organisation_id: null,
    inn: null,
    ...where(payer),
    advance: 0,
  }));
  await inParts(rows, (part) => trx('payers').insert(part).onConflict().ignore());
  const found = await trx('payers')
    .whereRaw('inn = any (?)', [rows.flatMap(({ inn }) => inn ?? [])])
    .orWhereRaw('organisation_id = any (?)', [rows.flatMap((row) => row.organisation_id ?? [])])
    .orderBy('id')
    .forUpdate();
  return new Map(found.map((row) => [row.inn ?? row.organisation_id!, row]));
}

/** Locks a payer: whatever moves his money comes one after another. To be asked before any invoice is locked. @throws NotFound */
export async function lockPayer(trx: Transaction, id: string): Promise<PayerRow> {
  // Not against whoever has just written a row that names him: the two would wait for each other.
  const row = await trx('payers').where({ id }).forNoKeyUpdate().first();
  if (!row) throw new NotFound();
  return row;
}

/** Changes what no invoice has taken, by so many kopecks. */
export async function moveAdvance(trx: Transaction, id: string, by: number): Promise<void> {
  await trx('payers').where({ id }).increment('advance', by);
}

/** What a payer has paid ahead, in kopecks. */
export async function advanceOf(db: Database, id: string): Promise<number> {
  return (await db('payers').where({ id }).first('advance'))?.advance ?? 0;
}
