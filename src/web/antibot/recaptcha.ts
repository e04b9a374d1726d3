import { z } from 'zod';
import { askChecker, away, type Judgement } from './ask-checker.js';
import type { Vendor, VendorOptions } from './vendor.js';

const said = z.object({
  success: z.boolean(),
  hostname: z.string().default(''),
  'error-codes': z.array(z.string()).default([]),
});

/** What is wrong with a token; every other code of https://developers.google.com/recaptcha/docs/verify is our fault or theirs. */
const OF_TOKENS = ['missing-input-response', 'invalid-input-response', 'timeout-or-duplicate'];
const KNOWN = ['missing-input-secret', 'invalid-input-secret', 'bad-request'];

/**
 * Google reCAPTCHA v2, the box to tick. The sources are those of https://docs.cloud.google.com/recaptcha/docs/faq. Nonces
 * would let in more: with them goes 'strict-dynamic'. Inline styles are not among them; what its script writes as one and
 * we refuse, `robot.css` makes up for.
 */
export function reCaptcha({ url, siteKey, secret, timeoutMs, publicUrl }: VendorOptions): Vendor {
  const { hostname } = new URL(publicUrl);
  const base = `${url}/recaptcha/`;
  return {
    name: 'recaptcha',
    field: 'g-recaptcha-response',
    widget: {
      kind: 'vendor',
      script: `${base}api.js?hl=ru&render=explicit&onload=robotReady`,
      api: 'grecaptcha',
      siteKey,
    },
    sources: {
      'script-src': [base, 'https://www.gstatic.com/recaptcha/'],
      'frame-src': [base, 'https://recaptcha.google.com/recaptcha/'],
      'connect-src': [base],
    },
    judge: (response, remoteip) =>
      askChecker(
        { url: `${base}api/siteverify`, fields: { secret, response, remoteip }, timeoutMs },
        (answer) => judged(answer, hostname),
      ),
  };
}

function judged(answer: unknown, hostname: string): Judgement {
  const read = said.safeParse(answer);
  if (!read.success) return away('not understood');
  const ours = read.data['error-codes'].find((code) => !OF_TOKENS.includes(code));
  if (ours !== undefined) return away(KNOWN.includes(ours) ? ours : 'an unknown error code');
  if (!read.data.success) return { verdict: 'robot' };
  if (read.data.hostname.toLowerCase() !== hostname) {
    return { verdict: 'robot', reason: 'solved for another site' };
  }
  return { verdict: 'person' };
}
