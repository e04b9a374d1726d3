import type { Transaction } from '../../db/knex.js';
import { workingMinutes } from '../../lib/working-time.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import type { Accepted } from '../files/files.actions.js';
import type { StaffWork } from '../people/staff-work.js';
import { findStaff } from '../people/accounts.data.js';
import type { Conversation } from './conversations.data.js';
import { tellStaff, tellTenants } from './conversations.letters.js';
import { conversationPolicy } from './conversations.policy.js';
import { change, type SeenConversation } from './desk.change.js';
import { isOver, transition, type State, type Step } from './faces.js';
import { markUnread } from './participants.data.js';
import { presentState, say } from './talk.js';

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

async function tell(
  trx: Transaction,
  { now }: StaffWork,
  conversation: Conversation,
  about: { entry: number; text: string | null; state: State },
): Promise<void> {
  await markUnread(trx, conversation.id, now);
  const letter = about.text ? 'conversation.answered' : 'conversation.moved';
  const moved = about.state !== conversation.state;
  await tellTenants(trx, now, letter, { ...conversation, state: about.state }, { ...about, moved });
}
