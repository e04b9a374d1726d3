import { helpers } from '../../domain/organisations/company.js';
import { view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import type { Visit } from '../../web/visit.js';
import { section, visitor, type Ctx } from '../section.js';
import { CHAPTERS, HELP, templateOf, type Chapter } from './help.chapters.js';
import { cleanQuery, MAX_QUERY, searchHelp } from './help.search.js';

/** «Помощь», manual 4.1: the manual's chapters, open to everybody. */
export const helpSection = section({
  path: '/help',
  area: 'public',
  load: visitor,
  visitors: true,
  nav: { label: 'Помощь', menu: 'top', order: 30 },
});

const TITLE = 'Помощь';
const crumbs = [{ label: TITLE, href: '/help' }];

helpSection.page('/', anyone, async ({ db, query, parts }) => {
  const asked = cleanQuery(query.get('search') ?? '');
  if (asked === '') return view('public/help/index', { title: TITLE, groups: HELP, most: MAX_QUERY });
  return view('public/help/found', {
    title: `Поиск: ${asked}`,
    crumbs,
    asked,
    most: MAX_QUERY,
    ...(await searchHelp(db, asked)),
    contacts: helpers(parts.company.current()),
  });
});

// Every chapter is a route of its own: a parameter of an address is always an id.
CHAPTERS.forEach((chapter, at) => {
  helpSection.page(`/${chapter.address}`, anyone, ({ visit }: Ctx<Visit>) =>
    view('public/help/chapter', {
      title: chapter.title,
      crumbs,
      lead: chapter.lead,
      template: templateOf(chapter),
      screen: openScreen(chapter, visit),
      previous: CHAPTERS[at - 1] ?? null,
      next: CHAPTERS[at + 1] ?? null,
    }),
  );
});

/** The chapter's screen where this visitor may open it: no link of ours leads to a refusal. */
function openScreen({ screen }: Chapter, { account }: Visit) {
  return screen && (screen.to === 'accounts') === (account !== null) ? screen : null;
}
