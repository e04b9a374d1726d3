import type { DocumentRow, DocumentVersionRow } from '../../src/db/rows.js';
import { idOf } from './ids.js';
import { SAMPLES, typeId, type SampleType } from './document-types.js';
import { organisationId } from './organisation-rows.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';
import type { Decision, Sending, Story } from './story.js';

/** A file that a version brought; its bytes are the type's sample. */
export interface Brought {
  id: string;
  type: SampleType;
  name: string;
  created_by: string;
  created_at: Date;
}

export interface DocumentRows {
  document: DocumentRow;
  versions: DocumentVersionRow[];
  files: Brought[];
  audit: NewAuditRow[];
}

/** Plays a story through, as the domain's actions would: the same rows, the same history. */
export function playDocument(story: Story, number: number): DocumentRows {
  const name = `${story.organisation}/${story.type}/${number}`;
  const id = idOf('document', name);
  const organisation_id = organisationId(story.organisation);
  const rows: DocumentRows = {
    document: {
      id,
      organisation_id,
      type_id: typeId(story.type),
      status: 'sent',
      valid_until: null,
      sent_at: new Date(0),
      latest_id: '',
      removed_at: null,
    },
    versions: [],
    files: [],
    audit: [],
  };
  for (const event of story.events) {
    // Only who sends a version comments on it.
    const details = 'comment' in event ? addVersion(rows, story, name, event) : decide(rows, event);
    rows.audit.push({
      ...done,
      at: event.at,
      account_id: accountId(event.by),
      organisation_id,
      action: `document.${event.did}`,
      subject_id: id,
      details: { number: rows.versions.length, ...details },
    });
  }
  return rows;
}

function addVersion(
  { document, versions, files }: DocumentRows,
  story: Story,
  name: string,
  event: Sending,
): Record<string, unknown> {
  const { at, by, comment, stem } = event;
  const number = versions.length + 1;
  const ids = { version: idOf('version', `${name}/${number}`), file: idOf('file', `${name}/${number}`) };
  const sample = SAMPLES[story.type];
  const ending = sample.file.slice(sample.file.indexOf('.'));
  const file_name = `${stem ?? sample.stem} ${at.getUTCFullYear()}${ending}`;
  const sender = accountId(by);
  const last = versions.at(-1);
  if (last?.status === 'sent') last.status = 'replaced';
  files.push({ id: ids.file, type: story.type, name: file_name, created_by: sender, created_at: at });
  versions.push({
    id: ids.version,
    document_id: document.id,
    number,
    type_id: document.type_id,
    file_id: ids.file,
    comment,
    uploaded_by: sender,
    uploaded_at: at,
    status: 'sent',
    valid_until: null,
    decided_by: null,
    decided_at: null,
    reason: null,
    removed_at: null,
  });
  Object.assign(document, { status: 'sent', sent_at: at, latest_id: ids.version });
  return {};
}

/** Changes the latest version and the document; answers what the history says of it. */
function decide({ document, versions }: DocumentRows, event: Decision): Record<string, unknown> {
  const latest = versions.at(-1)!;
  const signed = { decided_by: accountId(event.by), decided_at: event.at };
  if (event.did === 'accepted') {
    Object.assign(latest, { status: 'accepted', valid_until: event.until, ...signed });
    Object.assign(document, { status: 'accepted', valid_until: event.until });
    return { valid_until: event.until };
  }
  if (event.did === 'rejected') {
    Object.assign(latest, { status: 'rejected', reason: event.reason, ...signed });
    document.status = 'rejected';
    return { reason: event.reason };
  }
  if (event.did === 'withdrawn') {
    Object.assign(latest, { status: 'sent', valid_until: null, decided_by: null, decided_at: null });
    const earlier = versions.findLast((version) => version.status === 'accepted');
    Object.assign(document, { status: 'sent', valid_until: earlier?.valid_until ?? null });
    return { reason: event.reason };
  }
  document.removed_at = event.at;
  return {};
}
