import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { ImportRow } from '../../db/rows.js';
import { Conflict } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { lockBuildings } from '../organisations/buildings.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff } from '../people/staff-work.js';
import {
  insertImport,
  linesOfImport,
  lockConcerned,
  lockImport,
  lockImports,
  markApplied,
  replaceLines,
} from './imports.data.js';
import { judge, type Judged } from './judging.js';
import { linesOf, type ImportKind } from './layouts.js';
import { writeChanges } from './writing.actions.js';

/** Who imports: one of the company's administrators, or whoever has the server's command line (null). */
export interface Importing {
  db: Database;
  staff: { id: string } | null;
  actor: Actor;
  now: Date;
  form: string | null;
}

/** The table that was sent. */
export interface Sent {
  kind: ImportKind;
  name: string;
  cells: string[][];
}

/** Compares a table with what there is; changes nothing, and keeps nothing. @throws Invalid at `file` as `previewImport` */
export const checkTable = (db: Database, { kind, cells }: Pick<Sent, 'kind' | 'cells'>): Promise<Judged> =>
  judge(db, kind, linesOf(kind, cells));

/**
 * Compares a table with what there is and keeps the comparison, to be looked at; changes nothing else. Answers its id.
 *
 * @throws Invalid at `file` when columns are missing, or are there twice
 */
export function previewImport(importing: Importing, { kind, name, cells }: Sent): Promise<string> {
  const { staff, actor, now } = importing;
  const lines = linesOf(kind, cells);
  return permitted(importing, async (trx) => {
    const { plan, ...said } = await judge(trx, kind, lines);
    const id = randomUUID();
    const made = { created_by: staff?.id ?? null, created_at: now, applied_at: null };
    await insertImport(trx, { id, kind, file_name: name, ...made, ...said }, plan);
    const details = { kind, file: name, counts: said.counts };
    await record(trx, actor, now, { action: 'import.compared', subject: id, details });
    return id;
  });
}

/**
 * Applies an import as it was looked at, all of it or nothing; refused lines are left out. Twice is once, and what would
 * change nothing is not written down as done.
 *
 * @throws Conflict when the register has changed since, so that something else would happen; the comparison is then
 * made anew
 */
export async function applyImport(importing: Importing, id: string): Promise<ImportRow['counts']> {
  const { staff, actor, now } = importing;
  const outcome = await permitted(importing, async (trx) => {
    await lockImports(trx);
    const row = await lockImport(trx, id);
    if (row.applied_at) return { counts: row.counts, changed: false };
    const { kind, file_name: file } = row;
    const lines = await linesOfImport(trx, id);
    await lockConcerned(trx, kind, lines);
    if (kind === 'premises') await lockBuildings(trx);
    const { plan, ...said } = await judge(trx, kind, lines);
    const { counts, new_buildings } = said;
    if (said.digest !== row.digest) {
      await replaceLines(trx, { id, ...said }, plan);
      return { counts, changed: true };
    }
    if (counts.added + counts.changed === 0) return { counts, changed: false };
    const about = { import: id, file };
    await writeChanges(trx, { kind, plan, new_buildings }, { by: staff?.id ?? null, actor, now, about });
    await markApplied(trx, id, now);
    const details = { kind, file, counts, new_buildings };
    await record(trx, actor, now, { action: 'import.applied', subject: id, details });
    return { counts, changed: false };
  });
  if (outcome.changed)
    throw new Conflict(
      'Данные изменились с тех пор, как таблицу сравнили. Посмотрите, что получится теперь.',
    );
  return outcome.counts;
}

function permitted<T>(importing: Importing, work: (trx: Transaction) => Promise<T>): Promise<T> {
  const { db, staff } = importing;
  return staff ? asStaff({ ...importing, staff }, peoplePolicy.administer, work) : transaction(db, work);
}
