import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../../src/db/knex.js';
import { openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, innOf } from '../support/people.js';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('says where an import stands: what was sent, that it is being compared, what came of it', async () => {
  const { db } = site.house.parts;
  await addAccount(site.house, { email: 'chief@company.test', staff: ['administrator'] });
  const page = await site.visitor();
  await signIn(page, 'chief@company.test');
  await page.goto('/staff/import');
  await page.getByLabel('Организации').check();
  const lines = Array.from(
    { length: 300 },
    (_, n) => `к-${n};ООО «Номер ${n}»;${innOf(700_000 + n)};770401001`,
  );
  const buffer = Buffer.from(['Внешний код;Название;ИНН;КПП', ...lines].join('\n'));
  await page.getByLabel('Файл').setInputFiles({ name: 'Выгрузка.csv', mimeType: 'text/csv', buffer });

  const bar = page.getByRole('progressbar');
  await transaction(db, async (trx) => {
    // The comparison cannot be written down before this ends: it lasts as long as the test looks at it.
    await trx.raw('lock table imports in exclusive mode');
    await page.getByRole('button', { name: 'Сравнить' }).click();
    await page.getByRole('status').getByText('Файл отправлен, сравниваем строки').waitFor();
    expect(await bar.getAttribute('value')).toBeNull();
    expect(await bar.evaluate((one) => one.matches(':indeterminate'))).toBe(true);
  });
  await page.getByRole('button', { name: 'Применить: 300 строк' }).click();
  await page.getByText('Импорт применён. Добавлено: 300, изменено: 0.').waitFor();
  expect(await bar.count()).toBe(0);
  site.quiet();
});
