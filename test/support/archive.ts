import { randomUUID } from 'node:crypto';
import type { Actor } from '../../src/domain/audit/audit.data.js';
import type { DocumentTypeRow } from '../../src/db/rows.js';
import { addDocument, type Sending } from '../../src/domain/documents/documents.actions.js';
import { accept, type Reviewing, type Seen } from '../../src/domain/documents/review.actions.js';
import type { Accepted } from '../../src/domain/files/files.actions.js';
import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import type { TestHouse } from './house.js';
import { addAccount, addOrganisation, addType, join } from './people.js';

/** An organisation, its documents' manager and a reviewer, for the domain's own actions: nobody signs in. */
export type Archive = Awaited<ReturnType<typeof openArchive>>;

export async function openArchive(house: TestHouse, roles: Role[] = ['documents']) {
  const organisation = await addOrganisation(house);
  const account = await addAccount(house);
  const id = await join(house, account, organisation, roles);
  const person = await addAccount(house, { staff: ['reviewer'] });
  const type: DocumentTypeRow = await addType(house);
  const { db } = house.parts;
  const member = { id, account_id: account.id, roles, sees_all: false, organisation };
  const actor = (account_id: string): Actor => ({ account_id, ip: '10.0.0.1', request_id: randomUUID() });
  return {
    organisation,
    account,
    type,
    person,
    sending: (): Sending => ({ db, member, actor: actor(account.id), now: house.clock.now(), form: null }),
    reviewing: (): Reviewing => ({ db, reviewer: person, actor: actor(person.id), now: house.clock.now() }),
  };
}

/** A file that is said to be in the store. */
export const someFile = (): Accepted => ({
  id: randomUUID(),
  sha256: randomUUID().replaceAll('-', '').repeat(2),
  size: 1000,
  mime: 'application/pdf',
  name: 'полис.pdf',
});

/** Sends a document; answers its id. */
export const send = (archive: Archive): Promise<string> =>
  addDocument(archive.sending(), { type_id: archive.type.id, comment: '' }, someFile());

/** What a reviewer sees of a document's latest version. */
export async function seen(house: TestHouse, id: string): Promise<Seen> {
  const { db } = house.parts;
  const row = await db('documents as d')
    .join('document_versions as v', 'v.id', 'd.latest_id')
    .join('files as f', 'f.id', 'v.file_id')
    .where('d.id', id)
    .first<{ version: string; sha256: string }>('v.id as version', 'f.sha256');
  return row;
}

/** Sends a document and accepts it until that day; answers its id. */
export async function sendAccepted(house: TestHouse, archive: Archive, day: string): Promise<string> {
  const id = await send(archive);
  await accept(archive.reviewing(), id, await seen(house, id), day);
  return id;
}
