import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A letter as a mail server took it: whom the envelope names, and what it says. */
export interface Taken {
  to: string[];
  from: string;
  raw: string;
  mail: ParsedMail;
}

/** What the server says instead of taking a letter: a code and words. Null: it takes it. */
type Refusal = { code: number; words: string } | null;

/** A real SMTP server that keeps what it takes. Its answers can be changed while it runs. */
export interface Mailbox {
  url: string;
  letters: Taken[];
  /** Asked at `RCPT TO` with the recipient's address. */
  onRecipient: (address: string) => Refusal;
  /** Asked after the letter has been read; the letter counts as tried either way. */
  onLetter: (letter: Taken) => Refusal | Promise<Refusal>;
  /** Asked when somebody connects. */
  onGreeting: () => Refusal;
  /** Every letter that was read to its end, taken or not. */
  tried: Taken[];
  to(address: string): Taken[];
  close(): Promise<void>;
}

export async function openMailbox(port = 0): Promise<Mailbox> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onConnect: (_session, done) => done(said(box.onGreeting())),
    onRcptTo: ({ address }, _session, done) => done(said(box.onRecipient(address))),
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => void take(Buffer.concat(pieces), session.envelope).then(done, done));
    },
  });

  async function take(raw: Buffer, envelope: Envelope): Promise<Error | null> {
    const mail = await simpleParser(raw);
    const from = envelope.mailFrom ? envelope.mailFrom.address : '';
    const letter = { to: envelope.rcptTo.map(({ address }) => address), from, raw: raw.toString(), mail };
    box.tried.push(letter);
    const refusal = await box.onLetter(letter);
    if (!refusal) box.letters.push(letter);
    return said(refusal) ?? null;
  }

  const box: Mailbox = {
    url: '',
    letters: [],
    tried: [],
    onRecipient: () => null,
    onLetter: () => null,
    onGreeting: () => null,
    to: (address) => box.letters.filter((letter) => letter.to.includes(address)),
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  box.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return box;
}

interface Envelope {
  mailFrom: false | { address: string };
  rcptTo: { address: string }[];
}

function said(refusal: Refusal): Error | undefined {
  return refusal ? Object.assign(new Error(refusal.words), { responseCode: refusal.code }) : undefined;
}
