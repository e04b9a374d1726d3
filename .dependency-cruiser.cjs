// Who may import whom; docs and the reasons: «Rooms» in CONTRIBUTING.md.
//   server -> house -> app -> sections -> web, domain      jobs -> domain      domain, web -> db, lib
const typesToo = { dependencyTypesNot: ['type-only'] };

/** What stands in `from` may import of ours only what `allowed` matches. Imports of types count as well. */
const layer = (name, from, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: '^(src|seeds|migrations|test)/', pathNot: allowed },
});

/** Nothing but what stands in `home` may import this package. */
const onlyAt = (name, home, packages, comment, more = {}) => ({
  name,
  severity: 'error',
  comment,
  from: { pathNot: home },
  to: { path: `node_modules/(@types/)?(${packages})/`, ...more },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer('lib-alone', '^src/lib/', '^src/lib/', 'lib holds pure helpers: it imports nothing of ours.'),
    layer('db-on-lib', '^src/db/', '^src/(db|lib)/', 'db knows lib.'),
    layer(
      'domain-on-db',
      '^src/domain/',
      '^src/(domain|db|lib)/',
      'The domain knows other nouns, db and lib. It never sees a request, a page or a setting.',
    ),
    layer(
      'web-on-db',
      '^src/web/',
      '^src/(web/|db/|lib/|config\\.ts$)',
      'How a page works knows nothing of what it is about: app.ts hands that to it as functions.',
    ),
    layer(
      'jobs-on-domain',
      '^src/jobs/',
      '^src/(jobs|domain|db|lib)/',
      'A job calls one action with a clock.',
    ),
    layer(
      'sections-on-web-and-domain',
      '^src/sections/',
      '^src/(sections/|web/|domain/|lib/|db/(paging|knex)\\.ts$)',
      'A section joins web and domain; of the database it knows positions in a list and the type.',
    ),
    {
      name: 'areas-apart',
      severity: 'error',
      comment:
        'Sections of one area never import another area. What they share stands in src/sections/ itself.',
      from: { path: '^src/sections/([^/]+)/' },
      to: { path: '^src/sections/[^/]+/', pathNot: '^src/sections/$1/' },
    },
    {
      name: 'shared-words-know-no-area',
      severity: 'error',
      comment: 'What the areas share does not import any of them.',
      from: { path: '^src/sections/[^/]+\\.ts$' },
      to: { path: '^src/sections/[^/]+/' },
    },
    layer(
      'list-of-sections',
      '^src/sections\\.ts$',
      '^src/(sections|web)/',
      'The list names sections and nothing else.',
    ),
    layer(
      'app-on-sections',
      '^src/app\\.ts$',
      '^src/(sections|web|domain|db|lib)/|^src/(config|sections)\\.ts$',
      'The app is built of parts given to it.',
    ),
    layer(
      'house-on-app',
      '^src/house\\.ts$',
      '^src/(web|domain|jobs|db|lib)/|^src/(config|app)\\.ts$',
      'The house puts the parts together; it listens to nothing.',
    ),
    layer(
      'config-alone',
      '^src/config(\\.ts$|/)',
      '^src/(lib/|config(\\.ts$|/))',
      'The configuration is read before anything else.',
    ),
    layer(
      'migrations-alone',
      '^migrations/',
      '^$',
      'A shipped migration never changes, whatever the code becomes.',
    ),
    layer(
      'seeds-on-domain',
      '^seeds/',
      '^(seeds|src/(domain|db|lib))/',
      'The demo company is made of the domain.',
    ),
    layer(
      'never-the-tests',
      '^(src|seeds)/',
      '^(src|seeds|migrations)/',
      'Nothing that runs imports a test.',
    ),
    {
      name: 'express-at-the-door',
      severity: 'error',
      comment: 'Only web and app.ts see requests: every other address goes through section().',
      from: { pathNot: '^src/(web/|app\\.ts$|commands/bench/)' },
      to: { path: 'node_modules/(@types/)?(express|express-session|multer|passport|helmet|cookie-parser)/' },
    },
    onlyAt('mail-in-the-outbox', '^src/domain/outbox/', 'nodemailer', 'Letters are only sent by the outbox.'),
    onlyAt(
      'knex-in-db',
      '^src/(db|commands/bench)/',
      'knex|pg',
      'Only db opens connections; types may be used anywhere.',
      typesToo,
    ),
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Two files that need each other are one; circles of types alone do no harm.',
      from: {},
      to: { circular: true, viaOnly: typesToo },
    },
    {
      name: 'installed-in-production',
      severity: 'error',
      comment: 'What dist needs is in dependencies, and package.json names it.',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...typesToo },
    },
    {
      name: 'found',
      severity: 'error',
      comment: 'The file or package is not there.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
