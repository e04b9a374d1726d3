import type { Database } from '../../db/knex.js';
import {
  keyFor,
  type Asked,
  type Captcha,
  type Sources,
  type Submission,
  type Verdict,
  type Widget,
} from './captcha.js';
import { firstUse, isUsed } from './captcha.data.js';
import { newTask, openTask, readNumber } from './plain-task.js';

/** The plain task of a page: kept over a form that failed, good once, for 20 minutes. */
export interface PageTask {
  present(now: Date, typed: Record<string, string>): Promise<Asked>;
  solved(fields: Record<string, string>, now: Date): Promise<boolean>;
}

const MINUTES = 20;

/** Until when something shown now can be solved. */
export const afterwards = (now: Date): Date => new Date(now.getTime() + MINUTES * 60_000);

/** Tasks signed with a key made of `secret`; the used ones are kept in `captcha_solutions`. */
export function pageTask({ db, secret }: { db: Database; secret: string }): PageTask {
  const key = keyFor(secret, 'task');
  return {
    async present(now, typed) {
      const kept = openTask(key, typed.robot_task ?? '', now);
      const same = kept && !(await isUsed(db, `task ${kept.id}`)) ? kept : null;
      const { question, sealed } = same ?? newTask(key, afterwards(now));
      return { question, sealed, answer: same ? (typed.robot_answer ?? '').slice(0, 40) : '' };
    },
    async solved({ robot_task: sealed = '', robot_answer: typed = '' }, now) {
      if (!typed.trim()) return false;
      const task = openTask(key, sealed, now);
      // A wrong answer uses the task up as well, or all of the few possible ones could be tried.
      return (
        !!task && (await firstUse(db, `task ${task.id}`, task.expires)) && readNumber(typed) === task.answer
      );
    },
  };
}

/** A widget that takes the plain task's place in browsers that run it. */
interface Check {
  widget: Widget;
  sources: Sources;
  /** `robot` also where the widget sent nothing. */
  verify(sent: Submission, now: Date): Promise<Verdict>;
}

/** The widget and the plain task together: whichever is solved is enough, and the task needs nobody else. */
export function besideTask(task: PageTask, check: Check): Captcha {
  return {
    async present(now, typed = {}, verdict) {
      const asked = await task.present(now, typed);
      if (verdict === 'away') return { kind: 'plain', ...asked, scripts: [], sources: {} };
      return { ...check.widget, ...asked, scripts: ['robot.js'], sources: check.sources };
    },
    async verify(sent, now) {
      const verdict = await check.verify(sent, now);
      if (verdict === 'person') return verdict;
      return (await task.solved(sent.fields, now)) ? 'person' : verdict;
    },
  };
}
