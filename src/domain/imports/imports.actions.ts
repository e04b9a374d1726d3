import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { ImportRow } from '../../db/rows.js';
import { Conflict } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { notToBeInvited } from '../memberships/responsible.actions.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff } from '../people/staff-work.js';
import { planContracts } from './contracts.plan.js';
import {
  codesIn,
  idsByCode,
  insertImport,
  emailsIn,
  linesOfImport,
  lockConcerned,
  lockImport,
  lockImports,
  markApplied,
  presentContracts,
  presentOrganisations,
  presentPremises,
  replaceLines,
} from './imports.data.js';
import { linesOf, type ImportKind, type Line } from './layouts.js';
import { planOrganisations } from './organisations.plan.js';
import { countsOf, digestOf, type Planned } from './plan.js';
import { planPremises } from './premises.plan.js';
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
    const { kind, name } = sent;
    const made = { created_by: staff?.id ?? null, created_at: now, applied_at: null };
    const row = { id, kind, file_name: name, counts, ...made, digest: digestOf(plan) };
    await insertImport(trx, row, plan);
    const details = { kind, file: name, counts };
    await record(trx, actor, now, { action: 'import.compared', subject: id, details });
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
    const lines = await linesOfImport(trx, id);
    await lockConcerned(trx, row.kind, lines);
    const plan = await planOf(trx, row.kind, lines);
    const [counts, digest] = [countsOf(plan), digestOf(plan)];
    if (digest !== row.digest) {
      await replaceLines(trx, { id, counts, digest }, plan);
      return { counts, changed: true };
    }
    const { kind, file_name: file } = row;
    const writing = { by: importing.staff?.id ?? null, actor, now, about: { import: id, file } };
    await writeChanges(trx, kind, plan, writing);
    await markApplied(trx, id, now);
    const details = { kind, file, counts };
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

async function planOf(trx: Transaction, kind: ImportKind, lines: Line[]): Promise<Planned<object>[]> {
  if (kind === 'organisations') {
    const present = await presentOrganisations(trx, lines);
    const emails = emailsIn(lines);
    const members = await notToBeInvited(
      trx,
      present.map(({ id }) => id),
      emails,
    );
    return planOrganisations(lines, present, members);
  }
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
