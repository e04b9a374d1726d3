import { position } from '../../db/paging.js';
import { organisationsMeant, searchJournal, type JournalFilter } from '../../domain/audit/journal.data.js';
import { findAccountByEmail } from '../../domain/people/accounts.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { pageLink, view } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx } from '../section.js';
import { actionsOf, askedOf, daysOf, entryRow, GROUP_OPTIONS, type Asked } from './journal.view.js';

const PATH = '/staff/journal';

/** Who did what and when: everything that the audit holds. */
export const auditSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Журнал', menu: 'staff', order: 70, minor: true },
});

auditSection.page('/', peoplePolicy.administer, async ({ db, query }) => {
  const asked = askedOf(query);
  const { errors, ...filter } = await filterOf(db, asked);
  const page = filter.none
    ? { rows: [], previous: null, next: null }
    : await searchJournal(db, filter, position(query, 'serial'));
  const kept = Object.entries(asked).filter(([, value]) => value !== '');
  const link = pageLink(PATH, kept);
  return view('staff/journal/index', {
    title: 'Журнал',
    form: { values: asked, errors },
    groups: GROUP_OPTIONS,
    filtered: kept.length > 0,
    rows: page.rows.map(entryRow),
    back: link(page.previous),
    next: link(page.next),
  });
});

/** What is looked for; `none`: nobody and nothing can be meant, `errors` says what. */
async function filterOf(
  db: Ctx<Account>['db'],
  asked: Asked,
): Promise<JournalFilter & { none: boolean; errors: Record<string, string> }> {
  const [account, organisations] = await Promise.all([
    asked.person ? findAccountByEmail(db, asked.person) : null,
    asked.organisation ? organisationsMeant(db, asked.organisation) : null,
  ]);
  const { errors, ...days } = daysOf(asked);
  if (asked.person && !account) errors.person = 'Аккаунта с таким адресом нет';
  if (organisations?.length === 0) errors.organisation = 'Такой организации нет';
  const none = Object.keys(errors).length > 0;
  return {
    person: account?.id ?? null,
    organisations,
    actions: actionsOf(asked.group),
    ...days,
    none,
    errors,
  };
}
