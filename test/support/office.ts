import type { DocumentTypeRow } from '../../src/db/rows.js';
import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import type { StaffRole } from '../../src/domain/people/people.policy.js';
import type { Visitor } from './browser-less.js';
import type { OpenHouse } from './doors.js';
import { addAccount, addOrganisation, join } from './people.js';
import { pdf } from './sample-files.js';

/** A tenant's person at his desk: signed in, a member of an organisation, on the way to its documents. */
export type Office = Awaited<ReturnType<typeof openOffice>>;

export async function openOffice(
  house: OpenHouse,
  { roles = ['documents'] as Role[], name = 'ООО «Ромашка и партнёры»' } = {},
) {
  const organisation = await addOrganisation(house, name);
  return { ...(await addColleague(house, organisation, roles)), organisation };
}

/** One more member of an organisation, signed in. */
export async function addColleague(house: OpenHouse, organisation: { id: string }, roles: Role[]) {
  const account = await addAccount(house);
  const membership = await join(house, account, organisation, roles);
  const visitor = await house.visitor().signIn(account.email);
  return { account, membership, visitor, path: `/profiles/${organisation.id}/documents` };
}

/** One of the company's own people, signed in. */
export async function openDesk(house: OpenHouse, staff: StaffRole[] = ['reviewer'], surname = 'Проверяева') {
  const account = await addAccount(house, { staff, surname, name: 'Ольга' });
  const visitor = await house.visitor().signIn(account.email);
  return { account, visitor };
}

let small: Promise<Buffer> | undefined;
/** A plain document of one page, made once. */
export const plainPdf = () => (small ??= pdf());

interface Sent {
  comment?: string;
  file?: { bytes: Buffer; name: string };
}

/** Sends a document through the form; answers its id. */
export async function sendDocument(
  house: OpenHouse,
  office: Pick<Office, 'visitor' | 'path'>,
  type: DocumentTypeRow,
  sent: Sent = {},
): Promise<string> {
  const { comment = '', file = { bytes: await plainPdf(), name: 'полис.pdf' } } = sent;
  const answer = await office.visitor.upload(`${office.path}/new`, { type_id: type.id, comment }, file);
  if (answer.status !== 303) throw new Error(`not sent: ${answer.status}`);
  const organisation_id = office.path.split('/')[2]!;
  const entry = await house.parts
    .db('audit')
    .where({ action: 'document.sent', organisation_id })
    .orderBy('id', 'desc')
    .first();
  return entry!.subject_id!;
}

/** Sends a new version through the form of the address. */
export async function sendVersion(
  office: Pick<Office, 'visitor' | 'path'>,
  id: string,
  comment = '',
): Promise<void> {
  const file = { bytes: await plainPdf(), name: 'новый полис.pdf' };
  const answer = await office.visitor.upload(`${office.path}/${id}/version`, { comment }, file);
  if (answer.status !== 303) throw new Error(`not sent: ${answer.status}`);
}

/** Presses «Принять» or «Отклонить» on the page of the document, as it is now. */
export function decide(
  visitor: Visitor,
  id: string,
  decision: 'approval' | 'rejection',
  fields: Record<string, string | string[]>,
) {
  return visitor.submit(`/staff/documents/${id}`, fields, `/staff/documents/${id}/${decision}`);
}

/** «Принять» until that day; throws when it is not accepted. */
export async function acceptUntil(visitor: Visitor, id: string, day: string): Promise<void> {
  const answer = await decide(visitor, id, 'approval', { valid_until: day });
  if (answer.status !== 303) throw new Error(`not accepted: ${answer.status}`);
}

/** «Отклонить» with these words; throws when it is not rejected. */
export async function rejectWith(visitor: Visitor, id: string, words: string): Promise<void> {
  const answer = await decide(visitor, id, 'rejection', { words });
  if (answer.status !== 303) throw new Error(`not rejected: ${answer.status}`);
}
