import type { Database } from '../../db/knex.js';
import { firstRows, PAGE_SIZE, pageOf, TOP, type Page, type Position } from '../../db/paging.js';
import { prepared } from '../../db/prepared.js';
import type { Day } from '../../lib/dates.js';
import type { ReviewStatus } from './document-status.js';
import type { Scope } from './documents.data.js';

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
