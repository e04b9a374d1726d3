import type { Knex } from 'knex';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { Database } from '../../db/knex.js';
import type { Day } from '../../lib/dates.js';
import type { ReviewStatus, ShownStatus } from './document-status.js';

/** What the staff's list is narrowed to. */
export interface QueueFilter {
  status: ShownStatus | 'all';
  organisation: string | null;
  type: string | null;
  search: string;
}

export interface QueueRow {
  id: string;
  type: string;
  organisation: string;
  inn: string;
  status: ReviewStatus;
  valid_until: Day | null;
  sent_at: Date;
  number: number;
}

/** The review queue: what waits comes oldest first, everything else newest first. */
export async function listQueue(
  db: Database,
  filter: QueueFilter,
  position: Position,
  today: Day,
): Promise<Page<QueueRow>> {
  const oldestFirst = filter.status === 'sent';
  const ascending = oldestFirst !== position.backwards;
  const query = filtered(db, filter, today)
    .join('document_types as t', 't.id', 'd.type_id')
    .join('document_versions as v', 'v.id', 'd.latest_id')
    .orderBy('d.sent_at', ascending ? 'asc' : 'desc')
    .orderBy('d.id', ascending ? 'asc' : 'desc')
    .limit(PAGE_SIZE + 1)
    .select<QueueRow[]>(
      ...['d.id', 'd.status', 'd.valid_until', 'd.sent_at', 'v.number'],
      ...['t.name as type', 'o.name as organisation', 'o.inn'],
    );
  if (position.cursor) {
    const { at, id } = position.cursor;
    void query.whereRaw(ascending ? '(d.sent_at, d.id) > (?, ?)' : '(d.sent_at, d.id) < (?, ?)', [at, id]);
  }
  return pageOf(await query, (row) => row.sent_at, position);
}

/** The document to decide after this one: the next in the queue, else its first; null when none waits. */
export async function nextInQueue(
  db: Database,
  after: { id: string; sent_at: Date } | null,
): Promise<string | null> {
  const waiting = () =>
    db('documents')
      .where('status', 'sent')
      .whereNull('removed_at')
      .orderBy(['sent_at', 'id'])
      .limit(1)
      .select('id');
  if (after) {
    const [next] = await waiting().whereRaw('(sent_at, id) > (?, ?)', [after.sent_at, after.id]);
    if (next) return next.id;
  }
  const [first] = await waiting().whereNot('id', after?.id ?? '00000000-0000-0000-0000-000000000000');
  return first?.id ?? null;
}

/** Where a waiting document stands: its place and how many wait, both counted to 100 at most. */
export async function placeInQueue(
  db: Database,
  document: { id: string; sent_at: Date },
): Promise<{ place: number; of: number }> {
  const waiting = db('documents').where('status', 'sent').whereNull('removed_at');
  const counted = async (rows: Knex.QueryBuilder) => {
    const few = rows.select(db.raw('1')).limit(100).as('few');
    const [row] = await db.count<{ n: number }[]>({ n: '*' }).from(few);
    return row!.n;
  };
  const [before, all] = await Promise.all([
    counted(waiting.clone().whereRaw('(sent_at, id) < (?, ?)', [document.sent_at, document.id])),
    counted(waiting.clone()),
  ]);
  return { place: before + 1, of: all };
}

function filtered(db: Database, { status, organisation, type, search }: QueueFilter, today: Day) {
  const query = db('documents as d')
    .join('organisations as o', 'o.id', 'd.organisation_id')
    .whereNull('d.removed_at');
  if (status === 'sent' || status === 'rejected') void query.where('d.status', status);
  if (status === 'accepted') void query.where('d.status', 'accepted').where('d.valid_until', '>=', today);
  if (status === 'invalid') void query.where('d.status', 'accepted').where('d.valid_until', '<', today);
  if (organisation) void query.where('d.organisation_id', organisation);
  if (type) void query.where('d.type_id', type);
  if (search) {
    const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
    void query.where((any) => {
      void any.whereILike('o.name', like).orWhereILike('o.inn', like);
      void any.orWhereIn('d.type_id', db('document_types').whereILike('name', like).select('id'));
    });
  }
  return query;
}
