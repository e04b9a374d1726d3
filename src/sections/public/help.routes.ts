import { helpPages } from '../help-pages.js';
import { section, visitor } from '../section.js';
import { HELP } from './help.chapters.js';

/** «Помощь», manual 4.1: the manual's chapters, open to everybody. */
export const helpSection = section({
  path: HELP.path,
  area: 'public',
  load: visitor,
  visitors: true,
  nav: { label: 'Помощь', menu: 'top', order: 30 },
});

helpPages(helpSection, HELP);
