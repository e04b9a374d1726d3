import type { Policy } from '../web/section.js';

/** A page of a help: `<path of the help>/<address>`, written in `<views of the help>/<address>.ejs`. */
export interface Chapter<Scope> {
  address: string;
  title: string;
  lead: string;
  /** Who reads it; everybody whom the help is open to, where it does not say. */
  readers?: Policy<Scope>;
  /** Where one does what the chapter tells. `to`: whom that page is open to, where not to all who read the chapter. */
  screen?: { label: string; href: string; to?: Policy<Scope> };
}

/** Chapters under a heading of the first page. */
export interface Group<Scope> {
  title: string;
  chapters: Chapter<Scope>[];
}

/** A help with its chapters in their order: tenants have one, the company's own people another. */
export interface Help<Scope> {
  path: string;
  /** The folder of the chapters' templates, below `views`. */
  views: string;
  lead: string;
  groups: Group<Scope>[];
  /** Another help that this reader may open. */
  other: (scope: Scope) => { label: string; href: string } | null;
}

/** The template of a chapter, below `views`. */
export const templateOf = ({ views }: { views: string }, { address }: { address: string }) =>
  `${views}/${address}`;

const isFor =
  <Scope>(scope: Scope) =>
  ({ readers }: Chapter<Scope>) =>
    !readers || readers(scope);

/** Whether there is a chapter for this reader; menus ask on every page. */
export const hasReadable = <Scope>(help: Help<Scope>, scope: Scope) =>
  help.groups.some(({ chapters }) => chapters.some(isFor(scope)));

/** The chapters that this reader may open, with their addresses, by their groups; a group without any is left out. */
export function readable<Scope>(help: Help<Scope>, scope: Scope) {
  return help.groups
    .map(({ title, chapters }) => ({
      title,
      chapters: chapters.filter(isFor(scope)).map((chapter) => ({
        ...chapter,
        href: `${help.path}/${chapter.address}`,
        template: templateOf(help, chapter),
      })),
    }))
    .filter(({ chapters }) => chapters.length > 0);
}
