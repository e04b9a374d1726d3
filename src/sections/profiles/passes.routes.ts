import type { Member } from '../../domain/memberships/memberships.data.js';
import { passPolicy } from '../../domain/passes/passes.policy.js';
import { getScheme, listSchemes, type Scheme } from '../../domain/passes/schemes.data.js';
import { view } from '../../web/answer.js';
import { wayOut } from '../outside.js';
import { schemePicture } from '../scheme-picture.js';
import { profile, section } from '../section.js';

/** «Гостевые пропуска», manual 4.2.8: the way to the system of passes, and where to park. */
export const passesSection = section({
  path: '/profiles/:organisation/passes',
  area: 'profile',
  load: profile,
  nav: { label: 'Гостевые пропуска', menu: 'profile', order: 70 },
});

const TITLE = 'Гостевые пропуска';
const pathOf = ({ organisation }: Member) => `/profiles/${organisation.id}/passes`;
const crumbs = ({ organisation }: Member) => [
  { label: 'Профили', href: '/profiles' },
  { label: organisation.name, href: `/profiles/${organisation.id}/information` },
];

/** A scheme with its addresses: its page, its picture, and where it stands in the list. */
function shownScheme(member: Member, { id, site, caption, width, height }: Scheme) {
  const href = `${pathOf(member)}/${id}`;
  return { site, caption, width, height, href, picture: `${href}/picture`, anchor: `scheme-${id}` };
}

const outside = wayOut({
  section: passesSection,
  system: 'passes',
  policy: passPolicy.read,
  // Passes are ordered by whoever works here: nobody is registered for that first.
  known: () => true,
  from: (member) => ({ label: TITLE, href: pathOf(member) }),
  crumbs,
});

passesSection.page('/', passPolicy.read, async (ctx) => {
  const schemes = await listSchemes(ctx.db);
  return view('profiles/passes/index', {
    title: TITLE,
    crumbs: crumbs(ctx.scope),
    outside: outside(ctx),
    schemes: schemes.map((scheme) => shownScheme(ctx.scope, scheme)),
  });
});

passesSection.page('/:scheme', passPolicy.read, async ({ db, scope, params }) => {
  const scheme = shownScheme(scope, await getScheme(db, params.scheme!));
  return view('profiles/passes/scheme', {
    title: scheme.site,
    wide: true,
    crumbs: [...crumbs(scope), { label: TITLE, href: pathOf(scope) }],
    scheme,
    back: `${pathOf(scope)}#${scheme.anchor}`,
  });
});

passesSection.file('/:scheme/picture', passPolicy.read, schemePicture);
