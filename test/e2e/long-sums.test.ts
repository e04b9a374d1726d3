import { afterAll, beforeAll, expect, it } from 'vitest';
import { addInvoice, RENT } from '../support/bills.js';
import { expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join } from '../support/people.js';

let site: Site;
beforeAll(async () => void (site = await openSite()));
afterAll(() => site.close());

it('sums and numbers of any length stay inside the cards of a list, on a phone too', async () => {
  const { house } = site;
  const tenant = await addOrganisation(house);
  const lines = [{ ...RENT, quantity: '1', price: 9_999_999_999_999 }];
  const number = 'ОЧЕНЬДЛИННЫЙНОМЕРСЧЁТАБЕЗПРОБЕЛОВ00000000000000001';
  const { id } = await addInvoice(house, { organisation: tenant.id }, { lines, number });
  await house.parts.db('invoices').where({ id }).update({ allocated: 1_234_567_890_123 });
  const head = await addAccount(house);
  await join(house, head, tenant, ['accounting']);
  const accountant = await addAccount(house, { staff: ['accountant'] });
  for (const [who, path] of [
    [head, `/profiles/${tenant.id}/invoices`],
    [accountant, '/staff/invoices'],
  ] as const) {
    const page = await site.visitor();
    await signIn(page, who.email);
    await page.goto(path);
    for (const width of [320, 360, 768, 1280]) {
      await expectFits(page, [width]);
      // A card cuts off what is too wide for it.
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('.card, .card td, .card tbody th')]
          .filter((one) => one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.textContent),
      );
      expect(cut, `${path} at ${width}`).toEqual([]);
    }
  }
});
