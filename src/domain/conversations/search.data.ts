import type { Database, Transaction } from '../../db/knex.js';

/** What a conversation is found by: A the number and the subject, B what is said, C names. */
type Texts = Partial<Record<'A' | 'B' | 'C', string>>;

// The dictionary knows «ё» and «е» apart; people do not. Past 100,000 bytes nothing more is added: a conversation without
// end stays searchable by its beginning.
const ADD = `
  with said as (
    select setweight(to_tsvector('russian', translate(:a, 'ёЁ', 'еЕ')), 'A')
      || setweight(to_tsvector('russian', translate(:b, 'ёЁ', 'еЕ')), 'B')
      || setweight(to_tsvector('russian', translate(:c, 'ёЁ', 'еЕ')), 'C') as words
  ), known as (
    insert into conversation_words (word)
    select word from (select unnest(tsvector_to_array(words)) as word from said) w
    where length(word) between 4 and 40 and word ~ '[[:alpha:]]' order by word
    on conflict do nothing
  )
  update conversations set words = conversations.words || said.words from said
  where id = :id and length(conversations.words::text) < 100000`;

/**
 * Lets a conversation be found by these texts too, in the transaction that says them. Their stems join the list of known
 * words in one order, so that two who write at once never wait for each other in a circle: to be asked once a transaction.
 */
export async function addWords(
  trx: Transaction,
  id: string,
  { A = '', B = '', C = '' }: Texts,
): Promise<void> {
  await trx.raw(ADD, { id, a: A, b: B, c: C });
}

/** A number as people type it: «З-2026-000123», «з2026-123», or its last digits alone. */
const NUMBER = /^([зо])?-?(?:(\d{4})-)?0*(\d{1,9})$/i;

/**
 * What to look for: a number, or stems as a `tsquery`. A word that stands nowhere is taken for a slip of the hand: its
 * nearest known stems are looked for instead. Null when nothing can be found by it.
 */
async function asked(db: Database, search: string): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { query: string | null }[] }>(ASKED, { search });
  return rows[0]!.query;
}

const ASKED = `
  with typed as (
    select distinct unnest(tsvector_to_array(to_tsvector('russian', translate(:search, 'ёЁ', 'еЕ')))) as stem
  ), near as (
    select stem, case when length(stem) < 4 or exists (select from conversation_words where word = stem)
      then array[stem]
      else coalesce((select array_agg(word) from (
        select word from conversation_words where word % stem order by similarity(word, stem) desc, word limit 4
      ) w), array[stem]) end as words
    from typed
  )
  select string_agg('(' || (select string_agg(quote_literal(word), ' | ') from unnest(words) as word) || ')', ' & ')
    as query from near`;

/** What a search asks of `conversations c`, as SQL with its values; null when nothing is searched. */
export async function searched(db: Database, search: string) {
  if (!search) return null;
  const number = NUMBER.exec(search.replace(/\s/g, ''));
  if (!number) {
    const words = await asked(db, search);
    return words === null ? NOTHING : ({ sql: BY_WORDS, values: [words] } as const);
  }
  const [, letter, year, serial = ''] = number;
  const padded = serial.padStart(6, '0');
  const like = `${letter?.toUpperCase() ?? '_'}-${year ?? '____'}-${padded}`;
  return { sql: BY_NUMBER, values: [padded.slice(-6), like, serial] } as const;
}

export type Condition = Awaited<ReturnType<typeof searched>>;

const NOTHING = { sql: 'false', values: [] } as const;
const BY_WORDS = 'c.words @@ ?::tsquery';
const BY_NUMBER = "((right(c.number, 6) = ? and c.number like ?) or c.words @@ to_tsquery('russian', ?))";
