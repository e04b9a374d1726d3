import { z } from 'zod';
import { askChecker, away, type Judgement } from './ask-checker.js';
import type { Vendor, VendorOptions } from './vendor.js';

const said = z.object({ status: z.string(), message: z.string().default(''), host: z.string().optional() });

/**
 * Yandex SmartCaptcha, https://yandex.cloud/ru/docs/smartcaptcha/concepts/validation. Their pages name no sources for
 * a policy. Script, frames and requests are of one origin; the layer with the task, which lies over our page, is shown
 * and hidden by classes without any stylesheet of theirs, so its rules are written into the page, and no nonce for them
 * is documented: hence inline styles, on these pages alone.
 */
export function smartCaptcha({ url, siteKey, secret, timeoutMs, publicUrl }: VendorOptions): Vendor {
  const { host } = new URL(publicUrl);
  return {
    name: 'smartcaptcha',
    field: 'smart-token',
    widget: {
      kind: 'vendor',
      script: `${url}/captcha.js?render=onload&onload=robotReady`,
      api: 'smartCaptcha',
      siteKey,
    },
    sources: {
      'script-src': [url],
      'frame-src': [url],
      'connect-src': [url],
      'style-src': ["'unsafe-inline'"],
    },
    judge: (token, ip) =>
      askChecker({ url: `${url}/validate`, fields: { secret, token, ip }, timeoutMs }, (answer) =>
        judged(answer, host),
      ),
  };
}

function judged(answer: unknown, host: string): Judgement {
  const read = said.safeParse(answer);
  if (!read.success) return away('not understood');
  const { status, message, host: solvedAt = host } = read.data;
  // Their words when the secret is missing or unknown: every token would fail, whoever sends it.
  if (/^Authentication failed/.test(message)) return away('our secret is refused');
  if (status !== 'ok') return { verdict: 'robot' };
  // Their docs: a cloud that is blocked, unpaid for instance, says «ok» to every robot and names no host.
  if (solvedAt === '') return away('no host: their cloud may be blocked');
  if (solvedAt.toLowerCase() !== host) return { verdict: 'robot', reason: 'solved for another site' };
  return { verdict: 'person' };
}
