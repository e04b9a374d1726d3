import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedDemo } from '../../seeds/demo.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { openParties, type Parties } from '../support/parties.js';
import { freshInn } from '../support/register.js';

let parties: Parties;
let site: Site;
beforeAll(async () => {
  parties = await openParties();
  site = await openSite({ dadata: parties.config });
  await seedDemo(site.house.parts, site.house.clock.now());
});
afterAll(async () => {
  await site?.close();
  await parties?.close();
});

async function enter(javaScriptEnabled: boolean): Promise<Page> {
  const page = await site.visitor({ javaScriptEnabled });
  await signIn(page, 'staff@demo.test', 'Demo-2026-cabinet');
  return page;
}

it('the pages of the register are accessible and fit every width', { timeout: 60_000 }, async () => {
  const page = await enter(true);
  await page.goto('/staff/organisations?search=СПЕКТР');
  const path = (await page.locator('table a.name').first().getAttribute('href'))!;
  const room = (await page.goto(path),
  await page.locator('a[href*="/premises/"]').first().getAttribute('href'))!;
  const pages = [
    ...['/staff/organisations', path, `${path}/administrator`, `${path}/contracts/new`, room],
    ...['/staff/organisations/new', '/staff/buildings'],
  ];
  for (const one of pages) {
    await page.goto(one);
    expect(await page.locator('h1').count(), one).toBe(1);
    await expectAccessible(page);
    await expectFits(page, [320, 768, 1280]);
  }
  site.quiet();
});

it('an organisation comes in without JavaScript', { timeout: 60_000 }, async () => {
  const page = await enter(false);
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await page.goto('/staff/organisations');
  await page.getByRole('link', { name: 'Добавить организацию' }).click();
  await page.getByLabel('ИНН').fill(freshInn());
  await press('Заполнить по ИНН');
  await expect.poll(() => page.getByLabel('Название').inputValue()).toBe('ООО «Найдена»');
  await press('Добавить');
  await page.getByRole('link', { name: 'Добавить договор' }).click();
  await page.getByLabel('Номер договора').fill('НД-1');
  await page.getByLabel('Дата начала').fill('1.1.2026');
  await press('Сохранить');
  await page.getByRole('link', { name: 'Добавить помещение' }).click();
  await page.getByLabel('Здание').selectOption({ index: 1 });
  await page.getByLabel('Помещение').fill('2 этаж, 2-14');
  await page.getByLabel('Площадь').fill('96,8');
  await press('Сохранить');
  await page.getByRole('link', { name: 'Назначить администратора' }).click();
  await page.getByLabel('Адрес E-mail').fill('outsider@demo.test');
  await page.getByLabel('Причина').fill('Первый администратор');
  await press('Назначить');
  const words = (await page.locator('main').innerText()).replaceAll('\u00a0', ' ');
  for (const part of [
    'Договор НД-1',
    '2 этаж, 2-14',
    '96,8 м²',
    'outsider@demo.test',
    'Администратор профиля',
  ])
    expect(words).toContain(part);
  const letters = await site.letters();
  expect(JSON.stringify(letters)).toContain('Вы администратор профиля: ООО «Найдена»');
});
