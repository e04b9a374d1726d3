/** What a person sees of a page: its text without tags, entities and line breaks. */
export function words(html: string): string {
  const text = html
    .replace(/<head>[\s\S]*?<\/head>/, ' ')
    .replace(/<span class="sub">/g, ' ')
    .replace(/<\/?(b|a|span|time|small)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ');
  return plain(text).replace(/\s+/g, ' ').trim();
}

/** The messages of a form that came back, by the name of their field. */
export function errorsOf(html: string): Record<string, string> {
  const found = html.matchAll(/id="error-([\w-]+)"><span class="vh">Ошибка: <\/span>([^<]*)</g);
  return Object.fromEntries([...found].map(([, name, text]) => [name!, plain(text!)]));
}

/** What stands in a line or an area of the form; undefined when it has no value. */
export function valueOf(html: string, name: string): string | undefined {
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>\\n?([^<]*)</textarea>`).exec(html)?.[1];
  if (area !== undefined) return plain(area);
  const tag = new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(html)?.[0] ?? '';
  const value = / value="([^"]*)"/.exec(tag)?.[1];
  return value === undefined ? undefined : plain(value);
}

/** The addresses of the page's links, by what they say. */
export function linksOf(html: string): Record<string, string> {
  const found = [...html.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)];
  return Object.fromEntries(found.map(([, href, label]) => [words(label!), plain(href!)]));
}

/** The rows of the page's first table, each as its cells' texts. */
export function rowsOf(html: string): string[][] {
  const body = /<tbody>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '';
  return [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell]) => words(cell!)),
  );
}

const ENTITIES: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&#34;': '"',
  '&#39;': "'",
  '&amp;': '&',
  '&nbsp;': ' ',
};
const plain = (text: string) =>
  text.replace(/&(lt|gt|#34|#39|amp|nbsp);/g, (entity) => ENTITIES[entity]!).replaceAll('\u00a0', ' ');
