import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';
import type { ConversationEntryRow, ConversationRow } from '../../db/rows.js';
import { NotFound } from '../../lib/errors.js';
import { CONVERSATION_READERS } from './conversations.policy.js';
import { WORDS, type Face, type State } from './faces.js';

/**
 * Who of the tenants reads, and where: on his own pages (`organisation` is null) he finds all that he takes part in, in a
 * profile what is of that organisation, his own or, where he «видит все», everybody's.
 */
export interface Reader {
  account: string;
  organisation: string | null;
  seesAll: boolean;
}

/** A conversation with what its page says of it. */
export interface Conversation extends ConversationRow {
  state: State;
  kind: string;
  department: string | null;
  organisation: string | null;
  inn: string | null;
  author: string;
  author_email: string;
  author_phone: string | null;
  assignee: string | null;
  due_hours: number;
}

const named = (db: Database) =>
  db('conversations as c')
    .join('conversation_kinds as k', 'k.id', 'c.kind_id')
    .join('accounts as a', 'a.id', 'c.author_id')
    .leftJoin('organisations as o', 'o.id', 'c.organisation_id')
    .leftJoin('accounts as s', 's.id', 'c.assignee_id')
    .select<Conversation[]>(
      ...[
        'c.id',
        'c.face',
        'c.number',
        'c.kind_id',
        'c.state',
        'c.organisation_id',
        'c.author_id',
        'c.subject',
      ],
      ...[
        'c.assignee_id',
        'c.created_at',
        'c.due_at',
        'c.due_left',
        'c.answered_at',
        'c.answered_in',
        'c.done_at',
        'c.closed_at',
      ],
      ...['c.rating', 'c.rating_words', 'c.revision', 'c.last_entry'],
      ...['k.name as kind', 'k.department', 'k.due_hours', 'o.name as organisation', 'o.inn'],
      ...['a.email as author_email', 'a.phone as author_phone'],
      db.raw("a.surname || ' ' || a.name as author"),
      db.raw("s.surname || ' ' || s.name as assignee"),
    );

/** Narrows `conversations c` to what the reader may see; the rule stands here once, and in the lists beside it. */
function seenBy(query: Knex.QueryBuilder, db: Database, reader: Reader): void {
  const { account, organisation, seesAll } = reader;
  if (organisation !== null) void query.where('c.organisation_id', organisation);
  else
    void query.where((any) => {
      void any.whereNull('c.organisation_id').orWhereIn('c.organisation_id', readableBy(db, account));
    });
  if (organisation !== null && seesAll) return;
  void query.whereExists(
    db('conversation_people as p').whereRaw('p.conversation_id = c.id').where('p.account_id', account),
  );
}

/** The organisations whose requests and messages a person may read today. */
export const readableBy = (db: Database, account: string) =>
  db('memberships')
    .where('account_id', account)
    .whereNull('ended_at')
    .whereRaw('roles && ?::text[]', [CONVERSATION_READERS])
    .select('organisation_id');

/** @throws NotFound when it is not there, or not for this reader */
export async function getConversation(
  db: Database,
  reader: Reader,
  face: Face | null,
  id: string,
): Promise<Conversation> {
  const query = named(db).where('c.id', id);
  if (face) void query.where('c.face', face);
  seenBy(query, db, reader);
  const [row] = await query;
  if (!row) throw new NotFound();
  return row;
}

/** Any of them, for the company's own people. @throws NotFound */
export async function getAnyConversation(db: Database, id: string): Promise<Conversation> {
  const [row] = await named(db).where('c.id', id);
  if (!row) throw new NotFound();
  return row;
}

/** Locks a conversation: whatever happens to it comes one after another. @throws NotFound */
export async function lockConversation(trx: Transaction, id: string): Promise<void> {
  const row = await trx('conversations').where({ id }).forUpdate().first('id');
  if (!row) throw new NotFound();
}

/**
 * The next number of a face in a year, `З-2026-000123`. Whoever takes one holds the others up until his transaction ends:
 * to be asked for last. No number is ever missing.
 */
export async function takeNumber(trx: Transaction, face: Face, year: number): Promise<string> {
  const [row] = await trx('conversation_numbers')
    .insert({ face, year, last: 1 })
    .onConflict(['face', 'year'])
    .merge({ last: trx.raw('conversation_numbers.last + 1') })
    .returning<{ last: number }[]>('last');
  return `${WORDS[face].letter}-${year}-${String(row!.last).padStart(6, '0')}`;
}

export async function insertConversation(trx: Transaction, row: ConversationRow): Promise<void> {
  await trx('conversations').insert({ ...row, words: trx.raw("''::tsvector") } as ConversationRow);
}

export async function updateConversation(
  trx: Transaction,
  id: string,
  change: Partial<ConversationRow>,
): Promise<void> {
  await trx('conversations').where({ id }).update(change);
}

export async function insertEntry(trx: Transaction, row: ConversationEntryRow): Promise<void> {
  await trx('conversation_entries').insert(row);
}

export async function attachFiles(
  trx: Transaction,
  entry: Pick<ConversationEntryRow, 'id' | 'conversation_id'>,
  files: string[],
): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map((file_id, position) => ({
    file_id,
    conversation_id: entry.conversation_id,
    entry_id: entry.id,
    position,
  }));
  await trx('conversation_files').insert(rows);
}

/** What stands in a conversation's timeline. */
export interface Entry extends ConversationEntryRow {
  state: State | null;
  who: string | null;
  files: AttachedFile[];
}

export interface AttachedFile {
  id: string;
  entry_id: string;
  name: string;
  mime: string;
  size: number;
}

/** The timeline, oldest first. Notes are the staff's own: they are only read when asked for. */
export async function listEntries(
  db: Database,
  conversation: string,
  { notes }: { notes: boolean },
): Promise<Entry[]> {
  const query = db('conversation_entries as e')
    .leftJoin('accounts as a', 'a.id', 'e.account_id')
    .where('e.conversation_id', conversation)
    .orderBy('e.number')
    .select<Omit<Entry, 'files'>[]>('e.*', db.raw("a.surname || ' ' || a.name as who"));
  if (!notes) void query.whereNot('e.kind', 'note');
  const [entries, files] = await Promise.all([query, filesOf(db, conversation)]);
  return entries.map((entry) => ({ ...entry, files: files.filter((file) => file.entry_id === entry.id) }));
}

const filesOf = (db: Database, conversation: string) =>
  db('conversation_files as x')
    .join('files as f', 'f.id', 'x.file_id')
    .where('x.conversation_id', conversation)
    .orderBy(['x.entry_id', 'x.position'])
    .select<AttachedFile[]>('f.id', 'x.entry_id', 'f.name', 'f.mime', 'f.size');

/** A file of a conversation; of a note only when those may be seen. @throws NotFound */
export async function getAttachedFile(
  db: Database,
  conversation: string,
  file: string,
  { notes }: { notes: boolean },
): Promise<AttachedFile> {
  const query = db('conversation_files as x')
    .join('files as f', 'f.id', 'x.file_id')
    .join('conversation_entries as e', 'e.id', 'x.entry_id')
    .where({ 'x.conversation_id': conversation, 'x.file_id': file })
    .select<AttachedFile[]>('f.id', 'x.entry_id', 'f.name', 'f.mime', 'f.size');
  if (!notes) void query.whereNot('e.kind', 'note');
  const [row] = await query;
  if (!row) throw new NotFound();
  return row;
}
