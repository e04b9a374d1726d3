import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ejs from 'ejs';

type Locals = Record<string, unknown>;
type Include = (name: string, locals?: Locals) => string;
type Compiled = (locals: Locals, include: Include) => string;
type Bound = (locals: Locals, escapeXml: unknown, include: Include) => string;

// Public in EJS, missing in its types.
const { Template } = ejs as unknown as {
  Template: new (source: string, options: object) => { compile(): unknown; source: string };
};

/** Renders a template by its name below the folder, without the ending: `render('auth/login', { … })`. */
export type Render = (name: string, locals: Locals) => string;

/**
 * Compiles every `.ejs` below a folder at once and answers the function that renders them.
 *
 * A template names its locals in its first line, `<%# title, rows %>`: they are bound by name instead of through
 * `with`, which is faster, and a name that is not declared throws instead of printing nothing. What stands in
 * `shared` is there in every template. Paths of `include()` start at the folder.
 */
export function compileTemplates(folder: string, shared: Locals = {}): Render {
  const templates = new Map<string, Compiled>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ejs')) continue;
    const path = join(folder, file);
    const name = relative(folder, path).split(sep).join('/').slice(0, -'.ejs'.length);
    templates.set(name, compile(readFileSync(path, 'utf8'), path, Object.keys(shared)));
  }
  const render: Render = (name, locals) => {
    const template = templates.get(name);
    if (!template) throw new Error(`No such template: ${name}`);
    return template({ ...shared, ...locals }, (child, childLocals) => render(child, childLocals ?? {}));
  };
  return render;
}

function compile(source: string, path: string, shared: string[]): Compiled {
  const declared = /^<%#([\s\w,$]*)%>\n?/.exec(source);
  if (!declared) throw new Error(`${path}: the first line must name the locals: <%# title, rows %>`);
  const names = declared[1]!.split(',').map((name) => name.trim());
  const destructuredLocals = [...new Set([...shared, ...names])].filter(Boolean);
  const template = new Template(source.slice(declared[0].length), { strict: true, compileDebug: false, destructuredLocals });
  template.compile();
  // EJS looks included files up on disk at every call; its generated source is bound to our own table instead.
  const body = new Function('locals, escapeFn, include, rethrow', `"use strict";\n${template.source}`) as Bound;
  return (locals, include) => body(locals, ejs.escapeXML, include);
}
