import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWorkingMinutes, isWorkingDay, workingMinutes } from '../../src/lib/working-time.js';

/** A moment by the clock in Moscow; the tests themselves run in New York. */
const at = (text: string) => new Date(`${text.replace(' ', 'T')}:00+03:00`);
const shown = (moment: Date) =>
  new Date(moment.getTime() + 3 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');

it('the process is not in Moscow', () => {
  expect(process.env.TZ).toBe('America/New_York');
});

describe('a working day', () => {
  it.each([
    ['2027-02-01', true, 'a Monday'],
    ['2027-02-05', true, 'a Friday'],
    ['2027-02-06', false, 'a Saturday'],
    ['2027-02-07', false, 'a Sunday'],
    ['2027-01-01', false, 'New Year'],
    ['2027-01-08', false, 'the last of the holidays, a Friday'],
    ['2027-01-11', true, 'the Monday after them'],
    ['2027-02-23', false, 'a Tuesday'],
    ['2027-03-08', false, 'a Monday'],
    ['2026-05-01', false, 'a Friday'],
    ['2027-06-12', false, 'a Saturday and a holiday'],
    ['2026-11-04', false, 'a Wednesday'],
    ['2026-12-31', true, 'a Thursday; no day off by the code'],
  ])('%s: %s, %s', (day, works) => {
    expect(isWorkingDay(day)).toBe(works);
  });
});

describe('so many minutes later', () => {
  it.each([
    ['2027-02-02 12:00', 60, '2027-02-02 13:00', 'within a day'],
    ['2027-02-02 12:00', 360, '2027-02-02 18:00', 'up to the last minute of it'],
    ['2027-02-02 12:00', 361, '2027-02-03 09:01', 'over the night'],
    ['2027-02-02 12:00', 540, '2027-02-03 12:00', 'a whole working day'],
    ['2027-02-02 03:00', 30, '2027-02-02 09:30', 'from before the opening'],
    ['2027-02-02 18:00', 30, '2027-02-03 09:30', 'from the closing'],
    ['2027-02-02 23:59', 30, '2027-02-03 09:30', 'from the night: still yesterday in New York'],
    ['2027-02-05 17:30', 60, '2027-02-08 09:30', 'over a weekend'],
    ['2027-02-06 12:00', 60, '2027-02-08 10:00', 'from a Saturday'],
    ['2026-12-31 17:00', 120, '2027-01-11 10:00', 'over the New Year holidays'],
    ['2027-02-22 17:59', 2, '2027-02-24 09:01', 'over a holiday in the week'],
    ['2027-02-02 12:00', 720 * 60, '2027-05-27 12:00', '80 days, the longest time of a kind'],
    ['2027-03-12 17:00', 120, '2027-03-15 10:00', 'over the night when the clocks of New York change'],
    ['2026-10-30 17:00', 120, '2026-11-02 10:00', 'and when they change back'],
  ])('%s + %i = %s: %s', (from, minutes, to) => {
    expect(shown(addWorkingMinutes(at(from), minutes))).toBe(to);
  });

  it.each([
    ['2027-02-03 12:51', -60, '2027-02-03 11:51', 'within a day'],
    ['2027-02-03 12:51', -300, '2027-02-02 16:51', 'over the night'],
    ['2027-02-08 09:30', -60, '2027-02-05 17:30', 'over a weekend'],
    ['2027-02-03 20:00', -30, '2027-02-03 17:30', 'back from the closing'],
    ['2027-02-03 08:00', -540, '2027-02-02 09:00', 'a whole working day'],
  ])('%s %i = %s: %s', (from, minutes, to) => {
    const moment = addWorkingMinutes(at(from), minutes);
    expect(shown(moment)).toBe(to);
    expect(workingMinutes(at(from), moment)).toBe(minutes);
  });

  it('counts whole minutes', () => {
    expect(addWorkingMinutes(new Date('2027-02-02T09:00:59.999Z'), 1)).toEqual(at('2027-02-02 12:01'));
  });
});

describe('minutes between', () => {
  it.each([
    ['2027-02-02 12:00', '2027-02-02 13:30', 90],
    ['2027-02-02 17:00', '2027-02-03 10:00', 120],
    ['2027-02-05 17:00', '2027-02-08 10:00', 120],
    ['2027-02-02 20:00', '2027-02-03 08:00', 0],
    ['2027-02-06 10:00', '2027-02-07 17:00', 0],
    ['2027-02-01 00:00', '2027-02-08 00:00', 5 * 540],
    ['2026-12-31 17:00', '2027-01-11 10:00', 120],
    ['2027-02-03 10:00', '2027-02-02 17:00', -120],
    ['2027-02-03 08:00', '2027-02-02 20:00', 0],
    ['2027-02-02 12:00', '2027-02-02 12:00', 0],
  ])('%s – %s: %i', (from, to, minutes) => {
    expect(workingMinutes(at(from), at(to))).toBe(minutes);
  });
});

it('what was added lies between, whatever the moment and the number', () => {
  const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, fc.integer({ min: 1, max: 43_200 }), (from, minutes) => {
      const due = addWorkingMinutes(from, minutes);
      expect(due.getTime()).toBeGreaterThan(from.getTime());
      expect(workingMinutes(from, due)).toBe(minutes);
      expect(workingMinutes(due, from)).toBe(-minutes);
      const [day, time] = shown(due).split(' ') as [string, string];
      expect(isWorkingDay(day)).toBe(true);
      expect(time > '09:00' && time <= '18:00').toBe(true);
    }),
  );
});
