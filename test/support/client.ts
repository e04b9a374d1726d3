import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { hiddenFields } from './markup.js';
import { PASSWORD } from './people.js';

/** What came back, as it came. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The `Location`; empty where there is none. */
  to: string;
}

export type Fields = Record<string, string | string[]>;
export interface SentFile {
  bytes: Buffer;
  name: string;
  type?: string;
  /** The form's field for it, where that is not `file`. */
  field?: string;
}
export type SentFiles = SentFile | SentFile[] | null;
export interface Body {
  type?: string;
  bytes: Buffer | string;
}
type Headers = Record<string, string>;

const agent = new Agent({ keepAlive: true });
let arrivals = 0;

/**
 * A browser that improves nothing: addresses, headers and bodies go out as they are given, `Secure` cookies too (TLS ends
 * at a proxy), and a body may stop half-way. Everybody comes from a network address of his own.
 */
export class Client {
  readonly cookies = new Map<string, string>();
  /** Every `Set-Cookie` that it was ever sent. */
  readonly sentCookies: string[] = [];
  private token: string | null = null;

  constructor(
    readonly address: string,
    readonly headers: Headers = {},
  ) {
    arrivals += 1;
    this.headers = { 'x-forwarded-for': `10.200.${arrivals >> 8}.${arrivals & 255}`, ...headers };
  }

  /** The same browser at this moment; what one of the two does later, the other does not know. */
  fork(): Client {
    const copy = new Client(this.address, this.headers);
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    copy.token = this.token;
    return copy;
  }

  get(path: string, headers: Headers = {}): Promise<Reply> {
    return this.send('GET', path, { headers });
  }

  post(path: string, fields: Fields, headers: Headers = {}): Promise<Reply> {
    return this.send('POST', path, { headers, body: urlencoded(fields) });
  }

  async upload(path: string, fields: Fields, files: SentFiles, headers: Headers = {}): Promise<Reply> {
    return this.send('POST', path, { headers, body: await multipart(fields, files) });
  }

  /** `begin` sends only so many bytes of the body and waits for the answer all the same; `then` may go on. */
  send(
    method: string,
    path: string,
    options: { headers?: Headers; body?: Body; begin?: { bytes: number; then?: () => Promise<void> } } = {},
  ): Promise<Reply> {
    const { headers = {}, body, begin } = options;
    const bytes = body && Buffer.from(body.bytes as Buffer);
    return new Promise((resolve, reject) => {
      const sent = request(
        this.address,
        {
          method,
          path,
          agent: begin ? false : agent,
          headers: {
            ...this.headers,
            ...(this.cookies.size > 0 && {
              cookie: [...this.cookies].map((pair) => pair.join('=')).join('; '),
            }),
            ...(bytes && { 'content-length': bytes.length }),
            ...(body?.type && { 'content-type': body.type }),
            ...headers,
          },
        },
        (answer) => {
          const pieces: Buffer[] = [];
          answer.on('data', (piece: Buffer) => pieces.push(piece));
          answer.on('error', reject);
          answer.on('end', () => {
            this.keep(answer.headers['set-cookie'] ?? []);
            const { statusCode, headers: received } = answer;
            resolve({
              status: statusCode!,
              headers: received,
              to: received.location ?? '',
              text: Buffer.concat(pieces).toString('utf8'),
            });
            if (begin && !begin.then) sent.destroy();
          });
        },
      );
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The house had ended a connection that rested too long: what was to go out on it has not been read.
        const rested = sent.reusedSocket && error.code === 'ECONNRESET';
        if (rested) this.send(method, path, options).then(resolve, reject);
        else reject(error);
      });
      if (!begin) return void sent.end(bytes);
      sent.write(bytes!.subarray(0, begin.bytes));
      void begin.then?.().then(() => sent.end(bytes!.subarray(begin.bytes)), reject);
    });
  }

  /** The hidden fields of a page: every form of it carries the same token. */
  async hidden(page: string): Promise<Record<string, string>> {
    return hiddenFields((await this.get(page)).text);
  }

  /** The token that any page with a form would carry now. */
  async csrf(): Promise<string> {
    this.token ??= (await this.hidden('/contacts'))._csrf ?? (await this.hidden('/auth/login'))._csrf ?? '';
    return this.token;
  }

  /** Signs in on the sign-in page. */
  async signIn(email: string, fields: Fields = {}): Promise<this> {
    const answer = await this.post('/auth/login', {
      ...(await this.hidden('/auth/login')),
      email,
      password: PASSWORD,
      ...fields,
    });
    if (answer.status !== 303) throw new Error(`not signed in as ${email}: ${answer.status}`);
    return this;
  }

  private keep(set: string[]): void {
    this.sentCookies.push(...set);
    for (const line of set) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (/session|visitor/.test(name!)) this.token = null;
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
  }
}

/** A form's body; a field with several values is repeated. */
export function urlencoded(fields: Fields): Body {
  const pairs = Object.entries(fields).flatMap(([name, value]) =>
    [value].flat().map((one) => `${percent(name)}=${percent(one)}`),
  );
  return { type: 'application/x-www-form-urlencoded', bytes: pairs.join('&') };
}

/** The body of a form with files, as a browser makes it. */
export async function multipart(fields: Fields, files: SentFiles): Promise<Body> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one);
  for (const { field = 'file', bytes, type = 'application/pdf', name } of [files ?? []].flat())
    form.append(field, new Blob([new Uint8Array(bytes)], { type }), name);
  const made = new Response(form);
  return { type: made.headers.get('content-type')!, bytes: Buffer.from(await made.arrayBuffer()) };
}

/** Percent-encodes whatever the text holds, half a surrogate pair too, which `encodeURIComponent` refuses. */
export function percent(text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  return Array.from(text, (letter) => {
    const code = letter.codePointAt(0)!;
    if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(letter);
    return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
      .map((byte) => `%${byte.toString(16)}`)
      .join('');
  }).join('');
}
