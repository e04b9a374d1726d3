import type { Knex } from 'knex';
import type { Database, Transaction } from '../../db/knex.js';

/** What a conversation is found by: A the number and the subject, B what is said, C names. */
type Texts = Partial<Record<'A' | 'B' | 'C', string>>;

// The dictionary knows «ё» and «е» apart; people do not. Past 100,000 bytes nothing more is added: a conversation without
// end stays searchable by its beginning.
const ADD = `
  with said as (
    select id, setweight(to_tsvector('russian', translate(a, 'ёЁ', 'еЕ')), 'A')
      || setweight(to_tsvector('russian', translate(b, 'ёЁ', 'еЕ')), 'B')
      || setweight(to_tsvector('russian', translate(c, 'ёЁ', 'еЕ')), 'C') as words
    from unnest(?::uuid[], ?::text[], ?::text[], ?::text[]) as texts (id, a, b, c)
  ), known as (
    insert into conversation_words (word)
    select distinct word from (select unnest(tsvector_to_array(words)) as word from said) w
    where length(word) between 4 and 40 and word ~ '[[:alpha:]]' order by word
    on conflict do nothing
  )
  update conversations set words = conversations.words || said.words from said
  where conversations.id = said.id and length(conversations.words::text) < 100000`;

/**
 * Lets a conversation be found by these texts too, in the transaction that says them. Their stems join the list of known
 * words in one order, so that two who write at once never wait for each other in a circle: to be asked once a transaction.
 */
export function addWords(trx: Transaction, id: string, texts: Texts): Promise<void> {
  return addWordsOfMany(trx, [{ id, texts }]);
}

/** The same for several at once, each of them named once: one statement however many there are. */
export async function addWordsOfMany(trx: Transaction, all: { id: string; texts: Texts }[]): Promise<void> {
  const weighed = (weight: keyof Texts) => all.map(({ texts }) => texts[weight] ?? '');
  await trx.raw(ADD, [all.map(({ id }) => id), weighed('A'), weighed('B'), weighed('C')]);
}

/** A number as people write it: with «№», with a digit or a Latin letter that looks like its own. */
const respelled = (search: string) =>
  search
    .replace(/\s/g, '')
    .replace(/^(№|#|n°|no\.?)/i, '')
    .replace(/^[3z](?=-?\d{4}-)/i, 'з')
    .replace(/^[0o](?=-?\d{4}-)/i, 'о');

/** «З-2026-000123», «з2026-123», or the last digits alone. */
const NUMBER = /^([зо])?-?(?:(\d{4})-)?0*(\d{1,9})$/i;

/**
 * What to look for, as a `tsquery` of stems. A word that stands nowhere is taken for a slip of the hand: its nearest known
 * stems are looked for instead. Null when nothing can be found by it.
 */
export async function searched(db: Database, search: string): Promise<string | null> {
  const number = NUMBER.exec(respelled(search));
  if (number) return numbered(number[1]?.toLowerCase(), number[2], number[3]!);
  const { rows } = await db.raw<{ rows: { query: string | null }[] }>(ASKED, { search });
  return rows[0]!.query;
}

// In its words a number is `'з' '-2026' '-000123'`, a message's without the letter, which is a preposition. Digits alone
// may be those of a room as well.
function numbered(letter: string | undefined, year: string | undefined, serial: string): string {
  const own = `'-${serial.padStart(6, '0')}'`;
  if (!letter && !year) return `${own} | '${serial}'`;
  return [own, year && `'-${year}'`, letter && { з: "'з'", о: "!'з'" }[letter]].filter(Boolean).join(' & ');
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

/** A list of `conversations c` before its order: it selects `id` and `at`, its sort key. */
type List = () => Knex.QueryBuilder;
export type Order = 'asc' | 'desc';

/** So many of a list, in its order. */
export const ordered = (list: Knex.QueryBuilder, order: Order, size: number): Knex.QueryBuilder =>
  list
    .orderBy([
      { column: 'at', order },
      { column: 'id', order },
    ])
    .limit(size);

/** So many of a list are looked through before the index of words is asked. */
const NEAR = 2000;

/**
 * Reads the first rows of a list, or of what of it a search finds.
 *
 * The index of words knows no order: a frequent word's hundreds of thousands would all be fetched and sorted, while the
 * newest that hold it stand side by side. So the beginning of the list is looked through, and the index only asked for
 * words that are too rare there. How rare they are together, and in one organisation, Postgres cannot tell; the words
 * stand where its planner does not look, or it would at times walk along a whole table instead.
 *
 * @param read reads the rows of a page, given as a query of their `id` and `at`
 */
export async function firstOf<Row>(
  db: Database,
  list: List,
  words: string | null,
  { order, size }: { order: Order; size: number },
  read: (page: Knex.QueryBuilder) => PromiseLike<Row[]>,
): Promise<Row[]> {
  if (words === null) return read(ordered(list(), order, size));
  const beginning = ordered(list().select('c.words'), order, NEAR);
  const near = db.from(beginning.as('n')).whereRaw('n.words @@ ?::tsquery', words).select('id', 'at');
  const rows = await read(ordered(near, order, size));
  if (rows.length === size) return rows;
  const found = list().whereRaw('c.words @@ (select ?::tsquery)', words);
  const all = db.withMaterialized('found', found).from('found').select('id', 'at');
  return read(ordered(all, order, size));
}
