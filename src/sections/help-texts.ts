import { join } from 'node:path';
import type { HelpText } from '../domain/help/help.data.js';
import { ROOT } from '../lib/places.js';
import { compileTemplates } from '../lib/templates.js';

/** What is read of a chapter. */
export interface Readable {
  title: string;
  lead: string;
  template: string;
}

interface Library {
  /** The chapters without their tags, in their order. */
  texts: HelpText[];
  /** Every word of them that is longer than two letters, folded. */
  vocabulary: Set<string>;
}

const libraries = new Map<string, Library>();

/** What the search looks through: read at the first search of these chapters, for no start has to wait for it. */
export function readTexts(chapters: Readable[]): Library {
  const key = chapters.map(({ template }) => template).join();
  const library = libraries.get(key) ?? read(chapters);
  libraries.set(key, library);
  return library;
}

function read(chapters: Readable[]): Library {
  // A search reads words alone, so a picture's address may be nothing.
  const render = compileTemplates(join(ROOT, 'views'), { asset: () => '' });
  const texts = chapters.map(({ title, lead, template }) => ({
    title,
    body: plain(`<p>${lead}</p>${render(template, {})}`),
  }));
  const words = texts.flatMap(({ title, body }) => wordsOf(`${title} ${body}`));
  return { texts, vocabulary: new Set(words.filter((word) => word.length > 2)) };
}

const ENTITIES: Record<string, string> = {
  nbsp: ' ',
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#34': '"',
  '#39': "'",
};

/** The words of a piece of our own HTML. Headings and terms end like sentences. */
function plain(html: string): string {
  return html
    .replace(/<\/(h2|dt)>/g, '. ')
    .replace(/<\/?(p|li|ol|ul|h2|figure|dt|dd|dl|div)\b[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&([a-z]+|#\d+);/g, (entity, name: string) => ENTITIES[name] ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
}

/** As words are compared: «е» for «ё», which people write as they like. Every letter keeps its place. */
export const fold = (text: string) => text.toLowerCase().replaceAll('ё', 'е');

/** The words of a text, folded. */
export const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
