import express, { type Express, type Response } from 'express';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { isMigrated } from './db/migrate.js';
import type { Database } from './db/knex.js';
import { helpers } from './domain/organisations/company.js';
import { markSeen } from './domain/people/accounts.data.js';
import { findVisit } from './domain/people/visit.data.js';
import { allSections } from './sections.js';
import type { Parts } from './sections/section.js';
import { openCaptcha } from './web/antibot/open.js';
import { assetHandler, type Assets } from './web/assets.js';
import { useCookies } from './web/cookies.js';
import { drafts } from './web/drafts.data.js';
import { errorPages, notFound } from './web/errors.js';
import { securityHeaders } from './web/headers.js';
import { requestLog } from './web/log.js';
import { limiter } from './web/rate-limit.js';
import { address, methods, type Section } from './web/section.js';
import { serve, type Kitchen } from './web/serve.js';
import { sessions } from './web/session.js';
import { sender } from './web/view.js';

/** What the application is built from; tests build the same application from the same parts. */
export interface AppParts extends Omit<Parts, 'challenge'> {
  config: Config;
  db: Database;
  log: Logger;
  now: () => Date;
  assets: Assets;
}

/** Builds the Express application. It listens to nothing and starts nothing by itself. */
export function createApp(app: AppParts): Express {
  const { config, db, now } = app;
  const sections = allSections(config.production);
  const { captcha, challenge } = openCaptcha(config, { db, log: app.log, challengePath: '/auth/challenge' });
  const send = sender({
    sections: sections as Section[],
    assets: app.assets,
    reload: config.mode === 'development',
    brand: () => app.company.current().name,
  });
  const kitchen: Kitchen<Parts> = {
    parts: { ...app, challenge },
    db,
    config,
    now,
    limit: limiter(db),
    captcha,
    incomingDir: app.store.temporaryDir,
    drafts: drafts(db),
    send,
    visit: sessions({
      db,
      secret: config.sessionSecret,
      secure: config.production,
      now,
      seen: (account, moment) => markSeen(db, account, moment),
      findVisit: (sid, need, moment) => findVisit(db, sid, need, moment),
    }),
  };

  const server = express();
  server.disable('x-powered-by');
  server.set('etag', false);
  server.set('query parser', 'simple');
  server.set('trust proxy', config.trustProxy.length > 0 ? config.trustProxy : false);
  useCookies(server, config.sessionSecret);
  server.use(securityHeaders({ secure: config.production }));
  server.get('/health/live', (_req, res) => void res.json({ status: 'ok' }));
  server.get('/health/ready', (_req, res) => readiness(db, res));
  server.use(assetHandler(app.assets));
  server.use(requestLog(app.log));
  mount(server, sections, kitchen);
  server.use(notFound(kitchen.visit));
  const contacts = () => helpers(app.company.current());
  server.use(errorPages({ send, log: app.log, contacts, secure: config.production }));
  return server;
}

function mount(server: Express, sections: Section<unknown, Parts>[], kitchen: Kitchen<Parts>): void {
  const routes = sections.flatMap((section) =>
    section.routes.map((route) => ({ section, route, path: address(section, route) })),
  );
  // Addresses with words come before those with a parameter in the same place.
  const order = (path: string) => path.replace(/[^/]+/g, (part) => (part.startsWith(':') ? '1' : '0'));
  routes.sort((a, b) => (order(a.path) < order(b.path) ? -1 : Number(order(a.path) > order(b.path))));
  for (const { section, route, path } of routes) {
    const handler = serve(kitchen, section, route);
    for (const method of methods(route)) server[method === 'GET' ? 'get' : 'post'](path, handler);
  }
}

/** Ready: the database answers and has every migration of this code. */
async function readiness(db: Database, res: Response): Promise<void> {
  const ready = await isMigrated(db).catch(() => false);
  res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready' });
}
