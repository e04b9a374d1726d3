import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptSms } from '../../src/domain/outbox/sms.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount } from '../support/people.js';

const WIDTHS = [320, 768, 1280];
const [FIRST, SECOND] = ['Первый новый пароль', 'Второй новый пароль'];

let site: Site;
beforeAll(async () => {
  site = await openSite({ captcha: 'altcha' });
});
afterAll(() => site.close());

async function lastCode(): Promise<string> {
  // What was sent is told apart by its moment.
  site.house.clock.move(1);
  await site.house.deliver();
  const [sms] = await keptSms(join(site.house.config.dataDir, 'sms'));
  return /\d{6}/.exec(sms!.text)![0];
}

it(
  'confirms a phone and recovers by it, by mail, and moves to another address',
  { timeout: 120_000 },
  async () => {
    const account = await addAccount(site.house, { email: 'maria@account.test', surname: 'Королёва' });
    const page = await site.visitor();
    await signIn(page, account.email);

    await page.getByRole('link', { name: 'Личные данные' }).click();
    await page.getByLabel('Мобильный телефон').fill('8 903 123-45-67');
    await page.getByLabel('ИНН').fill('7734 7485 5420');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Личные данные сохранены').waitFor();
    await expectAccessible(page);
    await expectFits(page, WIDTHS);
    await page.getByRole('link', { name: 'Подтвердить' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Получить код по SMS' }).click();
    await page.getByLabel('Код SMS').fill(await lastCode());
    await expectFits(page, WIDTHS);
    await page.getByRole('button', { name: 'Подтвердить' }).click();
    await page.getByText('Номер телефона подтверждён').waitFor();
    await page.getByRole('button', { name: 'Выход' }).click();

    const recover = async (contact: string) => {
      await page.goto('/auth/login');
      await page.getByRole('link', { name: 'Забыли пароль?' }).click();
      await expectAccessible(page);
      await page.getByLabel('Адрес электронной почты или').fill(contact);
      await page.getByLabel('Фамилия').fill('королева');
      await page.getByText('Я не робот').first().click();
      await page.getByText('проверено').waitFor();
      await page.getByRole('button', { name: 'Восстановить доступ' }).click();
      await page.getByText('Что дальше').waitFor();
      await expectAccessible(page);
    };
    await recover('+7 (903) 123-45-67');
    await page.getByRole('link', { name: 'Ввести код и новый пароль' }).click();
    await expectAccessible(page);
    await expectFits(page, WIDTHS);
    await page.getByLabel('Код SMS').fill(await lastCode());
    await page.getByLabel('Новый пароль').fill(FIRST);
    await page.getByLabel('Подтверждение нового пароля').fill(FIRST);
    await page.getByRole('button', { name: 'Обновить пароль' }).click();
    await page.getByText('Пароль обновлён').waitFor();
    await signIn(page, account.email, FIRST);
    await page.getByRole('button', { name: 'Выход' }).click();

    await recover(account.email);
    const letter = (await site.letters()).find(({ subject }) => subject.startsWith('Восстановление'))!;
    await page.goto(/http\S+\/auth\/password\/\S+/.exec(letter.text)![0]);
    expect(page.url()).toBe(`${site.url}/auth/password`);
    await page.getByLabel('Новый пароль').fill(SECOND);
    await page.getByLabel('Подтверждение нового пароля').fill(SECOND);
    await page.getByRole('button', { name: 'Обновить пароль' }).click();
    await page.getByText('Пароль обновлён').waitFor();
    await signIn(page, account.email, SECOND);

    await page.goto('/desktop/personal');
    await page.getByRole('link', { name: 'Изменить' }).click();
    await expectAccessible(page);
    await expectFits(page, WIDTHS);
    await page.getByLabel('Новый адрес E-mail').fill('moved@account.test');
    await page.getByLabel('Пароль').fill(SECOND);
    await page.getByRole('button', { name: 'Отправить ссылку' }).click();
    await page.getByText('отправлено письмо со ссылкой').waitFor();
    const link = (await site.letters()).find(({ to }) => to === 'moved@account.test')!;
    await page.goto(/http\S+\/auth\/email\/\S+/.exec(link.text)![0]);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Подтвердить новый адрес' }).click();
    await page.getByText('Адрес изменён').waitFor();
    await signIn(page, 'moved@account.test', SECOND);
    site.quiet();
  },
);
