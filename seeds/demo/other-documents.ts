import type { Clock } from './clock.js';
import type { SampleType } from './document-types.js';
import { Story } from './story.js';

type Whose = [organisation: string, type: SampleType, by: string];

/** What waits for its first decision, since so many hours. */
const WAITING: [...Whose, hours: number, comment: string][] = [
  ['romashka', 'weekend', 'romashkina', 1, ''],
  ['apteka', 'keys', 'klyuev', 3, 'Доверенность на сменного фармацевта.'],
  ['kofe', 'fire', 'ibragimova', 7, ''],
  ['tochnost', 'meters', 'tikhonova', 20, 'Поверен весной, пломба на месте.'],
  ['vector', 'act', 'ushakov', 31, 'Скан с телефона, если плохо видно — пересниму.'],
  ['stroy', 'insurance', 'ushakov', 46, ''],
  ['pravo', 'fire', 'lomakina', 75, 'Взамен приказа уволившегося сотрудника.'],
  ['nasledie', 'act', 'ushakov', 98, ''],
  ['dostavka', 'weekend', 'tikhonova', 122, 'Курьеры работают без выходных.'],
  ['medtech', 'insurance', 'pereverzev', 144, 'Полис на всю площадь, включая склад.'],
];

/** What was accepted: sent so many days ago, valid until so many days from today. */
const ACCEPTED: [...Whose, sent: number, until: number][] = [
  ['sever', 'fire', 'berezina', 90, 276],
  ['sever', 'insurance', 'berezina', 353, 13],
  ['sever', 'act', 'berezina', 600, 130],
  ['tochnost', 'fire', 'voskresensky', 200, 166],
  ['tochnost', 'insurance', 'voskresensky', 275, 90],
  ['tochnost', 'act', 'tikhonova', 240, 490],
  ['romashka', 'fire', 'romashkina', 100, 266],
  ['romashka', 'insurance', 'galiullin', 361, 5],
  ['shkola', 'fire', 'dyachenko', 280, 86],
  ['shkola', 'weekend', 'dyachenko', 165, 18],
  ['vector', 'fire', 'yefremov', 310, 55],
  ['vector', 'insurance', 'yefremov', 60, 305],
  ['apteka', 'fire', 'klyuev', 150, 215],
  ['apteka', 'insurance', 'klyuev', 150, 214],
  ['kofe', 'insurance', 'ibragimova', 33, 332],
  ['sigma', 'fire', 'klyuev', 340, 26],
  ['sigma', 'meters', 'klyuev', 420, 1041],
  ['pravo', 'insurance', 'lomakina', 220, 146],
  ['ararat', 'fire', 'mkrtchyan', 15, 350],
  ['medtech', 'fire', 'nechaev', 130, 235],
  ['medtech', 'weekend', 'pereverzev', 110, 72],
  ['studia', 'act', 'orlova', 500, 230],
  ['reklama', 'fire', 'pereverzev', 345, 21],
  ['galereya', 'insurance', 'romashkina', 190, 175],
  ['stroy', 'fire', 'sukhorukov', 80, 285],
  ['nasledie', 'fire', 'ushakov', 77, 288],
  // Their day is over.
  ['shkola', 'insurance', 'dyachenko', 370, -5],
  ['ararat', 'insurance', 'mkrtchyan', 390, -27],
  ['tipografia', 'fire', 'nechaev', 460, -96],
  ['fitness', 'insurance', 'sukhorukov', 355, -10],
  ['fitness', 'fire', 'sukhorukov', 352, -14],
  ['kofe', 'weekend', 'ibragimova', 260, -80],
];

/** What was rejected: sent so many days ago. */
const REJECTED: [...Whose, sent: number, reason: string][] = [
  ['sigma', 'insurance', 'klyuev', 6, 'Срок полиса меньше срока договора аренды'],
  ['studia', 'fire', 'orlova', 12, 'Назначенное лицо не ознакомлено с приказом под подпись'],
  ['reklama', 'weekend', 'pereverzev', 25, 'Не указаны дни и часы доступа'],
  [
    'galereya',
    'act',
    'romashkina',
    3,
    'Не подписан одной из сторон. Нужна подпись арендодателя на втором листе',
  ],
  ['dostavka', 'insurance', 'tikhonova', 16, 'Адрес помещений не совпадает с договором аренды'],
  ['tipografia', 'meters', 'nechaev', 48, 'Заводской номер не совпадает с установленным прибором'],
];

/** What the other organisations have sent. */
export function otherDocuments({ ago, hours, day }: Clock): Story[] {
  return [
    ...WAITING.map(([organisation, type, by, since, comment]) =>
      new Story(organisation, type, by).sent(hours(since), { comment }),
    ),
    ...ACCEPTED.map(([organisation, type, by, sent, until], at) =>
      new Story(organisation, type, by)
        .sent(ago(sent, `${9 + (at % 9)}:${10 + at}:27`.padStart(8, '0')))
        .accepted(ago(sent - 1, `${10 + (at % 8)}:${50 - at}:05`), day(until)),
    ),
    ...REJECTED.map(([organisation, type, by, sent, reason], at) =>
      new Story(organisation, type, by)
        .sent(ago(sent, `1${at}:24:50`))
        .rejected(ago(sent - 1, `1${at + 2}:03:19`), reason, at % 2 === 0 ? 'reviewer' : 'editor'),
    ),
    new Story('ararat', 'weekend', 'mkrtchyan')
      .sent(ago(5, '13:20:00'))
      .accepted(ago(3, '10:42:16'), day(180))
      .withdrawn(ago(3, '10:55:02'), 'Принят по ошибке: в списке сотрудники прежнего договора'),
    new Story('tipografia', 'fire', 'nechaev')
      .sent(ago(7, '12:15:40'))
      .rejected(ago(5, '16:09:11'), 'Не указаны помещения, за которые отвечает назначенное лицо')
      .renewed(hours(70), { comment: 'Добавили перечень помещений.' }),
    new Story('stroy', 'act', 'sukhorukov')
      .sent(ago(4, '10:05:00'))
      .changed(hours(52), { comment: 'Добавлена страница с границами по вентиляции.' }),
  ];
}
