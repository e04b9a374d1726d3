import type { Database, Transaction } from '../../db/knex.js';

/** The Russian dictionary knows «ё» and «е» apart; people do not. */
const folded = (sql: string) => `translate(${sql}, 'ёЁ', 'еЕ')`;

/** Words of a text, weighed: A for the number and the subject, B for what is said, C for names. */
type Weight = 'A' | 'B' | 'C';

/** Past so many bytes nothing more is added: a conversation without end stays searchable by its beginning. */
const ENOUGH = 100_000;

/**
 * Lets a conversation be found by these texts too, in the transaction that says them. Their stems join the list of known
 * words in one order, so that two who write at once never wait for each other in a circle.
 */
export async function addWords(
  trx: Transaction,
  conversation: string,
  texts: [Weight, string][],
): Promise<void> {
  const vector = texts.map(() => `setweight(to_tsvector('russian', ${folded('?')}), ?)`).join(' || ');
  const values = texts.flatMap(([weight, text]) => [text, weight]);
  await trx('conversations')
    .where({ id: conversation })
    .whereRaw(`length(words::text) < ${ENOUGH}`)
    .update({ words: trx.raw(`words || ${vector}`, values) } as never);
  await trx.raw(
    `insert into conversation_words (word)
     select word from (select unnest(tsvector_to_array(${vector})) as word) w
     where length(word) between 4 and 40 and word ~ '[[:alpha:]]' order by word
     on conflict do nothing`,
    values,
  );
}

/** A number as people type it: «З-2026-000123», «з2026-123», or its last digits alone. */
const NUMBER = /^([зо])?-?(?:(\d{4})-)?0*(\d{1,9})$/i;

/**
 * What to look for: a number, or stems as a `tsquery`. A word that stands nowhere is taken for a slip of the hand: its
 * nearest known stems are looked for instead. Null when nothing can be found by it.
 */
async function asked(db: Database, search: string): Promise<string | null> {
  const { rows } = await db.raw<{ rows: { query: string | null }[] }>(
    `with typed as (
       select distinct unnest(tsvector_to_array(to_tsvector('russian', ${folded(':search')}))) as stem
     ), near as (
       select stem, case when length(stem) < 4 or exists (select from conversation_words where word = stem)
         then array[stem]
         else coalesce((select array_agg(word) from (
           select word from conversation_words where word % stem order by similarity(word, stem) desc, word limit 4
         ) w), array[stem]) end as words
       from typed
     )
     select string_agg('(' || (select string_agg(quote_literal(word), ' | ') from unnest(words) as word) || ')', ' & ')
       as query from near`,
    { search },
  );
  return rows[0]!.query;
}

/** A condition over `conversations c`, with its values. */
export type Condition = [sql: string, values: string[]];

/** What a search asks of `conversations c`; null when nothing is searched. */
export async function searched(db: Database, search: string): Promise<Condition | null> {
  if (!search) return null;
  const number = NUMBER.exec(search.replace(/\s/g, ''));
  if (!number) {
    const words = await asked(db, search);
    return words === null ? ['false', []] : ['c.words @@ ?::tsquery', [words]];
  }
  const [, letter, year, serial = ''] = number;
  const padded = serial.padStart(6, '0');
  const like = `${letter?.toUpperCase() ?? '_'}-${year ?? '____'}-${padded}`;
  const sql = "((right(c.number, 6) = ? and c.number like ?) or c.words @@ to_tsquery('russian', ?))";
  return [sql, [padded.slice(-6), like, serial]];
}
