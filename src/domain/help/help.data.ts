import type { Database } from '../../db/knex.js';

export interface HelpText {
  title: string;
  body: string;
}

/** A text that was found: which of those given, with the words that were asked for between `HIT` and `END`. */
export interface FoundText extends HelpText {
  at: number;
}

/** Signs of the private use area: no text of ours holds them. */
export const HIT = '\ue000';
export const END = '\ue001';

/**
 * The texts that hold all words of the query in any of their forms (of several joined by «or», one of them), the best
 * first; a word in a title weighs more. Nothing is stored: a dozen short texts are read in some 10 ms.
 *
 * @param query as one types it into a search engine: any text at all is a query, if one that finds nothing
 */
export async function findTexts(db: Database, texts: HelpText[], query: string): Promise<FoundText[]> {
  const { rows } = await db.raw<{ rows: FoundText[] }>(
    `with asked as (select websearch_to_tsquery('russian', :query) as words),
     given as (
       select at::int - 1 as at, title, body,
         setweight(to_tsvector('russian', title), 'A') || setweight(to_tsvector('russian', body), 'C') as words
       from unnest(:titles::text[], :bodies::text[]) with ordinality as text (title, body, at)
     )
     select at, ts_headline('russian', title, asked.words, :marks) as title,
       ts_headline('russian', body, asked.words, :marks) as body
     from given, asked where given.words @@ asked.words
     order by ts_rank(given.words, asked.words) desc, at`,
    {
      query,
      titles: texts.map(({ title }) => title),
      bodies: texts.map(({ body }) => body),
      marks: `StartSel=${HIT}, StopSel=${END}, HighlightAll=true`,
    },
  );
  return rows;
}
