import type {
  ConversationEntryRow,
  ConversationKindRow,
  ConversationPersonRow,
  ConversationRow,
} from '../../src/db/rows.js';
import { clockwork } from '../../src/domain/audit/audit.data.js';
import { isCounting, transition, WORDS, type State } from '../../src/domain/conversations/faces.js';
import { timesOf } from '../../src/domain/conversations/talk.js';
import { dayOf } from '../../src/lib/dates.js';
import { addWorkingMinutes, workingMinutes } from '../../src/lib/working-time.js';
import { idOf } from './ids.js';
import { organisationId } from './organisation-rows.js';
import { ORGANISATIONS } from './organisations.js';
import { accountId, done, type NewAuditRow } from './people-rows.js';
import { PEOPLE } from './people.js';
import type { Pictured } from './service-rows.js';
import type { Talk, TalkEvent } from './talk.js';

type Kind = Pick<ConversationKindRow, 'id' | 'face' | 'name' | 'due_hours'>;

/** All of them with their numbers, which are given out as they came; and how far the numbers have got. */
export function talkRows(talks: Talk[], kinds: Kind[]) {
  const inOrder = [...talks].sort((a, b) => openedAt(a).getTime() - openedAt(b).getTime());
  const numbers = new Map<string, { face: string; year: number; last: number }>();
  const played = inOrder.map((talk) => {
    const { face } = talk.matter;
    const year = Number(dayOf(openedAt(talk)).slice(0, 4));
    const last = (numbers.get(`${face}/${year}`)?.last ?? 0) + 1;
    numbers.set(`${face}/${year}`, { face, year, last });
    const number = `${WORDS[face].letter}-${year}-${String(last).padStart(6, '0')}`;
    return playTalk(
      talk,
      number,
      kinds.filter((kind) => kind.face === face),
    );
  });
  return { played, numbers: [...numbers.values()] };
}

const openedAt = ({ events }: Talk) => events[0]!.at;

/** «Жуков Алексей», as pages call people. */
const nameOf = (key: string) =>
  PEOPLE.find((one) => one[0] === key)![1]
    .split(' ')
    .slice(0, 2)
    .join(' ');

/** Plays it through, as the domain's actions would: the same rows, the same history. */
function playTalk(talk: Talk, number: string, kinds: Kind[]) {
  const kindOf = (name = kinds[0]!.name) => kinds.find((kind) => kind.name === name)!;
  const kind = kindOf(talk.matter.kind);
  const play = { row: beginning(talk, number, kind), kind };
  const states = talk.events.map((event) => happen(play, event, kindOf));
  const { row } = play;
  const { organisation, author, subject } = talk.matter;
  const said = talk.events.filter((event) => event.kind !== 'note').map(({ text }) => text);
  const place = ORGANISATIONS.find(([key]) => key === organisation)?.[3] ?? '';
  const files = talk.events.flatMap((event, index) => filesOf(talk, row.id, event, index));
  return {
    row,
    entries: talk.events.map((event, index) => entryOf(talk, row.id, event, index, states[index]!)),
    people: peopleOf(talk, row),
    files: files.map(({ file }) => file),
    links: files.map(({ link }) => link),
    words: {
      A: `${number} ${subject}`,
      B: said.filter(Boolean).join('\n'),
      C: `${place} ${nameOf(author)}`,
    },
    audit: talk.events.map((event) => auditOf(row, event)),
  };
}

type Row = ConversationRow & { state: State };

function beginning(talk: Talk, number: string, kind: Kind): Row {
  const { face, organisation, author, subject, service } = talk.matter;
  const opened = openedAt(talk);
  return {
    id: idOf('conversation', talk.key),
    face,
    number,
    kind_id: kind.id,
    state: 'new',
    organisation_id: organisation ? organisationId(organisation) : null,
    author_id: accountId(author),
    subject,
    assignee_id: null,
    created_at: opened,
    due_at: addWorkingMinutes(opened, kind.due_hours * 60),
    due_left: null,
    answered_at: null,
    answered_in: null,
    done_at: null,
    closed_at: null,
    rating: null,
    rating_words: null,
    revision: 0,
    last_entry: 0,
    service_id: service ? idOf('service', service) : null,
  };
}

/** What an event changes in the row. Answers the state that it brought, null where the state stayed. */
function happen(
  play: { row: Row; kind: Kind },
  event: TalkEvent,
  kindOf: (name: string) => Kind,
): { to: State | null } {
  const { row } = play;
  const { at, by, step, kind, change = {} } = event;
  row.last_entry += 1;
  row.revision += kind === 'note' ? 0 : 1;
  const to = (step && transition(row.face, step, row.state)?.to) ?? null;
  // A tenant may always write; whatever else is not in the machine is a slip of this story.
  if (step && step !== 'reply' && !to) throw new Error(`${row.subject}: no «${step}» in «${row.state}»`);
  if (to) Object.assign(row, timesOf({ ...row, due_hours: play.kind.due_hours }, to, at), { state: to });
  if (change.kind) {
    play.kind = kindOf(change.kind);
    row.kind_id = play.kind.id;
    if (isCounting(row.state)) row.due_at = addWorkingMinutes(at, play.kind.due_hours * 60);
  }
  if (change.assignee !== undefined) row.assignee_id = change.assignee && accountId(change.assignee);
  if (step === 'start') row.assignee_id ??= accountId(by!);
  if (change.rating) Object.assign(row, { rating: change.rating, rating_words: event.text });
  if (isAnswer(event) && !row.answered_at)
    Object.assign(row, { answered_at: at, answered_in: workingMinutes(row.created_at, at) });
  return { to };
}

const isAnswer = ({ side, kind }: TalkEvent) => side === 'staff' && kind === 'reply';

/** Who takes part: the author, whoever of the tenants did something, and whom they added. */
function peopleOf({ matter, events, unread }: Talk, row: Row): ConversationPersonRow[] {
  const joined = events.flatMap(({ at, by, side, kind, change }) => [
    ...(kind === 'opening' ? [{ who: matter.author, at, by: by! }] : []),
    ...(side === 'tenant' ? [{ who: by!, at, by: by! }] : []),
    ...(change?.colleague ? [{ who: change.colleague, at, by: by! }] : []),
  ]);
  const told = events.findLast((event) => isAnswer(event) || (event.side === 'staff' && event.step));
  return joined
    .filter(({ who }, index) => joined.findIndex((one) => one.who === who) === index)
    .map(({ who, at, by }) => ({
      conversation_id: row.id,
      account_id: accountId(who),
      face: row.face,
      organisation_id: row.organisation_id,
      created_at: row.created_at,
      added_by: accountId(by),
      added_at: at,
      unread_at: unread.includes(who) ? told!.at : null,
    }));
}

const entryId = (talk: Talk, index: number) => idOf('entry', `${talk.key}/${index + 1}`);

function entryOf(
  talk: Talk,
  conversation: string,
  { at, by, side, kind, text, change = {} }: TalkEvent,
  index: number,
  { to }: { to: State | null },
): ConversationEntryRow {
  const { assignee, colleague } = change;
  const names = {
    ...(assignee && { assignee: nameOf(assignee) }),
    ...(colleague && { colleague: nameOf(colleague) }),
  };
  return {
    id: entryId(talk, index),
    conversation_id: conversation,
    number: index + 1,
    at,
    account_id: by && accountId(by),
    side,
    kind,
    text,
    state: to,
    details: { ...change, ...names },
  };
}

/** The files that came along, as `files` and `conversation_files` have them. */
function filesOf(talk: Talk, conversation: string, { at, by, files }: TalkEvent, index: number) {
  return files.map(([sample, name], position) => {
    const id = idOf('talk-file', `${entryId(talk, index)}/${position}`);
    const file: Pictured = { id, sample, name, created_by: accountId(by!), created_at: at };
    return {
      file,
      link: { file_id: id, conversation_id: conversation, entry_id: entryId(talk, index), position },
    };
  });
}

function auditOf({ id, organisation_id, number }: Row, { at, by, kind, action }: TalkEvent): NewAuditRow {
  const { ip, request_id } = by === null ? clockwork('closing') : done;
  return {
    at,
    account_id: by && accountId(by),
    organisation_id,
    action,
    subject_id: id,
    details: kind === 'opening' ? { number } : {},
    ip,
    request_id,
  };
}
