import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFits, openSite, signIn, type Site } from '../support/browser.js';
import { addAccount, addOrganisation, join } from '../support/people.js';
import { pdf } from '../support/sample-files.js';

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const file = (name: string, bytes = 2048) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.alloc(bytes),
});
const BIG = 10 * 1024 * 1024 + 1;
const WRONG_TYPE = 'Подойдёт только PDF или JPG. Сохраните документ в одном из этих форматов';
const TOO_BIG = 'Файл может быть не больше 10 МБ. Сожмите его или разделите на части';

/** The field of several files of an open page. */
function severalFiles(page: Page) {
  const field = page.locator('.field', { has: page.locator('#field-files') });
  const input = field.locator('#field-files');
  return {
    input,
    error: () => field.locator('.err').innerText(),
    kept: () => input.evaluate((one: HTMLInputElement) => Array.from(one.files!, ({ name }) => name)),
    async choose(...files: ReturnType<typeof file>[]) {
      await input.setInputFiles(files);
      return [await field.locator('.err').innerText(), await field.locator('.chosen').innerText()];
    },
  };
}

/** Somebody who may send requests of his organisation, which has none. */
async function desk() {
  const { house } = site;
  const organisation = await addOrganisation(house);
  const account = await addAccount(house);
  await join(house, account, organisation, ['administrator']);
  const page = await site.visitor();
  await signIn(page, account.email);
  const open = async (subject: string) => {
    await page.goto(`/profiles/${organisation.id}/service/new`);
    await page.getByLabel('Тема').fill(subject);
    await page.getByLabel('Суть проблемы').fill('Прилагаем фотографии');
    return severalFiles(page);
  };
  const press = () => page.getByRole('button', { name: 'Отправить' }).click();
  const requests = () => house.parts.db('conversations').where({ organisation_id: organisation.id });
  return { page, open, press, requests };
}

it('says of several files which were chosen, and which were not taken and why; the others stay', async () => {
  const page = await site.visitor();
  await page.goto('/styleguide');
  const { input, choose, kept } = severalFiles(page);

  const eleven = Array.from({ length: 11 }, (_, index) => file(`${index}.pdf`));
  expect(await choose(...eleven)).toEqual(['Не больше 10\u00a0файлов за раз. Выберите файлы снова', '']);
  expect(await kept()).toEqual([]);
  expect(await input.getAttribute('aria-invalid')).toBe('true');
  expect(await choose(file('смета.docx'))).toEqual([
    `смета.docx не взят: ${WRONG_TYPE}. Выберите файлы снова`,
    '',
  ]);
  expect(await kept()).toEqual([]);
  expect(await choose(file('план.pdf'), file('смета.docx'), file('скан.jpg'))).toEqual([
    `смета.docx не взят: ${WRONG_TYPE}. Остальные файлы на месте`,
    'план.pdf, 2\u00a0КБ\nскан.jpg, 2\u00a0КБ',
  ]);
  expect(await kept()).toEqual(['план.pdf', 'скан.jpg']);
  expect(await choose(file('a.png'), file('большой.pdf', BIG), file('b.png'), file('план.pdf'))).toEqual([
    `a.png, b.png не взяты: ${WRONG_TYPE}. большой.pdf не взят: ${TOO_BIG}. Оставшийся файл на месте`,
    'план.pdf, 2\u00a0КБ',
  ]);
  expect(await kept()).toEqual(['план.pdf']);
  await expectFits(page, [360]);

  expect(await choose(...eleven.slice(1))).toEqual([
    '',
    Array.from({ length: 10 }, (_, index) => `${index + 1}.pdf, 2\u00a0КБ`).join('\n'),
  ]);
  expect(await kept()).toHaveLength(10);
  expect(await input.getAttribute('aria-invalid')).toBe('false');
  site.quiet();
});

it('asks for all of them again where the browser cannot keep some', async () => {
  const page = await site.visitor();
  await page.addInitScript('delete window.DataTransfer');
  await page.goto('/styleguide');
  const { choose, kept } = severalFiles(page);
  expect(await choose(file('план.pdf'), file('смета.docx'))).toEqual([
    `смета.docx не взят: ${WRONG_TYPE}. Выберите файлы снова`,
    '',
  ]);
  expect(await kept()).toEqual([]);
  site.quiet();
});

it('sends nothing while only refused files were chosen, until it is pressed again', async () => {
  const { page, open, press, requests } = await desk();
  const sent = () => page.getByText(/Заявка № З-\d{4}-\d{6} отправлена/).waitFor();
  const focused = () => page.evaluate(() => document.activeElement!.id);

  const lamp = await open('Лампа');
  await lamp.choose(file('a.png'));
  await press();
  expect(await lamp.error()).toBe(
    `a.png не взят: ${WRONG_TYPE}. Выберите файлы снова или нажмите ещё раз, чтобы отправить без файлов`,
  );
  expect(await focused()).toBe('field-files');
  // Another wrong choice is held back as the first was.
  await lamp.choose(...Array.from({ length: 11 }, (_, index) => file(`${index}.pdf`)));
  await press();
  expect(await lamp.error()).toBe(
    'Не больше 10\u00a0файлов за раз. Выберите файлы снова или нажмите ещё раз, чтобы отправить без файлов',
  );
  expect(await requests()).toEqual([]);
  await press();
  await sent();
  expect(await requests()).toHaveLength(1);
  expect(await page.getByRole('link', { name: '.pdf' }).count()).toBe(0);

  const kran = await open('Кран');
  await kran.choose(file('a.png'), { ...file('акт.pdf'), buffer: Buffer.from(await pdf()) });
  await press();
  await sent();
  await page.getByRole('link', { name: 'акт.pdf' }).waitFor();
  site.quiet();
});

it('does not offer to leave out a file that is required', async () => {
  const page = await site.visitor();
  await page.goto('/styleguide');
  const field = page.locator('.field', { has: page.locator('#field-file') });
  const input = field.locator('#field-file');
  await input.setInputFiles(file('смета.docx'));
  expect(await field.locator('.err').innerText()).toBe(WRONG_TYPE);
  await input.evaluate((one: HTMLInputElement) =>
    one.form!.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
  );
  expect(await field.locator('.err').innerText()).toBe(`${WRONG_TYPE}. Выберите другой файл`);
});

it('stays where everything was typed when the form is outdated or the line is lost', async () => {
  const { page, open, press, requests } = await desk();
  const roof = await open('Крыша');
  await roof.choose({ ...file('акт.pdf'), buffer: Buffer.from(await pdf()) });
  await page.evaluate(() => {
    for (const token of document.querySelectorAll<HTMLInputElement>('[name=_csrf]')) token.value = 'old';
  });
  // Back from another page what was typed would be gone: a script has put it there.
  await press();
  await page.getByText('Страница устарела. Скопируйте введённое').waitFor();
  expect(await page.getByLabel('Тема').inputValue()).toBe('Крыша');
  await page.context().setOffline(true);
  await press();
  await page.getByText('пропала связь').waitFor();
  await page.context().setOffline(false);
  expect(await page.locator('.lost').count()).toBe(1);
  expect(await requests()).toEqual([]);
});
