import { inWords } from '../../web/antibot/plain-task.js';

/** Reads the anti-bot's plain task in a page and answers it in digits, for the form's field `robot_answer`. */
export function answerTask(text: string): string {
  const [, first, sign, second] = /Сколько будет ([а-яё ]+) (плюс|минус) ([а-яё ]+)\?/.exec(text) ?? [];
  if (!first || !sign || !second) throw new Error('There is no task.');
  const words = Array.from({ length: 40 }, (_, number) => inWords(number));
  const [a, b] = [words.indexOf(first), words.indexOf(second)];
  return String(sign === 'плюс' ? a + b : a - b);
}
