import { solveChallenge, type Challenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';

/** Does the widget's work: the value of the form's field `altcha` for the JSON that the challenge's address answers. */
export async function solveAltcha(challengeJson: unknown): Promise<string> {
  const challenge = (
    typeof challengeJson === 'string' ? JSON.parse(challengeJson) : challengeJson
  ) as Challenge;
  const solution = await solveChallenge({ challenge, deriveKey });
  return Buffer.from(JSON.stringify({ challenge, solution })).toString('base64');
}

export { answerTask } from '../../src/commands/bench/answer-task.js';
