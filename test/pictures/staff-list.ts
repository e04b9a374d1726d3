import { idOf } from '../../seeds/demo/ids.js';
import { organisationId } from '../../seeds/demo/organisation-rows.js';
import type { Picture } from './picture.js';

const TABLE = [
  'Внешний код;Название;ИНН;КПП',
  'О-101;ООО «Северный ветер»;7710140679;771001001',
  'О-102;ООО «Забыли КПП»;7710140679;',
  'О-103;ООО «Опечатка»;7710140670;771001001',
].join('\n');

/** The pictures of the company's own help. */
export const STAFF_PICTURES: Picture[] = [
  {
    name: 'staff-requests',
    who: 'operator',
    path: '/staff/requests',
    width: 1340,
    parts: ['main h1', 'main tbody tr:nth-child(3)'],
    says: ['Записать со слов', 'Номер, тема, слова, организация', 'Ждут нас', 'Исполнитель', 'Просрочено'],
  },
  {
    name: 'staff-answer',
    who: 'operator',
    path: `/staff/requests/${idOf('conversation', 'spektr/leak')}`,
    width: 1180,
    parts: ['[aria-labelledby=answer]'],
    says: ['Готовый ответ', 'Вставить в текст', 'Текст', 'Файлы', 'Ответить', 'Запросить ответ', 'Отклонить'],
  },
  {
    name: 'staff-figures',
    who: 'operator',
    path: '/staff/requests/figures',
    width: 860,
    parts: ['.chart'],
    says: ['Столбец — отправлено за неделю'],
  },
  {
    name: 'staff-review',
    who: 'staff',
    path: '/staff/documents',
    width: 1340,
    parts: ['.split-act > .card'],
    says: ['Решение', 'Действителен до', 'Принять', 'Причина отказа', 'Отклонить'],
    async before(page) {
      await page.locator('tbody a.name').first().click();
      await page.getByRole('button', { name: 'Принять' }).waitFor();
    },
  },
  {
    name: 'staff-organisations',
    who: 'staff',
    path: '/staff/organisations',
    width: 1100,
    parts: ['main h1', 'main tbody tr:nth-child(2)'],
    says: ['Добавить организацию', 'Название, ИНН или номер договора', 'Здание', 'Администратор', 'Показать'],
  },
  {
    name: 'staff-organisation',
    who: 'staff',
    path: `/staff/organisations/${organisationId('spektr')}`,
    width: 900,
    parts: ['main h1', '[aria-labelledby=contacts]'],
    says: [
      'Изменить реквизиты',
      'Реквизиты',
      'Ответственный от организации',
      'Менеджер в управляющей компании',
    ],
  },
  {
    name: 'staff-access',
    who: 'staff',
    path: '/staff/access-requests',
    width: 1180,
    parts: ['main h1', 'main tbody tr:nth-child(1)'],
    says: ['Запросы доступа', 'Кто просит', 'Организация', 'Отправлен'],
  },
  {
    name: 'staff-statement',
    who: 'accountant',
    path: '/staff/statements',
    width: 1180,
    parts: ['[aria-label=Итого]', 'main tbody tr:nth-child(4)'],
    says: ['Совпали со счётом', 'Провести совпавшие', 'Совпал', 'Нужно решение', 'Решить'],
    async before(page) {
      await page.locator('tbody a.name').first().click();
      await page.getByRole('button', { name: 'Провести совпавшие' }).waitFor();
    },
  },
  {
    name: 'staff-import',
    who: 'staff',
    path: '/staff/import',
    width: 860,
    parts: ['main h1', 'main tbody tr:nth-child(2)'],
    says: ['Отклонено: 2', 'Добавится: 1', 'Применить: 1 строка', 'Нет КПП', 'ИНН с ошибкой'],
    async before(page) {
      await page.getByLabel('Организации').check();
      const file = { name: 'Организации.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) };
      await page.locator('[type=file]').setInputFiles(file);
      await page.getByRole('button', { name: 'Сравнить' }).click();
      await page.getByRole('button', { name: 'Применить' }).waitFor();
    },
  },
];
