import { plural } from './text.js';

type Forms = [one: string, few: string, many: string];

const UNITS = ' один два три четыре пять шесть семь восемь девять'.split(' ');
const TEENS =
  'десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать'.split(
    ' ',
  );
const TENS = '  двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто'.split(' ');
const HUNDREDS = ' сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'.split(' ');

/** Thousands are feminine in Russian: «одна тысяча», «две тысячи». */
const POWERS: { forms: Forms; units: string[] }[] = [
  { forms: ['рубль', 'рубля', 'рублей'], units: UNITS },
  { forms: ['тысяча', 'тысячи', 'тысяч'], units: UNITS.with(1, 'одна').with(2, 'две') },
  { forms: ['миллион', 'миллиона', 'миллионов'], units: UNITS },
  { forms: ['миллиард', 'миллиарда', 'миллиардов'], units: UNITS },
  { forms: ['триллион', 'триллиона', 'триллионов'], units: UNITS },
  { forms: ['квадриллион', 'квадриллиона', 'квадриллионов'], units: UNITS },
];

/** `Двести семьдесят шесть тысяч девятьсот рублей 01 копейка` of whole kopecks, as it is written in invoices. */
export function moneyWords(kopecks: number): string {
  const [rubles, rest] = [Math.trunc(kopecks / 100), kopecks % 100];
  const words = rubles === 0 ? ['ноль'] : [];
  for (let power = POWERS.length - 1; power >= 0; power -= 1) {
    const three = Math.trunc(rubles / 1000 ** power) % 1000;
    const { forms, units } = POWERS[power]!;
    words.push(...hundreds(three, units));
    if (three > 0 || power === 0) words.push(plural(three, ...forms));
  }
  const text = words.join(' ');
  const small = `${String(rest).padStart(2, '0')} ${plural(rest, 'копейка', 'копейки', 'копеек')}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${small}`;
}

/** The words of a number below a thousand; none of nought. */
function hundreds(three: number, units: string[]): string[] {
  const two = three % 100;
  const small = two >= 10 && two < 20 ? [TEENS[two - 10]] : [TENS[Math.trunc(two / 10)], units[two % 10]];
  return [HUNDREDS[Math.trunc(three / 100)], ...small].filter((word): word is string => Boolean(word));
}
