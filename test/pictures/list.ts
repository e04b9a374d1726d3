import { idOf } from '../../seeds/demo/ids.js';
import { organisationId } from '../../seeds/demo/organisation-rows.js';
import type { Picture } from './picture.js';
import { STAFF_PICTURES } from './staff-list.js';

const profile = `/profiles/${organisationId('spektr')}`;

export const PICTURES: Picture[] = [
  {
    name: 'registration',
    who: null,
    path: '/auth/register',
    width: 860,
    parts: ['.field:has([name=password_again])', 'form .btn'],
    says: ['Согласен с политикой обработки персональных данных', 'Зарегистрироваться'],
    before: (page) => page.locator('.robot').getByText('Я не робот').waitFor(),
  },
  {
    name: 'sign-in',
    who: null,
    path: '/auth/login',
    width: 860,
    parts: ['main'],
    says: ['Авторизация', 'Запомнить меня', 'Войти', 'Забыли пароль?', 'Перейти на страницу регистрации'],
  },
  {
    name: 'recovery-code',
    who: null,
    path: '/auth/recovery/code',
    width: 860,
    parts: ['main h1', 'main form'],
    says: ['Восстановление доступа', 'Код SMS', 'Новый пароль', 'Обновить пароль'],
    async before(page) {
      await page.getByLabel('Номер телефона').fill('+7 903 000-00-00');
      await page.getByLabel('Номер телефона').blur();
    },
  },
  {
    name: 'desktop',
    who: 'tenant',
    path: '/desktop',
    width: 860,
    parts: ['header.top', '.cards > .card:nth-child(4)'],
    says: [
      'Рабочий стол',
      'Помощь',
      'Контакты',
      'Профили',
      'Требует внимания',
      'Личные данные',
      'Уведомления',
    ],
  },
  {
    name: 'personal',
    who: 'tenant',
    path: '/desktop/personal',
    width: 860,
    parts: ['.field:has([name=patronymic])', 'main .actions'],
    says: ['Мобильный телефон', 'не подтверждён', 'Подтвердить', 'ИНН', 'Сохранить'],
    async before(page) {
      await page.getByLabel('Мобильный телефон').fill('+7 903 000-00-00');
      await page.getByRole('button', { name: 'Сохранить' }).click();
      await page.getByText('Личные данные сохранены.').waitFor();
    },
  },
  {
    name: 'phone',
    who: 'tenant',
    path: '/desktop/phone',
    width: 860,
    parts: ['main .form-card'],
    says: ['Код SMS', 'Подтвердить', 'Отправить код ещё раз'],
    async before(page) {
      await page.getByRole('button', { name: 'Получить код по SMS' }).click();
      await page.getByLabel('Код SMS').waitFor();
    },
  },
  {
    name: 'password',
    who: 'tenant',
    path: '/desktop/password',
    width: 860,
    parts: ['main .form-card'],
    says: ['Старый пароль', 'Новый пароль', 'Подтверждение нового пароля', 'Сохранить'],
  },
  {
    name: 'notifications',
    who: 'tenant',
    path: `${profile}/notifications`,
    width: 860,
    parts: ['main .board-all', 'main .notice'],
    says: ['Прочитать все', 'Важно', 'Новое', 'Пометить как прочитанное'],
  },
  {
    name: 'service',
    who: 'tenant',
    path: '/service',
    width: 1100,
    parts: ['main h1', 'main tbody tr:nth-child(5)'],
    says: ['Мои заявки', 'Новая экспресс-заявка', 'Новый ответ', 'Ожидает ответа', 'Выполнена', 'В работе'],
  },
  {
    name: 'request',
    who: 'tenant',
    path: `/service/${idOf('conversation', 'spektr/lamps')}`,
    width: 860,
    parts: ['main h1', 'main [aria-label=Сведения]'],
    says: ['Заявка №', 'Заявитель', 'Выполнена', 'Вернуть в работу', 'Оценить и закрыть', 'Добавить коллегу'],
  },
  {
    name: 'new-message',
    who: 'head',
    path: `${profile}/messages/new`,
    width: 860,
    parts: ['main .form-card'],
    says: ['Профиль обращения', 'Тема', 'Текст обращения', 'Файлы', 'Отправить'],
  },
  {
    name: 'profiles',
    who: 'tenant',
    path: '/profiles',
    width: 860,
    parts: ['main h1', '.cards > .card:nth-child(2)'],
    says: ['Мои организации', 'Частное лицо', 'Продолжить с этим профилем', 'Профиль организации'],
  },
  {
    name: 'access',
    who: 'outsider',
    path: '/profiles/access',
    width: 860,
    parts: ['main .form-card'],
    says: ['Шаг 2. Запрос доступа', '7799001471', 'Запросить доступ', 'Я не робот'],
    async before(page) {
      await page.getByLabel('ИНН').fill('7799001471');
      await page.getByRole('button', { name: 'Проверить ИНН' }).click();
      await page.locator('.robot').getByText('Я не робот').waitFor();
    },
  },
  {
    name: 'accounts',
    who: 'head',
    path: `${profile}/accounts`,
    width: 1180,
    parts: ['main h1', 'main tbody tr:nth-child(2)'],
    says: ['Связанные аккаунты', 'Изменить права', 'Передать управление', 'Прекратить доступ', 'Рассмотреть'],
  },
  {
    name: 'sections',
    who: 'tenant',
    path: `${profile}/information`,
    width: 1100,
    parts: ['.side .org', '.side .side-back'],
    says: ['Информация', 'Уведомления', 'Документы', 'Мои организации'],
  },
  {
    name: 'information',
    who: 'tenant',
    path: `${profile}/information`,
    width: 860,
    parts: ['main .card:nth-of-type(1)', 'main .card:nth-of-type(3)'],
    says: [
      'Реквизиты',
      'Ваш менеджер в управляющей компании',
      'Тип договора',
      'Дата окончания',
      'Занимаемая площадь',
    ],
  },
  {
    name: 'new-document',
    who: 'tenant',
    path: `${profile}/documents/new`,
    width: 860,
    parts: ['main .form-card'],
    says: ['Тип документа', 'Файл', 'не более 10 МБ', 'Комментарий', 'Добавить'],
    before: (page) =>
      page.getByLabel('Тип документа').selectOption({ label: 'Доверенность на получение ключей' }).then(),
  },
  {
    name: 'checklist',
    who: 'tenant',
    path: `${profile}/documents`,
    width: 1180,
    parts: ['main .checklist'],
    says: ['Обязательные документы', 'истекает через', 'действует до', 'отклонён'],
  },
  {
    name: 'statuses',
    who: 'tenant',
    path: `${profile}/documents`,
    width: 1340,
    parts: ['main thead', 'main tbody tr:nth-child(3)'],
    says: [
      'Наименование документа',
      'Действителен до',
      'Отправлен',
      'Отклонён',
      'Изменить',
      'Загрузить исправленный',
    ],
  },
  {
    name: 'wrong-file',
    who: 'tenant',
    path: `${profile}/documents/new`,
    width: 860,
    parts: ['.field:has(.file)'],
    says: ['Подойдёт только PDF или JPG'],
    before: (page) =>
      page
        .locator('[type=file]')
        .setInputFiles({ name: 'Приказ.docx', mimeType: 'application/msword', buffer: Buffer.from('x') }),
  },
  {
    name: 'invoice',
    who: 'head',
    path: `${profile}/invoices?show=unpaid`,
    width: 860,
    parts: ['main h1', '[aria-label=Сведения]'],
    says: ['Период', 'Осталось оплатить', 'Оплатить до', 'Оплатить картой', 'Скачать PDF', 'Оплатить по QR'],
    async before(page) {
      await page.locator('tbody a.name').first().click();
      await page.getByText('Вопрос по счёту').waitFor();
    },
  },
  ...STAFF_PICTURES,
];
