import type { Database, Transaction } from '../../db/knex.js';
import { addWorkingMinutes } from '../../lib/working-time.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { parsePhone } from '../../lib/phone.js';
import { record } from '../audit/audit.data.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { getOrganisation } from '../organisations/organisations.data.js';
import { findMembership } from '../memberships/memberships.data.js';
import { findAccountByEmail, findAccountByPhone } from '../people/accounts.data.js';
import { findByName, type Namesake } from '../people/people.data.js';
import { open, type Opening } from './conversations.actions.js';
import type { Conversation } from './conversations.data.js';
import { conversationPolicy } from './conversations.policy.js';
import { change, type SeenConversation } from './desk.change.js';
import { isCounting, isOver, type Face } from './faces.js';
import { getKind, listOpenKinds } from './kinds.data.js';
import { movePeople } from './participants.data.js';
import { addWords } from './search.data.js';
import { presentState, say } from './talk.js';

/**
 * Another kind, or another organisation (null: the author's own). The time by the new kind counts from now, but what is
 * late stays late: nobody tidies the queue by changing kinds.
 */
export function reclassify(
  work: StaffWork,
  seen: SeenConversation,
  to: { kind_id: string; organisation_id: string | null },
): Promise<Conversation> {
  return change(work, seen, async (trx, conversation) => {
    if (isOver(conversation.state)) throw new Conflict(presentState(conversation));
    const kind = await kindFor(trx, conversation, to.kind_id);
    const moved = to.organisation_id !== conversation.organisation_id;
    const name = moved ? await moveTo(trx, conversation, to.organisation_id) : null;
    const sorted = kind.id !== conversation.kind_id;
    if (!moved && !sorted) return;
    await say(trx, conversation, work.now, {
      account: work.staff.id,
      side: 'staff',
      kind: 'change',
      text: null,
      details: { ...(sorted && { kind: kind.name }), ...(moved && { organisation: name }) },
      change: {
        kind_id: kind.id,
        organisation_id: to.organisation_id,
        ...(sorted && !isLate(conversation, work.now) && timeBy(conversation, kind, work.now)),
      },
    });
  });
}

const isLate = ({ due_at, due_left }: Conversation, now: Date) =>
  due_at ? due_at < now : due_left !== null && due_left < 0;

/** The term by another kind: until when, or how much of it waits for the tenant. */
function timeBy({ state }: Conversation, { due_hours }: { due_hours: number }, now: Date) {
  const minutes = due_hours * 60;
  if (state === 'waiting') return { due_left: minutes };
  return isCounting(state) ? { due_at: addWorkingMinutes(now, minutes) } : {};
}

/** A kind that may be chosen for it, or the one that it has. */
async function kindFor(trx: Transaction, { face, kind_id }: Conversation, id: string) {
  if (id === kind_id) return getKind(trx, id);
  const kind = (await listOpenKinds(trx, face)).find((one) => one.id === id);
  if (!kind) throw new Invalid({ kind_id: 'Выберите вид из списка' });
  return kind;
}

async function moveTo(trx: Transaction, conversation: Conversation, organisation: string | null) {
  await mayBeOf(trx, conversation.face, conversation.author_id, organisation);
  await movePeople(trx, conversation, organisation);
  if (organisation === null) return 'Частное лицо';
  const { name } = await getOrganisation(trx, organisation);
  await addWords(trx, conversation.id, { C: name });
  return name;
}

/** Makes sure that its author finds it in his cabinet: messages are there in profiles only. @throws Invalid */
async function mayBeOf(trx: Transaction, face: Face, author: string, organisation: string | null) {
  if (organisation === null) {
    if (face === 'message') throw new Invalid({ organisation: 'Обращения бывают только от организации' });
    return;
  }
  const member = await findMembership(trx, organisation, author);
  if (!member || !conversationPolicy.read(member))
    throw new Invalid({ organisation: 'Заявки этой организации заявителю не открыты' });
}

/** How a caller is found: by his address, his confirmed number, or his name and, among namesakes, a choice. */
export interface Caller {
  contact: string;
  chosen: string | null;
}

/** More namesakes than these are not shown. */
const NAMESAKES = 10;

/** Those whom a contact may mean besides an address and a number: people of that name, of the organisation if one is said. */
export async function findCallers(
  db: Database,
  contact: string,
  organisation: string | null,
): Promise<Namesake[]> {
  const nameless = /[@\d]/.test(contact) || !/\p{L}{2}/u.test(contact);
  return nameless ? [] : findByName(db, contact, organisation, NAMESAKES + 1);
}

async function callerOf(trx: Transaction, { contact, chosen }: Caller, organisation: string | null) {
  const phone = parsePhone(contact);
  const exact = await (phone ? findAccountByPhone(trx, phone) : findAccountByEmail(trx, contact));
  if (exact && !exact.blocked_at) return exact.id;
  const found = await findCallers(trx, contact, organisation);
  const one = found.length === 1 ? found[0] : found.find(({ id }) => id === chosen);
  if (one) return one.id;
  if (found.length > NAMESAKES)
    throw new Invalid({
      contact: `Таких людей больше ${NAMESAKES}. Добавьте имя, ИНН организации или E-mail`,
    });
  if (found.length > 0) throw new Invalid({ caller: 'Выберите, кто звонит' });
  throw new Invalid({
    contact:
      'Аккаунта с таким именем, адресом или подтверждённым телефоном нет. Запишите на коллегу заявителя, а его назовите в тексте',
  });
}

/** What a caller says, written down for him: he is its author and hears of the answers. @throws Invalid */
export function openFor(
  work: StaffWork,
  caller: Caller,
  opening: Opening,
): Promise<{ id: string; number: string }> {
  return asStaff(work, conversationPolicy.serve, async (trx) => {
    const author = await callerOf(trx, caller, opening.organisation);
    await mayBeOf(trx, opening.face, author, opening.organisation);
    const who = { author, by: work.staff.id, now: work.now, side: 'staff' } as const;
    const { id, number } = await open(trx, opening, who);
    await record(trx, work.actor, work.now, {
      action: 'conversation.opened',
      subject: id,
      ...(opening.organisation && { organisation: opening.organisation }),
      details: { number },
    });
    return { id, number };
  });
}
