import { createHmac } from 'node:crypto';

/** Where a page may get what from besides our own origin, by directive of its policy. */
export type Sources = Readonly<
  Partial<Record<'script-src' | 'frame-src' | 'connect-src' | 'img-src' | 'style-src', readonly string[]>>
>;

/** What stands in the page before the plain task is hidden; `plain` is the task alone, `off` not even that. */
export type Widget =
  | { kind: 'altcha'; challengeUrl: string }
  | { kind: 'vendor'; script: string; api: 'smartCaptcha' | 'grecaptcha'; siteKey: string }
  | { kind: 'plain' | 'off' };

/** The plain task as a page shows it: the question, what the form carries of it, and what was answered before. */
export interface Asked {
  question: string;
  sealed: string;
  answer: string;
}

/** What `shared/robot` shows, and what the page loads for it. */
export type Robot = Widget & Asked & { scripts: readonly string[]; sources: Sources };

/** `away`: whoever tells people from scripts could not be asked, so nobody knows. */
export type Verdict = 'person' | 'robot' | 'away';

/** What was sent with the form, and from where. */
export interface Submission {
  fields: Record<string, string>;
  ip: string;
}

/** «Я не робот»: tells people from scripts. */
export interface Captcha {
  /**
   * What `shared/robot` needs; `typed` are the fields of a failed form, so that an answer typed right stays. After the
   * verdict `away` the plain task is all there is.
   */
  present(now: Date, typed?: Record<string, string>, verdict?: Verdict): Promise<Robot>;
  /** Whether a person filled the form in; a solution is good once. Only `person` may pass. */
  verify(sent: Submission, now: Date): Promise<Verdict>;
}

/** What the field says when a form comes back, by verdict. */
export const REFUSED: Record<Exclude<Verdict, 'person'>, string> = {
  robot: 'Подтвердите, что вы не робот',
  away: 'Проверка «Я не робот» сейчас не отвечает. Ответьте на вопрос',
};

const NOTHING = { question: '', sealed: '', answer: '', scripts: [], sources: {} };

/** `CAPTCHA=off`, for tests and trials: shows nothing and believes everybody. */
export function noCaptcha(): Captcha {
  return {
    present: () => Promise.resolve({ kind: 'off', ...NOTHING }),
    verify: () => Promise.resolve('person'),
  };
}

/** A key of its own for each purpose, made of the one secret. */
export const keyFor = (secret: string, purpose: string): Buffer =>
  createHmac('sha256', secret).update(`captcha ${purpose}`).digest();
