import type { StaffWork } from '../../domain/people/staff-work.js';
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

export { unlessLate } from '../unless-late.js';
