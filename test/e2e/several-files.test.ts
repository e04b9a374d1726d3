import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site } from '../support/browser.js';

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

it('says of several files which were chosen, and refuses at once what the server would refuse', async () => {
  const page = await site.visitor();
  await page.goto('/styleguide');
  const field = page.locator('.field', { has: page.locator('#field-files') });
  const input = field.locator('#field-files');
  const choose = async (...files: ReturnType<typeof file>[]) => {
    await input.setInputFiles(files);
    return [await field.locator('.err').innerText(), await field.locator('.chosen').innerText()];
  };
  const chosen = () => input.evaluate((one: HTMLInputElement) => one.files!.length);

  const eleven = Array.from({ length: 11 }, (_, index) => file(`${index}.pdf`));
  expect(await choose(...eleven)).toEqual(['Не больше 10\u00a0файлов за раз. Выберите файлы снова', '']);
  expect(await chosen()).toBe(0);
  expect(await input.getAttribute('aria-invalid')).toBe('true');
  expect(await choose(file('план.pdf'), file('смета.docx'), file('скан.jpg'))).toEqual([
    'смета.docx: Подойдёт только PDF или JPG. Сохраните документ в одном из этих форматов',
    '',
  ]);
  expect(await choose(file('план.pdf'), file('большой.pdf', 10 * 1024 * 1024 + 1))).toEqual([
    'большой.pdf: Файл больше 10 МБ. Сожмите его или разделите на части',
    '',
  ]);
  expect(await chosen()).toBe(0);

  expect(await choose(...eleven.slice(1))).toEqual([
    '',
    Array.from({ length: 10 }, (_, index) => `${index + 1}.pdf, 2\u00a0КБ`).join('\n'),
  ]);
  expect(await chosen()).toBe(10);
  expect(await input.getAttribute('aria-invalid')).toBe('false');
  site.quiet();
});
