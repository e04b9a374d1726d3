import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { ImportRow } from '../../db/rows.js';
import { Conflict } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff } from '../people/staff-work.js';
import { planContracts } from './contracts.plan.js';
import {
  addBuildings,
  codesIn,
  idsByCode,
  insertImport,
  linesOfImport,
  lockImport,
  lockImports,
  markApplied,
  presentContracts,
  presentOrganisations,
  presentPremises,
  replaceLines,
  writePlan,
} from './imports.data.js';
import { linesOf, type ImportKind, type Line } from './layouts.js';
import { planOrganisations } from './organisations.plan.js';
import { countsOf, digestOf, type Planned } from './plan.js';
import { planPremises } from './premises.plan.js';

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

/**
 * Compares a table with what there is and keeps the comparison, to be looked at; changes nothing else. Answers its id.
 *
 * @throws Invalid at `file` when columns are missing
 */
export function previewImport(importing: Importing, sent: Sent): Promise<string> {
  const { staff, actor, now } = importing;
  const lines = linesOf(sent.kind, sent.cells);
  return permitted(importing, async (trx) => {
    const plan = await planOf(trx, sent.kind, lines);
    const id = randomUUID();
    const counts = countsOf(plan);
    const about = { kind: sent.kind, file_name: sent.name, counts };
    const made = { created_by: staff?.id ?? null, created_at: now, applied_at: null };
    await insertImport(trx, { id, ...about, ...made, digest: digestOf(plan) }, plan);
    await record(trx, actor, now, { action: 'import.compared', subject: id, details: about });
    return id;
  });
}

/**
 * Applies an import as it was looked at, all of it or nothing; refused lines are left out. Twice is once.
 *
 * @throws Conflict when the register has changed since, so that something else would happen; the comparison is then
 * made anew
 */
export async function applyImport(importing: Importing, id: string): Promise<ImportRow['counts']> {
  const { actor, now } = importing;
  const outcome = await permitted(importing, async (trx) => {
    await lockImports(trx);
    const row = await lockImport(trx, id);
    if (row.applied_at) return { counts: row.counts, changed: false };
    const plan = await planOf(trx, row.kind, await linesOfImport(trx, id));
    const [counts, digest] = [countsOf(plan), digestOf(plan)];
    if (digest !== row.digest) {
      await replaceLines(trx, { id, counts, digest }, plan);
      return { counts, changed: true };
    }
    await write(trx, row.kind, plan, now);
    await markApplied(trx, id, now);
    await record(trx, actor, now, {
      action: 'import.applied',
      subject: id,
      details: { kind: row.kind, counts },
    });
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

async function planOf(trx: Transaction, kind: ImportKind, lines: Line[]): Promise<Planned<object>[]> {
  if (kind === 'organisations') return planOrganisations(lines, await presentOrganisations(trx, lines));
  if (kind === 'contracts') {
    const organisations = await idsByCode(trx, 'organisations', codesIn(lines, 'organisation'));
    return planContracts(
      lines,
      organisations,
      await presentContracts(trx, lines, [...organisations.values()]),
    );
  }
  const contracts = await idsByCode(trx, 'contracts', codesIn(lines, 'contract'));
  return planPremises(lines, contracts, await presentPremises(trx, lines));
}

async function write(trx: Transaction, kind: ImportKind, plan: Planned<object>[], now: Date): Promise<void> {
  const wanted = plan.filter(({ verdict }) => verdict === 'added' || verdict === 'changed');
  if (kind === 'premises')
    await addBuildings(
      trx,
      wanted.map(({ values }) => (values as { building: string }).building),
    );
  const first = kind === 'organisations' ? { created_at: now } : {};
  const rows = wanted.map(({ id, values }) => ({ id: id ?? randomUUID(), ...values, ...first }));
  await writePlan(trx, kind, rows, Object.keys(wanted[0]?.values ?? {}));
}
