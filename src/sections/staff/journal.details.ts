import { ROLES } from '../../domain/memberships/memberships.policy.js';
import { STAFF_ROLES } from '../../domain/people/people.policy.js';
import { dateTime, day } from '../../lib/dates.js';
import { money } from '../../lib/text.js';
import { isUuid } from '../../lib/uuid.js';

/** The facts that are shown of an entry, with their names; whatever has none is never shown: it may be a secret. */
const LABELS: Record<string, string> = {
  who: 'Кто',
  member: 'Участник',
  by: 'Кто просит',
  from: 'От кого',
  to: 'Кому',
  email: 'Адрес E-mail',
  reason: 'Причина',
  number: 'Версия',
  amount: 'Сумма',
  total: 'Сумма',
  left: 'Осталось',
  valid_until: 'Действителен до',
  found: 'Найдено организаций',
  changed: 'Изменено',
  wanted: 'Приходят письма',
  roles: 'Роли',
  sees_all: 'Видит всё',
  inn: 'ИНН',
  kpp: 'КПП',
  ogrn: 'ОГРН',
  name: 'Название',
  legalName: 'Полное название',
  account: 'Расчётный счёт',
  bank: 'Банк',
  bik: 'БИК',
  correspondent: 'Корреспондентский счёт',
  contacts: 'Контакты',
  addresses: 'Адреса',
  hours: 'Часы работы',
  label: 'Контакт',
  phone: 'Телефон',
  address: 'Адрес',
  title: 'Заголовок',
  text: 'Текст',
  appears_at: 'Показывать с',
  goes_at: 'Показывать до',
  required: 'Обязательный',
  term_months: 'Срок, месяцев',
  reasons: 'Готовые причины',
  position: 'Порядок',
  site: 'Площадка',
  caption: 'Подпись',
  contract: 'Договор',
  starts_on: 'Начало',
  ends_on: 'Окончание',
  building: 'Здание',
  room: 'Помещение',
  area: 'Площадь, м²',
  responsible_email: 'Адрес ответственного',
  external_id: 'Внешний код',
  payer: 'Плательщик',
  dated_on: 'Дата',
  period: 'Период',
  due_on: 'Оплатить до',
  invoice_sum: 'Сумма счёта',
  invoice_lines: 'Строки счёта',
  issued: 'Сразу выставлены',
  file: 'Файл',
  file_name: 'Файл',
  new_buildings: 'Новые здания',
  search: 'Поиск',
  shown: 'Отбор',
  exported: 'Организаций в файле',
  format: 'Формат',
  blocked_for: 'Причина блокировки',
  organisation: 'Организация',
  counts: 'Строк',
  added: 'Добавлено',
  unchanged: 'Без изменений',
  refused: 'Отклонено',
  surname: 'Фамилия',
  patronymic: 'Отчество',
  hidden_at: 'Скрыт',
  kind: 'Вид',
  audience: 'Кому показать',
  group: 'Группа',
  description: 'Описание',
  price: 'Цена',
  hint: 'Подсказка',
  fields: 'Поля заявки',
  picture: 'Картинка',
};

const WORDS: Record<string, string> = {
  orphaned: 'Без администратора',
  bare: 'Без договора',
  ending: 'Договор заканчивается',
  xlsx: 'XLSX',
  csv: 'CSV',
  ...ROLES,
  ...STAFF_ROLES,
  info: 'Информация',
  offer: 'Акции',
  important: 'Важно',
  documents: 'Документы',
  everyone: 'Всем',
  organisations: 'Организации',
  buildings: 'Здания',
  accounts: 'Отдельные люди',
  main: 'Основной договор',
  supplement: 'Дополнительное соглашение',
  contracts: 'Договоры',
  premises: 'Помещения',
  invoices: 'Счета',
};
/** What people change of themselves: told by the field's name, never by what it says. */
const PERSONAL: Record<string, string> = {
  surname: 'фамилия',
  name: 'имя',
  patronymic: 'отчество',
  phone: 'телефон',
  inn: 'ИНН',
};
const LONGEST = 160;

/** The entry's details as lines: «Причина: …», «Название: Было → Стало». */
export function detailsInWords(details: Record<string, unknown>): string[] {
  const { before, after, ...facts } = details;
  const lines = named(facts);
  if (isObject(before) && isObject(after)) return [...lines, ...changes(before, after)];
  if (isObject(after)) return [...lines, ...named(after)];
  if (isObject(before)) return [...lines, ...named(before)];
  if (before === undefined && after === undefined) return lines;
  // Something has only ended: this is what it was.
  if (after === undefined) return empty(before) ? lines : [...lines, `Было: ${inWords(before)}`];
  const [was, is] = [inWords(before), inWords(after)];
  return was === is ? lines : [...lines, before === undefined ? is : `${was} → ${is}`];
}

const named = (facts: object): string[] =>
  Object.entries(facts)
    .filter(([name, value]) => Object.hasOwn(LABELS, name) && !empty(value))
    .map(([name, value]) => {
      if (KOPECKS.includes(name)) return `${LABELS[name]}: ${money(Number(value))}`;
      // A document's versions are counted; what people call by a number has it as a text.
      const label = name === 'number' && typeof value === 'string' ? 'Номер' : LABELS[name];
      return `${label}: ${inWords(value, name === 'changed' ? PERSONAL : WORDS)}`;
    });

/** Sums of money. */
const KOPECKS = ['amount', 'total', 'left'];

const changes = (before: Record<string, unknown>, after: Record<string, unknown>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => Object.hasOwn(LABELS, name))
    .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map((name) => `${LABELS[name]}: ${inWords(before[name])} → ${inWords(after[name])}`);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const empty = (value: unknown) =>
  value === null || value === undefined || value === '' || (typeof value === 'string' && isUuid(value));

function inWords(value: unknown, words = WORDS): string {
  if (empty(value)) return '—';
  if (typeof value === 'boolean') return value ? 'да' : 'нет';
  if (Array.isArray(value))
    return value.length > 0 ? value.map((one) => inWords(one, words)).join(', ') : '—';
  if (isObject(value)) return named(value).join(', ') || '—';
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return day(text);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return dateTime(new Date(text));
  const said = Object.hasOwn(words, text) ? words[text]! : text;
  return said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said;
}
