import type { Database, Transaction } from '../../db/knex.js';
import type { DocumentRow, DocumentVersionRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { NotFound } from '../../lib/errors.js';

/** The organisation within which a tenant's rows are looked up; a whole member fits. */
export interface Scope {
  organisation: { id: string };
}

/** A version with its file and the people behind it. */
export interface VersionDetails extends DocumentVersionRow {
  type: string;
  mime: string;
  size: number;
  file_name: string;
  sha256: string;
  uploader: string;
  uploader_email: string;
  decider: string | null;
}

/** A document with all its versions, the newest first. */
export interface DocumentDetails extends DocumentRow {
  type: string;
  organisation: string;
  versions: VersionDetails[];
  latest: VersionDetails;
  /** The accepted version that counts until its day is over, whatever is under review beside it. */
  in_force: VersionDetails | null;
}

async function details(
  db: Database,
  document: (DocumentRow & { type: string; organisation: string }) | undefined,
  { removed }: { removed: boolean },
): Promise<DocumentDetails> {
  if (!document) throw new NotFound();
  const query = db('document_versions as v')
    .join('files as f', 'f.id', 'v.file_id')
    .join('document_types as t', 't.id', 'v.type_id')
    .join('accounts as a', 'a.id', 'v.uploaded_by')
    .leftJoin('accounts as r', 'r.id', 'v.decided_by')
    .where('v.document_id', document.id)
    .orderBy('v.number', 'desc')
    .select<VersionDetails[]>(
      'v.*',
      't.name as type',
      'f.mime',
      'f.size',
      'f.name as file_name',
      'f.sha256',
      'a.email as uploader_email',
      db.raw("a.surname || ' ' || a.name as uploader"),
      db.raw("r.surname || ' ' || r.name as decider"),
    );
  if (!removed) void query.whereNull('v.removed_at');
  const versions = await query;
  const latest = versions.find((version) => version.id === document.latest_id)!;
  return {
    ...document,
    versions,
    latest,
    in_force: versions.find((version) => version.status === 'accepted') ?? null,
  };
}

const withNames = (db: Database) =>
  db('documents as d')
    .join('document_types as t', 't.id', 'd.type_id')
    .join('organisations as o', 'o.id', 'd.organisation_id')
    .select<(DocumentRow & { type: string; organisation: string })[]>(
      'd.*',
      't.name as type',
      'o.name as organisation',
    );

/** @throws NotFound when it is not this organisation's, or is removed */
export async function getDocument(db: Database, scope: Scope, id: string): Promise<DocumentDetails> {
  const query = withNames(db)
    .where({ 'd.id': id, 'd.organisation_id': scope.organisation.id })
    .whereNull('d.removed_at');
  return details(db, (await query)[0], { removed: false });
}

/** Staff see every organisation's, what a tenant has removed too. @throws NotFound */
export async function getAnyDocument(db: Database, id: string): Promise<DocumentDetails> {
  return details(db, (await withNames(db).where('d.id', id))[0], { removed: true });
}

/** Locks a document for a change: decisions and new versions of it wait for each other. @throws NotFound */
export async function lockDocument(trx: Transaction, id: string, scope?: Scope): Promise<void> {
  const query = trx('documents').where({ id }).whereNull('removed_at').forUpdate();
  if (scope) void query.where({ organisation_id: scope.organisation.id });
  if (!(await query.first('id'))) throw new NotFound();
}

export async function insertDocument(
  trx: Transaction,
  document: DocumentRow,
  version: DocumentVersionRow,
): Promise<void> {
  await trx('documents').insert(document);
  await trx('document_versions').insert(version);
}

export async function insertVersion(trx: Transaction, version: DocumentVersionRow): Promise<void> {
  await trx('document_versions').insert(version);
}

/** The last number given out in a document, removed versions counted. */
export async function highestNumber(trx: Transaction, document: string): Promise<number> {
  const row = await trx('document_versions')
    .where({ document_id: document })
    .max({ number: 'number' })
    .first();
  return Number(row?.number ?? 0);
}

export async function updateVersion(
  trx: Transaction,
  id: string,
  change: Partial<DocumentVersionRow>,
): Promise<void> {
  await trx('document_versions').where({ id }).update(change);
}

export async function updateDocument(
  trx: Transaction,
  id: string,
  change: Partial<DocumentRow>,
): Promise<void> {
  await trx('documents').where({ id }).update(change);
}

/** What happened to a document, oldest first: the audit is its history. */
export interface HistoryEntry {
  at: Date;
  action: string;
  details: { number?: number; valid_until?: Day; reason?: string };
  who: string | null;
  account_id: string | null;
}

export async function documentHistory(db: Database, document: string): Promise<HistoryEntry[]> {
  return db('audit as e')
    .leftJoin('accounts as a', 'a.id', 'e.account_id')
    .where('e.subject_id', document)
    .orderBy('e.id')
    .select<HistoryEntry[]>(
      'e.at',
      'e.action',
      'e.details',
      'e.account_id',
      db.raw("a.surname || ' ' || a.name as who"),
    );
}
