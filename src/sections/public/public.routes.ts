import { COMPANY } from '../../domain/organisations/company.js';
import { redirect, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { homeOf } from '../home.js';
import { section, visitor } from '../section.js';

/** The bare address leads to where one begins. */
export const rootSection = section({ path: '/', area: 'public', load: visitor, visitors: true });
rootSection.page('/', anyone, ({ visit }) => redirect(visit.account ? homeOf(visit.account) : '/auth/login'));

/** «Контакты», manual section 5. */
export const contactsSection = section({
  path: '/contacts',
  area: 'public',
  load: visitor,
  visitors: true,
  nav: { label: 'Контакты', menu: 'top', order: 40 },
});
contactsSection.page('/', anyone, ({ config }) =>
  view('public/contacts', { title: 'Контакты', company: COMPANY, address: config.publicUrl }),
);
