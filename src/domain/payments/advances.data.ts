import type { Database } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { Kopecks } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { payerNamed } from '../invoices/invoices.data.js';

/** A payer with what he has paid ahead. */
export interface Advance {
  id: string;
  advance: Kopecks;
  payer: string;
  inn: string;
}

const named = (db: Database) =>
  db('payers as p')
    .leftJoin('organisations as o', 'o.id', 'p.organisation_id')
    .select<Advance[]>('p.id', 'p.advance', payerNamed(db), db.raw('coalesce(o.inn, p.inn) as inn'));

/** One page of the payers who have paid ahead, the largest sums first. */
export async function listAdvances(db: Database, asked: Position<string>): Promise<Page<Advance>> {
  const { backwards } = asked;
  const cursor = asked.cursor && /^\d{1,18}$/.test(asked.cursor.at) ? asked.cursor : null;
  const order = backwards ? 'asc' : 'desc';
  const query = named(db)
    .where('p.advance', '>', 0)
    .orderBy([
      { column: 'p.advance', order },
      { column: 'p.id', order },
    ])
    .limit(PAGE_SIZE + 1);
  if (cursor)
    void query.whereRaw(
      backwards ? '(p.advance, p.id) > (?::bigint, ?)' : '(p.advance, p.id) < (?::bigint, ?)',
      [cursor.at, cursor.id],
    );
  return pageOf(await query, ({ advance }) => String(advance), { backwards, cursor });
}

/** @throws NotFound */
export async function getAdvance(db: Database, id: string): Promise<Advance> {
  const [row] = await named(db).where('p.id', id);
  if (!row) throw new NotFound();
  return row;
}
