import type { Knex } from 'knex';
import type { Database } from '../../db/knex.js';
import { PAGE_SIZE, pageOf, type Page, type Position } from '../../db/paging.js';
import type { AuditRow } from '../../db/rows.js';

/** Which entries; null: all. */
export interface JournalFilter {
  /** An account: what it did, and what was done to it. */
  person: string | null;
  organisations: string[] | null;
  actions: string[] | null;
  from: Date | null;
  /** Up to this moment, without it. */
  to: Date | null;
}

/** An entry with the names of whoever acted, whose account it is about, and where. */
export interface JournalEntry extends AuditRow {
  who: string | null;
  email: string | null;
  subject: string | null;
  organisation: string | null;
  /** The import that it is about, while that is kept. */
  import: string | null;
}

/**
 * One page of everybody's journal, the newest first. The entries are chosen before their names are looked up, and of a
 * person by two indexes, each for one way to concern him.
 */
export async function searchJournal(
  db: Database,
  filter: JournalFilter,
  { backwards, cursor }: Position,
): Promise<Page<JournalEntry>> {
  const order = backwards ? 'asc' : 'desc';
  const newest = <Q extends Knex.QueryBuilder>(query: Q, table: string): Q =>
    query
      .orderBy([
        { column: `${table}.at`, order },
        { column: `${table}.id`, order },
      ])
      .limit(PAGE_SIZE + 1) as Q;
  const chosen = () => {
    const query = newest(db('audit as e').select('e.*'), 'e');
    const { organisations, actions, from, to } = filter;
    if (organisations) void query.whereIn('e.organisation_id', organisations);
    if (actions) void query.whereIn('e.action', actions);
    if (from) void query.where('e.at', '>=', from);
    if (to) void query.where('e.at', '<', to);
    if (cursor)
      void query.whereRaw(backwards ? '(e.at, e.id) > (?, ?)' : '(e.at, e.id) < (?, ?)', [
        cursor.at,
        cursor.id,
      ]);
    return query;
  };
  const { person } = filter;
  const entries = person
    ? db.unionAll(
        [
          chosen().where('e.account_id', person),
          chosen().where('e.subject_id', person).whereRaw('e.account_id is distinct from ?', [person]),
        ],
        true,
      )
    : chosen();
  const query = newest(db.from(entries.as('j')), 'j')
    .leftJoin('accounts as a', 'a.id', 'j.account_id')
    .leftJoin('accounts as s', 's.id', 'j.subject_id')
    .leftJoin('organisations as o', 'o.id', 'j.organisation_id')
    .leftJoin('imports as i', 'i.id', 'j.subject_id')
    .select(
      'j.*',
      'a.email',
      'o.name as organisation',
      'i.id as import',
      db.raw("a.surname || ' ' || a.name as who"),
      db.raw(
        "case when s.id is distinct from a.id then s.surname || ' ' || s.name || ' (' || s.email || ')' end as subject",
      ),
    );
  return pageOf((await query) as JournalEntry[], (row) => row.at, { backwards, cursor });
}

/** Who has done this to it last; null: nobody has, or his account is gone. */
export async function lastWho(db: Database, subject: string, action: string): Promise<string | null> {
  const row = await db('audit as e')
    .join('accounts as a', 'a.id', 'e.account_id')
    .where({ 'e.subject_id': subject, 'e.action': action })
    .orderBy('e.id', 'desc')
    .first<{ who: string } | undefined>(db.raw("a.surname || ' ' || a.name as who"));
  return row?.who ?? null;
}

/** The organisations that are meant: by an ИНН, or by a part of the name. */
export async function organisationsMeant(db: Database, typed: string): Promise<string[]> {
  const digits = typed.replace(/\s/g, '');
  const query = db('organisations').limit(50);
  if (/^\d{10}(\d\d)?$/.test(digits)) void query.where({ inn: digits });
  else void query.whereRaw('name ilike ?', [`%${typed.replace(/[\\%_]/g, '\\$&')}%`]).orderBy('name');
  return query.pluck('id');
}
