import { addDays, type Day } from '../../src/lib/dates.js';
import { monthStart } from './bills.js';
import type { Clock } from './clock.js';

/** Money in a statement. */
export interface BankLine {
  /** An organisation or a person of the demo, or the name of somebody of whom the bank says no ИНН. */
  from: string;
  paid: Day;
  /** The invoices that its purpose names; the sum is what is left to pay of them all, where none is given. */
  bills?: string[];
  /** Kopecks. */
  amount?: number;
  /** Above what is left. */
  more?: number;
  /** With `#` in place of the numbers. */
  purpose: string;
  /** Left out: it is still to be decided. */
  decided?: 'invoice' | 'advance' | { ignore: string };
}

/** A statement that the accountant has loaded; what is decided of it was decided minutes later. */
export interface BankStatement {
  loaded: Date;
  from: Day;
  to: Day;
  lines: BankLine[];
}

/** What came by the bank: month by month, a few days ago, and this morning, of which nothing is decided yet. */
export function bankStatements(clock: Clock): BankStatement[] {
  const { day } = clock;
  const paid = (
    from: string,
    on: Day,
    bills: string[],
    purpose: string,
    rest: Partial<BankLine> = {},
  ): BankLine => ({
    from,
    paid: on,
    bills: bills.map((key) => `${from}/${key}`),
    purpose,
    decided: 'invoice',
    ...rest,
  });
  const months = [5, 4, 3, 2, 1].map((ago): BankStatement => {
    const first = monthStart(clock, ago);
    return {
      loaded: clock.ago(addDays(first, 10), '10:05:00'),
      from: first,
      to: addDays(first, 9),
      lines: [
        paid('spektr', addDays(first, 6), [`rent-${ago}`], 'Арендная плата по счёту № #'),
        // Once too much was paid: the next invoices took it.
        paid('spektr', addDays(first, 7), [`care-${ago}`], 'Эксплуатационные расходы, счёт № #', {
          ...(ago === 3 && { more: 1_500_000 }),
        }),
        ...(ago < 5 && ago > 1
          ? [paid('spektr', addDays(first, 8), [`power-${ago + 1}`], 'Электроэнергия по счёту № #')]
          : []),
      ],
    };
  });
  return [
    ...months,
    {
      loaded: clock.ago(32, '11:40:00'),
      from: day(-35),
      to: day(-33),
      lines: [paid('sever', day(-34), ['rent-1'], 'Оплата аренды по счёту № # по договору СЛ-118/2022')],
    },
    {
      loaded: clock.ago(2, '10:05:00'),
      from: day(-4),
      to: day(-3),
      lines: [
        paid('spektr', day(-3), ['power-1'], 'Частичная оплата электроэнергии, счёт № #', {
          amount: 1_000_000,
        }),
        // Nothing is billed to them yet: it waits for their first invoice.
        paid('kofe', day(-3), [], 'Аванс по договору КУ-88', {
          amount: 4_000_000,
          decided: 'advance',
        }),
        paid('reklama', day(-4), [], 'Оплата по договору поставки 88 за вывески', {
          amount: 7_350_000,
          decided: { ignore: 'Ошиблись получателем, деньги вернём по их письму' },
        }),
        // He owes nothing that is overdue, so that it stays an advance.
        paid('outsider', day(-3), [], 'За машино-место вперёд', { amount: 500_000, decided: 'advance' }),
      ],
    },
    {
      loaded: clock.hours(2),
      from: day(-2),
      to: day(-1),
      lines: [
        { from: 'sever', paid: day(-2), bills: ['sever/rent-0'], purpose: 'Арендная плата по счёту № #' },
        {
          from: 'spektr',
          paid: day(-2),
          bills: ['spektr/care-0'],
          purpose: 'Эксплуатационные расходы по счёту № #, с опозданием',
        },
        {
          from: 'outsider',
          paid: day(-1),
          bills: ['outsider/car-0'],
          amount: 1_000_000,
          purpose: 'За машино-место по счёту # часть',
        },
        {
          from: 'spektr',
          paid: day(-1),
          bills: ['spektr/rent-0', 'spektr/power-1'],
          amount: 30_000_000,
          purpose: 'Аренда и электроэнергия по счетам № #',
        },
        {
          from: 'sever',
          paid: day(-1),
          bills: ['sever/care-0'],
          purpose: 'Эксплуатационные услуги по договору СЛ-118/2022',
        },
        {
          from: 'kofe',
          paid: day(-1),
          amount: 5_200_000,
          purpose: 'Обеспечительный платёж по договору КУ-88',
        },
        {
          from: 'Сорокина Дарья Петровна',
          paid: day(-1),
          amount: 350_000,
          purpose: 'За пропуска, по просьбе охраны',
        },
      ],
    },
  ];
}
