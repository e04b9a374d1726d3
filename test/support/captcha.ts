import { solveChallenge, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { inWords } from '../../src/web/antibot/plain-task.js';

/** Does the widget's work: the value of the form's field `altcha` for the JSON that the challenge's address answers. */
export async function solveAltcha(challengeJson: unknown): Promise<string> {
  const challenge = (
    typeof challengeJson === 'string' ? JSON.parse(challengeJson) : challengeJson
  ) as Challenge;
  const solution = await solveChallenge({ challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

/** Reads the plain task and answers it in digits, for the form's field `robot_answer`. */
export function answerTask(question: string): string {
  const [, first, sign, second] = /Сколько будет ([а-яё ]+) (плюс|минус) ([а-яё ]+)\?/.exec(question) ?? [];
  if (!first || !sign || !second) throw new Error(`Not a task: ${question}`);
  const [a, b] = [first, second].map((word) =>
    Array.from({ length: 40 }, (_, n) => inWords(n)).indexOf(word),
  );
  return String(sign === 'плюс' ? a! + b! : a! - b!);
}
