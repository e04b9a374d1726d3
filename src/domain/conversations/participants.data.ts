import type { Database, Transaction } from '../../db/knex.js';
import type { ConversationPersonRow, ConversationRow } from '../../db/rows.js';
import type { Addressee } from '../memberships/memberships.data.js';
import { MAIL_TOPICS } from '../people/mail-choices.js';
import { CONVERSATION_READERS, CONVERSATION_WRITERS } from './conversations.policy.js';

/** Lets somebody take part; false when he does already. */
export async function addPerson(trx: Transaction, row: ConversationPersonRow): Promise<boolean> {
  const added = await trx('conversation_people')
    .insert(row)
    .onConflict(['conversation_id', 'account_id'])
    .ignore()
    .returning('account_id');
  return added.length > 0;
}

/** Somebody takes part no more; false when he did not. */
export async function removePerson(
  trx: Transaction,
  conversation_id: string,
  account_id: string,
): Promise<boolean> {
  return (await trx('conversation_people').where({ conversation_id, account_id }).delete()) > 0;
}

/** Somebody who takes part, as the page names him. */
export interface Participant extends Pick<ConversationPersonRow, 'account_id' | 'unread_at'> {
  name: string;
  email: string;
}

export async function listPeople(db: Database, conversation: string): Promise<Participant[]> {
  return db('conversation_people as p')
    .join('accounts as a', 'a.id', 'p.account_id')
    .where('p.conversation_id', conversation)
    .orderBy(['p.added_at', 'a.surname', 'a.id'])
    .select<Participant[]>(
      'p.account_id',
      'p.unread_at',
      'a.email',
      db.raw("a.surname || ' ' || a.name as name"),
    );
}

/** Members of the organisation who may read it and do not take part yet, by name. */
export async function listColleagues(
  db: Database,
  conversation: Pick<ConversationRow, 'id' | 'organisation_id'>,
): Promise<{ id: string; name: string; email: string; writes: boolean }[]> {
  return db('memberships as m')
    .join('accounts as a', 'a.id', 'm.account_id')
    .where('m.organisation_id', conversation.organisation_id)
    .whereNull('m.ended_at')
    .whereNull('a.blocked_at')
    .whereRaw('m.roles && ?::text[]', [CONVERSATION_READERS])
    .whereNotExists(
      db('conversation_people as p')
        .where('p.conversation_id', conversation.id)
        .whereRaw('p.account_id = a.id'),
    )
    .orderBy(['a.surname', 'a.name', 'a.id'])
    .limit(500)
    .select(
      ...['a.id', 'a.email', db.raw("a.surname || ' ' || a.name as name")],
      db.raw('m.roles && ?::text[] as writes', [CONVERSATION_WRITERS]),
    );
}

/** Who of those who take part may still read it and wants letters about it; `only`: of all of them this one. */
export async function listeners(
  db: Database,
  { id, organisation_id }: Pick<ConversationRow, 'id' | 'organisation_id'>,
  only: string | null = null,
): Promise<Addressee[]> {
  const query = db('conversation_people as p')
    .join('accounts as a', 'a.id', 'p.account_id')
    .leftJoin('mail_choices as m', (on) => on.on('m.account_id', 'a.id').andOnVal('m.topic', 'requests'))
    .where('p.conversation_id', id)
    .whereNull('a.blocked_at')
    .whereRaw('coalesce(m.by_mail, ?)', [MAIL_TOPICS.requests.usually])
    .orderBy('a.email')
    .select('a.email', 'a.name', 'a.patronymic');
  if (only) void query.where('p.account_id', only);
  if (organisation_id)
    void query.whereExists(
      db('memberships as x')
        .whereRaw('x.account_id = p.account_id')
        .where('x.organisation_id', organisation_id)
        .whereNull('x.ended_at')
        .whereRaw('x.roles && ?::text[]', [CONVERSATION_READERS]),
    );
  return query;
}

/** For everybody who takes part there is something new of the company's. */
export async function markUnread(trx: Transaction, conversation: string, now: Date): Promise<void> {
  await trx('conversation_people')
    .where({ conversation_id: conversation })
    .whereNull('unread_at')
    .update({ unread_at: now });
}

/** This person has read all of it. */
export async function markConversationRead(
  db: Database,
  conversation: string,
  account: string,
): Promise<void> {
  await db('conversation_people')
    .where({ conversation_id: conversation, account_id: account })
    .update({ unread_at: null });
}

/** The organisation changes: in the index of everybody's list too. What becomes the author's own is nobody else's any more. */
export async function movePeople(
  trx: Transaction,
  { id, author_id }: Pick<ConversationRow, 'id' | 'author_id'>,
  organisation: string | null,
): Promise<void> {
  const people = () => trx('conversation_people').where({ conversation_id: id });
  if (organisation === null) await people().whereNot({ account_id: author_id }).delete();
  await people().update({ organisation_id: organisation });
}
