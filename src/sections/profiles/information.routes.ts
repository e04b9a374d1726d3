import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { listContracts } from '../../domain/organisations/organisations.data.js';
import { dayOf } from '../../lib/dates.js';
import { view } from '../../web/answer.js';
import { profile, section } from '../section.js';
import { CONTRACT_KINDS } from './words.js';

/** «Информация», manual 4.2.2. */
export const informationSection = section({
  path: '/profiles/:organisation/information',
  area: 'profile',
  load: profile,
  nav: { label: 'Информация', menu: 'profile', order: 10 },
});

informationSection.page('/', membershipPolicy.information, async ({ db, scope, query, now }) => {
  const contracts = await listContracts(db, scope, query.get('contract'));
  return view('profiles/information/index', {
    title: 'Информация',
    crumbs: [{ label: 'Профили', href: '/profiles' }],
    organisation: scope.organisation,
    contracts,
    today: dayOf(now),
    kinds: CONTRACT_KINDS,
  });
});
