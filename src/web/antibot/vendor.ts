import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Database } from '../../db/knex.js';
import type { Judgement } from './ask-checker.js';
import type { Captcha, Sources, Submission, Verdict, Widget } from './captcha.js';
import { firstUse } from './captcha.data.js';
import { afterwards, besideTask, type PageTask } from './page-task.js';

/** What tells one vendor from another. */
export interface Vendor {
  name: string;
  /** The form's field into which its widget writes the token. */
  field: string;
  widget: Widget;
  sources: Sources;
  /** What the vendor says of a token. */
  judge(token: string, ip: string): Promise<Judgement>;
}

export interface VendorOptions {
  /** Where the widget's script and the checker are: an origin, the vendor's own or a stand-in. */
  url: string;
  siteKey: string;
  secret: string;
  timeoutMs: number;
  /** Where our pages are: a token solved for another site is refused. */
  publicUrl: string;
}

export interface VendorParts {
  db: Database;
  log: Pick<Logger, 'warn'>;
  task: PageTask;
}

/** Several times what the vendors send. */
const LONGEST = 8192;

/**
 * A vendor's widget beside our plain task. Its token is good once here too, whatever the vendor says of it a second
 * time. While the vendor cannot be asked nobody passes by his widget; that is logged, without token and address.
 */
export function vendorCaptcha(vendor: Vendor, { db, log, task }: VendorParts): Captcha {
  async function verify({ fields, ip }: Submission, now: Date): Promise<Verdict> {
    const token = fields[vendor.field];
    if (!token || token.length > LONGEST) return 'robot';
    const { verdict, reason } = await vendor.judge(token, ip);
    if (reason) log.warn({ captcha: vendor.name, verdict, reason }, 'anti-bot check failed');
    if (verdict !== 'person') return verdict;
    const mark = createHash('sha256').update(token).digest('base64url');
    // Kept for longer than either vendor's token holds (5 and 2 minutes).
    return (await firstUse(db, `${vendor.name} ${mark}`, afterwards(now))) ? 'person' : 'robot';
  }
  return besideTask(task, { widget: vendor.widget, sources: vendor.sources, verify });
}
