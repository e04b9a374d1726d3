import type { ServiceField } from '../../src/db/rows.js';

/** A service of the demo; the price is in kopecks. */
export interface SampleService {
  key: string;
  name: string;
  description: string;
  price: number | null;
  unit?: string;
  hint?: string;
  fields?: ServiceField[];
  /** The kind of request, by its name. */
  kind?: string;
  /** A file of `files/`. */
  picture?: string;
  hidden?: true;
}

const line = (label: string, required = true): ServiceField => ({ label, required, kind: 'line' });
const date = (label: string): ServiceField => ({ label, required: true, kind: 'date' });
const text = (label: string): ServiceField => ({ label, required: true, kind: 'text' });

const ROOM = line('Помещение');

export const SERVICES: { key: string; name: string; services: SampleService[] }[] = [
  {
    key: 'cleaning',
    name: 'Клининг',
    services: [
      {
        key: 'general-cleaning',
        name: 'Генеральная уборка офиса',
        description: 'Полы, мебель, перегородки, санузлы и кухня. Средства и оборудование — наши.',
        price: 9_500,
        unit: 'за м²',
        hint: 'Закажите не позднее чем за два рабочих дня. Укажите, есть ли помещения, куда уборщикам нельзя.',
        fields: [ROOM, date('Желаемый день'), line('Площадь, м²')],
        kind: 'Уборка',
        picture: 'service-cleaning.jpg',
      },
      {
        key: 'windows',
        name: 'Мойка окон изнутри',
        description:
          'Стёкла, рамы и подоконники. Фасад снаружи моется дважды в год и отдельно не заказывается.',
        price: 35_000,
        unit: 'за створку',
        fields: [ROOM, line('Сколько створок')],
        kind: 'Уборка',
      },
    ],
  },
  {
    key: 'repairs',
    name: 'Мелкий ремонт',
    services: [
      {
        key: 'electrician',
        name: 'Выезд электрика',
        description: 'Замена светильников и розеток, перенос рабочих мест, подключение техники.',
        price: 150_050,
        unit: 'за час',
        hint: 'Аварии — искрит, пахнет гарью, нет света во всём помещении — устраняем бесплатно: позвоните в Службу сервиса, заказывать услугу не нужно.',
        fields: [ROOM, text('Что нужно сделать')],
        kind: 'Электрика и освещение',
      },
      {
        key: 'furniture',
        name: 'Сборка и перестановка мебели',
        description: 'Соберём новую мебель, переставим или вынесем старую.',
        price: 120_000,
        unit: 'за час',
        fields: [ROOM, date('Желаемый день'), text('Какая мебель и сколько предметов')],
      },
      {
        key: 'paint',
        name: 'Косметический ремонт помещения',
        description: 'Покраска стен, замена плитки потолка и ковролина. Смету составим после осмотра.',
        price: null,
        hint: 'Осмотр бесплатный. Приложите к заявке фотографии, если они есть.',
        fields: [ROOM],
      },
    ],
  },
  {
    key: 'events',
    name: 'Переговорные, техника и парковка',
    services: [
      {
        key: 'meeting',
        name: 'Переговорная на 12 человек',
        description:
          'Первый этаж, вход без пропуска для ваших гостей. Экран, видеосвязь, вода и флипчарт включены.',
        price: 180_000,
        unit: 'за час',
        hint: 'Переговорная открыта с 8:00 до 21:00. Если время занято, оператор предложит ближайшее свободное.',
        fields: [date('День'), line('Со скольки до скольки'), line('Сколько гостей', false)],
        picture: 'service-meeting.jpg',
      },
      {
        key: 'projector',
        name: 'Аренда проектора с экраном',
        description: 'Принесём, подключим и заберём.',
        price: 250_000,
        unit: 'за день',
        fields: [ROOM, date('День')],
      },
      {
        key: 'parking',
        name: 'Дополнительное место на парковке',
        description:
          'Подземный паркинг, место закрепляется за автомобилем. Договор — с первого числа месяца.',
        price: 1_650_000,
        unit: 'за месяц',
        fields: [line('Госномер автомобиля'), date('С какого дня')],
      },
      {
        key: 'bicycles',
        name: 'Место на велопарковке',
        description: 'Сезонная услуга: с апреля по октябрь.',
        price: 0,
        hidden: true,
      },
    ],
  },
];
