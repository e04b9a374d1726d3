import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { commerceMl, invoiceXml } from '../support/commerceml.js';
import { addAccount, addOrganisation } from '../support/people.js';

const WIDTHS = [320, 768, 1440];

let site: Site;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

it('an accountant brings the invoices of 1C, looks at them and issues them, by the keyboard', async () => {
  const { inn, kpp } = await addOrganisation(site.house, 'ООО «Плательщик»');
  const accountant = await addAccount(site.house, { staff: ['accountant'] });
  const page = await site.visitor();
  await signIn(page, accountant.email);
  await page.getByRole('link', { name: 'Импорт', exact: true }).click();
  expect(await page.getByRole('radio', { name: 'Счета' }).isChecked()).toBe(true);
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
  const goods = [
    { name: 'Аренда нежилого помещения за ноябрь 2026 года', quantity: '184.6' },
    {},
    {},
    {},
    {},
  ];
  const documents = [
    invoiceXml({ id: 'с-1', number: 'УК-000015/2026', inn, kpp: kpp ?? '', goods, total: '' }),
    invoiceXml({ id: 'с-2', inn: '5003028028' }),
    invoiceXml({ id: 'а-1', operation: 'Акт выполненных работ' }),
  ];
  const buffer = Buffer.from(commerceMl(documents.join('')));
  await page.getByLabel('Файл').setInputFiles({ name: 'Счета.xml', mimeType: 'text/xml', buffer });
  await page.getByRole('button', { name: 'Сравнить' }).press('Enter');
  await page.getByText('Что изменится').waitFor();
  await page.getByRole('link', { name: /^Добавится/ }).press('Enter');
  await page
    .getByRole('link', { name: /^Добавится/, exact: false })
    .and(page.locator('[aria-current]'))
    .waitFor();
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
  const box = page.getByRole('checkbox', { name: 'Сразу выставить' });
  expect(await box.isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Применить: 1 счёт' }).press('Enter');
  await page.getByText('Счета выставлены, плательщикам отправлены письма.').waitFor();
  site.quiet();
});
