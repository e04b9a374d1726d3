import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, readConfig, type Config } from './config.js';
import type { House } from './house.js';

// The embedded Postgres outlives this process unless it is told to stop: also where the start fails half way.
let release: () => Promise<void> = () => Promise.resolve();

// Waking Postgres, loading the application's modules and building its assets take a second each: side by side.
async function start(): Promise<void> {
  const config = readConfig();
  const waking = openPostgres(config);
  waking.catch(() => undefined); // Awaited below; until then its failure is nobody's.
  const [{ build }, { httpServer }, { createLog }, { startJobs }, { migrate }] = await Promise.all([
    import('./house.js'),
    import('./web/http-server.js'),
    import('./web/log.js'),
    import('./jobs/schedule.js'),
    import('./db/migrate.js'),
  ]);
  const log = createLog(config.logLevel);
  const house = await build(
    config,
    log,
    waking.then(({ url }) => url),
  );
  const postgres = await waking;
  release = () => house.close().then(() => postgres.stop());
  await migrate(house.parts.db);
  await house.parts.company.refresh();
  await prepare(config, house);

  const server = httpServer(house.app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { db, now, company } = house.parts;
  const stopLooking = company.watch((error) => log.warn({ err: error }, 'the company was not read'));
  const jobs = config.jobs
    ? startJobs({ db, log, now, jobs: house.jobs, deliveries: house.deliveries })
    : null;
  announce(config, server);

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    stopLooking();
    setTimeout(() => process.exit(1), 15_000).unref();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 10_000).unref();
    await Promise.all([closed, jobs?.stop()]);
    await release();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));
}

/** The configured server, or the embedded one. */
async function openPostgres(config: Config): Promise<{ url: string; stop: () => Promise<void> }> {
  if (config.databaseUrl) return { url: config.databaseUrl, stop: () => Promise.resolve() };
  const { startEmbedded } = await import('./db/embedded.js');
  const postgres = await startEmbedded(config.dataDir);
  release = () => postgres.stop();
  return postgres;
}

/** Tidies up; fills an empty database with the demo company; in production refuses to run with any of it. */
async function prepare(config: Config, house: House): Promise<void> {
  const { sweepTemporary } = await import('./domain/files/files.actions.js');
  const { countAccounts, findDemoAccounts } = await import('./domain/people/accounts.data.js');
  const { db, store, passwords, now } = house.parts;
  await sweepTemporary(store.temporaryDir, now());
  if (config.production) {
    const demo = await findDemoAccounts(db);
    if (demo.length > 0)
      throw new ConfigError(`demo accounts must not be in a real database: ${demo.join(', ')}`);
  } else if ((await countAccounts(db)) === 0) {
    const { seedDemo } = await import('../seeds/demo.js');
    await seedDemo({ db, store, passwords }, now());
    await house.parts.company.refresh();
  }
}

function announce(config: Config, server: Server): void {
  if (config.production) return;
  const { port } = server.address() as AddressInfo;
  const lines = [
    `Личный кабинет клиента: http://localhost:${port}`,
    '',
    'Демо-вход (пароль у всех Demo-2026-cabinet):',
    '  tenant@demo.test      арендатор, роли «Документы» и «Заявки и обращения»',
    '  head@demo.test        администратор профиля организации',
    '  outsider@demo.test    частное лицо',
    '  operator@demo.test    управляющая компания: заявки и обращения',
    '  accountant@demo.test  управляющая компания: счета и выписки',
    '  reviewer@demo.test    управляющая компания: проверка документов',
    '  staff@demo.test       управляющая компания: администратор',
    ...(config.smtpUrl ? [] : ['', `Письма: http://localhost:${port}/dev/mail`]),
    ...(config.sms?.gateway === 'folder' ? [`SMS:    http://localhost:${port}/dev/sms`] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

/** Why it does not start: what the operator can mend in a sentence, anything else with its stack. */
function wordsOf(error: unknown): string {
  if (error instanceof ConfigError) return `Configuration:\n${error.message}`;
  const { code, syscall, port, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Set PORT to another one.`;
  if (syscall === 'connect') return `The database of DATABASE_URL does not answer (${code}).`;
  return stack ?? String(error);
}

start().catch(async (error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  await release().catch(() => undefined);
  process.exit(1);
});
