import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join } from '../support/people.js';

const WIDTHS = [320, 768, 1280];

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it(
  'the administrator blocks a person, names the company, and reads both in the journal',
  { timeout: 60_000 },
  async () => {
    const { house } = site;
    const organisation = await addOrganisation(house, 'ООО «Ромашка и партнёры с очень длинным названием»');
    const person = await addAccount(house, { email: 'maria@romashka.test', inn: '773474855420' });
    await join(house, person, organisation, ['administrator']);
    await addAccount(house, { email: 'chief@company.test', staff: ['administrator'] });
    const sound = async (page: Awaited<ReturnType<Site['visitor']>>) => {
      await expectAccessible(page);
      await expectFits(page, WIDTHS);
    };

    const tenant = await site.visitor();
    await signIn(tenant, person.email);
    const chief = await site.visitor();
    await signIn(chief, 'chief@company.test');
    await chief.getByRole('link', { name: 'Люди' }).click();
    await chief.getByLabel('Имя, адрес E-mail или телефон').fill('ROMASHKA');
    await chief.getByRole('button', { name: 'Найти' }).click();
    await sound(chief);
    await chief.getByRole('link', { name: 'Константинопольская Мария' }).click();
    await sound(chief);
    await chief.getByRole('button', { name: 'Подтвердить ИНН' }).click();
    await chief.getByText('ИНН подтверждён.').waitFor();
    await chief.getByRole('link', { name: 'Заблокировать' }).click();
    await chief.getByRole('button', { name: 'Заблокировать' }).click();
    await chief.getByText('Укажите причину').first().waitFor();
    await sound(chief);
    await chief.getByLabel('Причина').fill('Договор расторгнут');
    await chief.getByRole('button', { name: 'Заблокировать' }).click();
    await chief.getByText('Некому управлять профилем').waitFor();
    await tenant.reload();
    await tenant.getByRole('button', { name: 'Войти' }).waitFor();

    await chief.getByRole('link', { name: 'Компания', exact: true }).click();
    await sound(chief);
    await chief.getByLabel('Краткое название').fill('Меридиан');
    await chief.getByLabel('ИНН', { exact: true }).fill('123');
    await chief.getByRole('button', { name: 'Сохранить' }).click();
    await chief.getByText('Проверьте ИНН').first().waitFor();
    await sound(chief);
    await chief.getByLabel('ИНН', { exact: true }).fill('7704374968');
    await chief.getByRole('button', { name: 'Сохранить' }).click();
    await chief.getByText('Сведения о компании сохранены.').waitFor();
    await chief.getByRole('link', { name: 'Меридиан' }).waitFor();
    await tenant.goto('/contacts');
    await tenant.getByText('7704374968').waitFor();
    await sound(tenant);

    await chief.getByRole('link', { name: 'Журнал' }).click();
    await chief.getByText('Причина: Договор расторгнут').waitFor();
    await chief.getByText('Спектр → Меридиан').waitFor();
    await sound(chief);
    await chief.goto('/staff/people/new');
    await sound(chief);
    const mail = (await site.letters()).find(({ to }) => to === person.email)!;
    expect(mail.text).toContain('+7 495 626 53 16');
    site.quiet();
  },
);
