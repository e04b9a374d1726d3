import { afterAll, beforeAll, expect, it } from 'vitest';
import { day, addDays, dayOf } from '../../src/lib/dates.js';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { DAY } from '../support/house.js';
import { addAccount, addOrganisation, addType, join } from '../support/people.js';
import { pdf } from '../support/sample-files.js';

const EMAIL = 'maria@romashka.test';
const SECRET = 'Очень длинный пароль';
const WIDTHS = [320, 768, 1280];

let site: Site;
beforeAll(async () => {
  site = await openSite({ captcha: 'altcha' });
});
afterAll(() => site.close());

async function expectLetter(subject: string): Promise<void> {
  expect(await site.letters()).toContainEqual(expect.objectContaining({ to: EMAIL, subject }));
}

it('goes from a registration to «Недействителен»', { timeout: 300_000 }, async () => {
  const { house } = site;
  const type = await addType(house, { name: 'Полис страхования ответственности арендатора', required: true });
  const reviewer = await addAccount(house, { staff: ['reviewer'], surname: 'Петрова', name: 'Анна' });
  const tenant = await site.visitor();

  // Registers; the widget does its work when its label is clicked.
  await tenant.goto('/');
  await tenant.getByRole('link', { name: 'Перейти на страницу регистрации' }).click();
  await expectAccessible(tenant);
  await tenant.getByLabel('Адрес E-mail').fill(EMAIL);
  await tenant.getByLabel('Фамилия').fill('Константинопольская');
  await tenant.getByLabel('Имя', { exact: false }).first().fill('Мария');
  await tenant.getByLabel('Отчество').fill('Сергеевна');
  await tenant.getByLabel('Пароль', { exact: false }).first().fill(SECRET);
  await tenant.getByLabel('Подтверждение пароля').fill(SECRET);
  await tenant.getByRole('button', { name: 'Зарегистрироваться' }).click();
  await tenant.locator('.summary').waitFor();
  expect(await tenant.title()).toMatch(/^Ошибка: /);
  expect(await tenant.getByLabel('Фамилия').inputValue()).toBe('Константинопольская');
  await expectAccessible(tenant);
  await tenant.getByLabel('Пароль', { exact: false }).first().fill(SECRET);
  await tenant.getByLabel('Подтверждение пароля').fill(SECRET);
  await tenant.getByLabel('Согласен с политикой').check();
  await tenant.getByText('Я не робот').first().click();
  await tenant.getByText('проверено').waitFor();
  await tenant.getByRole('button', { name: 'Зарегистрироваться' }).click();
  await tenant.getByText('в течение 7 суток').waitFor();
  await expectAccessible(tenant);

  // The letter's link only shows a button.
  const [letter] = await site.letters();
  expect(letter).toMatchObject({ to: EMAIL, subject: 'Подтвердите регистрацию в Личном кабинете клиента' });
  await tenant.goto(/http\S+\/auth\/confirm\/\S+/.exec(letter!.text)![0]);
  expect(tenant.url()).toBe(`${site.url}/auth/confirm`);
  await expectAccessible(tenant);
  await tenant.getByRole('button', { name: 'Подтвердить адрес' }).click();
  await tenant.getByText('Адрес подтверждён').waitFor();
  await signIn(tenant, EMAIL, SECRET);
  await tenant.getByText('Сейчас ничего не требует вашего внимания').waitFor();
  await expectAccessible(tenant);
  await tenant.getByRole('link', { name: 'Профили', exact: true }).click();
  await tenant.getByText('Вы пока не входите ни в одну организацию').waitFor();

  // The organisation's profile, from the company's books.
  const organisation = await addOrganisation(house);
  const account = await house.parts.db('accounts').where({ email: EMAIL }).first();
  await join(house, account!, organisation, ['documents']);
  await tenant.reload();
  await expectAccessible(tenant);
  await expectFits(tenant, WIDTHS);
  await tenant.getByRole('link', { name: 'Профиль организации' }).click();
  await tenant.getByRole('link', { name: 'Документы' }).first().click();
  await tenant.getByText('Похоже, вы ещё не загрузили ни одного документа.').waitFor();

  // A file that is not what its name says, then the right one.
  await tenant.getByRole('link', { name: 'Добавить документ' }).first().click();
  await tenant.getByLabel('Тип документа').selectOption({ label: type.name });
  await tenant.getByLabel('Комментарий').fill('Полис на новый год');
  await tenant
    .getByLabel('Файл')
    .setInputFiles({ name: 'полис.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>') });
  await tenant.getByRole('button', { name: 'Добавить' }).click();
  await tenant.locator('.summary').waitFor();
  expect(await tenant.title()).toMatch(/^Ошибка: /);
  expect(await tenant.getByLabel('Комментарий').inputValue()).toBe('Полис на новый год');
  await expectAccessible(tenant);
  await tenant
    .getByLabel('Файл')
    .setInputFiles({ name: 'полис.pdf', mimeType: 'application/pdf', buffer: await pdf() });
  await tenant.getByRole('button', { name: 'Добавить' }).click();
  await tenant.getByText('отправлен на проверку').waitFor();
  await expectAccessible(tenant);
  await expectFits(tenant, WIDTHS);
  expect(await tenant.locator('tbody .tag').innerText()).toBe('Отправлен');

  // The reviewer rejects without a reason, then accepts.
  const staff = await site.visitor();
  await signIn(staff, reviewer.email);
  await expectAccessible(staff);
  await staff.getByRole('link', { name: type.name }).click();
  await expectAccessible(staff);
  await expectFits(staff, WIDTHS);
  await staff.getByRole('button', { name: 'Отклонить' }).click();
  await staff.getByText('Выберите причину или опишите её словами').first().waitFor();
  const last = addDays(dayOf(house.clock.now()), 20);
  await staff.getByLabel('Действителен до').fill(day(last));
  await staff.getByRole('button', { name: 'Принять' }).click();
  await staff.getByText('Больше документов в очереди нет').waitFor();

  // The tenant hears of it and sees it, until the day is over.
  await expectLetter(`Документ принят: ${type.name}`);
  await tenant.reload();
  expect(await tenant.locator('tbody .tag').innerText()).toBe('Принят');
  await tenant.getByText(day(last)).first().waitFor();

  house.clock.move(21 * DAY);
  await signIn(tenant, EMAIL, SECRET);
  await tenant.getByText('больше не действует: 1 документ').waitFor();
  await tenant.getByRole('link', { name: organisation.name }).click();
  expect(await tenant.locator('tbody .tag').innerText()).toBe('Недействителен');
  const links = await tenant.locator('tbody .acts a').allInnerTexts();
  expect(links.map((link) => link.split(':')[0]!.trim())).toEqual([
    'Просмотреть',
    'Скачать',
    'Загрузить исправленный',
    'Удалить',
  ]);
  for (const job of house.jobs) await job.run(house.clock.now());
  await expectLetter(`Документ больше не действует: ${type.name}`);
  await tenant.getByRole('button', { name: 'Выход' }).click();
  await tenant.getByText('Вы вышли из кабинета').waitFor();
  site.quiet();
});
