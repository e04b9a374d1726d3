import type { Answer } from '../../web/answer.js';
import type { Typed } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import type { FormCtx } from '../section.js';
import { unlessLate } from './at-work.js';

/**
 * Saves; whoever came too late keeps what he typed and is told what has happened (409). Sent again, his form replaces
 * what `show` has read meanwhile: only `seen`, which tells what a form is based on, is that of now.
 */
export function orLate(
  ctx: FormCtx<Account>,
  save: () => Promise<Answer>,
  show: (ctx: FormCtx<Account>, late: string) => Promise<Answer>,
): Promise<Answer> {
  return unlessLate(save, async (late) => {
    const { seen: _stale, ...typed } = ctx.typed;
    const form = { values: typed, errors: {}, restored: false };
    const fill = (initial: Typed) => ({ ...form, values: { ...initial, ...typed } });
    const answer = await show({ ...ctx, form, fill }, late);
    return answer.kind === 'view' ? { ...answer, status: 409 } : answer;
  });
}
