import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { PASSWORD } from '../../seeds/demo/people.js';
import { seedDemo } from '../../seeds/demo.js';
import { readConfig } from '../../src/config.js';
import { startEmbedded } from '../../src/db/embedded.js';
import { migrate } from '../../src/db/migrate.js';
import { build } from '../../src/house.js';
import { createLog } from '../../src/web/log.js';
import { findBrowser } from '../support/find-browser.js';

/** The moment at which every picture is taken: the demo's days are counted from it, so they stay what they were. */
const NOW = new Date('2026-11-24T10:30:00+03:00');

/** A browser window of somebody: of a visitor where no name is given. Twice as many points as pixels, for sharp letters. */
export type Open = (who: string | null, width: number) => Promise<Page>;

/** The application with the demo company on a database, a folder and a clock of its own; nothing stays of it. */
export async function withDemo(work: (open: Open) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cabinet-pictures-'));
  const closing = [() => rm(dataDir, { recursive: true, force: true })];
  try {
    const postgres = await startEmbedded(dataDir, { throwaway: true });
    closing.unshift(() => postgres.stop());
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    const config = readConfig({ NODE_ENV: 'test', DATA_DIR: dataDir, LOG_LEVEL: 'error', PUBLIC_URL: url });
    const house = await build(config, createLog(config.logLevel), postgres.url, () => NOW);
    closing.unshift(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house.close();
    });
    await migrate(house.parts.db);
    await seedDemo(house.parts, NOW);
    await house.parts.company.refresh();
    server.on('request', house.app);

    const found = await findBrowser();
    const browser = await chromium.launch({
      executablePath: found.path,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      env: { ...process.env, ...found.env },
    });
    closing.unshift(() => browser.close());
    const people = new Map<string | null, BrowserContext>();
    await work(async (who, width) => {
      const known = people.get(who);
      const context = known ?? (await browser.newContext({ baseURL: url, deviceScaleFactor: 2 }));
      people.set(who, context);
      const page = await context.newPage();
      await page.setViewportSize({ width, height: 900 });
      if (who && !known) await signIn(page, `${who}@demo.test`);
      return page;
    });
  } finally {
    for (const close of closing) await close();
  }
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/auth/login');
  await page.getByLabel('Адрес E-mail').fill(email);
  await page.getByLabel('Пароль').fill(PASSWORD);
  await page.getByRole('button', { name: 'Войти' }).click();
  await page.getByRole('button', { name: 'Выход' }).waitFor();
}
