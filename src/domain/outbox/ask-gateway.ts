import type { SmsAnswer } from './sms.js';

/** What the answer of a gateway is read from: whatever its JSON holds, nothing if it is no object. */
export type Said = Partial<Record<string, unknown>>;

/** A question to a gateway: a form posted to the address, so that no key gets into the log of a proxy. */
export interface Question {
  url: string;
  /** What is undefined is left out. */
  fields: Record<string, string | undefined>;
  timeoutMs: number;
}

/**
 * Posts the form, once, and has the JSON of the answer read by `read`. What went wrong is sorted by one question: may
 * the gateway have taken the message?
 */
export async function askGateway(
  { url, fields, timeoutMs }: Question,
  read: (said: Said) => SmsAnswer,
): Promise<SmsAnswer> {
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(given(fields)),
      // A connection kept from before may be closed by the other side at the moment we write: that would be «unknown».
      headers: { Connection: 'close' },
      // Wherever an answer points to, the key is not taken there.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
    // These refuse the request before anybody reads the message; what a server says of itself may come after.
    const notRead = response.status >= 300 && response.status < 500;
    if (!response.ok) return { outcome: notRead ? 'later' : 'unknown', reason: `HTTP ${response.status}` };
  } catch (error) {
    return broken(error as FetchFailure);
  }
  return read(parse(text));
}

function given(fields: Question['fields']): [string, string][] {
  return Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
}

function parse(text: string): Said {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** A field that holds an object, as one; anything else holds nothing. */
export function within(said: Said, field: string): Said {
  const value = said[field];
  return typeof value === 'object' && value !== null ? value : {};
}

/** A code as a number, however it is written; NaN where there is none. */
export function codeOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;
}

/** The answer for a gateway's error code. A code that is not known says nothing for certain. */
export function byCode(gateway: string, codes: Codes, code: number): SmsAnswer {
  if (Number.isNaN(code)) return { outcome: 'unknown', reason: `${gateway}: not understood` };
  const known = codes[code];
  if (!known) return { outcome: 'unknown', reason: `${gateway} ${code}` };
  return { outcome: known[0], reason: `${gateway} ${code}: ${known[1]}` };
}

/** What an error code means. As with SMTP, what is said to everybody is mended and tried again; the rest is final. */
export type Codes = Record<number, ['later' | 'refused', string]>;

type SystemError = Error & { code?: string; syscall?: string; errors?: SystemError[] };
type FetchFailure = Error & { cause?: SystemError };

function broken({ name, cause }: FetchFailure): SmsAnswer {
  if (name === 'TimeoutError') return { outcome: 'unknown', reason: 'no answer in time' };
  const code = cause?.code ?? cause?.name ?? name;
  return cause && neverConnected(cause)
    ? { outcome: 'later', reason: `no connection: ${code}` }
    : { outcome: 'unknown', reason: `the connection broke: ${code}` };
}

/** Whether it failed before a byte of the request could go out. Several addresses of one host fail together. */
function neverConnected(cause: SystemError): boolean {
  if (cause.errors?.length) return cause.errors.every(neverConnected);
  return (
    cause.syscall === 'connect' ||
    cause.syscall === 'getaddrinfo' ||
    cause.code === 'UND_ERR_CONNECT_TIMEOUT' ||
    /^(CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/.test(cause.code ?? '')
  );
}
