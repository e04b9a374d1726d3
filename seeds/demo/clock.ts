import { addDays, dayOf, type Day } from '../../src/lib/dates.js';

/** Moments and days of the demo's past and future, counted from the moment at which it is made. */
export interface Clock {
  now: Date;
  today: Day;
  /** So many days ago, or on a calendar day, at a time of day in Moscow. */
  ago(days: number | Day, time: string): Date;
  /** So many hours ago. */
  hours(count: number): Date;
  /** So many days from today, or a calendar day as it is. */
  day(count: number | Day): Day;
}

export function startClock(now: Date): Clock {
  const today = dayOf(now);
  const day = (count: number | Day) => (typeof count === 'string' ? count : addDays(today, count));
  return {
    now,
    today,
    ago: (days, time) => moscow(day(typeof days === 'string' ? days : -days), time),
    hours: (count) => new Date(now.getTime() - count * 3_600_000),
    day,
  };
}

/** A day and a time of day in Moscow, which has had one offset since 2014. */
export function moscow(day: Day, time: string): Date {
  return new Date(`${day}T${time}+03:00`);
}
