import type { DocumentTypeRow } from '../../src/db/rows.js';
import { idOf } from './ids.js';

/** The types of which the demo has documents: each has a sample file in `files/`, which its senders call by `stem`. */
export const SAMPLES = {
  fire: { file: 'fire-order.pdf', stem: 'Приказ о пожарной безопасности' },
  insurance: { file: 'policy.pdf', stem: 'Полис страхования ответственности' },
  act: { file: 'act.jpg', stem: 'Акт разграничения ответственности, скан' },
  weekend: { file: 'staff-list.pdf', stem: 'Список сотрудников на выходные' },
  keys: { file: 'attorney.pdf', stem: 'Доверенность на ключи' },
  meters: { file: 'certificate.pdf', stem: 'Свидетельство о поверке счётчика' },
} as const;

export type SampleType = keyof typeof SAMPLES;

const UNREADABLE = 'Документ плохо читается, отсканируйте его заново';
const UNSIGNED = 'Нет подписи или печати руководителя';

/** [key, name, required, months that it holds, ready-made reasons to reject it] */
const TYPES: [string, string, boolean, number | null, string[]][] = [
  [
    'fire',
    'Приказ о назначении ответственного лица за обеспечение пожарной безопасности в помещениях Арендатора',
    true,
    12,
    [
      UNSIGNED,
      'Нет удостоверения ответственного лица о повышении квалификации',
      'Не указаны помещения, за которые отвечает назначенное лицо',
      'Назначенное лицо не ознакомлено с приказом под подпись',
      UNREADABLE,
    ],
  ],
  [
    'insurance',
    'Полис страхования гражданской ответственности арендатора',
    true,
    12,
    [
      'Срок полиса меньше срока договора аренды',
      'Страховая сумма меньше требуемой договором аренды',
      'Адрес помещений не совпадает с договором аренды',
      'Нет квитанции об оплате страховой премии',
      UNREADABLE,
    ],
  ],
  [
    'act',
    'Акт разграничения эксплуатационной ответственности',
    true,
    24,
    [
      'Не подписан одной из сторон',
      'Не указана разрешённая мощность',
      'Приложены не все страницы',
      UNREADABLE,
    ],
  ],
  [
    'weekend',
    'Список сотрудников с правом доступа в выходные и праздничные дни',
    true,
    6,
    [UNSIGNED, 'Не указаны должности сотрудников', 'Не указаны дни и часы доступа', UNREADABLE],
  ],
  [
    'keys',
    'Доверенность на получение ключей',
    false,
    12,
    [UNSIGNED, 'Нет образца подписи доверенного лица', 'Не указан срок доверенности'],
  ],
  [
    'meters',
    'Свидетельство о поверке приборов учёта',
    false,
    48,
    ['Заводской номер не совпадает с установленным прибором', 'Поверитель не аккредитован', UNREADABLE],
  ],
  [
    'electric',
    'Приказ о назначении ответственного за электрохозяйство',
    false,
    12,
    [UNSIGNED, 'Нет группы по электробезопасности'],
  ],
  [
    'cars',
    'Список автомобилей для проезда на территорию',
    false,
    6,
    [UNSIGNED, 'Не указаны государственные номера'],
  ],
  [
    'waste',
    'Договор на вывоз отходов производства и потребления',
    false,
    12,
    ['Договор не подписан исполнителем', UNREADABLE],
  ],
  [
    'plan',
    'План перепланировки помещений',
    false,
    null,
    ['План не согласован проектной организацией', UNREADABLE],
  ],
  ['letter', 'Справка о вакцинации сотрудников', false, null, []],
];

export const typeId = (key: string) => idOf('document-type', key);

/** The last of the types is one that is no longer asked for. */
export function documentTypes(hiddenSince: Date): DocumentTypeRow[] {
  return TYPES.map(([key, name, required, term_months, reasons], at) => {
    const hidden_at = at === TYPES.length - 1 ? hiddenSince : null;
    return { id: typeId(key), name, required, term_months, reasons, position: (at + 1) * 10, hidden_at };
  });
}
