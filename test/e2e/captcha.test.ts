import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { expectAccessible, expectFits, openSite, type Site } from '../support/browser.js';
import { answerTask } from '../support/captcha.js';
import type { StandIn } from '../support/stand-in.js';
import { configured, openVendor, SPEECH, VENDORS } from '../support/widget.js';

describe.each(VENDORS)('%s', (vendor) => {
  let site: Site;
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await openVendor(vendor, () => new URL(site.url).host);
    site = await openSite({ captcha: configured(vendor, standIn.url) });
  });
  afterAll(async () => {
    await site?.close();
    await standIn?.close();
  });

  const fill = async (page: Page, email: string) => {
    await page.getByLabel('Адрес E-mail').fill(email);
    await page.getByLabel('Фамилия').fill('Иванов');
    await page.getByLabel('Имя').first().fill('Пётр');
    await page.getByLabel('Согласен с политикой').check();
    await fillPasswords(page);
  };
  const fillPasswords = async (page: Page) => {
    await page.getByLabel('Пароль').first().fill('Пароль без сценариев');
    await page.getByLabel('Подтверждение пароля').fill('Пароль без сценариев');
  };
  const send = (page: Page) => page.getByRole('button', { name: 'Зарегистрироваться' }).click();
  const registered = (page: Page) => page.getByText('в течение 7 суток').waitFor();
  const answer = async (page: Page) =>
    page.locator('#field-robot').fill(answerTask(await page.locator('[data-robot-plain]').innerText()));

  it('takes the place of the plain task under the real policy and lets a person in', async () => {
    const page = await site.visitor();
    await page.goto('/auth/register');
    const frame = page.frameLocator('.robot-vendor iframe');
    const plain = page.locator('#field-robot');
    await frame.getByRole('button', { name: 'Отметить' }).waitFor();
    expect([await plain.isVisible(), await page.locator(`.${SPEECH[vendor].field}`).isVisible()]).toEqual([
      false,
      false,
    ]);
    await fill(page, 'widget@tenant.test');
    await send(page);
    await page.getByRole('link', { name: 'Подтвердите, что вы не робот' }).click();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME');
    await expectAccessible(page);
    await expectFits(page, [320, 1280]);

    await fillPasswords(page);
    await frame.getByRole('button', { name: 'Сломать' }).click();
    await plain.waitFor();
    await frame.getByRole('button', { name: 'Отметить' }).click();
    await page.waitForFunction(
      (name) => document.querySelector<HTMLInputElement>(`.${name}`)!.value !== '',
      SPEECH[vendor].field,
    );
    await send(page);
    await registered(page);
    site.quiet();
  });

  // From here on it is our script that counts, and it is one for both.
  if (vendor === 'recaptcha') return;

  it('that comes late interrupts nobody, and the plain task is enough', async () => {
    const works = standIn.answer;
    let come!: () => void;
    const late = new Promise<void>((resolve) => (come = resolve));
    standIn.answer = (asked) => late.then(() => works(asked));
    const page = await site.visitor();
    await page.goto('/auth/register', { waitUntil: 'domcontentloaded' });
    await fill(page, 'late@tenant.test');
    await answer(page);
    come();
    await page.waitForFunction((api) => api in window, SPEECH[vendor].api);
    expect(await page.locator('iframe').count()).toBe(0);
    await send(page);
    await registered(page);
    site.quiet();
  });

  it('that never comes leaves the plain task in its place', async () => {
    standIn.answer = () => 'break';
    const page = await site.visitor();
    await page.goto('/auth/register');
    await fill(page, 'never@tenant.test');
    await answer(page);
    await send(page);
    await registered(page);
  });
});
