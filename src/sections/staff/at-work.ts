import type { StaffWork } from '../../domain/people/staff-work.js';
import { Conflict } from '../../lib/errors.js';
import type { Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import type { Ctx } from '../section.js';

/** Who of the staff acts, for the domain's actions. */
export const atWork = ({ db, scope, actor, now, once }: Ctx<Account>): StaffWork => ({
  db,
  staff: scope,
  actor,
  now,
  form: once,
});

/** Does the work; whoever came too late is shown what stands there now, and told why his work was not done. */
export async function unlessLate(
  work: () => Promise<Answer>,
  show: (late: string) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return show(error.message);
  }
}
