import { createHmac } from 'node:crypto';
import { createChallenge, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import type { Database } from '../db/knex.js';
import { firstUse, isUsed } from './captcha.data.js';
import { newTask, openTask, readNumber } from './plain-task.js';

/** What `shared/robot` shows: where the widget fetches its challenge, and the plain task that stands in the page. */
export interface Robot {
  kind: 'altcha' | 'off';
  challengeUrl: string;
  question: string;
  sealed: string;
  answer: string;
}

/** «Я не робот»: tells people from scripts. */
export interface Captcha {
  /** What `shared/robot` needs to show the task; `typed` are the fields of a failed form, so that an answer typed right stays. */
  present(now: Date, typed?: Record<string, string>): Promise<Robot>;
  /** Whether a person filled the form in; a solution is good once. */
  verify(fields: Record<string, string>, now: Date): Promise<boolean>;
  /** Names of the assets that a page with this captcha loads. */
  scripts: string[];
  styles: string[];
}

const MINUTES = 20;

// At most 150 × 5,000 rounds of SHA-256, shared by up to four workers: measured 0.2 s on two cores of a server.
const WORK = { algorithm: 'PBKDF2/SHA-256', cost: 5_000, fewest: 50, most: 150 };

const solved = z.object({
  challenge: z.object({
    parameters: z.looseObject({
      algorithm: z.literal(WORK.algorithm),
      nonce: z.string(),
      salt: z.string(),
      cost: z.number(),
      keyLength: z.number(),
      keyPrefix: z.string(),
      data: z.object({ expires: z.number() }),
    }),
    signature: z.string().length(64),
  }),
  solution: z.object({ counter: z.number(), derivedKey: z.string() }),
});

/**
 * Altcha, served by us: the browser works for half a second, nobody else is asked. Where its widget does not start
 * (no JavaScript, a browser before 2021, no HTTPS), a sum in words stands in the page. Either is signed with keys
 * made of `secret`, expires after 20 minutes and is kept in `captcha_solutions` once it was used.
 */
export function altchaCaptcha(options: {
  db: Database;
  secret: string;
  challengePath: string;
}): Captcha & { challenge(now: Date): Promise<unknown> } {
  const { db, challengePath } = options;
  const key = (purpose: string) => createHmac('sha256', options.secret).update(`captcha ${purpose}`).digest();
  const taskKey = key('task');
  const hmac = {
    hmacSignatureSecret: key('challenge').toString('hex'),
    hmacKeySignatureSecret: key('solution').toString('hex'),
  };

  /** The JSON that the widget fetches. The answer that carries it must not be stored. */
  async function challenge(now: Date): Promise<unknown> {
    const { algorithm, cost, fewest, most } = WORK;
    // Not the library's own `expiresAt`: it and the widget compare that with their machine's clock instead of `now`.
    const data = { expires: Math.floor(afterwards(now).getTime() / 1000) };
    return createChallenge({ algorithm, cost, deriveKey, data, counter: randomInt(most, fewest), ...hmac });
  }

  async function solvedChallenge(payload: string, now: Date): Promise<boolean> {
    const read = solved.safeParse(fromBase64(payload));
    if (!read.success) return false;
    const { challenge, solution } = read.data;
    const expires = new Date(challenge.parameters.data.expires * 1000);
    if (!(expires > now)) return false;
    const { verified } = await verifySolution({ challenge, solution, deriveKey, ...hmac });
    return verified && (await firstUse(db, `altcha ${challenge.signature}`, expires));
  }

  async function solvedTask(sealed: string, typed: string, now: Date): Promise<boolean> {
    const task = openTask(taskKey, sealed, now);
    // A wrong answer uses the task up as well, or all of the few possible ones could be tried.
    return (
      !!task && (await firstUse(db, `task ${task.id}`, task.expires)) && readNumber(typed) === task.answer
    );
  }

  return {
    challenge,
    async present(now, typed = {}) {
      const kept = openTask(taskKey, typed.robot_task ?? '', now);
      const same = kept && !(await isUsed(db, `task ${kept.id}`)) ? kept : null;
      const task = same ?? newTask(taskKey, afterwards(now));
      return {
        kind: 'altcha',
        challengeUrl: challengePath,
        question: task.question,
        sealed: task.sealed,
        answer: same ? (typed.robot_answer ?? '').slice(0, 40) : '',
      };
    },
    async verify(fields, now) {
      if (fields.altcha && (await solvedChallenge(fields.altcha, now))) return true;
      return !!fields.robot_answer?.trim() && solvedTask(fields.robot_task ?? '', fields.robot_answer, now);
    },
    scripts: ['robot.js'],
    styles: [],
  };
}

/** `CAPTCHA=off`, for tests and trials: shows nothing and believes everybody. */
export function noCaptcha(): Captcha {
  return {
    present: () => Promise.resolve({ kind: 'off', challengeUrl: '', question: '', sealed: '', answer: '' }),
    verify: () => Promise.resolve(true),
    scripts: [],
    styles: [],
  };
}

const afterwards = (now: Date) => new Date(now.getTime() + MINUTES * 60_000);

/** What the widget sends: JSON in base64; undefined for anything else, and for more than it would ever send. */
function fromBase64(text: string): unknown {
  if (text.length > 4096) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
