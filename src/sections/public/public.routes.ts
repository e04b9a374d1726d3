import type { Company } from '../../domain/organisations/company.js';
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
contactsSection.page('/', anyone, ({ config, parts }) => {
  const company = parts.company.current();
  const locals = { company, facts: factsOf(company), address: config.publicUrl };
  return view('public/contacts', { title: 'Контакты', ...locals });
});

/** What the company says of itself besides whom to ask; what it has not said is left out. */
function factsOf(company: Company) {
  const { addresses, hours, inn, kpp, ogrn, account, bank, bik, correspondent } = company;
  const facts = [
    { label: addresses.length > 1 ? 'Адреса' : 'Адрес', value: addresses.join('; ') },
    { label: 'Часы работы', value: hours },
    { label: kpp ? 'ИНН / КПП' : 'ИНН', value: [inn, kpp].filter(Boolean).join(' / ') },
    { label: 'ОГРН', value: ogrn },
    { label: 'Расчётный счёт', value: account },
    { label: 'Банк', value: [bank, bik && `БИК ${bik}`].filter(Boolean).join(', ') },
    { label: 'Корреспондентский счёт', value: correspondent },
  ];
  return facts.filter(({ value }) => value);
}
