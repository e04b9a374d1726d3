import { request, type IncomingHttpHeaders } from 'node:http';

/** What the TLS proxy in front of the application says of the browser's connection. */
export const PROXIED = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.7' };

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As it came, so compressed where that was asked for. */
  body: Buffer;
}

/** One request as the proxy passes it on; with `form` a POST. */
export function ask(
  port: number,
  path: string,
  options: { headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<Answer> {
  const form = options.form && new URLSearchParams(options.form).toString();
  const headers = {
    ...PROXIED,
    ...options.headers,
    ...(form && { 'Content-Type': 'application/x-www-form-urlencoded' }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { port, host: '127.0.0.1', path, method: form ? 'POST' : 'GET', headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(form);
  });
}

/** Opens the sign-in page and answers what sends its form: the address and password with the page's own tokens. */
export async function openSignIn(
  port: number,
): Promise<(person: { email: string; password: string }) => Promise<string>> {
  const page = await ask(port, '/auth/login');
  const html = page.body.toString();
  const headers = { Cookie: cookies(page) };
  return async (person) => {
    const form = { _csrf: fieldOf(html, '_csrf'), _once: fieldOf(html, '_once'), ...person };
    const answer = await ask(port, '/auth/login', { headers, form });
    if (answer.status !== 303) throw new Error(`Signing in answered ${answer.status}`);
    return cookies(answer);
  };
}

/** What a browser that knows nothing of the site loads to show its first page, in bytes as they are sent. */
export async function firstVisit(
  port: number,
): Promise<{ html: number; css: number; js: number; fonts: number }> {
  const load = (path: string) => ask(port, path, { headers: { 'Accept-Encoding': 'gzip, deflate, br' } });
  const weigh = async (paths: Iterable<string>) => {
    const answers = await Promise.all([...new Set(paths)].map(load));
    return answers.reduce((sum, answer) => sum + answer.body.length, 0);
  };
  const html = (await ask(port, '/auth/login')).body.toString();
  const styles = found(html, /<link rel="stylesheet" href="([^"]+)"/g);
  const css = (await Promise.all(styles.map((path) => ask(port, path)))).map((answer) =>
    answer.body.toString(),
  );
  return {
    html: await weigh(['/auth/login']),
    css: await weigh(styles),
    js: await weigh(found(html, /<script src="([^"]+)"/g)),
    fonts: await weigh(found(css.join(''), /url\(["']?([^"')]+\.woff2)/g)),
  };
}

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);

/** What a hidden field of the page holds; empty where there is none. */
export const fieldOf = (html: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';

/** The cookies that the answer sets, as a browser sends them back. */
export const cookies = (answer: Answer) =>
  (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
