import type { Verdict } from './captcha.js';

/** What a checker was understood to say, with what is worth a line in the log. It never holds anything of the visitor. */
export interface Judgement {
  verdict: Verdict;
  reason?: string;
}

/** Nobody can say: the checker did not answer as one. */
export const away = (reason: string): Judgement => ({ verdict: 'away', reason });

/** A question to a checker: a form posted to the address, so that no secret gets into the log of a proxy. */
export interface Question {
  url: string;
  fields: Record<string, string>;
  timeoutMs: number;
}

/** Posts the form and has the JSON of the answer read by `read`. Whatever goes wrong on the way is `away`. */
export async function askChecker(
  { url, fields, timeoutMs }: Question,
  read: (said: unknown) => Judgement,
): Promise<Judgement> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(fields),
      // A connection kept from before may be closed by the other side at the moment we write.
      headers: { Connection: 'close' },
      // Wherever an answer points to, the secret is not taken there.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return response.ok ? read(parse(text)) : away(`HTTP ${response.status}`);
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return away(name === 'TimeoutError' ? 'no answer in time' : `no connection: ${cause?.code ?? name}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
