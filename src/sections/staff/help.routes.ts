import { helpPages } from '../help-pages.js';
import { section, staff } from '../section.js';
import { STAFF_HELP } from './help.chapters.js';

/** «Помощь» for the company's own people, each chapter for those who have its screens; to others it does not exist. */
export const staffHelpSection = section({
  path: STAFF_HELP.path,
  area: 'staff',
  load: staff,
  nav: { label: 'Помощь', menu: 'staff', order: 80, minor: true },
});

helpPages(staffHelpSection, STAFF_HELP);
