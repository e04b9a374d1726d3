import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, inject } from 'vitest';
import type { Config } from '../../src/config.js';
import type { KeptMail } from '../../src/domain/outbox/transport.js';
import { openHouse, type TestHouse } from './house.js';
import { PASSWORD } from './people.js';

/** The application listening, and a browser before it. */
export interface Site {
  house: TestHouse;
  url: string;
  browser: Browser;
  /** A person with a browser profile of his own; what goes wrong in the page's console fails `quiet()`. */
  visitor(options?: BrowserContextOptions): Promise<Page>;
  /** The letters so far, the newest first; delivers what waits. */
  letters(): Promise<KeptMail[]>;
  /** No page has reported an error or a violated policy. */
  quiet(): void;
  close(): Promise<void>;
}

// Our own flags: nothing is looked up outside, and the safety of the web stays on.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

export async function openSite(change: Partial<Config> = {}): Promise<Site> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const house = await openHouse({ publicUrl: url, ...change });
  server.on('request', house.app);
  const found = inject('browser');
  const browser = await chromium.launch({
    executablePath: found.path,
    args: FLAGS,
    env: { ...process.env, ...found.env },
  });
  const complaints: string[] = [];
  return {
    house,
    url,
    browser,
    async visitor(options) {
      const context = await browser.newContext({
        baseURL: url,
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
          complaints.push(message.text());
      });
      return page;
    },
    async letters() {
      await house.deliver();
      const folder = join(house.config.dataDir, 'mail');
      const names = (await readdir(folder).catch(() => []))
        .filter((name) => name.endsWith('.json'))
        .sort()
        .reverse();
      return Promise.all(
        names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as KeptMail),
      );
    },
    quiet: () => expect(complaints).toEqual([]),
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await house.close();
    },
  };
}

/** Signs in on the sign-in page. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/auth/login');
  await page.getByLabel('Адрес E-mail').fill(email);
  await page.getByLabel('Пароль').fill(password);
  await page.getByRole('button', { name: 'Войти' }).click();
  await page
    .getByRole('button', { name: 'Выход' })
    .waitFor()
    .catch(async (late: unknown) => {
      // What stands there instead tells more than that nothing came.
      const shown = await page.locator('body').innerText();
      throw new Error(`${email} is not signed in at ${page.url()}: ${shown}`, { cause: late });
    });
}

/** axe finds nothing on the page as it stands; `only` asks for one rule. */
export async function expectAccessible(page: Page, only?: string): Promise<void> {
  // Put in once a page and not, as the package for Playwright does it, anew for each question: half of the time went there.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const violations = await page.evaluate(
    async (options) => {
      const { axe } = window as unknown as { axe: Axe };
      return (await axe.run(options)).violations;
    },
    { resultTypes: ['violations'], ...(only && { runOnly: [only] }) },
  );
  expectNothing(page, violations);
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; nodes: { html: string }[] };
type Axe = { run(options: object): Promise<{ violations: Violation[] }> };

function expectNothing(page: Page, violations: Violation[]): void {
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found, page.url()).toEqual([]);
}

/** Nothing sticks out sideways at any of these widths. */
export async function expectFits(page: Page, widths: number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(wide, `${page.url()} at ${width}`).toBeLessThanOrEqual(0);
  }
}
