import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { ImportRow } from '../../db/rows.js';
import { dayOf } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { lockBuildings } from '../organisations/buildings.data.js';
import { asStaff } from '../people/staff-work.js';
import { lockConcerned } from './register.data.js';
import {
  getImport,
  insertImport,
  linesOfImport,
  lockImport,
  lockImports,
  markApplied,
  replaceLines,
} from './imports.data.js';
import { judge, type Judged } from './judging.js';
import { importPolicy } from './imports.policy.js';
import type { ImportKind } from './layouts.js';
import { linesIn, type Table } from './reading.js';
import { writeChanges } from './writing.actions.js';

/** Who imports: one of the company's administrators, or whoever has the server's command line (null). */
export interface Importing {
  db: Database;
  staff: { id: string } | null;
  actor: Actor;
  now: Date;
  form: string | null;
}

/** The file that was sent. */
export interface Sent extends Table {
  kind: ImportKind;
  name: string;
}

/** Compares a table with what there is; changes nothing, and keeps nothing. @throws Invalid at `file` as `previewImport` */
export const checkTable = (
  db: Database,
  { kind, ...table }: Omit<Sent, 'name'>,
  now: Date,
): Promise<Judged> => judge(db, kind, linesIn(kind, table), dayOf(now));

/**
 * Compares a table with what there is and keeps the comparison, to be looked at; changes nothing else. Answers its id.
 *
 * @throws Invalid at `file` when columns are missing, or are there twice
 */
export function previewImport(importing: Importing, { kind, name, ...table }: Sent): Promise<string> {
  const { staff, actor, now } = importing;
  const lines = linesIn(kind, table);
  return permitted(importing, kind, async (trx) => {
    const { plan, ...said } = await judge(trx, kind, lines, dayOf(now));
    const id = randomUUID();
    const made = { created_by: staff?.id ?? null, created_at: now, applied_at: null };
    const skipped = table.skipped ?? 0;
    await insertImport(trx, { id, kind, file_name: name, skipped, ...made, ...said }, plan);
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
export async function applyImport(
  importing: Importing,
  id: string,
  { issue = true } = {},
): Promise<ImportRow['counts']> {
  const { staff, actor, now } = importing;
  const { kind } = await getImport(importing.db, id);
  const applied = () =>
    permitted(importing, kind, async (trx) => {
      await lockImports(trx);
      const row = await lockImport(trx, id);
      if (row.applied_at) return { counts: row.counts, changed: false };
      const { file_name: file } = row;
      const lines = await linesOfImport(trx, id);
      await lockConcerned(trx, kind, lines);
      if (kind === 'premises') await lockBuildings(trx);
      const { plan, ...said } = await judge(trx, kind, lines, dayOf(now));
      const { counts, new_buildings } = said;
      if (said.digest !== row.digest) {
        await replaceLines(trx, { id, ...said }, plan);
        return { counts, changed: true };
      }
      if (counts.added + counts.changed === 0) return { counts, changed: false };
      const about = { import: id, file };
      await writeChanges(
        trx,
        { kind, plan, new_buildings },
        { by: staff?.id ?? null, actor, now, about, issue },
      );
      await markApplied(trx, id, now);
      const details = { kind, file, counts, new_buildings, ...(kind === 'invoices' && { issued: issue }) };
      await record(trx, actor, now, { action: 'import.applied', subject: id, details });
      return { counts, changed: false };
    });
  const outcome = await againIfCrossed(applied);
  if (outcome.changed)
    throw new Conflict(
      'Данные изменились с тех пор, как таблицу сравнили. Посмотрите, что получится теперь.',
    );
  return outcome.counts;
}

function permitted<T>(
  importing: Importing,
  kind: ImportKind,
  work: (trx: Transaction) => Promise<T>,
): Promise<T> {
  const { db, staff } = importing;
  return staff ? asStaff({ ...importing, staff }, importPolicy.of(kind), work) : transaction(db, work);
}

/** Somebody else wrote the same number meanwhile, or the two waited for each other: now his work is there to be seen. */
async function againIfCrossed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, constraint = '' } = error as { code?: string; constraint?: string };
    const taken = code === '23505' && constraint.startsWith('invoices_');
    if (!taken && code !== '40P01') throw error;
    return work();
  }
}
