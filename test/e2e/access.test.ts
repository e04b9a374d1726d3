import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join, PASSWORD } from '../support/people.js';

const WIDTHS = [320, 768, 1280];
const NAME = 'АО «Научно-производственное объединение «Точные измерения»';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const sound = async (page: Page) => {
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
};
const linkIn = async (to: string, part: string) => {
  const letter = (await site.letters()).find((one) => one.to === to && one.text.includes(part))!;
  return new RegExp(`http\\S+${part}\\S*`).exec(letter.text)![0];
};

it('access is asked for, granted and taken away', { timeout: 90_000 }, async () => {
  const { house } = site;
  const organisation = await addOrganisation(house, NAME);
  const head = await addAccount(house, { email: 'head@access.test', surname: 'Жуков', name: 'Алексей' });
  await join(house, head, organisation, ['administrator']);
  await addAccount(house, { email: 'asks@access.test' });

  const asks = await site.visitor();
  await signIn(asks, 'asks@access.test');
  await asks.getByRole('link', { name: 'Профили', exact: true }).click();
  await sound(asks);
  await asks.getByRole('link', { name: 'Получить доступ к профилю организации' }).click();
  await sound(asks);
  await asks.getByLabel('ИНН').fill(organisation.inn.replace(/(\d{4})(\d{3})/, '$1 $2 '));
  await asks.getByRole('button', { name: 'Проверить ИНН' }).click();
  await asks.getByText(NAME).waitFor();
  await sound(asks);
  await asks.getByRole('button', { name: 'Запросить доступ' }).click();
  await asks.getByText('Ждёт решения').waitFor();
  await sound(asks);

  const chief = await site.visitor();
  await chief.goto(await linkIn(head.email, '/accounts/requests/'));
  await chief.getByLabel('Адрес E-mail').fill(head.email);
  await chief.getByLabel('Пароль').fill(PASSWORD);
  await chief.getByRole('button', { name: 'Войти' }).click();
  await chief.getByRole('button', { name: 'Предоставить доступ' }).click();
  await chief.getByText('Выберите хотя бы одну роль').first().waitFor();
  await sound(chief);
  await chief.getByLabel('Документы').check();
  await chief.getByRole('button', { name: 'Предоставить доступ' }).click();
  await chief.getByText('Доступ предоставлен').waitFor();
  await sound(chief);

  await asks.goto(await linkIn('asks@access.test', '/information'));
  await asks.goto('/profiles');
  await asks.getByText('Организация успешно добавлена.').waitFor();
  await asks.getByRole('link', { name: 'Профиль организации' }).click();
  await asks.getByRole('link', { name: 'Документы' }).first().click();
  await asks.getByRole('heading', { name: 'Документы', level: 1 }).waitFor();

  await chief.getByRole('link', { name: /^Прекратить доступ.*Константинопольская/ }).click();
  await sound(chief);
  await chief.getByRole('button', { name: 'Прекратить доступ' }).click();
  await chief.getByText('Доступ прекращён').waitFor();
  // His very next click.
  await asks.getByRole('link', { name: 'Информация' }).first().click();
  await asks.getByText('Страница не найдена').first().waitFor();
  site.quiet();
});

it('somebody is invited, registers, joins, and takes the management over', { timeout: 90_000 }, async () => {
  const { house } = site;
  const organisation = await addOrganisation(house, NAME);
  const head = await addAccount(house, { email: 'boss@access.test', surname: 'Жуков', name: 'Алексей' });
  await join(house, head, organisation, ['administrator']);
  const accounts = `/profiles/${organisation.id}/accounts`;

  const chief = await site.visitor();
  await signIn(chief, head.email);
  await chief.goto(accounts);
  await chief.getByRole('link', { name: 'Добавить участника' }).click();
  await sound(chief);
  await chief.getByLabel('Адрес E-mail').fill('newcomer@access.test');
  await chief.getByLabel('Пропуска').check();
  await chief.getByLabel('Видит все заявки и обращения').check();
  await chief.getByRole('button', { name: 'Добавить' }).click();
  await chief.getByText('отправлено приглашение').waitFor();
  await sound(chief);

  const page = await site.visitor();
  await page.goto(await linkIn('newcomer@access.test', '/auth/register'));
  await page.getByLabel('Адрес E-mail').fill('newcomer@access.test');
  await page.getByLabel('Фамилия').fill('Новикова');
  await page.getByLabel('Имя').fill('Ольга');
  await page.getByLabel('Пароль').fill(PASSWORD);
  await page.getByLabel('Подтверждение пароля').fill(PASSWORD);
  await page.getByLabel('Согласен с политикой').check();
  await page.getByRole('button', { name: 'Зарегистрироваться' }).click();
  await page.getByText('7 суток').first().waitFor();
  await page.goto(await linkIn('newcomer@access.test', '/auth/confirm/'));
  await page.getByRole('button', { name: 'Подтвердить' }).first().click();
  await signIn(page, 'newcomer@access.test');
  await page.goto('/profiles');
  await page.getByText('Вас приглашают').waitFor();
  await sound(page);
  await page.getByRole('button', { name: 'Принять приглашение' }).click();
  await page.getByText('Организация успешно добавлена.').first().waitFor();

  await chief.goto(accounts);
  await chief.getByRole('link', { name: /^Передать управление.*Новикова/ }).click();
  await sound(chief);
  await chief.getByRole('button', { name: 'Предложить управление' }).click();
  await chief.getByText('Ответа пока нет').waitFor();
  await sound(chief);

  await page.goto(await linkIn('newcomer@access.test', '/handover'));
  await sound(page);
  await page.getByRole('button', { name: 'Принять управление' }).click();
  await page.getByText('Теперь профилем управляете вы').waitFor();
  await page.getByRole('link', { name: 'Журнал доступа' }).click();
  await page.getByText('Управление передано').waitFor();
  await sound(page);
  await chief.reload();
  await chief.getByText('Недостаточно прав').first().waitFor();
  const letters = (await site.letters()).map(({ to, subject }) => `${to}: ${subject}`);
  expect(letters).toContain(`${head.email}: Управление профилем передано: ${NAME}`);
  expect(letters).toContain(`newcomer@access.test: Вы управляете профилем: ${NAME}`);
  site.quiet();
});
