import type { Transaction } from '../../db/knex.js';
import { addWorkingMinutes, workingMinutes } from '../../lib/working-time.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { parsePhone } from '../../lib/phone.js';
import { record } from '../audit/audit.data.js';
import type { Accepted } from '../files/files.actions.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import { getOrganisation } from '../organisations/organisations.data.js';
import { findMembership } from '../memberships/memberships.data.js';
import { findAccountByEmail, findAccountByPhone, findStaff } from '../people/accounts.data.js';
import { open, type Opening } from './conversations.actions.js';
import {
  getAnyConversation,
  listEntries,
  lockConversation,
  type Conversation,
} from './conversations.data.js';
import { markUnread, movePeople } from './participants.data.js';
import { tellStaff, tellTenants } from './conversations.letters.js';
import { conversationPolicy } from './conversations.policy.js';
import { isCounting, isOver, transition, type Face, type State, type Step } from './faces.js';
import { getKind, listOpenKinds } from './kinds.data.js';
import { addWords } from './search.data.js';
import { presentState, say } from './talk.js';

/** What one of the staff has before his eyes: the conversation as it was when his page was made. */
export interface SeenConversation {
  id: string;
  revision: number;
}

/**
 * A step of the staff, with words where it needs some. The tenants hear of it.
 *
 * @throws Conflict when it has changed meanwhile, or the step is not there; Invalid without the words it needs
 */
export function move(
  work: StaffWork,
  seen: SeenConversation,
  step: Step,
  said: { text: string | null; files: Accepted[] },
): Promise<Conversation> {
  return change(work, seen, async (trx, conversation) => {
    const found = transition(conversation.face, step, conversation.state);
    if (found?.by === 'staff' && found.words && !said.text)
      throw new Invalid({ text: 'Напишите, что ответить арендатору' });
    if (found && found.by !== 'staff') throw new Conflict(presentState(conversation));
    const entry = await say(
      trx,
      conversation,
      work.now,
      {
        account: work.staff.id,
        side: 'staff',
        kind: said.text ? 'reply' : 'change',
        ...said,
        change: {
          // Whoever begins has it.
          ...(step === 'start' && !conversation.assignee_id && { assignee_id: work.staff.id }),
          ...(said.text && firstAnswer(conversation, work.now)),
        },
      },
      step,
    );
    await tell(trx, work, conversation, { entry, text: said.text, state: found!.to });
  });
}

/** An answer that leaves the state as it is. @throws Conflict when it has changed meanwhile, or is over */
export function answer(
  work: StaffWork,
  seen: SeenConversation,
  text: string,
  files: Accepted[],
): Promise<Conversation> {
  return change(work, seen, async (trx, conversation) => {
    if (isOver(conversation.state)) throw new Conflict(presentState(conversation));
    const entry = await say(trx, conversation, work.now, {
      account: work.staff.id,
      side: 'staff',
      kind: 'reply',
      text,
      files,
      change: firstAnswer(conversation, work.now),
    });
    await tell(trx, work, conversation, { entry, text, state: conversation.state });
  });
}

/** When the first answer came, and after how much working time. */
const firstAnswer = ({ answered_at, created_at }: Conversation, now: Date) =>
  answered_at ? {} : { answered_at: now, answered_in: workingMinutes(created_at, now) };

/** A note that only the staff see. It disturbs nobody, so it may come at any time. */
export function note(work: StaffWork, id: string, text: string, files: Accepted[]): Promise<Conversation> {
  return change(work, { id, revision: null }, async (trx, conversation) => {
    await say(trx, conversation, work.now, {
      account: work.staff.id,
      side: 'staff',
      kind: 'note',
      text,
      files,
      // What others have open is as true as before.
      change: { revision: conversation.revision },
    });
  });
}

/** Gives it to somebody of the staff, or takes it; null: to nobody. @throws Conflict, Invalid */
export function assign(
  work: StaffWork,
  seen: SeenConversation,
  assignee: string | null,
): Promise<Conversation> {
  return change(work, seen, async (trx, conversation) => {
    if (isOver(conversation.state)) throw new Conflict(presentState(conversation));
    const person = assignee ? await findStaff(trx, assignee) : null;
    if (assignee && !(person && conversationPolicy.serve(person)))
      throw new Invalid({ assignee: 'Выберите сотрудника из списка' });
    if (assignee === conversation.assignee_id) return;
    const name = person && `${person.surname} ${person.name}`;
    await say(trx, conversation, work.now, {
      account: work.staff.id,
      side: 'staff',
      kind: 'change',
      text: null,
      details: { assignee: name },
      change: { assignee_id: assignee },
    });
    if (assignee && assignee !== work.staff.id)
      await tellStaff(trx, work.now, 'conversation.assigned', { ...conversation, assignee_id: assignee }, {});
  });
}

/** Another kind, or another organisation (null: the author's own). The time by the new kind counts from now. */
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
    const minutes = kind.due_hours * 60;
    await say(trx, conversation, work.now, {
      account: work.staff.id,
      side: 'staff',
      kind: 'change',
      text: null,
      details: { ...(sorted && { kind: kind.name }), ...(moved && { organisation: name }) },
      change: {
        kind_id: kind.id,
        organisation_id: to.organisation_id,
        ...(sorted && isCounting(conversation.state) && { due_at: addWorkingMinutes(work.now, minutes) }),
        ...(sorted && conversation.state === 'waiting' && { due_left: minutes }),
      },
    });
  });
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

/** What a caller says, written down for him: he is its author and hears of the answers. @throws Invalid */
export function openFor(
  work: StaffWork,
  contact: string,
  opening: Opening,
): Promise<{ id: string; number: string }> {
  return asStaff(work, conversationPolicy.serve, async (trx) => {
    const phone = parsePhone(contact);
    const author = await (phone ? findAccountByPhone(trx, phone) : findAccountByEmail(trx, contact));
    if (!author || author.blocked_at)
      throw new Invalid({ contact: 'Аккаунта с таким адресом или подтверждённым телефоном нет' });
    await mayBeOf(trx, opening.face, author.id, opening.organisation);
    const who = { author: author.id, by: work.staff.id, now: work.now, side: 'staff' } as const;
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

/** One transaction, in which he still may; the conversation is locked and is what he saw. */
function change(
  work: StaffWork,
  seen: { id: string; revision: number | null },
  act: (trx: Transaction, conversation: Conversation) => Promise<void>,
): Promise<Conversation> {
  return asStaff(work, conversationPolicy.serve, async (trx) => {
    await lockConversation(trx, seen.id);
    const conversation = await getAnyConversation(trx, seen.id);
    if (seen.revision !== null && seen.revision !== conversation.revision)
      throw new Conflict(await whatChanged(trx, conversation));
    await act(trx, conversation);
    await record(trx, work.actor, work.now, {
      action: 'conversation.handled',
      subject: seen.id,
      ...(conversation.organisation_id && { organisation: conversation.organisation_id }),
    });
    return getAnyConversation(trx, seen.id);
  });
}

/** Who was faster, and with what. */
async function whatChanged(trx: Transaction, conversation: Conversation): Promise<string> {
  const entries = await listEntries(trx, conversation.id, { notes: false });
  const who = entries.at(-1)?.who;
  return `Пока страница была открыта, ${who ? `здесь работал(а) ${who}` : 'здесь что-то изменилось'}. ${presentState(conversation)} Посмотрите, что изменилось, и отправьте ещё раз, если это ещё нужно: набранное сохранено.`;
}

async function tell(
  trx: Transaction,
  { now }: StaffWork,
  conversation: Conversation,
  about: { entry: number; text: string | null; state: State },
): Promise<void> {
  await markUnread(trx, conversation.id, now);
  const letter = about.text ? 'conversation.answered' : 'conversation.moved';
  await tellTenants(trx, now, letter, { ...conversation, state: about.state }, about);
}
