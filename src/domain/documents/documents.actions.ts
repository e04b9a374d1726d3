import { randomUUID } from 'node:crypto';
import { once } from '../../db/once.js';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { DocumentVersionRow } from '../../db/rows.js';
import { dateTime, dayOf } from '../../lib/dates.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import type { Accepted } from '../files/files.actions.js';
import { insertFile } from '../files/files.data.js';
import { confirmMember, type Member } from '../memberships/memberships.data.js';
import { allows, shownStatus, STATUS_NAMES, type DocumentAction } from './document-status.js';
import { listOpenTypes } from './document-types.data.js';
import {
  getDocument,
  highestNumber,
  insertDocument,
  insertVersion,
  lockDocument,
  updateDocument,
  updateVersion,
  type DocumentDetails,
} from './documents.data.js';
import { documentPolicy } from './documents.policy.js';

/** Who sends a document's file, and which filled-in form brought it. */
export interface Sending {
  db: Database;
  member: Member;
  actor: Actor;
  now: Date;
  form: string | null;
}

/** Sends a new document to the management company (manual 4.2.5). Answers its id. */
export function addDocument(
  sending: Sending,
  input: { type_id: string; comment: string },
  file: Accepted,
): Promise<string> {
  return change(sending, async (trx) => {
    await refuseUnknownType(trx, input.type_id);
    const { id, version } = { id: randomUUID(), version: randomUUID() };
    await insertFile(trx, { ...file, created_by: sending.member.account_id, created_at: sending.now });
    const first = newVersion(sending, {
      ...input,
      id: version,
      document_id: id,
      number: 1,
      file_id: file.id,
    });
    await insertDocument(
      trx,
      {
        id,
        organisation_id: sending.member.organisation.id,
        type_id: input.type_id,
        status: 'sent',
        valid_until: null,
        sent_at: sending.now,
        latest_id: version,
        removed_at: null,
      },
      first,
    );
    await note(trx, sending, 'document.sent', id, { number: 1 });
    return id;
  });
}

/**
 * «Изменить»: while nobody has decided, a new version takes the place of the sent one; with no new file its file stays.
 *
 * @param version the one that the sender saw: nobody overwrites what a colleague has just sent
 * @throws Conflict when it has been decided or changed meanwhile
 */
export function editDocument(
  sending: Sending,
  id: string,
  version: string,
  input: { type_id: string; comment: string },
  file: Accepted | null,
): Promise<string> {
  return change(sending, async (trx) => {
    const document = await lockFor(trx, sending, id, ['edit']);
    if (document.latest_id !== version) throw new Conflict(changedBy(document));
    if (input.type_id !== document.type_id) await refuseOtherType(trx, document, input.type_id);
    await updateVersion(trx, document.latest.id, { status: 'replaced' });
    return nextVersion(trx, sending, document, input, file, 'document.changed');
  });
}

/**
 * «Новая версия» of an accepted document, or «Загрузить исправленный» of a rejected or ended one: type and history
 * stay, what is in force counts on until the new one is accepted.
 *
 * @throws Conflict when a version is under review already
 */
export function renewDocument(
  sending: Sending,
  id: string,
  comment: string,
  file: Accepted,
): Promise<string> {
  return change(sending, async (trx) => {
    const document = await lockFor(trx, sending, id, ['renew', 'correct']);
    return nextVersion(
      trx,
      sending,
      document,
      { type_id: document.type_id, comment },
      file,
      'document.renewed',
    );
  });
}

/**
 * «Удалить»: hides a rejected or ended document from the tenant; staff and the audit keep it. Where an accepted
 * version still holds behind a rejected one, only the rejected one goes. Answers the name of its type.
 *
 * @throws Conflict in every other status
 */
export function removeDocument(sending: Sending, id: string): Promise<string> {
  return change(sending, async (trx) => {
    const document = await lockFor(trx, sending, id, ['remove']);
    const { in_force, latest } = document;
    const today = dayOf(sending.now);
    const fallsBack = latest.status === 'rejected' && in_force !== null && in_force.valid_until! >= today;
    if (fallsBack) {
      await updateVersion(trx, latest.id, { removed_at: sending.now });
      await updateDocument(trx, id, {
        latest_id: in_force.id,
        status: 'accepted',
        sent_at: in_force.uploaded_at,
      });
    } else {
      await updateDocument(trx, id, { removed_at: sending.now });
    }
    await note(trx, sending, 'document.removed', id, { number: latest.number });
    return document.type;
  });
}

const changedBy = ({ type, latest }: DocumentDetails) =>
  `Документ «${type}» уже изменён: ${latest.uploader} (${latest.uploader_email}), ${dateTime(latest.uploaded_at)}. Откройте его и посмотрите.`;

/** The document if its status allows one of these actions now. @throws Conflict that says which status it has */
export function refuseUnless(
  document: DocumentDetails,
  actions: DocumentAction[],
  now: Date,
): DocumentDetails {
  const shown = shownStatus(document.status, document.valid_until, dayOf(now));
  if (actions.some((action) => allows(shown, action))) return document;
  throw new Conflict(
    `Документ «${document.type}» сейчас в статусе «${STATUS_NAMES[shown]}», в нём это действие недоступно.`,
  );
}

function change(sending: Sending, work: (trx: Transaction) => Promise<string>): Promise<string> {
  const { db, member, form, now } = sending;
  return transaction(db, async (trx) => {
    await confirmMember(trx, member, documentPolicy.manage);
    return once(trx, { account: member.account_id, key: form, now }, () => work(trx));
  });
}

async function lockFor(
  trx: Transaction,
  sending: Sending,
  id: string,
  actions: DocumentAction[],
): Promise<DocumentDetails> {
  await lockDocument(trx, id, sending.member);
  return refuseUnless(await getDocument(trx, sending.member, id), actions, sending.now);
}

async function refuseUnknownType(trx: Transaction, type: string): Promise<void> {
  const open = await listOpenTypes(trx);
  if (!open.some((one) => one.id === type))
    throw new Invalid({ type_id: 'Выберите тип документа из списка' });
}

// What is in force was accepted as what it is: under another type it would tick off a paper that nobody has seen.
async function refuseOtherType(trx: Transaction, document: DocumentDetails, type: string): Promise<void> {
  const kept =
    'У документа есть принятая версия, его тип не меняется. Документ другого типа добавьте отдельно';
  if (document.in_force) throw new Invalid({ type_id: kept });
  await refuseUnknownType(trx, type);
}

async function nextVersion(
  trx: Transaction,
  sending: Sending,
  document: DocumentDetails,
  input: { type_id: string; comment: string },
  file: Accepted | null,
  action: string,
): Promise<string> {
  if (file)
    await insertFile(trx, { ...file, created_by: sending.member.account_id, created_at: sending.now });
  const number = await highestNumber(trx, document.id);
  const version = newVersion(sending, {
    id: randomUUID(),
    document_id: document.id,
    number: number + 1,
    ...input,
    file_id: file?.id ?? document.latest.file_id,
  });
  await insertVersion(trx, version);
  const { type_id } = input;
  await updateDocument(trx, document.id, {
    type_id,
    status: 'sent',
    sent_at: sending.now,
    latest_id: version.id,
  });
  await note(trx, sending, action, document.id, { number: version.number });
  return document.id;
}

type Given = Pick<DocumentVersionRow, 'id' | 'document_id' | 'number' | 'type_id' | 'file_id' | 'comment'>;

const newVersion = (sending: Sending, given: Given): DocumentVersionRow => ({
  ...given,
  uploaded_by: sending.member.account_id,
  uploaded_at: sending.now,
  status: 'sent',
  valid_until: null,
  decided_by: null,
  decided_at: null,
  reason: null,
  removed_at: null,
});

function note(
  trx: Transaction,
  sending: Sending,
  action: string,
  subject: string,
  details: Record<string, unknown>,
) {
  const organisation = sending.member.organisation.id;
  return record(trx, sending.actor, sending.now, { action, subject, organisation, details });
}
