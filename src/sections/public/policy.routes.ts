import { COMPANY } from '../../domain/organisations/company.js';
import { CONSENT_TEXTS } from '../../domain/people/consent.js';
import { dayOf } from '../../lib/dates.js';
import { view, type Crumb } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';
import { standings, type Edition } from './editions.js';

/** The privacy policy, and the consent as a document of its own: the editions in force, and every one by its day. */
export const policySection = section({ path: '/policy', area: 'public', load: visitor, visitors: true });

/** The newest first. What has been published stays as it was: a new text is a new line and a new template. */
export const POLICY: Edition[] = [{ date: '2026-11-24', from: '2026-11-24' }];

/** The wording that a registration asks for is the first one, from its day on. */
const CONSENT: (Edition & { paragraphs: string[] })[] = CONSENT_TEXTS.map(({ version, paragraphs }) => ({
  date: version,
  from: version,
  paragraphs,
}));

const TITLES = {
  policy: 'Политика обработки персональных данных',
  consent: 'Согласие на обработку персональных данных',
};

interface Document<E extends Edition> {
  /** Where it stands below the section. */
  path: '' | '/consent';
  title: string;
  lead: string | null;
  editions: E[];
  body: (edition: E) => { template: string; wording: Record<string, unknown> };
  crumbs: Crumb[];
  beside: Crumb;
}

publish({
  path: '',
  title: TITLES.policy,
  lead: COMPANY.legalName,
  editions: POLICY,
  body: ({ date }) => ({ template: `public/policy/${date}`, wording: { company: COMPANY } }),
  crumbs: [],
  beside: { label: TITLES.consent, href: '/policy/consent' },
});
publish({
  path: '/consent',
  title: TITLES.consent,
  lead: null,
  editions: CONSENT,
  body: ({ paragraphs }) => ({ template: 'public/policy/consent', wording: { paragraphs } }),
  crumbs: [{ label: TITLES.policy, href: '/policy' }],
  beside: { label: TITLES.policy, href: '/policy' },
});

/** A page for the edition that is in force today, and one for each: an address that somebody noted down stays good. */
function publish<E extends Edition>({
  path,
  title,
  lead,
  editions,
  body,
  crumbs,
  beside,
}: Document<E>): void {
  const href = policySection.path + path;
  for (const edition of [null, ...editions]) {
    policySection.page(edition ? `${path}/${edition.date}` : path || '/', anyone, ({ now }) => {
      const all = standings(editions, dayOf(now)).map((one) => ({
        ...one,
        href: `${href}/${one.edition.date}`,
      }));
      const shown = all.find((one) => (edition ? one.edition === edition : one.state === 'now'))!;
      return view('public/policy/edition', {
        title,
        lead,
        crumbs: edition ? [...crumbs, { label: title, href }] : crumbs,
        shown,
        current: { href },
        earlier: edition ? [] : all.filter(({ state }) => state === 'before'),
        beside,
        ...body(shown.edition),
      });
    });
  }
}
