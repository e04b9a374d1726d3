import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationRow } from '../../src/db/rows.js';
import { openConversation } from '../../src/domain/conversations/conversations.actions.js';
import { answerOf, kindOf } from '../../src/domain/conversations/kinds.actions.js';
import { getKind, listOpenKinds } from '../../src/domain/conversations/kinds.data.js';
import type { Face } from '../../src/domain/conversations/faces.js';
import { acceptUploads } from '../../src/domain/files/files.actions.js';
import type { Config } from '../../src/config.js';
import { fingerprint } from '../../src/lib/seen.js';
import type { Visitor } from './browser-less.js';
import type { Cast } from './cast.js';
import type { Fields, SentFiles } from './client.js';
import { openDoors, type OpenHouse } from './doors.js';
import { keptFiles } from './folders.js';
import { Clock, type TestHouse } from './house.js';
import { openMailbox } from './mailbox.js';
import { addColleague, openDesk, openOffice, plainPdf } from './office.js';
import { rowsOf } from './page.js';
import { addAccount, join as joinOrganisation } from './people.js';

/** A conversation of somebody, as if he had sent it; `change` says what has become of it since. */
export async function addConversation(
  house: TestHouse,
  author: { id: string },
  opening: {
    face?: Face;
    organisation?: { id: string } | null;
    subject?: string;
    text?: string;
    files?: Buffer[];
  },
  change: Partial<ConversationRow> = {},
): Promise<{ id: string; number: string }> {
  const { db } = house.parts;
  const {
    face = 'request',
    organisation = null,
    subject = 'Не греет батарея',
    text = 'В комнате 412',
  } = opening;
  const now = house.clock.now();
  const uploads = await Promise.all((opening.files ?? []).map((bytes) => received(house, bytes)));
  const files = await acceptUploads(house.parts, uploads, 'files');
  const kinds = await listOpenKinds(db, face);
  const made = await openConversation(
    {
      db,
      reader: { account: author.id, organisation: null, seesAll: false },
      actor: { account_id: author.id, ip: '', request_id: 'test' },
      now,
      form: null,
    },
    { face, organisation: organisation?.id ?? null, kind_id: kinds[0]!.id, subject, text, files },
  );
  if (Object.keys(change).length > 0) await db('conversations').where({ id: made.id }).update(change);
  return made;
}

/** A file that has just come in. */
async function received({ parts }: TestHouse, bytes: Buffer) {
  const path = join(parts.store.temporaryDir, randomUUID());
  await writeFile(path, bytes);
  return { path, name: 'Фото.pdf', size: bytes.length };
}

/** What a conversation has to be for the request to be granted. */
function becomes(pattern: string, now: Date): Partial<ConversationRow> {
  if (!/return|rating/.test(pattern)) return {};
  const state = pattern.includes('messages') ? 'answered' : 'done';
  return { state, due_at: null, done_at: now };
}

export interface TalkSubject {
  conversation: string;
  colleague: string;
  file: string;
  kind: string;
  answer: string;
  /** What the editor of the kind or of the ready-made answer showed, as it tells it. */
  talkSeen: string;
}

/** Somebody who may write there; null: on his own behalf. */
async function writerOf(house: TestHouse, organisation: { id: string } | null) {
  const account = await addAccount(house);
  if (organisation) await joinOrganisation(house, account, organisation, ['requests']);
  return account;
}

/** What the lines about requests and messages are about; all random where the line needs none. */
export async function talkSubject(
  cast: Cast,
  pattern: string,
  organisation: { id: string },
  actor: keyof Cast['actors'] | undefined,
): Promise<TalkSubject> {
  const { house, accounts } = cast;
  const { db } = house.parts;
  const made: TalkSubject = {
    conversation: randomUUID(),
    colleague: randomUUID(),
    file: randomUUID(),
    kind: randomUUID(),
    answer: randomUUID(),
    talkSeen: '',
  };
  if (pattern.includes(':answer')) {
    const row = {
      id: made.answer,
      face: 'request' as const,
      name: randomUUID(),
      text: 'Сделаем',
      position: 1,
    };
    await db('conversation_answers').insert(row);
    made.talkSeen = fingerprint(answerOf(row));
  }
  if (pattern.includes(':kind')) {
    const like = await getKind(db, (await listOpenKinds(db, 'request'))[0]!.id);
    const row = { ...like, id: made.kind, name: randomUUID(), position: 50 };
    await db('conversation_kinds').insert(row);
    made.talkSeen = fingerprint(kindOf(row));
  }
  if (!pattern.includes(':conversation')) return made;
  const own = organisation.id === cast.own.id;
  const person = accounts[actor && actor !== 'nobody' ? actor : own ? 'head' : 'stranger'];
  const writes = actor === undefined || ['head', 'requests', 'stranger'].includes(actor);
  const home = actor === 'stranger' ? cast.other : organisation;
  const placed = pattern.startsWith('/service') && !(pattern.includes('colleagues') && writes) ? null : home;
  const leaving = pattern.endsWith('leaving');
  const author = leaving
    ? await writerOf(house, placed)
    : pattern.includes(':organisation')
      ? accounts[own ? 'head' : 'stranger']
      : person;
  const files = pattern.includes(':file') ? [cast.pdf] : [];
  const face = pattern.includes('messages') ? ('message' as const) : ('request' as const);
  const staffs = pattern.startsWith('/staff');
  const { id } = await addConversation(
    house,
    staffs ? accounts.private : author,
    { face, organisation: staffs ? null : placed, files },
    becomes(pattern, house.clock.now()),
  );
  made.conversation = id;
  if (files.length > 0)
    made.file = (await db('conversation_files').where({ conversation_id: id }).first('file_id'))!.file_id;
  if (pattern.endsWith('reading'))
    await db('conversation_people').where({ conversation_id: id }).update({ unread_at: house.clock.now() });
  if (pattern.includes('colleagues') && placed) made.colleague = (await writerOf(house, placed)).id;
  const others = pattern.includes(':organisation') && own ? [accounts.observer, accounts.requests] : [];
  if (leaving) others.push(pattern.includes(':organisation') && own ? accounts.head : person);
  if (others.length > 0) {
    const row = (await db('conversation_people').where({ conversation_id: id }).first())!;
    for (const { id: account_id } of others) await db('conversation_people').insert({ ...row, account_id });
  }
  return made;
}

const said = { subject: 'Не греет батарея', text: 'В комнате 412' };

/** What a permitted person would send, by the line. */
export const TALK_FIELDS: Record<string, (cast: Cast, subject: TalkSubject) => Fields> = {};
for (const place of ['/service', '/profiles/:organisation/service', '/profiles/:organisation/messages']) {
  const at = (tail: string) => `POST ${place}/${tail}`;
  TALK_FIELDS[at('new')] = ({ kinds }) =>
    place.endsWith('messages') ? { ...said, kind_id: kinds.message } : said;
  TALK_FIELDS[at(':conversation/replies')] = () => ({ text: 'Да, всё ещё' });
  TALK_FIELDS[at(':conversation/reading')] = () => ({});
  TALK_FIELDS[at(':conversation/withdrawal')] = () => ({});
  TALK_FIELDS[at(':conversation/return')] = () => ({ text: 'Снова холодно' });
  TALK_FIELDS[at(':conversation/rating')] = () => ({ rating: '5', text: 'Спасибо' });
  TALK_FIELDS[at(':conversation/leaving')] = () => ({});
  TALK_FIELDS[at(':conversation/colleagues')] = (_, { colleague }) => ({ colleague });
}
Object.assign(TALK_FIELDS, {
  'POST /staff/requests/new': ({ accounts, kinds }: Cast) => ({
    ...said,
    contact: accounts.private.email,
    kind_id: kinds.request,
  }),
  'POST /staff/requests/:conversation/answers': () => ({ revision: '1', step: '', text: 'Уже едем' }),
  'POST /staff/requests/:conversation/notes': () => ({ note: 'Позвонить мастеру' }),
  'POST /staff/requests/:conversation/assignment': ({ accounts }: Cast) => ({
    revision: '1',
    assignee: accounts.operator.id,
  }),
  'POST /staff/requests/:conversation/classification': ({ kinds }: Cast) => ({
    revision: '1',
    kind_id: kinds.request,
    organisation: '',
  }),
  'POST /staff/request-kinds/new': () => ({ face: 'request', name: randomUUID(), due_hours: '9' }),
  'POST /staff/request-kinds/:kind': (_: Cast, { talkSeen }: TalkSubject) => ({
    face: 'request',
    name: randomUUID(),
    due_hours: '9',
    seen: talkSeen,
  }),
  'POST /staff/ready-answers/new': () => ({ face: 'request', name: randomUUID(), text: 'Сделаем' }),
  'POST /staff/ready-answers/:answer': (_: Cast, { talkSeen }: TalkSubject) => ({
    face: 'request',
    name: randomUUID(),
    text: 'Сделаем',
    seen: talkSeen,
  }),
  'POST /staff/ready-answers/:answer/removal': (_: Cast, { talkSeen }: TalkSubject) => ({ seen: talkSeen }),
});

/** Noon in Moscow, on a Tuesday. */
export const NOON = new Date('2027-02-02T09:00:00Z');
export const DESK = '/staff/requests';

export type Talks = Awaited<ReturnType<typeof openTalks>>;

/** What the tests on requests and messages begin with: a house whose letters arrive, an office, an operator. */
export async function openTalks(change: Partial<Config> = {}) {
  const mailbox = await openMailbox();
  const house = await openDoors({ smtpUrl: mailbox.url, ...change }, new Clock(NOON));
  const { db } = house.parts;
  const office = await openOffice(house, { roles: ['administrator'], name: 'ООО «Ромашка»' });
  const operator = await openDesk(house, ['operator'], 'Операторова');
  return {
    house,
    office,
    operator,
    mailbox,
    db,
    async close() {
      await house.close();
      await mailbox.close();
    },
    row: async (id: string) => (await db('conversations').where({ id }).first())!,
    entries: (id: string) => db('conversation_entries').where({ conversation_id: id }).orderBy('number'),
    people: (id: string) =>
      db('conversation_people').where({ conversation_id: id }).orderBy('added_at').pluck('account_id'),
    kinds: (face: Face) => listOpenKinds(db, face),

    /** The letters that somebody has got by now, after what waits was delivered. */
    async lettersTo(email: string) {
      await house.deliver();
      // Written at one moment of a clock that stands, they go in any order.
      const entryOf = (text: string) => Number(/#e-(\d+)/.exec(text)?.[1] ?? 0);
      return mailbox
        .to(email)
        .map(({ mail }) => ({ subject: mail.subject!, text: mail.text! }))
        .sort((one, other) => entryOf(one.text) - entryOf(other.text));
    },

    /** Runs the job that closes what has been done for seven days. */
    close7: () => house.jobs.find(({ name }) => name === 'closed-conversations')!.run(house.clock.now()),

    // Sixty forms in ten minutes are enough for a person, not for a test.
    forgetLimits: () => db('limits').delete(),
  };
}

/** One more member of an office, where its requests and messages are. */
export async function addMember(
  { house, office }: Pick<Talks, 'house' | 'office'>,
  roles: Parameters<typeof addColleague>[2],
  change: { sees_all?: boolean } = {},
) {
  const one = await addColleague(house, office.organisation, roles);
  if (change.sees_all)
    await house.parts.db('memberships').where({ id: one.membership }).update({ sees_all: true });
  return { ...one, ...placesOf(office.organisation) };
}

/** Where an organisation's requests and messages are. */
export const placesOf = ({ id }: { id: string }) => ({
  service: `/profiles/${id}/service`,
  messages: `/profiles/${id}/messages`,
});

/** Somebody who belongs to no organisation, signed in. */
export async function addPrivate(house: OpenHouse, change: Parameters<typeof addAccount>[1] = {}) {
  const account = await addAccount(house, change);
  return { account, visitor: await house.visitor().signIn(account.email) };
}

export const SAID = { subject: 'Не греет батарея', text: 'В комнате 412' };

/** Sends a new request or message by the form of the place; answers what came back. */
export const sendTo = (
  visitor: Visitor,
  place: string,
  fields: Record<string, string> = {},
  files: SentFiles = null,
) => visitor.upload(`${place}/new`, { ...SAID, ...fields }, files);

/** The same, and it has to succeed; answers its id. */
export async function sent(
  visitor: Visitor,
  place: string,
  fields: Record<string, string> = {},
  files: SentFiles = null,
): Promise<string> {
  const answer = await sendTo(visitor, place, fields, files);
  if (answer.status !== 303) throw new Error(`not sent: ${answer.status}`);
  return idOf(answer.headers.location!);
}

/** The conversation that an address leads to. */
export const idOf = (path: string) => /[\da-f-]{36}(?=(#.*)?$)/.exec(path)![0];

/** A PDF for a form of conversations. */
export const paper = async (name: string) => ({ field: 'files', name, bytes: await plainPdf() });

type Act = 'answers' | 'notes' | 'assignment' | 'classification';

/** An operator does something on the page as it is now. */
export const act = (
  visitor: Visitor,
  id: string,
  action: Act,
  fields: Record<string, string>,
  files: SentFiles = null,
) => {
  const [page, to] = [`${DESK}/${id}`, `${DESK}/${id}/${action}`];
  return files ? visitor.upload(page, fields, files, to) : visitor.submit(page, fields, to);
};

/** Steps and answers that have to succeed, one after another: `start`, or what is said with it. */
export async function work(
  visitor: Visitor,
  id: string,
  ...steps: (string | [step: string, text: string])[]
): Promise<void> {
  for (const one of steps) {
    const [step, text] = [one].flat() as [string, string?];
    const answer = await act(visitor, id, 'answers', { step, text: text ?? '' });
    if (answer.status !== 303) throw new Error(`not ${step}: ${answer.status}`);
  }
}

/** The subjects that a list shows, from the top. */
export async function subjectsAt(visitor: Visitor, path: string): Promise<string[]> {
  const { status, text } = await visitor.get(path);
  if (status !== 200) throw new Error(`${path}: ${status}`);
  return rowsOf(text.replaceAll('<tr class="is-new">', '<tr>')).map(([subject]) =>
    subject!.replace(/ ?(Новый ответ|[ЗО]-\d{4}-.*)$/, ''),
  );
}

/** Everything that may happen to conversations, as it is. */
export async function trace(house: TestHouse): Promise<string> {
  const tables = ['conversations', 'conversation_entries', 'conversation_people', 'conversation_files'];
  const signIns = "where to_jsonb(r) ->> 'action' is distinct from 'sign-in.made'";
  const parts = [...tables, 'conversation_numbers', 'files', 'outbox', 'audit'].map(
    (table) => `select '${table} ' || to_jsonb(r)::text as line from ${table} r ${signIns}`,
  );
  const { rows } = await house.parts.db.raw<{ rows: { text: string }[] }>(
    `select string_agg(line, E'\n' order by line) as text from (${parts.join(' union all ')}) lines`,
  );
  return rows[0]!.text;
}

/** How many files lie in the store and in the folder for uploads. */
export const filesOf = async (house: TestHouse) => (await keptFiles(house)).length;
