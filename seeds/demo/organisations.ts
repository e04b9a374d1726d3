import type { Role } from '../../src/domain/memberships/memberships.policy.js';
import type { Day } from '../../src/lib/dates.js';

/** Entered so many days ago, or on a day. */
type Organisation = [key: string, inn: string, entered: number | Day, name: string];
/** From and to so many days from today, or a calendar day; without an end `null`. */
type Contract = [
  organisation: string,
  number: string,
  starts: number | Day,
  ends: number | null,
  kind?: 'supplement',
];
type Premises = [contract: string, building: string, room: string, area: string];
/** Since so many days, or since a moment; `ended` so many days ago in somebody's past. */
type Member = [organisation: string, who: string, since: number | string, roles: Role[], ended?: number];

/**
 * The first is the manual's own example. No tax inspection has the number 7799: the others' numbers belong to nobody,
 * though their control digits are right.
 */
export const ORGANISATIONS: Organisation[] = [
  ['spektr', '7704374968', '2021-11-15', 'ООО УК "МНПО "СПЕКТР"'],
  ['sever', '7799001471', 1500, 'ООО «Северная логистика»'],
  ['tochnost', '7799012635', 1420, 'АО «Научно-производственное объединение «Точные измерения»'],
  ['romashka', '7799025183', 1330, 'ООО «Ромашка и партнёры»'],
  ['shkola', '7799038048', 1260, 'АНО ДО «Школа иностранных языков «Ёж и Сова»'],
  ['vector', '7799041298', 1160, 'ООО «Архитектурное бюро «Вектор»'],
  ['apteka', '7799053712', 1040, 'ООО «Аптека на Усачёва»'],
  ['kofe', '7799066422', 970, 'ООО «Кофейная компания «Утро»'],
  ['sigma', '7799079358', 900, 'ООО «Сигма-Тест Лаборатория»'],
  ['pravo', '7799082865', 830, 'Адвокатское бюро «Ломакина, Щукин и коллеги»'],
  ['ararat', '7799094170', 770, 'ООО «Торговый дом «Арарат»'],
  ['medtech', '7799105086', 720, 'ООО «Медицинские технологии будущего»'],
  ['tipografia', '7799117395', 660, 'ООО «Типография «Печатный двор на Лефортовской»'],
  ['studia', '7799120648', 600, 'ООО «Студия звука «Эхо»'],
  ['reklama', '7799133502', 520, 'ООО «Рекламное агентство «Жёлтая подводная лодка»'],
  [
    'galereya',
    '7799146710',
    480,
    'Частное учреждение культуры «Галерея современного искусства «Двадцать один»',
  ],
  ['stroy', '7799158923', 450, 'АО «Стройпроект-Инжиниринг»'],
  ['fitness', '7799162038', 400, 'ООО «Фитнес-клуб «Атлетика»'],
  ['ip', '779930158407', 350, 'ИП Переверзев Никита Андреевич'],
  ['dostavka', '7799174450', 320, 'ООО «Быстрая доставка»'],
  ['nasledie', '7799187160', 240, 'Благотворительный фонд «Наследие и память»'],
  ['kvarta', '7799190370', 30, 'ООО «Кварта Консалтинг»'],
];

/** Some end soon, some never, some have ended; the newest organisation has none yet. */
export const CONTRACTS: Contract[] = [
  ['spektr', '1234567890', '2021-11-22', 310],
  ['spektr', '1234567890-1', '2023-03-01', null, 'supplement'],
  ['sever', 'СЛ-118/2022', -1480, 12],
  ['sever', 'СЛ-118/2022-2', -700, 12, 'supplement'],
  ['tochnost', '2022/044-А', -1390, 800],
  ['romashka', 'РП-7', -1300, null],
  ['shkola', 'А-301', -1240, 25],
  ['vector', 'ВК-2023/19', -1130, 420],
  ['vector', 'ВК-2023/19-1', -300, 420, 'supplement'],
  ['apteka', 'АП-15', -1010, 60],
  ['kofe', 'КУ-88', -950, null],
  ['sigma', 'СТ-2024/3', -880, 215],
  ['pravo', 'ЛЩ-1', -815, 280],
  ['ararat', 'АР-2024/61', -750, -40],
  ['ararat', 'АР-2026/12', -39, 1056],
  ['medtech', 'МТ-19', -690, 405],
  ['tipografia', 'ТП-40', -640, 455],
  ['studia', 'ЭХО-2', -560, 170],
  ['reklama', 'ЖЛ-5', -490, null],
  ['galereya', 'ГСИ-21', -450, 280],
  ['stroy', 'СИ-2025/9', -400, 330],
  ['fitness', 'ФА-3', -370, -12],
  ['ip', 'ИП-12/25', -330, 35],
  ['dostavka', 'БД-77', -295, 70],
  ['nasledie', 'НП-1', -205, 525],
];

export const KHAMOVNIKI = 'БК «Спектр Хамовники»';
const LEFORTOVO = 'БК «Спектр Лефортово»';
const SAVYOLOVO = 'БЦ «Спектр Савёловский»';
const SOKOLNIKI = 'БЦ «Спектр Сокольники»';

/** What the company runs, and where it stands. */
export const BUILDINGS: [name: string, address: string][] = [
  [KHAMOVNIKI, 'Москва, ул. Усачёва, 33'],
  [LEFORTOVO, 'Москва, ул. Лефортовский Вал, 16А'],
  [SAVYOLOVO, 'Москва, ул. Сущёвский Вал, 5'],
  [SOKOLNIKI, 'Москва, ул. Русаковская, 13'],
];

export const PREMISES: Premises[] = [
  ['1234567890', KHAMOVNIKI, 'корпус 1, 4 этаж, помещение 412', '184.60'],
  ['1234567890', KHAMOVNIKI, 'корпус 1, 4 этаж, помещение 415', '62.35'],
  ['1234567890-1', KHAMOVNIKI, 'корпус 2, подвал, кладовая 7', '18.00'],
  ['1234567890-1', LEFORTOVO, '2 этаж, помещение 2-14', '96.80'],
  ['СЛ-118/2022', LEFORTOVO, '1 этаж, помещение 1-03', '241.70'],
  ['СЛ-118/2022-2', LEFORTOVO, 'двор, площадка 5', '60.00'],
  ['2022/044-А', SAVYOLOVO, '7 этаж, помещения 701–709', '512.90'],
  ['2022/044-А', SAVYOLOVO, '8 этаж, помещение 803', '88.10'],
  ['РП-7', KHAMOVNIKI, 'корпус 3, 2 этаж, помещение 207', '74.25'],
  ['А-301', SOKOLNIKI, '3 этаж, помещения 301–306', '218.40'],
  ['ВК-2023/19', KHAMOVNIKI, 'корпус 1, 6 этаж, помещение 601', '156.00'],
  ['ВК-2023/19-1', KHAMOVNIKI, 'корпус 1, 6 этаж, помещение 604', '31.50'],
  ['АП-15', KHAMOVNIKI, 'корпус 2, 1 этаж, помещение 102', '48.70'],
  ['КУ-88', LEFORTOVO, '1 этаж, помещение 1-11', '52.15'],
  ['КУ-88', SOKOLNIKI, '1 этаж, помещение 104', '40.00'],
  ['СТ-2024/3', SAVYOLOVO, '2 этаж, помещения 204–205', '133.33'],
  ['ЛЩ-1', KHAMOVNIKI, 'корпус 1, 5 этаж, помещение 508', '92.00'],
  ['АР-2024/61', LEFORTOVO, '3 этаж, помещение 3-02', '310.00'],
  ['АР-2026/12', LEFORTOVO, '3 этаж, помещение 3-02', '310.00'],
  ['МТ-19', SAVYOLOVO, '5 этаж, помещения 501–504', '274.80'],
  ['ТП-40', LEFORTOVO, 'цоколь, помещение Ц-1', '405.60'],
  ['ЭХО-2', SOKOLNIKI, 'подвал, помещение П-3', '66.60'],
  ['ЖЛ-5', KHAMOVNIKI, 'корпус 3, 4 этаж, помещение 410', '58.90'],
  ['ГСИ-21', SOKOLNIKI, '1 этаж, зал 1', '389.00'],
  ['СИ-2025/9', SAVYOLOVO, '9 этаж, помещения 901–912', '641.20'],
  ['ФА-3', LEFORTOVO, '1 этаж, помещения 1-20–1-24', '820.00'],
  ['ИП-12/25', SOKOLNIKI, '2 этаж, помещение 215', '14.80'],
  ['БД-77', SOKOLNIKI, 'двор, павильон 2', '35.00'],
  ['НП-1', KHAMOVNIKI, 'корпус 2, 3 этаж, помещение 318', '27.45'],
];

export const MEMBERS: Member[] = [
  ['spektr', 'head', '2021-11-26T10:21:03+03:00', ['administrator']],
  ['spektr', 'tenant', '2021-11-26T10:37:48+03:00', ['documents', 'requests']],
  ['spektr', 'former', 1820, ['documents', 'requests'], 190],
  ['spektr', 'accounting', 1090, ['accounting']],
  ['spektr', 'observer', 790, ['observer']],
  ['spektr', 'passes', 480, ['passes', 'requests']],
  ['sever', 'berezina', 1490, ['administrator']],
  ['sever', 'tenant', 420, ['observer']],
  ['tochnost', 'voskresensky', 1390, ['administrator']],
  ['tochnost', 'tikhonova', 290, ['documents', 'requests']],
  ['romashka', 'galiullin', 1310, ['administrator']],
  ['romashka', 'romashkina', 420, ['documents']],
  ['shkola', 'dyachenko', 1240, ['administrator']],
  ['vector', 'yefremov', 1140, ['administrator']],
  ['vector', 'ushakov', 200, ['documents']],
  ['apteka', 'zaytseva', 1010, ['administrator']],
  ['apteka', 'klyuev', 860, ['documents', 'accounting']],
  ['kofe', 'ibragimova', 950, ['administrator']],
  ['sigma', 'klyuev', 870, ['administrator']],
  ['pravo', 'lomakina', 815, ['administrator']],
  ['pravo', 'orlova', 540, ['observer']],
  ['ararat', 'mkrtchyan', 750, ['administrator']],
  ['medtech', 'nechaev', 630, ['administrator']],
  ['medtech', 'pereverzev', 480, ['documents', 'passes']],
  ['tipografia', 'nechaev', 630, ['administrator']],
  ['studia', 'orlova', 550, ['administrator']],
  ['reklama', 'pereverzev', 490, ['administrator']],
  ['galereya', 'romashkina', 425, ['administrator']],
  ['stroy', 'sukhorukov', 375, ['administrator']],
  ['stroy', 'ushakov', 180, ['documents']],
  ['fitness', 'sukhorukov', 360, ['administrator']],
  ['ip', 'pereverzev', 330, ['administrator']],
  ['dostavka', 'tikhonova', 290, ['administrator']],
  ['nasledie', 'ushakov', 205, ['administrator']],
  ['kvarta', 'orlova', 20, ['documents']],
];
