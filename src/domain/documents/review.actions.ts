import { transaction, type Database, type Transaction } from '../../db/knex.js';
import { day, dayOf, type Day } from '../../lib/dates.js';
import { Conflict, Forbidden, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { membersWith } from '../memberships/memberships.data.js';
import { post } from '../outbox/outbox.data.js';
import type { HasStaffRoles } from '../people/people.policy.js';
import { confirmStaff } from '../people/staff-work.js';
import { STATUS_NAMES } from './document-status.js';
import {
  getAnyDocument,
  lockDocument,
  updateDocument,
  updateVersion,
  type DocumentDetails,
} from './documents.data.js';
import { DOCUMENT_MANAGERS, documentPolicy } from './documents.policy.js';
import { forgetTold } from './expiry.data.js';

/** The reviewer at work. */
export interface Reviewing {
  db: Database;
  reviewer: HasStaffRoles & { id: string };
  actor: Actor;
  now: Date;
}

/** The decision binds to what the reviewer saw: this version with this very file. */
export interface Seen {
  version: string;
  sha256: string;
}

/**
 * «Принят», valid until a day (inclusive) that is not in the past.
 *
 * @throws Conflict when somebody decided or the tenant replaced the file meanwhile
 */
export function accept(
  reviewing: Reviewing,
  id: string,
  seen: Seen,
  validUntil: Day,
): Promise<DocumentDetails> {
  if (validUntil < dayOf(reviewing.now))
    throw new Invalid({ valid_until: 'Этот день уже прошёл. Укажите сегодняшний или будущий' });
  return decide(reviewing, id, async (trx, document) => {
    refuseUnlessSeen(document, seen);
    await updateVersion(trx, document.latest.id, {
      status: 'accepted',
      valid_until: validUntil,
      ...signed(reviewing),
    });
    await updateDocument(trx, id, { status: 'accepted', valid_until: validUntil });
    await tell(trx, reviewing, document, 'document.accepted', {
      number: document.latest.number,
      valid_until: validUntil,
    });
  });
}

/**
 * «Отклонён», with the reason that the tenant reads. What was in force before stays so.
 *
 * @throws Conflict when somebody decided or the tenant replaced the file meanwhile
 */
export function reject(
  reviewing: Reviewing,
  id: string,
  seen: Seen,
  reason: string,
): Promise<DocumentDetails> {
  return decide(reviewing, id, async (trx, document) => {
    refuseUnlessSeen(document, seen);
    await updateVersion(trx, document.latest.id, { status: 'rejected', reason, ...signed(reviewing) });
    await updateDocument(trx, id, { status: 'rejected' });
    await tell(trx, reviewing, document, 'document.rejected', { number: document.latest.number, reason });
  });
}

/**
 * Takes one's own acceptance back, with a reason: the version is under review again, and what it had replaced counts.
 *
 * @throws Conflict when it is not accepted (any more) or a newer version has come, Forbidden when another accepted it
 */
export function withdraw(
  reviewing: Reviewing,
  id: string,
  version: string,
  reason: string,
): Promise<DocumentDetails> {
  return decide(reviewing, id, async (trx, document) => {
    const { latest } = document;
    if (latest.id === version && latest.status === 'sent')
      throw new Conflict('Решение уже отозвано, документ снова на проверке.');
    if (latest.id !== version || latest.status !== 'accepted') throw new Conflict(presentState(document));
    if (latest.decided_by !== reviewing.reviewer.id) throw new Forbidden();
    const earlier =
      document.versions.find((one) => one.status === 'accepted' && one.id !== latest.id) ?? null;
    const undecided = { decided_by: null, decided_at: null, reason: null };
    await updateVersion(trx, latest.id, { status: 'sent', valid_until: null, ...undecided });
    await forgetTold(trx, latest.id);
    await updateDocument(trx, id, { status: 'sent', valid_until: earlier?.valid_until ?? null });
    await tell(trx, reviewing, document, 'document.withdrawn', { number: latest.number, reason });
  });
}

/** What stands there now, in words for the one who came too late. */
export function presentState(document: DocumentDetails): string {
  const { latest } = document;
  const who = latest.decider ? ` Решение: ${latest.decider}.` : '';
  if (latest.status === 'accepted')
    return `Документ уже принят, действителен до ${day(latest.valid_until!)}.${who}`;
  if (latest.status === 'rejected') return `Документ уже отклонён: ${latest.reason}.${who}`;
  return `Арендатор загрузил другую версию (${latest.number}), она в статусе «${STATUS_NAMES.sent}». Посмотрите её и решите заново.`;
}

function decide(
  reviewing: Reviewing,
  id: string,
  work: (trx: Transaction, document: DocumentDetails) => Promise<void>,
): Promise<DocumentDetails> {
  return transaction(reviewing.db, async (trx) => {
    await confirmStaff(trx, reviewing.reviewer.id, documentPolicy.review);
    await lockDocument(trx, id);
    const document = await getAnyDocument(trx, id);
    await work(trx, document);
    return document;
  });
}

function refuseUnlessSeen({ latest, ...document }: DocumentDetails, seen: Seen): void {
  const same = latest.id === seen.version && latest.sha256 === seen.sha256;
  if (!same || latest.status !== 'sent') throw new Conflict(presentState({ ...document, latest }));
}

const signed = ({ reviewer, now }: Reviewing) => ({ decided_by: reviewer.id, decided_at: now });

/** The audit row and a letter to everybody who manages the organisation's documents, in the same transaction. */
async function tell(
  trx: Transaction,
  { actor, now }: Reviewing,
  document: DocumentDetails,
  action: 'document.accepted' | 'document.rejected' | 'document.withdrawn',
  details: { number: number; valid_until?: Day; reason?: string },
): Promise<void> {
  const organisation = document.organisation_id;
  await record(trx, actor, now, { action, subject: document.id, organisation, details });
  const people = await membersWith(trx, organisation, DOCUMENT_MANAGERS, 'documents');
  const facts = {
    document: document.id,
    type: document.type,
    organisation,
    organisation_name: document.organisation,
    ...details,
  };
  await post(
    trx,
    now,
    people.map(({ email, ...person }) => ({
      letter: action,
      recipient: email,
      data: { ...person, ...facts },
    })),
  );
}
