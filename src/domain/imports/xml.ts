import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element: its text, or its children by their names (without namespaces) and what text stands among them. */
export type Element = string | { [name: string]: Element | Element[] };

const MOST_BYTES = 32 * 1024 * 1024;
/** Deeper than any document of 1C is. */
const MOST_DEPTH = 32;
const TEXT = '#text';
const CDATA = '#cdata';

const parser = new XMLParser({
  // Entities are a document's own words for texts: whoever needs them wants to be read as something else.
  processEntities: false,
  maxNestedTags: MOST_DEPTH,
  removeNSPrefix: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  textNodeName: TEXT,
  cdataPropName: CDATA,
});

/**
 * Reads a document without a DTD, in the encoding that it declares (UTF-8, windows-1251, or UTF-16 by its mark). Neither
 * entities of its own nor anything outside it is ever looked at.
 */
export function readXml(bytes: Buffer): { root: Element } | { problem: string } {
  if (bytes.length > MOST_BYTES) return { problem: 'Файл слишком большой. Разделите его на части' };
  const text = decoded(bytes);
  if (text === null) return { problem: 'Файл не читается: сохраните его в кодировке UTF-8 или windows-1251' };
  if (/<!\s*(doctype|entity)/i.test(text))
    return { problem: 'В файле есть описание DTD. Такие файлы не принимаются' };
  if (XMLValidator.validate(text) !== true) return { problem: 'Файл XML повреждён или загружен не целиком' };
  try {
    return { root: parser.parse(text) as Element };
  } catch {
    return { problem: 'Файл XML не читается' };
  }
}

/** By its mark, else by the declaration; without one it is UTF-8. */
function decoded(bytes: Buffer): string | null {
  const mark = bytes.subarray(0, 2).toString('hex');
  const start = bytes.subarray(0, 300).toString('latin1');
  const [, declared = 'utf-8'] = /^[^<]*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/i.exec(start) ?? [];
  const named = /^(windows-|cp-?)1251$/i.test(declared)
    ? 'windows-1251'
    : /^utf-?8$/i.test(declared)
      ? 'utf-8'
      : null;
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : named;
  if (encoding === null) return null;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The children of this name. */
export function all(element: Element | undefined, name: string): Element[] {
  if (typeof element !== 'object' || !Object.hasOwn(element, name)) return [];
  return [element[name]!].flat();
}

/** The first of those at the end of the path. */
export const first = (element: Element | undefined, ...path: string[]): Element | undefined =>
  path.reduce((at, name) => all(at, name)[0], element);

/** The text there, on its own; empty where there is none. */
export function textAt(element: Element | undefined, ...path: string[]): string {
  const found = first(element, ...path);
  if (found === undefined) return '';
  if (typeof found === 'string') return plain(found);
  const own = all(found, TEXT).map((text) => (typeof text === 'string' ? plain(text) : ''));
  const raw = all(found, CDATA).map((text) => (typeof text === 'string' ? text : ''));
  return [...own, ...raw].join(' ').trim();
}

/** All of this name, however deep they stand, but for those within another. */
export function within(element: Element, name: string): Element[] {
  if (typeof element === 'string') return [];
  return Object.entries(element).flatMap(([own, value]) =>
    [value].flat().flatMap((child) => (own === name ? [child] : within(child, name))),
  );
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five signs that XML itself has words for, and those by their numbers; once, so that nothing is made of them. */
const plain = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (_, decimal?: string, hex?: string, name?: string) =>
      name ? NAMED[name.toLowerCase()]! : sign(decimal ? Number(decimal) : parseInt(hex!, 16)),
  );

const sign = (code: number) => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '');
