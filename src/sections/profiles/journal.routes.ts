import { position } from '../../db/paging.js';
import { listJournal } from '../../domain/audit/audit.data.js';
import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { pageLink, view } from '../../web/answer.js';
import { profile, section } from '../section.js';
import { ACCESS_ACTIONS, journalEvent } from './journal.view.js';

/** Who changed what in the access to the profile, for its administrators. */
export const journalSection = section({
  path: '/profiles/:organisation/accounts/journal',
  area: 'profile',
  load: profile,
});

journalSection.page('/', membershipPolicy.manage, async ({ db, scope, query, path }) => {
  const page = await listJournal(db, scope.organisation.id, ACCESS_ACTIONS, position(query, 'serial'));
  const link = pageLink(path, []);
  return view('profiles/accounts/journal', {
    title: 'Журнал доступа',
    crumbs: [{ label: 'Связанные аккаунты', href: `/profiles/${scope.organisation.id}/accounts` }],
    events: page.rows.map(journalEvent),
    back: link(page.previous),
    next: link(page.next),
  });
});
