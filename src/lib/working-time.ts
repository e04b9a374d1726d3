import { addDays, dayOf, type Day } from './dates.js';

/** The company works from 9 to 18, Monday to Friday, Moscow. */
const OPENS = 9 * 60;
const CLOSES = 18 * 60;
const MINUTE = 60_000;
const MOSCOW = 3 * 60;

/** Days off by article 112 of the Labour Code, month and day; the government's yearly transfers are not in it. */
const HOLIDAYS = new Set([
  ...['01-01', '01-02', '01-03', '01-04', '01-05', '01-06', '01-07', '01-08'],
  ...['02-23', '03-08', '05-01', '05-09', '06-12', '11-04'],
]);

/** Whether the company works on that day. */
export function isWorkingDay(day: Day): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !HOLIDAYS.has(day.slice(5));
}

/** Minutes since midnight in Moscow, which has been three hours ahead of UTC all year round since 2014. */
const minuteOf = (moment: Date) => (Math.floor(moment.getTime() / MINUTE) + MOSCOW) % (24 * 60);

const momentAt = (day: Day, minute: number) => new Date(Date.parse(day) + (minute - MOSCOW) * MINUTE);

/**
 * The moment after so many minutes of working time, or before it where they are negative; what begins outside of it counts
 * from the next opening, or back from the last closing.
 */
export function addWorkingMinutes(from: Date, minutes: number): Date {
  if (minutes < 0) return takeWorkingMinutes(from, -minutes);
  let day = dayOf(from);
  let at = Math.max(minuteOf(from), OPENS);
  let left = minutes;
  for (;;) {
    if (isWorkingDay(day) && at < CLOSES) {
      if (left <= CLOSES - at) return momentAt(day, at + left);
      left -= CLOSES - at;
    }
    day = addDays(day, 1);
    at = OPENS;
  }
}

function takeWorkingMinutes(from: Date, minutes: number): Date {
  let day = dayOf(from);
  let at = Math.min(minuteOf(from), CLOSES);
  let left = minutes;
  for (;;) {
    if (isWorkingDay(day) && at > OPENS) {
      if (left <= at - OPENS) return momentAt(day, at - left);
      left -= at - OPENS;
    }
    day = addDays(day, -1);
    at = CLOSES;
  }
}

/** How many minutes of working time lie between two moments; negative when the second is the earlier. */
export function workingMinutes(from: Date, to: Date): number {
  if (to < from) return 0 - workingMinutes(to, from);
  let total = 0;
  const last = dayOf(to);
  for (let day = dayOf(from); day <= last; day = addDays(day, 1)) {
    if (!isWorkingDay(day)) continue;
    const begins = day === dayOf(from) ? Math.max(minuteOf(from), OPENS) : OPENS;
    const ends = day === last ? Math.min(minuteOf(to), CLOSES) : CLOSES;
    total += Math.max(0, ends - begins);
  }
  return total;
}
