import type { Registering } from '../../domain/organisations/registering.js';
import { Conflict } from '../../lib/errors.js';
import type { Answer } from '../../web/answer.js';
import type { Typed } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import type { Ctx, FormCtx } from '../section.js';

/** Who keeps the register, for the domain's actions. */
export const registering = ({ db, scope, actor, now, once }: Ctx<Account>): Registering => ({
  db,
  staff: scope,
  actor,
  now,
  form: once,
});

/**
 * Saves; whoever came too late keeps what he typed and is told what has happened (409). Sent again, his form replaces
 * what `show` has read meanwhile: only `seen`, which tells what a form is based on, is that of now.
 */
export async function orLate(
  ctx: FormCtx<Account>,
  save: () => Promise<Answer>,
  show: (ctx: FormCtx<Account>, late: string) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await save();
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const { seen: _stale, ...typed } = ctx.typed;
    const form = { values: typed, errors: {}, restored: false };
    const fill = (initial: Typed) => ({ ...form, values: { ...initial, ...typed } });
    const answer = await show({ ...ctx, form, fill }, error.message);
    return answer.kind === 'view' ? { ...answer, status: 409 } : answer;
  }
}
