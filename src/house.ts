import { join } from 'node:path';
import type { Logger } from 'pino';
import { createApp, type AppParts } from './app.js';
import { ConfigError, type Config } from './config.js';
import { CACHE_DIR, ROOT } from './lib/places.js';
import { connect, type Database } from './db/knex.js';
import { dadata } from './domain/organisations/dadata.js';
import { conversationLetters } from './domain/conversations/conversations.letters.js';
import { documentLetters } from './domain/documents/documents.letters.js';
import { clamdScanner } from './domain/files/clamd.js';
import { createInspector } from './domain/files/inspect.js';
import { localStore } from './domain/files/local-store.js';
import type { FileStore } from './domain/files/store.js';
import { invoiceLetters } from './domain/invoices/invoices.letters.js';
import { issuedManyLetters } from './domain/invoices/issued-many.letters.js';
import { membershipLetters } from './domain/memberships/memberships.letters.js';
import { mailAppeared } from './domain/notifications/mailing.actions.js';
import { companyBook } from './domain/organisations/company-book.js';
import { askAgain } from './domain/payments/asking.actions.js';
import type { Acquirer } from './domain/payments/acquirer.js';
import { STAND_IN_SHOP, standInAcquirer } from './domain/payments/stand-in.js';
import type { Till } from './domain/payments/till.js';
import { yookassa } from './domain/payments/yookassa.js';
import { notificationLetters } from './domain/notifications/notifications.letters.js';
import { deliverLetters, type Delivered } from './domain/outbox/outbox.actions.js';
import { folderGateway, noGateway, type SmsGateway } from './domain/outbox/sms.js';
import { deliverSms } from './domain/outbox/sms.actions.js';
import { smsRuGateway } from './domain/outbox/sms-ru.js';
import { smscGateway } from './domain/outbox/smsc.js';
import { folderTransport, smtpTransport } from './domain/outbox/transport.js';
import { createPasswords } from './domain/people/password.js';
import { peopleLetters } from './domain/people/people.letters.js';
import { createTokens } from './domain/people/tokens.js';
import { allJobs } from './jobs/jobs.js';
import type { Job } from './jobs/runner.js';
import { compileTemplates } from './lib/templates.js';
import { loadAssets } from './web/assets.js';
import { forgetStale } from './web/drafts.data.js';

/** Everything that runs on one database: the application, its jobs, its outbox. */
export interface House {
  parts: AppParts;
  app: ReturnType<typeof createApp>;
  jobs: Job[];
  /**
   * What goes out by itself: letters of new notifications are written, open payments are asked about, letters and SMS that
   * are due are sent.
   */
  deliveries: Record<'letters' | 'sms', () => Promise<Delivered>> &
    Record<'notifications' | 'payments', () => Promise<number>>;
  /** All of that, in its order. */
  deliver: () => Promise<Delivered>;
  close(): Promise<void>;
}

/** Puts the parts together, for the server, for the commands and for the tests. Starts no clock and listens to nothing. */
export async function build(
  config: Config,
  log: Logger,
  url: string | Promise<string>,
  now = () => new Date(),
): Promise<House> {
  const [assets, address] = await Promise.all([loadAssets({ root: ROOT, cacheDir: CACHE_DIR }), url]);
  const db = openDatabase(config, log, address);
  const store = await openStore(config);
  const inspector = createInspector();
  const company = companyBook(db);
  const tokens = createTokens(config.sessionSecret);
  const parts: AppParts = {
    config,
    db,
    log,
    now,
    assets,
    store,
    inspector,
    company,
    scan: config.clamdUrl ? clamdScanner(config.clamdUrl) : null,
    parties: config.dadata && dadata({ ...config.dadata, log: (reason) => log.warn({ reason }, 'DaData') }),
    till: openTill(config, log, db, now),
    passwords: createPasswords({ key: config.passwordKey, cost: config.passwordCost }),
    tokens,
  };
  const transport = config.smtpUrl
    ? await smtpTransport(config.smtpUrl, config.mailFrom, new URL(config.publicUrl).hostname)
    : folderTransport(join(config.dataDir, 'mail'));
  const delivery = {
    db,
    transport,
    gateway: openGateway(config),
    now,
    letters: {
      ...peopleLetters,
      ...membershipLetters,
      ...documentLetters,
      ...conversationLetters,
      ...invoiceLetters,
      ...issuedManyLetters,
      ...notificationLetters,
    },
    context: {
      db,
      publicUrl: config.publicUrl,
      token: (purpose: string, id: string) => tokens.derive(purpose, id),
      code: (id: string) => tokens.code(id),
    },
    company: () => company.current(),
    render: compileTemplates(join(ROOT, 'views/mail')),
  };
  const deliveries = {
    notifications: () => mailAppeared(db, now()),
    payments: () => (parts.till ? askAgain(parts.till, now) : Promise.resolve(0)),
    letters: () => deliverLetters(delivery),
    sms: () => deliverSms(delivery),
  };
  return {
    parts,
    app: createApp(parts),
    jobs: allJobs({ db, store, forgetStale: (moment) => forgetStale(db, moment) }),
    deliveries,
    async deliver() {
      await deliveries.notifications();
      await deliveries.payments();
      const [letters, sms] = await Promise.all([deliveries.letters(), deliveries.sms()]);
      return { sent: letters.sent + sms.sent, failed: letters.failed + sms.failed };
    },
    async close() {
      await inspector.close();
      transport.close();
      await db.destroy();
    },
  };
}

/**
 * Where files are kept: in the folder, or in the bucket.
 *
 * @throws ConfigError when the bucket is asked for and none is configured
 */
export async function openStore({ dataDir, files, s3 }: Config, kind = files): Promise<FileStore> {
  if (kind === 'folder') return localStore(dataDir);
  if (!s3) throw new ConfigError('S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY, S3_SECRET_KEY: must be set for s3');
  // Its libraries are loaded where there is a bucket: no other start waits for them.
  const { s3Store } = await import('./domain/files/s3-store.js');
  return s3Store(dataDir, s3);
}

function openDatabase(config: Config, log: Logger, url: string): Database {
  return connect(url, {
    pool: config.databasePool,
    onError: (error) => log.warn({ err: error }, 'a database connection was lost'),
  });
}

function openGateway({ sms, dataDir }: Config): SmsGateway {
  switch (sms?.gateway) {
    case 'smsc':
      return smscGateway(sms);
    case 'smsru':
      return smsRuGateway(sms);
    case 'folder':
      return folderGateway(join(dataDir, 'sms'));
    case undefined:
      return noGateway;
  }
}

/** Where cards are taken; null where nobody takes them. */
function openTill(config: Config, log: Logger, db: Database, now: () => Date): Till | null {
  const { acquirer: chosen, publicUrl } = config;
  if (!chosen) return null;
  const told = { log: (reason: string) => log.warn({ reason }, 'the acquirer') };
  const acquirer: Acquirer =
    chosen.kind === 'yookassa'
      ? yookassa({ ...chosen, ...told, name: 'yookassa' })
      : yookassa({ ...STAND_IN_SHOP, ...told, ...openStandIn(config, now) });
  return { db, acquirer, publicUrl, report: (facts, message) => log.error(facts, message) };
}

/** The stand-in answers in this very process, so that no port has to be known. */
function openStandIn({ dataDir, publicUrl }: Config, now: () => Date) {
  const { carry } = standInAcquirer({ folder: join(dataDir, 'acquirer'), publicUrl, now });
  return { name: 'stand-in' as const, url: `${publicUrl}/v3`, timeoutMs: 5_000, carry };
}
