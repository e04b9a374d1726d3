import type { Member } from '../../domain/memberships/memberships.data.js';
import { passPolicy } from '../../domain/passes/passes.policy.js';
import { listSchemes } from '../../domain/passes/schemes.data.js';
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
    schemes: schemes.map(({ id, site, caption, width, height }) => {
      const picture = `${pathOf(ctx.scope)}/${id}/picture`;
      return { site, caption, width, height, picture };
    }),
  });
});

passesSection.file('/:scheme/picture', passPolicy.read, schemePicture);
