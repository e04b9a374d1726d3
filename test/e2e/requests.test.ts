import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAccessible, expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join } from '../support/people.js';
import { jpeg, pdf } from '../support/sample-files.js';

const WIDTHS = [320, 768, 1280];

let site: Site;
let files: { name: string; mimeType: string; buffer: Buffer }[];
beforeAll(async () => {
  site = await openSite();
  files = [
    { name: 'батарея.jpg', mimeType: 'image/jpeg', buffer: await jpeg() },
    { name: 'акт.pdf', mimeType: 'application/pdf', buffer: await pdf() },
  ];
});
afterAll(() => site.close());

async function sound(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectFits(page, WIDTHS);
}
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first().click();
/** What the menu counts beside a section. */
const counted = async (page: Page, menu: string) =>
  (await page.locator(`${menu} a .count`).allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));

/** Somebody of an organisation and somebody of the company, both signed in. */
async function two(name: string, options = {}) {
  const { house } = site;
  const organisation = await addOrganisation(house, `ООО «${name}»`);
  const account = await addAccount(house);
  await join(house, account, organisation, ['administrator']);
  const operator = await addAccount(house, { staff: ['operator'], surname: name, name: 'Ольга' });
  const [tenant, staff] = [await site.visitor(options), await site.visitor(options)];
  await signIn(tenant, account.email);
  await signIn(staff, operator.email);
  return { tenant, staff, organisation, account };
}

async function goesThrough(name: string, options = {}): Promise<void> {
  const { tenant, staff, account } = await two(name, options);
  const subject = `Не греет батарея у ${name}`;
  const judged = options === PLAIN ? () => Promise.resolve() : sound;

  // The first request is asked for where the others will stand.
  await tenant.getByRole('link', { name: 'Служба сервиса' }).first().click();
  await judged(tenant);
  await press(tenant, 'Отправить');
  await tenant.getByText('Укажите тему').first().waitFor();
  expect(await tenant.title()).toMatch(/^Ошибка: /);
  await judged(tenant);
  await tenant.getByLabel('Заявитель').selectOption({ label: `ООО «${name}»` });
  await tenant.getByLabel('Тема').fill(subject);
  await tenant.getByLabel('Суть проблемы').fill('В комнате 412 холодно третий день');
  await tenant.getByLabel('Файлы').setInputFiles(files);
  await press(tenant, 'Отправить');
  await tenant.getByText(/Заявка № З-\d{4}-\d{6} отправлена/).waitFor();
  await judged(tenant);

  await staff.goto('/staff/requests');
  await judged(staff);
  await follow(staff, subject);
  await judged(staff);
  await staff.getByRole('link', { name: 'акт.pdf' }).waitFor();
  await press(staff, 'Принять');
  await staff.getByText('Статус изменён.').waitFor();
  await press(staff, 'В работу');
  await staff.getByText('Статус изменён.').waitFor();
  await press(staff, 'Запросить ответ');
  await staff.getByText('Напишите, что ответить арендатору').first().waitFor();
  await judged(staff);
  await staff.getByLabel('Текст').fill('Когда к вам можно зайти?');
  await press(staff, 'Запросить ответ');
  await staff.getByText('Ответ отправлен.').waitFor();

  const letters = (await site.letters()).filter(({ to }) => to === account.email);
  expect(letters.map(({ subject }) => subject.split(':')[0]).sort()).toEqual([
    'В работе',
    'Ожидает ответа',
    'Принята',
  ]);
  const letter = letters.find(({ subject }) => subject.startsWith('Ожидает ответа'));
  await tenant.goto(/http\S+#e-\d+/.exec(letter!.text)![0]);
  expect(tenant.url()).toMatch(/\/[\da-f-]{36}#e-\d+$/);
  expect(await counted(tenant, 'nav')).toContain('1 с новым ответом');
  await tenant.getByText('Ожидает ответа').first().waitFor();
  await judged(tenant);
  await tenant.getByLabel('Текст').fill('В любое время');
  await press(tenant, 'Отправить');
  await tenant.getByText('Ответ отправлен.').waitFor();
  expect(await counted(tenant, 'nav')).toEqual([]);

  await staff.reload();
  await staff.getByText('В любое время').waitFor();
  await staff.getByLabel('Текст').fill('Заменили вентиль');
  await press(staff, 'Выполнена');
  await staff.getByText('Ответ отправлен.').waitFor();

  await tenant.reload();
  await follow(tenant, 'Вернуть в работу');
  await judged(tenant);
  await tenant.getByLabel('Что осталось сделать').fill('Капает');
  await press(tenant, 'Вернуть в работу');
  await tenant.getByText('Заявка возвращена в работу.').waitFor();

  await staff.reload();
  await staff.getByText('Капает').waitFor();
  await press(staff, 'Выполнена');
  await staff.getByText('Статус изменён.').waitFor();

  await tenant.reload();
  await press(tenant, 'Пометить как прочитанное');
  await tenant.getByText('Есть новый ответ').waitFor({ state: 'detached' });
  expect(await counted(tenant, 'nav')).toEqual([]);
  await follow(tenant, 'Оценить и закрыть');
  await judged(tenant);
  await tenant.getByLabel('4 — хорошо').check();
  await tenant.getByLabel('Комментарий').fill('Со второго раза');
  await press(tenant, 'Оценить и закрыть');
  await tenant.getByText('Спасибо за оценку!').waitFor();
  await tenant.getByText('Закрыта').first().waitFor();
  expect(await tenant.getByRole('button', { name: 'Отправить' }).count()).toBe(0);
  await judged(tenant);
  await staff.reload();
  await staff.getByText('4 из 5 — Со второго раза').waitFor();
  await judged(staff);
  site.quiet();
}

const PLAIN = { javaScriptEnabled: false };

it('a request goes from its form to a rating, by way of a return', { timeout: 180_000 }, () =>
  goesThrough('Лютик'),
);

it('and the same where nothing runs', { timeout: 120_000 }, () => goesThrough('Василёк', PLAIN));

it('a message is answered, and found again', { timeout: 180_000 }, async () => {
  const { tenant, staff, organisation } = await two('Клевер');
  await tenant.goto(`/profiles/${organisation.id}/messages`);
  await tenant.getByText('Сообщений пока нет').waitFor();
  await sound(tenant);
  await follow(tenant, 'Создать сообщение');
  await sound(tenant);
  await tenant.getByLabel('Профиль обращения').selectOption({ label: 'Аренда (Отдел аренды)' });
  await tenant.getByLabel('Тема').fill('Продление договора');
  await tenant.getByLabel('Текст обращения').fill('Когда подписываем?');
  await press(tenant, 'Отправить');
  await tenant.getByText(/Обращение № О-\d{4}-\d{6} отправлено/).waitFor();

  await staff.goto('/staff/requests?face=message');
  await follow(staff, 'Продление договора');
  // What is typed already waits through whatever else is done on the page.
  await staff.getByLabel('Текст').fill('В понедельник');
  await press(staff, 'Взять себе');
  await staff.getByText('Исполнитель сохранён.').waitFor();
  await staff.getByRole('textbox', { name: 'Заметка' }).fill('Спросить у юриста');
  await press(staff, 'Сохранить заметку');
  await staff.getByText('Заметка сохранена.').waitFor();
  await sound(staff);
  expect(await staff.getByLabel('Текст').inputValue()).toBe('В понедельник');
  await press(staff, 'Ответить');
  await staff.getByText('Ответ отправлен.').waitFor();

  await tenant.goto(`/profiles/${organisation.id}/messages`);
  expect(await counted(tenant, 'nav.side')).toContain('1 с новым ответом');
  await tenant.getByText('Новый ответ').waitFor();
  await tenant.getByLabel('Номер, тема или слова из переписки').fill('понедельник');
  await press(tenant, 'Показать');
  await sound(tenant);
  await tenant.getByRole('link', { name: 'Продление договора' }).click();
  await tenant.getByText('В понедельник').waitFor();
  expect(await tenant.getByText('Спросить у юриста').count()).toBe(0);
  await sound(tenant);
  site.quiet();
});
