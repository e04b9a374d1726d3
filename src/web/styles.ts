type Declaration = [property: string, value: string];
interface Rule {
  /** The condition of the `@media` or `@supports` around it; empty at the top. */
  around: string;
  selector: string;
  declarations: Declaration[];
}
type Tokens = Map<string, string>;

const DARK = 'screen and (prefers-color-scheme:dark)';

/**
 * Makes one stylesheet of many sources: tokens replaced by what they stand for, `url(name)` by where that file is,
 * white space gone. What a browser of 2016 gets has no custom properties in it.
 *
 * @param tokens the source that holds the tokens: one `:root` block, and a second in the dark scheme
 * @param url where the file of that name is served
 */
export function buildStyles(tokens: string, sources: string[], url: (name: string) => string): string {
  const { light, dark } = readTokens(tokens);
  const rules = sources.flatMap(parse);
  for (const rule of rules) {
    for (const declaration of rule.declarations) {
      declaration[1] = declaration[1].replace(/url\(([\w.-]+)\)/g, (_, name: string) => `url(${url(name)})`);
    }
  }
  return print(withDark(rules, light, dark));
}

/** Every rule in its order, each group followed by what the dark scheme changes in it: the cascade stays as written. */
function withDark(rules: Rule[], light: Tokens, dark: Tokens): Rule[] {
  const all: Rule[] = [];
  let pending: Rule[] = [];
  for (const rule of rules) {
    if (rule.declarations.some((declaration) => overrides(declaration, pending, dark))) {
      all.push(...pending);
      pending = [];
    }
    all.push({
      ...rule,
      declarations: rule.declarations.map(([name, value]) => [name, resolve(value, light)]),
    });
    const changed = rule.declarations.filter(([, value]) => dependsOn(value, dark));
    if (changed.length === 0 || rule.around === '@media print') continue;
    if (rule.around.startsWith('@supports'))
      throw new Error(`${rule.selector}: no colour tokens inside @supports`);
    const both = new Map([...light, ...dark]);
    pending.push({
      around: `@media ${DARK}${rule.around ? rule.around.replace('@media ', ' and ').replace('screen and ', '') : ''}`,
      selector: rule.selector,
      declarations: changed.map(([name, value]) => onlyColour(name, resolve(value, both))),
    });
  }
  return [...all, ...pending];
}

/** A dark rule must not come after a plain one that was written to win over it. */
function overrides([name, value]: Declaration, pending: Rule[], dark: Tokens): boolean {
  if (dependsOn(value, dark) || value === '0') return false;
  const family = /^(color|background|border|box-shadow|outline)(?!-(radius|width|collapse|size))/.exec(
    name,
  )?.[1];
  if (!family) return false;
  return pending.some((rule) => rule.declarations.some(([other]) => other.startsWith(family)));
}

/** `border: 1px solid #123` changes nothing but the colour, so the dark rule says nothing but the colour. */
function onlyColour(name: string, value: string): Declaration {
  const colour = /(#[\da-f]{3,8}|rgba?\([^)]*\))/i.exec(value)?.[1];
  if (!colour || !/^(background|outline|border(-(top|right|bottom|left))?)$/.test(name)) return [name, value];
  return [`${name}-color`, colour];
}

function dependsOn(value: string, tokens: Tokens): boolean {
  return [...value.matchAll(/var\((--[\w-]+)\)/g)].some(([, name]) => tokens.has(name!));
}

function resolve(value: string, tokens: Tokens): string {
  return value.replace(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const found = tokens.get(name);
    if (found === undefined) throw new Error(`No such token: ${name}`);
    return found;
  });
}

function readTokens(source: string): { light: Tokens; dark: Tokens } {
  const rules = parse(source);
  const read = (dark: boolean) =>
    new Map(rules.filter((rule) => Boolean(rule.around) === dark).flatMap((rule) => rule.declarations));
  return { light: read(false), dark: read(true) };
}

/** Reads plain CSS of at most one level of nesting, which is all that the sources hold. */
function parse(source: string): Rule[] {
  const rules: Rule[] = [];
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '');
  let around = '';
  for (const [, before, sign] of text.matchAll(/((?:'[^']*'|"[^"]*"|[^{}])*)([{}])/g)) {
    const head = tidy(before!);
    if (sign === '}') {
      if (head) rules.at(-1)!.declarations.push(...head.split(/;\s*/).filter(Boolean).map(declaration));
      else if (closed(rules, around)) around = '';
    } else if (/^@(media|supports|keyframes)/.test(head)) {
      around = head.replace(/: /g, ':');
    } else {
      rules.push({ around, selector: head.replace(/ ?([>+~,]) ?/g, '$1'), declarations: [] });
    }
  }
  return rules;
}

function closed(rules: Rule[], around: string): boolean {
  return around !== '' && (rules.at(-1)?.declarations.length ?? 0) > 0;
}

function declaration(text: string): Declaration {
  const colon = text.indexOf(':');
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/, /g, ',')
    .replace(/([ ,(:-])0\./g, '$1.')
    .trim();
}

function print(rules: Rule[]): string {
  let css = '';
  let around = '';
  for (const rule of rules) {
    if (rule.around !== around) {
      css += (around && '}') + (rule.around && `${rule.around}{`);
      around = rule.around;
    }
    css += `${rule.selector}{${rule.declarations.map(([name, value]) => `${name}:${value}`).join(';')}}`;
  }
  return css + (around && '}');
}
