import { helpers } from '../domain/organisations/company.js';
import { view } from '../web/answer.js';
import { anyone, type SectionBuilder } from '../web/section.js';
import { hasReadable, readable, type Chapter, type Help } from './help-chapters.js';
import { cleanQuery, MAX_QUERY, searchHelp } from './help-search.js';
import type { Parts } from './section.js';

const TITLE = 'Помощь';

/** Declares the pages of a help: the first one with its search, and a route a chapter. */
export function helpPages<Scope>(section: SectionBuilder<Scope, Parts>, help: Help<Scope>): void {
  const { path, lead } = help;
  const crumbs = [{ label: TITLE, href: path }];
  const open = (scope: Scope) => readable(help, scope).flatMap(({ chapters }) => chapters);

  section.page(
    '/',
    (scope) => hasReadable(help, scope),
    async ({ db, query, scope, parts }) => {
      const asked = cleanQuery(query.get('search') ?? '');
      const search = { path, asked, most: MAX_QUERY };
      if (asked === '') {
        const [groups, other] = [readable(help, scope), help.other(scope)];
        return view('shared/help/index', { title: TITLE, lead, groups, search, other });
      }
      return view('shared/help/found', {
        title: `Поиск: ${asked}`,
        crumbs,
        search,
        ...(await searchHelp(db, open(scope), asked)),
        contacts: helpers(parts.company.current()),
      });
    },
  );

  // Every chapter is a route of its own: a parameter of an address is always an id.
  for (const { address, readers } of help.groups.flatMap(({ chapters }) => chapters)) {
    section.page(`/${address}`, readers ?? anyone, ({ scope }) => {
      const chapters = open(scope);
      const at = chapters.findIndex((one) => one.address === address);
      const chapter = chapters[at]!;
      return view('shared/help/chapter', {
        title: chapter.title,
        crumbs,
        lead: chapter.lead,
        template: chapter.template,
        screen: openScreen(chapter, scope),
        previous: chapters[at - 1] ?? null,
        next: chapters[at + 1] ?? null,
      });
    });
  }
}

/** The chapter's screen where this reader may open it: no link of ours leads to a refusal. */
function openScreen<Scope>({ screen }: Chapter<Scope>, scope: Scope) {
  return screen && (!screen.to || screen.to(scope)) ? screen : null;
}
