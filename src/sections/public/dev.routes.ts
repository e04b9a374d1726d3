import { join } from 'node:path';
import { keptSms } from '../../domain/outbox/sms.js';
import { keptMails } from '../../domain/outbox/transport.js';
import { json, view } from '../../web/answer.js';
import { anyone } from '../../web/section.js';
import { section, visitor } from '../section.js';

/** Development only: the letters that would have been sent. */
export const mailSection = section({ path: '/dev/mail', area: 'public', load: visitor, visitors: true });
export const mailJsonSection = section({
  path: '/dev/mail.json',
  area: 'public',
  load: visitor,
  visitors: true,
});

mailSection.page('/', anyone, async ({ config }) =>
  view('public/dev-mail', { title: 'Письма', mails: await keptMails(join(config.dataDir, 'mail')), links }),
);
mailJsonSection.page('/', anyone, async ({ config }) => json(await keptMails(join(config.dataDir, 'mail'))));

/** A letter's text with its addresses told apart, so that they can be clicked. */
function links(text: string): { text: string; href: string | null }[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part) => ({ text: part, href: /^https?:/.test(part) ? part : null }));
}

/** Development only: the SMS that would have been sent. */
export const smsSection = section({ path: '/dev/sms', area: 'public', load: visitor, visitors: true });
export const smsJsonSection = section({
  path: '/dev/sms.json',
  area: 'public',
  load: visitor,
  visitors: true,
});

smsSection.page('/', anyone, async ({ config }) =>
  view('public/dev-sms', { title: 'SMS', messages: await keptSms(join(config.dataDir, 'sms')) }),
);
smsJsonSection.page('/', anyone, async ({ config }) => json(await keptSms(join(config.dataDir, 'sms'))));

/** Development only: every component on one page. */
export const styleguideSection = section({
  path: '/styleguide',
  area: 'public',
  load: visitor,
  visitors: true,
});
styleguideSection.page('/', anyone, ({ now }) => view('public/styleguide', { title: 'Компоненты', now }));
