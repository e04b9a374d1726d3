import type { Logger } from 'pino';
import type { Config } from '../../config.js';
import type { Database } from '../../db/knex.js';
import { altchaCaptcha } from './altcha.js';
import { noCaptcha, type Captcha } from './captcha.js';
import { pageTask } from './page-task.js';
import { reCaptcha } from './recaptcha.js';
import { smartCaptcha } from './smartcaptcha.js';
import { vendorCaptcha } from './vendor.js';

const VENDORS = { smartcaptcha: smartCaptcha, recaptcha: reCaptcha };

/** The anti-bot that the configuration names, and what answers at our own widget's address. */
export function openCaptcha(
  { captcha: chosen, sessionSecret: secret, publicUrl }: Config,
  { db, log, challengePath }: { db: Database; log: Logger; challengePath: string },
): { captcha: Captcha; challenge: (now: Date) => Promise<unknown> } {
  const { challenge, ...altcha } = altchaCaptcha({ db, secret, challengePath });
  const open = (): Captcha => {
    if (chosen === 'off') return noCaptcha();
    if (chosen === 'altcha') return altcha;
    const task = pageTask({ db, secret });
    return vendorCaptcha(VENDORS[chosen.vendor]({ ...chosen, publicUrl }), { db, log, task });
  };
  return { captcha: open(), challenge };
}
