import type { Transaction } from '../../db/knex.js';
import type { Day } from '../../lib/dates.js';

export type NoticeKind = '30' | '7' | '1' | 'expired';

/** A version in force that its organisation has to hear about. */
export interface EndingVersion {
  version: string;
  document: string;
  type: string;
  organisation: string;
  organisation_name: string;
  valid_until: Day;
  under_review: boolean;
}

/** Versions in force whose day lies in the span (inclusive) and of which nothing of this kind was told; a few at a time. */
export async function untold(
  trx: Transaction,
  kind: NoticeKind,
  span: { from: Day | null; to: Day },
  few: number,
): Promise<EndingVersion[]> {
  const query = trx('documents as d')
    .join('document_versions as v', (on) => {
      on.on('v.document_id', 'd.id')
        .andOnVal('v.status', 'accepted')
        .andOn('v.valid_until', 'd.valid_until')
        .andOnNull('v.removed_at');
    })
    .join('document_types as t', 't.id', 'd.type_id')
    .join('organisations as o', 'o.id', 'd.organisation_id')
    .whereNull('d.removed_at')
    .where('d.valid_until', '<=', span.to)
    // An earlier version may have been accepted until the same day: it counts no longer.
    .whereNotExists(
      trx('document_versions as w').whereRaw(
        "w.document_id = d.id and w.status = 'accepted' and w.removed_at is null and w.number > v.number",
      ),
    )
    .whereNotExists(trx('document_notices as n').whereRaw('n.version_id = v.id').where('n.kind', kind))
    .orderBy('d.valid_until')
    .limit(few)
    .select<EndingVersion[]>(
      ...[
        'v.id as version',
        'd.id as document',
        't.name as type',
        'o.id as organisation',
        'o.name as organisation_name',
      ],
      'd.valid_until',
      trx.raw("d.status = 'sent' as under_review"),
    );
  if (span.from !== null) void query.where('d.valid_until', '>=', span.from);
  return query;
}

/** Remembers that it was told; false when it had been already. */
export async function markTold(
  trx: Transaction,
  version: string,
  kind: NoticeKind,
  now: Date,
): Promise<boolean> {
  const rows = await trx('document_notices')
    .insert({ version_id: version, kind, told_at: now })
    .onConflict(['version_id', 'kind'])
    .ignore()
    .returning('kind');
  return rows.length === 1;
}

/** An acceptance was taken back: should the version be accepted again, its new day is told of anew. */
export async function forgetTold(trx: Transaction, version: string): Promise<void> {
  await trx('document_notices').where({ version_id: version }).delete();
}
