import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo } from '../../seeds/demo.js';
import { HELP } from '../../src/sections/public/help.chapters.js';
import { STAFF_HELP } from '../../src/sections/staff/help.chapters.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';

const DEMO = 'Demo-2026-cabinet';

let site: Site;
beforeAll(async () => {
  site = await openSite({ captcha: 'altcha' });
  await seedDemo(site.house.parts, site.house.clock.now());
});
afterAll(() => site.close());

/** Kinds of pages that one of the visitors has looked at: nobody else does so again. */
const patterns = new Set<string>();

/** Looks at pages within reach of the menus, the cards and the first row of a list, each address once; says how many. */
async function crawl(
  page: Page,
  from: string,
  most: number,
  look: (path: string) => Promise<void>,
): Promise<number> {
  const seen = new Set<string>();
  let looked = 0;
  const waiting = [from];
  while (waiting.length > 0 && looked < most) {
    const path = waiting.shift()!;
    const pattern = path.replace(/[\da-f]{8}-[\da-f-]{27}/g, ':id');
    if (seen.has(path) || (patterns.has(pattern) && path !== from) || /\/file\b|^\/dev|logout/.test(path))
      continue;
    seen.add(path);
    await page.goto(path);
    const links = await page
      .locator('a[href^="/"]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')!));
    waiting.push(...links.map((link) => link.split('#')[0]!));
    patterns.add(pattern);
    looked += 1;
    await look(path);
  }
  return looked;
}

/** The page that stands is accessible in both schemes and fits every width. */
async function judge(page: Page, path: string): Promise<void> {
  expect(await page.locator('h1').count(), path).toBe(1);
  await expectAccessible(page);
  await expectFits(page, [320, 768, 1440]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'color-contrast');
  await page.emulateMedia({ colorScheme: 'light' });
}

const addresses = ({ groups }: { groups: { chapters: { address: string }[] }[] }) =>
  groups.flatMap(({ chapters }) => chapters.map(({ address }) => address));

it.each([
  ['the tenants', HELP.path, addresses(HELP), null],
  ['the company', STAFF_HELP.path, addresses(STAFF_HELP), 'staff@demo.test'],
])(
  'finds the help of %s accessible: its search and every chapter',
  { timeout: 300_000 },
  async (_whose, path, chapters, email) => {
    const page = await site.visitor();
    if (email) await signIn(page, email, DEMO);
    for (const one of [
      path,
      `${path}?search=документ`,
      `${path}?search=криптозавр`,
      ...chapters.map((one) => `${path}/${one}`),
    ]) {
      patterns.add(one);
      await page.goto(one);
      await judge(page, one);
    }
    site.quiet();
  },
);

/** Where requests and messages begin, and what the company arranges about them: no card or menu leads to these soon. */
const TALKS = ['', '/new', '/figures'].map((tail) => `/staff/requests${tail}`);
const EDITORS = ['request-kinds', 'ready-answers'].flatMap((name) => [
  `/staff/${name}`,
  `/staff/${name}/new`,
]);

it.each([
  ['a tenant’s', 'tenant@demo.test', ['/service', '/service/new']],
  ['the company’s', 'staff@demo.test', [...TALKS, `${TALKS[0]}?show=all&search=криптозавр`, ...EDITORS]],
])('finds %s pages of requests accessible', { timeout: 300_000 }, async (_whose, email, paths) => {
  const page = await site.visitor();
  await signIn(page, email, DEMO);
  for (const path of paths) {
    patterns.add(path);
    await page.goto(path);
    await judge(page, path);
  }
  site.quiet();
});

describe.each([
  ['a visitor', null, '/auth/login'],
  ['a tenant', 'tenant@demo.test', '/profiles'],
  ['a staff administrator', 'staff@demo.test', '/staff/documents'],
])('%s', (_who, email, start) => {
  it(
    'finds every page accessible, in both schemes, and nothing sticks out from 320 px up',
    { timeout: 300_000 },
    async () => {
      const page = await site.visitor();
      if (email) await signIn(page, email, DEMO);
      const seen = await crawl(page, start, 10, (path) => judge(page, path));
      expect(seen).toBeGreaterThan(3);
      site.quiet();
    },
  );
});

it('shows every component on /styleguide', { timeout: 60_000 }, async () => {
  const page = await site.visitor();
  await page.goto('/styleguide');
  await expectAccessible(page);
  await expectFits(page, [320, 768, 1280]);
  site.quiet();
});

it(
  'is walked by the keyboard: past the menu, through a form, to its error',
  { timeout: 60_000 },
  async () => {
    const page = await site.visitor();
    await page.goto('/auth/login');
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('Перейти к содержанию');
    await page.getByLabel('Адрес E-mail').focus();
    await page.keyboard.type('tenant@demo.test');
    await page.keyboard.press('Enter');
    await page.locator('.summary').waitFor();
    expect(await page.locator(':focus').getAttribute('class')).toBe('summary');
    await page.locator('.summary a').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('name')).toBe('password');
    await page.keyboard.type(DEMO);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Выход' }).waitFor();
  },
);
