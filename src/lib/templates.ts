import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ejs from 'ejs';

type Locals = Record<string, unknown>;

// Public in EJS, missing in its types.
const { Template } = ejs as unknown as {
  Template: new (source: string, options: object) => { compile(): unknown; source: string };
};

/** Renders a template by its name below the folder, without the ending: `render('auth/login', { … })`. */
export type Render = (name: string, locals: Locals) => string;
type Compiled = (locals: Locals) => string;

/**
 * Reads every `.ejs` below a folder and answers the function that renders them, compiling each at its first use.
 *
 * A template names its locals in its first line, `<%# title, rows %>`: they are bound by name instead of through
 * `with`, which is faster, and a name that is not declared throws instead of printing nothing. What stands in
 * `shared` is there in every template. Paths of `include()` start at the folder.
 */
export function compileTemplates(folder: string, shared: Locals = {}): Render {
  const sources = new Map<string, { path: string; text: string }>();
  const templates = new Map<string, Compiled>();
  const render = (name: string, locals: Locals = {}) => {
    let template = templates.get(name);
    if (!template) {
      const source = sources.get(name);
      if (!source) throw new Error(`No such template: ${name}`);
      template = compile(source.text, source.path, known);
      templates.set(name, template);
    }
    return template(locals);
  };
  const known = { ...shared, include: render, escapeFn: escape };
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ejs')) continue;
    const path = join(folder, file);
    const name = relative(folder, path).split(sep).join('/').slice(0, -'.ejs'.length);
    sources.set(name, { path, text: readFileSync(path, 'utf8') });
  }
  return render;
}

function compile(source: string, path: string, known: Locals): Compiled {
  const declared = /^<%#([\s\w,$]*)%>\n?/.exec(source);
  if (!declared) throw new Error(`${path}: the first line must name the locals: <%# title, rows %>`);
  const names = declared[1]!.split(',').map((name) => name.trim());
  const options = { strict: true, compileDebug: false, destructuredLocals: names.filter(Boolean) };
  const template = new Template(source.slice(declared[0].length), options);
  template.compile();
  // EJS would look included files up on disk at every call. Its generated source stands in a function of our own
  // instead, around which all that is shared is bound once, and not again with every include.
  const text = `"use strict";\nreturn (locals) => {\n${template.source}\n};`;
  const bind = new Function(...Object.keys(known), text) as (...known: unknown[]) => Compiled;
  return bind(...Object.values(known));
}

/** What `<%=` prints. Most texts have nothing to escape: to look first is cheaper than EJS's replacing in all of them. */
function escape(value: unknown): string {
  if (typeof value === 'string' && !/[&<>'"]/.test(value)) return value;
  return ejs.escapeXML(value);
}
