import { listProfiles } from '../../domain/memberships/memberships.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { view } from '../../web/answer.js';
import { own, section } from '../section.js';
import { CONTRACT_KINDS } from './words.js';

/** «Профили»: one's own and the organisations one belongs to, manual 4.1.1.4. */
export const profilesSection = section({
  path: '/profiles',
  area: 'own',
  load: own,
  nav: { label: 'Профили', menu: 'top', order: 50 },
});

profilesSection.page('/', peoplePolicy.own, async ({ db, scope }) => {
  const cards = await listProfiles(db, scope.id);
  return view('profiles/index', { title: 'Мои организации', cards, person: scope, kinds: CONTRACT_KINDS });
});
