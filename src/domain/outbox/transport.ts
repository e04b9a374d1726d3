import { keep, newestKept } from './kept.js';

/** A letter ready to go. */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Where such letters can be refused. */
  unsubscribe?: string;
}

/** Hands a letter on; throws when it was not taken. */
export interface Transport {
  send(mail: Mail, now: Date): Promise<void>;
  close(): void;
}

/** Speaks SMTP. The Message-ID is the outbox row's, so that a repeated letter is seen to be the same one. */
export async function smtpTransport(url: string, from: string, host: string): Promise<Transport> {
  // Loaded by those who use it: every start would pay for it.
  const { createTransport } = await import('nodemailer');
  const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
  const smtp = createTransport({ url, ...limits }, { from });
  return {
    async send(mail, now) {
      await smtp.sendMail({
        to: { name: '', address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        date: now,
        messageId: `<${mail.id}@${host}>`,
        headers: {
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
          ...(mail.unsubscribe && { 'List-Unsubscribe': `<${mail.unsubscribe}>` }),
        },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
    close: () => smtp.close(),
  };
}

/** One letter of the development mailbox. */
export interface KeptMail extends Omit<Mail, 'id'> {
  at: string;
}

/** Development without SMTP: letters become files of a folder, which `/dev/mail` shows. */
export function folderTransport(folder: string): Transport {
  return {
    send: ({ id, to, subject, text, html }, now) => keep(folder, { id, now }, { to, subject, text, html }),
    close: () => undefined,
  };
}

/** The development mailbox, newest first. */
export const keptMails = (folder: string) => newestKept<KeptMail>(folder);
