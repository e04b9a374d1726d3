import { END, HIT } from '../domain/help/help.data.js';

/** A piece of a text; a hit is what was searched for. The view escapes both. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** So many characters of a chapter are shown. */
const LENGTH = 220;
/** So many of them stand before the first hit. */
const BEFORE = 60;

/**
 * The original text cut where the search has marked its folded copy: folding changes letters, never their number.
 */
export function marked(copy: string, original: string): Piece[] {
  let at = 0;
  return copy
    .split(new RegExp(`(${HIT}[^${END}]*${END})`))
    .map((part) => {
      const hit = part.startsWith(HIT);
      const length = part.length - (hit ? 2 : 0);
      const text = original.slice(at, at + length);
      at += length;
      return { text, hit };
    })
    .filter(({ text }) => text !== '');
}

/** The part of a text that has the most hits, cut between words; its beginning where there is none. */
export function excerpt(pieces: Piece[]): Piece[] {
  const text = pieces.map((piece) => piece.text).join('');
  let end = 0;
  const spans = pieces.map(({ text: { length }, hit }) => ({ hit, from: end, to: (end += length) }));
  const hits = spans.filter(({ hit }) => hit);
  const within = (from: number) => hits.filter((one) => one.from >= from && one.to <= from + LENGTH - BEFORE);
  const best = hits.reduce(
    (most, { from }) => (within(from).length > within(most).length ? from : most),
    hits[0]?.from ?? 0,
  );

  const wish = Math.max(0, Math.min(best - BEFORE, text.length - LENGTH));
  const from = wish === 0 ? 0 : text.indexOf(' ', wish - 1) + 1;
  const whole = from + LENGTH >= text.length;
  const to = whole ? text.length : text.slice(0, text.lastIndexOf(' ', from + LENGTH)).search(/[\s.,:;«(]*$/);
  const cut = spans
    .map((span) => ({ hit: span.hit, text: text.slice(Math.max(span.from, from), Math.min(span.to, to)) }))
    .filter((piece) => piece.text !== '');
  const dots = (there: boolean): Piece[] => (there ? [{ text: '…', hit: false }] : []);
  return [...dots(from > 0), ...cut, ...dots(!whole)];
}
