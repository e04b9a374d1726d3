import type { Audience, Kind } from '../../src/domain/notifications/notification.js';
import { KHAMOVNIKI } from './organisations.js';

/** Shown from so many days ago (negative: ahead), at a time of day in Moscow, for so many days. */
export interface SampleNotification {
  key: string;
  kind: Kind;
  audience: Audience;
  from: number;
  time: string;
  days: number;
  title: string;
  text: string;
  organisations?: string[];
  buildings?: string[];
  accounts?: string[];
  draft?: true;
  withdrawn?: true;
  /** Who has read it, so many hours after it appeared. */
  read?: Record<string, number>;
}

const END = `Администрация БК «Спектр Хамовники»
Контактный телефон: +7 495 626-53-16`;

export const NOTIFICATIONS: SampleNotification[] = [
  {
    key: 'passage',
    kind: 'important',
    audience: 'buildings',
    buildings: [KHAMOVNIKI],
    from: 2,
    time: '10:15:00',
    days: 21,
    title: `Закрытие прохода на территорию ${KHAMOVNIKI} через КПП № 2`,
    text: `Уважаемые арендаторы!

В ближайшее воскресенье с 11:00 до 22:00 проход на территорию ${KHAMOVNIKI} через КПП № 2 по техническим причинам будет закрыт. Для прохода на территорию комплекса просим пользоваться другими КПП. Выдача ключей будет производиться в штатном режиме.

${END}`,
    read: { head: 3, observer: 20 },
  },
  {
    key: 'heating',
    kind: 'info',
    audience: 'organisations',
    organisations: ['spektr', 'romashka', 'vector'],
    from: 20,
    time: '09:30:00',
    days: 120,
    title: 'Отопительный сезон: как сообщить о холодной батарее',
    text: `Отопление включено во всех корпусах. Если в помещении холоднее 18 °C, сообщите в Службу сервиса: +7 495 626-53-16, service@spektrpm.ru. Инженер придёт в тот же день.`,
    read: { head: 5, tenant: 30 },
  },
  {
    key: 'lights',
    kind: 'important',
    audience: 'everyone',
    from: 1,
    time: '12:00:00',
    days: 14,
    title: 'Проверка пожарной сигнализации во всех зданиях',
    text: `В четверг с 10:00 до 13:00 будет проверяться пожарная сигнализация. Сирена сработает несколько раз; выходить из помещений не нужно, если об этом не объявят отдельно.

Лифты на время проверки остановятся: пожалуйста, предупредите посетителей.`,
    read: { berezina: 2, klyuev: 6 },
  },
  {
    key: 'parking',
    kind: 'offer',
    audience: 'everyone',
    from: 9,
    time: '11:00:00',
    days: 45,
    title: 'Место на подземной парковке: первый месяц за половину стоимости',
    text: `До конца акции действует скидка 50 % на первый месяц аренды места на подземной парковке.

Чтобы забронировать место, позвоните в отдел аренды: +7 495 411-99-00 или напишите на rent@spektrpm.ru.`,
    read: { tenant: 40, head: 12 },
  },
  {
    key: 'cabinet',
    kind: 'info',
    audience: 'everyone',
    from: 40,
    time: '16:45:00',
    days: 180,
    title: 'Документы теперь проверяются за один рабочий день',
    text: `Загруженный документ рассматривают в течение рабочего дня. О решении вы узнаете из письма и в разделе «Документы» профиля организации.`,
    read: { tenant: 1, head: 1, outsider: 4 },
  },
  {
    key: 'personal',
    kind: 'info',
    audience: 'accounts',
    accounts: ['tenant', 'head'],
    from: 5,
    time: '14:20:00',
    days: 60,
    title: 'Ваш новый пропуск готов',
    text: `Пропуск можно получить в секретариате с 9:00 до 18:00 по рабочим дням. Возьмите с собой паспорт.`,
  },
  {
    key: 'holidays',
    kind: 'info',
    audience: 'everyone',
    from: -6,
    time: '09:00:00',
    days: 40,
    title: 'Режим работы в праздничные дни',
    text: `В праздничные дни здания открыты с 9:00 до 21:00. Служба сервиса принимает звонки круглосуточно.`,
  },
  {
    key: 'windows',
    kind: 'info',
    audience: 'buildings',
    buildings: [KHAMOVNIKI],
    from: 0,
    time: '10:00:00',
    days: 30,
    draft: true,
    title: 'Мытьё фасадов и окон',
    text: `С понедельника по среду фасады моют промышленные альпинисты. Пожалуйста, держите окна закрытыми с 8:00 до 20:00.`,
  },
  {
    key: 'water',
    kind: 'important',
    audience: 'everyone',
    from: 60,
    time: '08:30:00',
    days: 3,
    title: 'Отключение горячей воды 12-го числа',
    text: `Горячей воды не будет с 10:00 до 16:00: меняют запорную арматуру.`,
    read: { tenant: 2, head: 9, berezina: 4 },
  },
  {
    key: 'mistake',
    kind: 'offer',
    audience: 'everyone',
    from: 15,
    time: '13:00:00',
    days: 20,
    withdrawn: true,
    title: 'Скидка 10 % на переговорные комнаты',
    text: `Акция перенесена, условия сообщим отдельно.`,
  },
];
