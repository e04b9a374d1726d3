import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addInvoice } from '../support/bills.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join } from '../support/people.js';

const WIDTHS = [360, 768, 1440];

let site: Site;
let organisation: { id: string };
let email: string;
beforeAll(async () => {
  site = await openSite();
  organisation = await addOrganisation(site.house);
  const account = await addAccount(site.house);
  await join(site.house, account, organisation, ['accounting']);
  email = account.email;
});
afterAll(() => site?.close());

/** Signed in, at an invoice of his own organisation. */
async function atInvoice(options?: Parameters<Site['visitor']>[0]): Promise<{ page: Page; bill: string }> {
  const invoice = await addInvoice(site.house, { organisation: organisation.id });
  const page = await site.visitor(options);
  await signIn(page, email);
  const bill = `/profiles/${organisation.id}/invoices/${invoice.id}`;
  await page.goto(bill);
  return { page, bill };
}
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();
const looked = async (page: Page) => {
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
};
const toBank = async (page: Page) => {
  await page.getByRole('button', { name: 'Оплатить картой' }).click();
  await heading(page, 'Оплата картой');
  await page.getByRole('link', { name: /^Перейти к оплате на сайт localhost:\d+$/ }).click();
  await heading(page, 'Оплата картой: заглушка');
};

it.each([true, false])(
  'an invoice is paid through the page of the bank (scripts: %s)',
  async (javaScriptEnabled) => {
    const { page, bill } = await atInvoice({ javaScriptEnabled });
    await page.getByRole('button', { name: 'Оплатить картой' }).click();
    await heading(page, 'Оплата картой');
    if (javaScriptEnabled) await looked(page);
    await page.getByRole('link', { name: /^Перейти к оплате/ }).click();
    await heading(page, 'Оплата картой: заглушка');
    if (javaScriptEnabled) await looked(page);
    await page.getByRole('button', { name: 'Оплатить' }).click();
    // The notice has come before the payer.
    await heading(page, 'Оплачено');
    expect(page.url()).toContain(`${bill}/payment/`);
    if (javaScriptEnabled) await looked(page);
    await page.getByRole('link', { name: 'Вернуться к счёту' }).click();
    await page.getByText('Банковская карта').waitFor();
    expect(await page.getByRole('button', { name: 'Оплатить картой' }).count()).toBe(0);
    await expect
      .poll(async () => (await site.letters()).some(({ subject }) => subject.startsWith('Получена оплата')))
      .toBe(true);
    site.quiet();
  },
);

it('who does not want to is told so, and may try again', async () => {
  const { page, bill } = await atInvoice();
  await toBank(page);
  await page.getByRole('button', { name: 'Отказаться' }).click();
  await heading(page, 'Не оплачено');
  await page.getByText('Вы отказались от оплаты.').waitFor();
  await looked(page);
  const first = page.url();
  await page.getByRole('button', { name: 'Оплатить картой ещё раз' }).click();
  await heading(page, 'Оплата картой');
  expect(page.url()).not.toBe(first);
  expect(page.url()).toContain(`${bill}/payment/`);
  site.quiet();
});

it('who comes back before it is known sees that it is being found out', async () => {
  const { page } = await atInvoice();
  await toBank(page);
  await page.goBack();
  await page.goto(`${page.url()}?back`);
  await heading(page, 'Проверяем оплату');
  await looked(page);
  // The page asks once by itself.
  await page.waitForURL(/\?back=asked$/);
  await page.getByText('Мы спрашиваем его сами').waitFor();
  await page.getByRole('link', { name: /^Перейти к оплате/ }).waitFor();
  await looked(page);
  site.quiet();
});
