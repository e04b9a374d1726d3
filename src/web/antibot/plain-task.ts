import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A task that stands in the page in words: what is asked, and what the form carries so that it can be checked. */
interface PlainTask {
  id: string;
  expires: Date;
  question: string;
  answer: number;
  /** id, expiry and a signature over both and the answer: a browser can neither read the answer in it nor move the expiry. */
  sealed: string;
}

// prettier-ignore
const ONES = [
  'ноль', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять', 'десять',
  'одиннадцать', 'двенадцать', 'тринадцать', 'четырнадцать', 'пятнадцать', 'шестнадцать', 'семнадцать',
  'восемнадцать', 'девятнадцать',
];
const TENS = ['', '', 'двадцать', 'тридцать'];

/** A number from 0 to 39 in words, as it is counted: `22` is «двадцать два». */
export function inWords(number: number): string {
  if (number < 20) return ONES[number]!;
  return [TENS[Math.floor(number / 10)], number % 10 ? ONES[number % 10] : ''].filter(Boolean).join(' ');
}

/** The number that somebody typed: digits or a word, in any case and with spaces around; NaN for anything else. */
export function readNumber(typed: string): number {
  const text = typed
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
    .replace(/\.$/, '');
  if (/^\d{1,4}$/.test(text)) return Number(text);
  for (let number = 0; number < 40; number++) if (inWords(number) === text) return number;
  return Number.NaN;
}

/** A new task, solvable until `expires`. The same key opens it again. */
export function newTask(key: Buffer, expires: Date): PlainTask {
  return makeTask(key, randomBytes(16).toString('base64url'), expires);
}

/** The task that a form carries; null when we did not make it or its time is over. */
export function openTask(key: Buffer, sealed: string, now: Date): PlainTask | null {
  const [, id, seconds] = /^([\w-]{22})\.([1-9]\d{0,11})\.[\w-]{43}$/.exec(sealed) ?? [];
  if (!id || !seconds) return null;
  const task = makeTask(key, id, new Date(Number(seconds) * 1000));
  const ours = timingSafeEqual(Buffer.from(task.sealed), Buffer.from(sealed));
  return ours && task.expires > now ? task : null;
}

// Question and answer follow from the id and our key, so that nothing about them has to be carried or kept.
function makeTask(key: Buffer, id: string, expires: Date): PlainTask {
  const chance = sign(key, `question ${id}`);
  const below = (limit: number, place: number) => chance.readUInt32BE(place * 4) % limit;
  const adds = below(2, 0) === 0;
  const [a, b] = adds ? [2 + below(14, 1), 1 + below(15, 2)] : [10 + below(21, 1), 1 + below(8, 2)];
  const answer = adds ? a + b : a - b;
  const seconds = Math.floor(expires.getTime() / 1000);
  const seal = sign(key, `answer ${id} ${seconds} ${answer}`).toString('base64url');
  return {
    id,
    expires: new Date(seconds * 1000),
    question: `Сколько будет ${inWords(a)} ${adds ? 'плюс' : 'минус'} ${inWords(b)}? Напишите число`,
    answer,
    sealed: `${id}.${seconds}.${seal}`,
  };
}

const sign = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
