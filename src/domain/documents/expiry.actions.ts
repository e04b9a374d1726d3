import { transaction, type Database, type Transaction } from '../../db/knex.js';
import { addDays, dayOf, daysBetween, type Day } from '../../lib/dates.js';
import { clockwork, record } from '../audit/audit.data.js';
import { membersWith } from '../memberships/memberships.data.js';
import { post } from '../outbox/outbox.data.js';
import { DOCUMENT_MANAGERS } from './documents.policy.js';
import { markTold, untold, type EndingVersion, type NoticeKind } from './expiry.data.js';

/** So many documents a transaction: short locks, and a kill loses little. */
const FEW = 200;

/**
 * Tells organisations of documents that ran out, each once. The status itself needs no telling: it is computed from
 * the date. What ran out while the application was off is told now. Answers how many.
 */
export function tellExpired(db: Database, now: Date): Promise<number> {
  const yesterday = addDays(dayOf(now), -1);
  return tellAll(db, 'expired', { from: null, to: yesterday }, now);
}

/**
 * Reminds 30, 7 and 1 days before the end, once each; a missed reminder gives way to the nearer one. Nothing is said
 * while a new version is under review: the tenant has done his part.
 */
export async function remindOfEnding(db: Database, now: Date): Promise<number> {
  const today = dayOf(now);
  const within = (from: number, to: number) => ({ from: addDays(today, from), to: addDays(today, to) });
  const month = await tellAll(db, '30', within(8, 30), now);
  const week = await tellAll(db, '7', within(2, 7), now);
  const last = await tellAll(db, '1', within(0, 1), now);
  return month + week + last;
}

async function tellAll(
  db: Database,
  kind: NoticeKind,
  span: { from: Day | null; to: Day },
  now: Date,
): Promise<number> {
  let told = 0;
  for (;;) {
    const few = await transaction(db, async (trx) => {
      const versions = await untold(trx, kind, span, FEW);
      for (const version of versions) {
        if (await markTold(trx, version.version, kind, now)) await tell(trx, kind, version, now);
      }
      return versions.length;
    });
    told += few;
    if (few < FEW) return told;
  }
}

async function tell(trx: Transaction, kind: NoticeKind, version: EndingVersion, now: Date): Promise<void> {
  const { version: _id, under_review, ...facts } = version;
  const expired = kind === 'expired';
  const { document, organisation, valid_until } = version;
  if (expired) {
    const details = { valid_until };
    await record(trx, clockwork('expiry'), now, {
      action: 'document.expired',
      subject: document,
      organisation,
      details,
    });
  }
  if (under_review) return;
  const people = await membersWith(trx, organisation, DOCUMENT_MANAGERS, 'documents');
  const left = daysBetween(dayOf(now), valid_until);
  const letter = expired ? 'document.expired' : 'document.ending';
  await post(
    trx,
    now,
    people.map(({ email, ...person }) => ({ letter, recipient: email, data: { ...person, ...facts, left } })),
  );
}
