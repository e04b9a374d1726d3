import { Conflict } from '../lib/errors.js';
import type { Answer } from '../web/answer.js';

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
