import type { Database } from '../db/knex.js';
import { findTexts, type FoundText } from '../domain/help/help.data.js';
import { inRussianLayout, nearest } from '../lib/spelling.js';
import { excerpt, marked, type Piece } from './help-excerpt.js';
import { fold, readTexts, wordsOf, type Readable } from './help-texts.js';

export const MAX_QUERY = 100;

export interface Found {
  /** What was searched for instead of what was typed; null when that was found as it stands. */
  instead: string | null;
  hits: { href: string; title: Piece[]; text: Piece[] }[];
}

/** What may be searched for: one line of at most 100 characters that Postgres can take. */
export function cleanQuery(typed: string): string {
  const line = typed.replace(/[\s\0]+/g, ' ').trim();
  return Array.from(line).slice(0, MAX_QUERY).join('').toWellFormed().trim();
}

/**
 * Looks through the chapters: for what was typed; where that finds nothing, for the same with slips of the hand and a
 * forgotten keyboard layout mended; then for any of its words.
 */
export async function searchHelp(
  db: Database,
  chapters: (Readable & { href: string })[],
  typed: string,
): Promise<Found> {
  const { texts, vocabulary } = readTexts(chapters);
  const folded = texts.map(({ title, body }) => ({ title: fold(title), body: fold(body) }));
  const find = (query: string) => findTexts(db, folded, fold(query));

  const direct = await find(typed);
  if (direct.length > 0) return { instead: null, hits: direct.map(shown) };
  const words = mend(typed, vocabulary);
  const mended = words.join(' ');
  const instead = mended === wordsOf(typed).join(' ') ? null : mended;
  const second = instead ? await find(instead) : [];
  if (second.length > 0) return { instead, hits: second.map(shown) };
  const any = words.length > 1 ? await find(words.join(' or ')) : [];
  return { instead: any.length > 0 ? instead : null, hits: any.map(shown) };

  function shown({ at, title, body }: FoundText) {
    const original = texts[at]!;
    return {
      href: chapters[at]!.href,
      title: marked(title, original.title),
      text: excerpt(marked(body, original.body)),
    };
  }
}

/** Each word as the chapters know it, or as it was typed. */
function mend(typed: string, vocabulary: Set<string>): string[] {
  const known = (word: string) => (vocabulary.has(word) ? word : nearest(word, vocabulary));
  // In the other layout letters hide behind signs, «;» is «ж»: only spaces part these words.
  return typed.split(' ').flatMap((piece) => {
    const other = fold(inRussianLayout(piece));
    if (/[a-z]/i.test(piece) && !vocabulary.has(fold(piece))) {
      const found = known(other);
      if (found) return [found];
    }
    return wordsOf(piece).map((word) => known(word) ?? word);
  });
}
