import type { Database, Transaction } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, TOP, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import type { DocumentRow, DocumentVersionRow } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';
import { NotFound } from '../../lib/errors.js';
import type { ReviewStatus } from './document-status.js';

/** The organisation within which a tenant's rows are looked up; a whole member fits. */
export interface Scope {
  organisation: { id: string };
}

/** A row of «Документы»: the document with its latest version. */
export interface ListedDocument {
  id: string;
  type: string;
  status: ReviewStatus;
  valid_until: Day | null;
  sent_at: Date;
  number: number;
  reason: string | null;
  mime: string;
  size: number;
  uploader_id: string;
  uploader_email: string;
  uploader: string;
}

/** A required type and how the organisation stands with it. */
export interface ChecklistItem {
  type_id: string;
  name: string;
  valid_until: Day | null;
  sent_at: Date | null;
  rejected: boolean;
}

// One plan for every organisation: with its id in sight Postgres would plan anew at each run, which costs four times
// what running does, and a plan made for a small organisation would sort all the rows of a large one.
const ORGANISATION = '(select $1::uuid)';
const EDGE = '((select $2::timestamptz), (select $3::uuid))';

// One statement for the whole page: the rows and the checklist come as JSON, which is cheaper to read than columns. The
// page is cut first, from the index alone; only its rows are looked up elsewhere: 21 at most, which is said once more where
// the planner can read it.
const listText = (comparison: '<' | '>', order: 'asc' | 'desc') => `
  with page as materialized (
    select id, type_id, status, valid_until, sent_at, latest_id from documents
    where organisation_id = ${ORGANISATION} and removed_at is null and (sent_at, id) ${comparison} ${EDGE}
    order by sent_at ${order}, id ${order} limit ${firstRows(PAGE_SIZE + 1)}
  )
  select
    (select coalesce(json_agg(l), '[]') from (
      select d.id, t.name as type, d.status, d.valid_until, d.sent_at, v.number, v.reason, f.mime, f.size,
        a.id as uploader_id, a.email as uploader_email, a.surname || ' ' || a.name as uploader
      from (select * from page limit ${PAGE_SIZE + 1}) d
      join document_types t on t.id = d.type_id
      join document_versions v on v.id = d.latest_id
      join files f on f.id = v.file_id
      join accounts a on a.id = v.uploaded_by
      order by d.sent_at ${order}, d.id ${order}
    ) l) as rows,
    (select coalesce(json_agg(c), '[]') from (
      select t.id as type_id, t.name,
        (select max(valid_until) from documents d
          where d.organisation_id = ${ORGANISATION} and d.type_id = t.id and d.removed_at is null) as valid_until,
        (select min(sent_at) from documents d where d.organisation_id = ${ORGANISATION} and d.type_id = t.id
          and d.removed_at is null and d.status = 'sent') as sent_at,
        (select true from documents d where d.organisation_id = ${ORGANISATION} and d.type_id = t.id
          and d.removed_at is null and d.status = 'rejected' limit 1) is not null as rejected
      from document_types t where t.required and t.hidden_at is null order by t.position, t.name
    ) c) as checklist`;

interface ListAnswer {
  rows: (Omit<ListedDocument, 'sent_at'> & { sent_at: string })[];
  checklist: (Omit<ChecklistItem, 'sent_at'> & { sent_at: string | null })[];
}
const forwards = prepared<ListAnswer>('documents-list', listText('<', 'desc'));
const backwards = prepared<ListAnswer>('documents-list-back', listText('>', 'asc'));

/** One page of an organisation's documents, newest first, and its checklist: one round trip. */
export async function listDocuments(
  db: Database,
  scope: Scope,
  position: Position,
): Promise<Page<ListedDocument> & { checklist: ChecklistItem[] }> {
  const from = position.cursor ? [position.cursor.at, position.cursor.id] : TOP;
  const [answer] = await (position.backwards ? backwards : forwards)(db, [scope.organisation.id, ...from]);
  const rows = answer!.rows.map((row) => ({ ...row, sent_at: new Date(row.sent_at) }));
  const checklist = answer!.checklist.map((item) => ({
    ...item,
    sent_at: item.sent_at === null ? null : new Date(item.sent_at),
  }));
  return { checklist, ...pageOf(rows, (row) => row.sent_at, position) };
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
