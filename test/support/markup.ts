/** A tag of a page with its attributes; a text area's value is its text. */
export interface Tag {
  name: string;
  attributes: Record<string, string>;
}

const TAG =
  /<(\/?)([a-z][a-z0-9-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

/** One page is asked about several times in a row. */
let last: { html: string; tags: Tag[] } | undefined;

/** The tags that a browser would open, in their order. */
export function tags(html: string): Tag[] {
  if (last?.html !== html) last = { html, tags: read(html) };
  return last.tags;
}

const read = (html: string): Tag[] =>
  [...html.matchAll(TAG)]
    .filter(([, closing]) => closing === '')
    .map(([, , name, attributes]) => ({
      name: name!.toLowerCase(),
      attributes: Object.fromEntries(
        [...attributes!.matchAll(ATTRIBUTE)].map(([, key, double, single, bare]) => [
          key!.toLowerCase(),
          decoded(double ?? single ?? bare ?? ''),
        ]),
      ),
    }));

/** What the page's controls hold, by name: a line's or an area's text, a list's choice, the ticked boxes. */
export function controls(html: string): Record<string, string[]> {
  const found: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  const add = (name: string | undefined, value: string) => {
    if (name) (found[name] ??= []).push(value);
  };
  for (const { name, attributes } of tags(html)) {
    if (name !== 'input') continue;
    const box = attributes.type === 'checkbox' || attributes.type === 'radio';
    if (!box) add(attributes.name, attributes.value ?? '');
    else if ('checked' in attributes) add(attributes.name, attributes.value ?? 'on');
  }
  // A browser drops the line break right after the tag.
  for (const [, head, text] of html.matchAll(/<textarea([^>]*)>\n?([\s\S]*?)<\/textarea>/g)) {
    add(/ name="([^"]*)"/.exec(head!)?.[1], decoded(text!));
  }
  for (const [, head, options] of html.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
    const chosen = read(options!).find(({ attributes }) => 'selected' in attributes);
    add(/ name="([^"]*)"/.exec(head!)?.[1], chosen?.attributes.value ?? '');
  }
  return found;
}

/** Hidden fields by name, the first of each. */
export function hiddenFields(html: string): Record<string, string> {
  const hidden = tags(html).filter(
    ({ name, attributes }) => name === 'input' && attributes.type === 'hidden' && attributes.name,
  );
  return Object.fromEntries(
    hidden.reverse().map(({ attributes }) => [attributes.name!, attributes.value ?? '']),
  );
}

/** The addresses of our own pages that these tags lead to. */
export function ownLinks(html: string): string[] {
  const hrefs = tags(html)
    .filter(({ name }) => name === 'a' || name === 'iframe')
    .map(({ attributes }) => attributes.href ?? attributes.src ?? '');
  return [...new Set(hrefs.filter((href) => href.startsWith('/')))];
}

/** A page without what differs each time it is shown: ids, tokens. */
export function withoutIds(html: string): string {
  return html
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replace(/(name="_csrf" value=")[^"]*/g, '$1<token>');
}

const ENTITIES: Record<string, string> = {
  lt: '<',
  gt: '>',
  '#34': '"',
  '#39': "'",
  amp: '&',
  nbsp: '\u00a0',
};
const decoded = (text: string) =>
  text.replace(/&(lt|gt|#34|#39|amp|nbsp);/g, (_, name: string) => ENTITIES[name]!).replaceAll('\r', '\n');
