import { afterAll, beforeAll, expect, it } from 'vitest';
import { dateTime } from '../../src/lib/dates.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { DAY } from '../support/house.js';
import { addAccount, addOrganisation, join } from '../support/people.js';

const WIDTHS = [320, 768, 1280];
const TITLE = 'Закрытие прохода на территорию БК «Спектр Хамовники» через КПП № 2';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it('a notification goes from the editor’s page to «Прочитано»', { timeout: 60_000 }, async () => {
  const { house } = site;
  const organisation = await addOrganisation(house, 'ООО «Ромашка»');
  const reader = await addAccount(house, { email: 'maria@romashka.test' });
  await join(house, reader, organisation, ['observer']);
  await addAccount(house, { email: 'editor@company.test', staff: ['editor'] });

  const editor = await site.visitor();
  await signIn(editor, 'editor@company.test');
  await expectAccessible(editor);
  await editor.getByRole('link', { name: 'Написать уведомление' }).click();
  await expectAccessible(editor);
  await editor.getByRole('button', { name: 'Сохранить и посмотреть' }).click();
  await editor.getByText('Укажите заголовок').first().waitFor();
  await expectAccessible(editor);
  await editor.getByLabel('ООО «Ромашка»').waitFor({ state: 'hidden' });
  await editor.getByLabel('Организациям').check();
  await editor.getByLabel('ООО «Ромашка»').check();
  await editor.getByLabel('Важно').check();
  await editor.getByLabel('Заголовок').fill(TITLE);
  await editor.getByLabel('Текст').fill('Уважаемый арендатор!\n\nПользуйтесь другими КПП.');
  await editor.getByLabel('Показывать до').fill(dateTime(new Date(house.clock.now().getTime() + 5 * DAY)));
  await expectFits(editor, WIDTHS);
  await editor.getByRole('button', { name: 'Сохранить и посмотреть' }).click();
  await editor.getByText('Так его увидят').waitFor();
  await expectAccessible(editor);
  await expectFits(editor, WIDTHS);
  await editor.getByRole('button', { name: 'Опубликовать' }).click();
  await editor.getByText('Уведомление опубликовано').waitFor();
  await editor.getByText('0 из 1').waitFor();

  const page = await site.visitor();
  const letter = (await site.letters()).find(({ to }) => to === reader.email)!;
  expect(letter.subject).toBe(TITLE);
  await page.goto(/http\S+notifications#\S+/.exec(letter.text)![0]);
  await signIn(page, reader.email);
  await page.getByRole('link', { name: 'ООО «Ромашка»' }).click();
  await page.getByText('Прочитано: Новое').waitFor();
  await page.getByRole('link', { name: 'Уведомления 1 непрочитанное' }).waitFor();
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
  await page.getByRole('button', { name: 'Пометить как прочитанное' }).click();
  await page.getByText(/Прочитано: \d\d\.\d\d\.\d{4}/).waitFor();
  await expectAccessible(page);
  await editor.reload();
  await editor.getByText('1 из 1').waitFor();

  await page.goto('/desktop/letters');
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
  await page.getByLabel('Акции').check();
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByText('Выбор писем сохранён').waitFor();
  site.quiet();
});
