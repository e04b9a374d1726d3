import { Temporal } from 'temporal-polyfill';

/** The company's days begin and end here, whatever the server's own zone is. */
export const ZONE = 'Europe/Moscow';

/** A calendar day, `2027-02-28`; what Postgres calls DATE. */
export type Day = string;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat('en', { timeZone: ZONE, timeZoneName: 'longOffset' });
const leads = new Map<number, number>();

/** By how many hours Moscow is ahead of UTC. Asked once for every hour of the calendar: a list is full of moments. */
function leadAt(moment: Date): number {
  const hour = Math.floor(moment.getTime() / HOUR);
  let lead = leads.get(hour);
  if (lead === undefined) {
    lead = Number(/GMT\+(\d\d)/.exec(clock.format(moment))?.[1]);
    leads.set(hour, lead);
  }
  return lead;
}

/** `2023-02-28T18:49:00.000Z`, but as a clock in Moscow shows it. */
function moscow(moment: Date): string {
  return new Date(moment.getTime() + leadAt(moment) * HOUR).toISOString();
}

/** `26.11.2021 10:37:48` in Moscow: how the manual shows an event. */
export function dateTimeSeconds(moment: Date): string {
  const shown = moscow(moment);
  return `${day(shown)} ${shown.slice(11, 19)}`;
}

/** `28.02.2023 18:49` in Moscow: how the manual shows a moment in a list. */
export function dateTime(moment: Date): string {
  const shown = moscow(moment);
  return `${day(shown)} ${shown.slice(11, 16)}`;
}

/** `28.02.2027` from a calendar day. */
export function day(value: Day): string {
  return `${value.slice(8, 10)}.${value.slice(5, 7)}.${value.slice(0, 4)}`;
}

/** The calendar day in Moscow at that moment. */
export function dayOf(moment: Date): Day {
  return moscow(moment).slice(0, 10);
}

/** `2023-02-28T18:49:00+03:00` for `<time datetime>`. */
export function iso(moment: Date): string {
  return `${moscow(moment).slice(0, 19)}+0${leadAt(moment)}:00`;
}

/** Whole days from one calendar day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY);
}

/** That many days later (or earlier, when negative). */
export function addDays(from: Day, days: number): Day {
  return new Date(Date.parse(from) + days * DAY).toISOString().slice(0, 10);
}

/** The same date that many months later; the 31st becomes the month's last day. */
export function addMonths(from: Day, months: number): Day {
  return Temporal.PlainDate.from(from).add({ months }).toString();
}

/**
 * A moment in Moscow as typed: a day as `parseDay` takes it and a time of day (`30.11.2027 9:30`, or what a browser's
 * field sends, `2027-11-30T09:30`); a day alone is taken at `time`. Null when there is no such moment.
 */
export function parseMoment(typed: string, time: `${number}:${number}`): Date | null {
  const [, date, clockTime = time] = /^(\S+?)(?:(?:T|,?\s+)(\d{1,2}[:.]\d{2}))?$/.exec(typed.trim()) ?? [];
  const found = date === undefined ? null : parseDay(date);
  const [hour, minute] = clockTime.split(/[:.]/).map(Number) as [number, number];
  if (!found || hour > 23 || minute > 59) return null;
  const at = Temporal.PlainDate.from(found).toZonedDateTime({ timeZone: ZONE, plainTime: { hour, minute } });
  return new Date(at.epochMilliseconds);
}

/** A day as typed (`30.11.2027`, `30.11.27`, or what a date field sends, `2027-11-30`); null when there is no such day. */
export function parseDay(typed: string): Day | null {
  const text = typed.trim();
  const russian = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$/.exec(text);
  const [year, month, date] = russian
    ? [russian[3]!.length === 2 ? `20${russian[3]}` : russian[3]!, russian[2]!, russian[1]!]
    : (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.slice(1) ?? []);
  if (!year || !month || !date) return null;
  try {
    return Temporal.PlainDate.from(
      { year: +year, month: +month, day: +date },
      { overflow: 'reject' },
    ).toString();
  } catch {
    return null;
  }
}

const MONTHS = ['янв', 'фев', 'мар', 'апр', 'ма', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'];

/** `2026-11` of a month as typed: `11.2026`, `2026-11`, `ноябрь 2026 г.`, or any day of it; null when it is none. */
export function parseMonth(typed: string): string | null {
  const text = typed.trim().toLowerCase();
  const [, digits, first] = /^(\d{1,2})[./](\d{4})$/.exec(text) ?? [];
  const [, second, number] = /^(\d{4})-(\d{2})$/.exec(text) ?? [];
  const [, word, third] = /^([а-я]+)\s+(\d{4})(?:\s*г(?:\.|ода?)?)?$/.exec(text) ?? [];
  const named = word === undefined ? 0 : MONTHS.findIndex((name) => word.startsWith(name)) + 1;
  const [year, month] = [first ?? second ?? third, Number(digits ?? number ?? named)];
  if (year === undefined) return parseDay(text)?.slice(0, 7) ?? null;
  return month >= 1 && month <= 12 ? `${year}-${String(month).padStart(2, '0')}` : null;
}
