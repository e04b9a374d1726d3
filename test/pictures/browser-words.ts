import type { Page } from 'playwright-core';

/**
 * Says in Russian what the browser itself writes at a field for a file. Few machines have a browser with its Russian
 * texts, and the field's own can be changed by nobody: something that looks the same stands in for it.
 */
export async function speakRussian(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const field of document.querySelectorAll('input[type=file]')) {
      const box = document.createElement('div');
      box.className = field.className;
      const button = document.createElement('span');
      button.className = 'btn small';
      button.textContent = 'Выберите файл';
      const chosen = document.createElement('span');
      chosen.textContent = 'Файл не выбран';
      chosen.style.marginLeft = '16px';
      box.append(button, chosen);
      field.replaceWith(box);
    }
  });
}
