import type { Environment } from '../config.js';

const VENDORS = { smartcaptcha: 'https://smartcaptcha.yandexcloud.net', recaptcha: 'https://www.google.com' };

/** What is missing for the anti-bot's vendor, or is for none. */
export function halfConfiguredCaptcha(env: Environment): string[] {
  const vendor = env.CAPTCHA in VENDORS;
  const problems: string[] = [];
  for (const name of ['CAPTCHA_URL', 'CAPTCHA_SITE_KEY', 'CAPTCHA_SECRET'] as const) {
    if (vendor && !env[name] && name !== 'CAPTCHA_URL') problems.push(`${name}: ${env.CAPTCHA} needs it`);
    if (!vendor && env[name]) problems.push(`${name}: is for a vendor, but CAPTCHA is ${env.CAPTCHA}`);
  }
  // It goes into the policy of pages, where anything more than an origin could mean anything.
  if (env.CAPTCHA_URL && new URL(env.CAPTCHA_URL).origin !== env.CAPTCHA_URL.replace(/\/$/, '')) {
    problems.push('CAPTCHA_URL: must be an origin, without a path');
  }
  return problems;
}

/** Who tells people from scripts: we ourselves, nobody, or a vendor. */
export function readCaptcha({ CAPTCHA: chosen, ...env }: Environment) {
  if (chosen === 'altcha' || chosen === 'off') return chosen;
  return {
    vendor: chosen,
    url: new URL(env.CAPTCHA_URL ?? VENDORS[chosen]).origin,
    siteKey: env.CAPTCHA_SITE_KEY ?? '',
    secret: env.CAPTCHA_SECRET ?? '',
    timeoutMs: 5_000,
  };
}
