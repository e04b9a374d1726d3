import { listOwnRequests } from '../../domain/memberships/access-requests.data.js';
import { invitationsFor } from '../../domain/memberships/invitations.data.js';
import { listProfiles } from '../../domain/memberships/profiles.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { view } from '../../web/answer.js';
import { own, section } from '../section.js';
import { invitationRow, requestRow } from './accounts.view.js';
import { CONTRACT_KINDS } from '../contract-words.js';

/** «Профили»: one's own and the organisations one belongs to, manual 4.1.1.4. */
export const profilesSection = section({
  path: '/profiles',
  area: 'own',
  load: own,
  nav: { label: 'Профили', menu: 'top', order: 50 },
});

/** So long a decision about one's request is told here, in milliseconds. */
const TOLD = 3 * 24 * 3_600_000;

profilesSection.page('/', peoplePolicy.own, async ({ db, scope, now }) => {
  const [cards, requests, invitations] = await Promise.all([
    listProfiles(db, scope.id),
    listOwnRequests(db, scope.id, new Date(now.getTime() - TOLD)),
    invitationsFor(db, scope.email, now),
  ]);
  return view('profiles/index', {
    title: 'Мои организации',
    cards,
    person: scope,
    kinds: CONTRACT_KINDS,
    granted: requests.some(({ state }) => state === 'granted'),
    requests: requests.filter(({ state }) => state !== 'granted').map(requestRow),
    invitations: invitations.map((row) => invitationRow(row, '/profiles', now)),
  });
});
