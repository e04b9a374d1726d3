import { expect, it } from 'vitest';
import { money, parseMoney } from '../../src/lib/text.js';

it.each([
  [0, '0,00 ₽'],
  [5, '0,05 ₽'],
  [1_234_567, '12 345,67 ₽'],
  [100_000_000_00, '100 000 000,00 ₽'],
  [-50, '−0,50 ₽'],
  [-123_456, '−1 234,56 ₽'],
])('%i kopecks are %s, never broken across lines', (kopecks, words) => {
  expect(money(kopecks)).toBe(words.replaceAll(' ', '\u00a0'));
});

it.each([
  ['1500', 150_000],
  ['1 500,5', 150_050],
  ['1\u00a0500.05 ₽', 150_005],
  ['0', 0],
  ['0,29 руб.', 29],
  ['999999999,99', 99_999_999_999],
])('%s is a sum', (typed, kopecks) => {
  expect(parseMoney(typed)).toBe(kopecks);
});

it.each(['', '-1', '1,005', 'сто', '1e3', '٣', '0x10', '1,,5', ',5', '10000000000', '1 500 $'])(
  '«%s» is none',
  (typed) => {
    expect(parseMoney(typed)).toBeNull();
  },
);
