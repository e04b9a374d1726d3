import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerTask } from '../support/captcha.js';
import { openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, addType, join } from '../support/people.js';
import { jpeg } from '../support/sample-files.js';

let site: Site;
beforeAll(async () => {
  site = await openSite({ captcha: 'altcha' });
});
afterAll(() => site.close());

it('registers by the plain task where nothing runs', { timeout: 60_000 }, async () => {
  const page = await site.visitor({ javaScriptEnabled: false });
  await page.goto('/auth/register');
  await page.getByLabel('Адрес E-mail').fill('plain@tenant.test');
  await page.getByLabel('Фамилия').fill('Иванов');
  await page.getByLabel('Имя').first().fill('Пётр');
  await page.getByLabel('Пароль').first().fill('Пароль без сценариев');
  await page.getByLabel('Подтверждение пароля').fill('Пароль без сценариев');
  await page.getByLabel('Согласен с политикой').check();
  await page.locator('#field-robot').fill(answerTask(await page.locator('[data-robot-plain]').innerText()));
  await page.getByRole('button', { name: 'Зарегистрироваться' }).click();
  await page.getByText('в течение 7 суток').waitFor();
  expect((await site.letters()).map((letter) => letter.to)).toEqual(['plain@tenant.test']);
});

it('opens the menu of a phone and sends a document where nothing runs', { timeout: 60_000 }, async () => {
  const { house } = site;
  const account = await addAccount(house);
  const organisation = await addOrganisation(house);
  await join(house, account, organisation, ['documents']);
  const type = await addType(house);
  const page = await site.visitor({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await page.goto('/auth/login');
  await page.getByLabel('Адрес E-mail').fill(account.email);
  await page.getByLabel('Пароль').fill('не тот пароль');
  await page.getByRole('button', { name: 'Войти' }).click();
  await page.getByText('Адрес или пароль не подходят').first().waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await signIn(page, account.email);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByText('Меню', { exact: true }).click();
  await page.getByRole('link', { name: 'Профили', exact: true }).click();
  await page.getByRole('link', { name: 'Профиль организации' }).click();
  await page.locator('label[for="side-open"]').click();
  await page.getByRole('link', { name: 'Документы' }).first().click();
  await page.getByRole('link', { name: 'Добавить документ' }).first().click();
  await page.getByLabel('Тип документа').selectOption(type.id);
  await page
    .getByLabel('Файл')
    .setInputFiles({ name: 'скан.jpg', mimeType: 'image/jpeg', buffer: await jpeg() });
  await page.getByRole('button', { name: 'Добавить' }).click();
  await page.getByText('отправлен на проверку').waitFor();
  await page.getByRole('link', { name: 'Просмотреть' }).click();
  // decode() waits for the picture, and fails where it is none. A browser without scripts for the page still runs ours.
  await page.locator('img.frame-img').evaluate((image) => (image as HTMLImageElement).decode());
  site.quiet();
});
