import type { LineInput } from '../../src/domain/invoices/lines.js';
import { addDays, addMonths, type Day } from '../../src/lib/dates.js';
import type { Clock } from './clock.js';

/** An invoice of the demo; its number follows from its day. */
export interface Bill {
  key: string;
  /** An organisation, or somebody who is invoiced by his own ИНН. */
  payer: string;
  contract: string | null;
  period: string;
  dated: Day;
  due: Day;
  purpose: string | null;
  lines: LineInput[];
  draft?: boolean;
  /** Issued when its payer had paid ahead: the advance pays it at once. */
  fromAdvance?: boolean;
  cancelled?: { at: Date; reason: string };
}

/** 22 % since 2026 (425-ФЗ), 20 % before. */
const vatOn = (day: Day) => (day >= '2026-01-01' ? 11 : 4);
const NO_VAT = 1;

type Line = [name: string, quantity: string, unit: string, roubles: number];

const taxed = (dated: Day, lines: Line[]) => linesOf(lines, vatOn(dated));
const linesOf = (lines: Line[], vat_code: number): LineInput[] =>
  lines.map(([name, quantity, unit, roubles]) => ({
    name,
    quantity,
    unit,
    price: Math.round(roubles * 100),
    vat_code,
  }));

const RENT: Line[] = [
  ['Аренда помещений 412 и 415, корпус 1', '246.95', 'м²', 2150],
  ['Аренда помещения 2-14 и кладовой 7', '114.8', 'м²', 1780],
];
const CARE: Line[] = [
  ['Эксплуатационные расходы', '361.75', 'м²', 390],
  ['Вывоз отходов', '6', 'м³', 1250],
];
/** Of the meters, by months ago. */
const KILOWATTS = [0, 2514, 2386, 2207, 1984, 1873];

/** The first of the month, so many months ago. */
export const monthStart = ({ today }: Clock, ago: number): Day => addMonths(`${today.slice(0, 7)}-01`, -ago);
const monthOf = (day: Day) => day.slice(0, 7);

/** What the demo organisation has been invoiced for half a year, what others have, and what is being written. */
export function demoBills(clock: Clock): Bill[] {
  const { day } = clock;
  const bill = (
    key: string,
    payer: string,
    dated: Day,
    terms: Omit<Partial<Bill>, 'lines'>,
    lines: LineInput[],
  ): Bill => ({
    key: `${payer}/${key}`,
    payer,
    contract: null,
    period: monthOf(dated),
    purpose: null,
    dated,
    due: addDays(dated, 9),
    lines,
    ...terms,
  });
  const own = { contract: '1234567890' };
  const power = (ago: number): LineInput[] =>
    linesOf([['Электроэнергия, по счётчикам', String(KILOWATTS[ago]), 'кВт·ч', 7.84]], NO_VAT);
  const rent = (key: string, dated: Day, terms: Partial<Bill> = {}) =>
    bill(key, 'spektr', dated, { ...own, ...terms }, taxed(dated, RENT));
  const care = (key: string, dated: Day, terms: Partial<Bill> = {}) =>
    bill(key, 'spektr', dated, { ...own, ...terms }, taxed(dated, CARE));
  const months = [5, 4, 3, 2, 1].flatMap((ago) => {
    const dated = monthStart(clock, ago);
    const before = monthStart(clock, ago + 1);
    const used = { ...own, period: monthOf(before), purpose: 'Возмещение расходов на электроэнергию' };
    return [
      // What was paid too much in the month before pays this one.
      rent(`rent-${ago}`, dated, { fromAdvance: ago === 2 }),
      care(`care-${ago}`, dated),
      ...(ago < 5 ? [bill(`power-${ago + 1}`, 'spektr', dated, used, power(ago + 1))] : []),
    ];
  });
  const mistaken = monthStart(clock, 1);
  return [
    ...months,
    bill(
      'power-mistaken',
      'spektr',
      mistaken,
      {
        ...own,
        period: monthOf(monthStart(clock, 2)),
        cancelled: {
          at: clock.ago(addDays(mistaken, 1), '16:20:00'),
          reason: 'Показания счётчика сняты с ошибкой. Верный счёт уже выставлен',
        },
      },
      linesOf([['Электроэнергия, по счётчикам', '23860', 'кВт·ч', 7.84]], NO_VAT),
    ),
    care('care-0', day(-19), { due: day(-9), period: monthOf(clock.today) }),
    rent('rent-0', day(-8), { due: day(2), period: monthOf(clock.today) }),
    bill(
      'power-1',
      'spektr',
      day(-6),
      {
        ...own,
        due: day(9),
        period: monthOf(monthStart(clock, 1)),
        purpose: 'Возмещение расходов на электроэнергию',
      },
      power(1),
    ),
    bill(
      'works',
      'spektr',
      day(0),
      { ...own, due: day(10), purpose: 'Работы по заявке', draft: true },
      taxed(day(0), [['Перенос розеток в помещении 412', '4', 'шт.', 2400]]),
    ),

    ...[
      { key: 'rent-1', dated: day(-40), terms: { due: day(-31) } },
      { key: 'rent-0', dated: day(-10), terms: { due: day(4) } },
    ].map(({ key, dated, terms }) =>
      bill(
        key,
        'sever',
        dated,
        { contract: 'СЛ-118/2022', ...terms },
        taxed(dated, [
          ['Аренда помещения 1-03', '241.7', 'м²', 1650],
          ['Аренда площадки 5', '60', 'м²', 420],
        ]),
      ),
    ),
    bill(
      'care-0',
      'sever',
      day(-25),
      { contract: 'СЛ-118/2022', due: day(-12) },
      taxed(day(-25), [['Эксплуатационные расходы', '301.7', 'м²', 310]]),
    ),

    ...[
      { key: 'car-1', dated: day(-31), due: day(-22) },
      { key: 'car-0', dated: day(-7), due: day(3) },
    ].map(({ key, dated, due }) =>
      bill(
        key,
        'outsider',
        dated,
        { due, purpose: 'Машино-место в подземной парковке' },
        taxed(dated, [['Машино-место 14, БК «Спектр Хамовники»', '1', 'мес.', 14500]]),
      ),
    ),
  ];
}
