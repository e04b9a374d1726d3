import { findHandover } from '../../domain/memberships/handovers.data.js';
import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { findCaretaker, listContracts } from '../../domain/organisations/organisations.data.js';
import { dayOf } from '../../lib/dates.js';
import { view } from '../../web/answer.js';
import { profile, section } from '../section.js';
import { caretakerCard, contractCard } from './information.view.js';

/** «Информация», manual 4.2.2. */
export const informationSection = section({
  path: '/profiles/:organisation/information',
  area: 'profile',
  load: profile,
  nav: { label: 'Информация', menu: 'profile', order: 10 },
});

informationSection.page('/', membershipPolicy.information, async ({ db, scope, query, now }) => {
  const [contracts, caretaker, handover] = await Promise.all([
    listContracts(db, scope, query.get('contract')),
    findCaretaker(db, scope),
    findHandover(db, scope.organisation.id),
  ]);
  const offered = handover?.stands && handover.to_id === scope.id;
  const today = dayOf(now);
  return view('profiles/information/index', {
    title: 'Информация',
    crumbs: [{ label: 'Профили', href: '/profiles' }],
    offer: offered ? { from: handover.from, href: `/profiles/${scope.organisation.id}/handover` } : null,
    organisation: scope.organisation,
    contracts: contracts.map((contract) => contractCard(contract, today)),
    caretaker: caretaker && caretakerCard(caretaker),
  });
});
