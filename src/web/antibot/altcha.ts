import { createChallenge, randomInt, verifySolution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import { z } from 'zod';
import type { Database } from '../../db/knex.js';
import { keyFor, type Captcha } from './captcha.js';
import { firstUse } from './captcha.data.js';
import { afterwards, besideTask, pageTask } from './page-task.js';

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
  const { db, secret, challengePath } = options;
  const hmac = {
    hmacSignatureSecret: keyFor(secret, 'challenge').toString('hex'),
    hmacKeySignatureSecret: keyFor(secret, 'solution').toString('hex'),
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

  const captcha = besideTask(pageTask({ db, secret }), {
    widget: { kind: 'altcha', challengeUrl: challengePath },
    sources: {},
    async verify({ fields: { altcha } }, now) {
      return altcha && (await solvedChallenge(altcha, now)) ? 'person' : 'robot';
    },
  });
  return { ...captcha, challenge };
}

/** What the widget sends: JSON in base64; undefined for anything else, and for more than it would ever send. */
function fromBase64(text: string): unknown {
  if (text.length > 4096) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
