import type { Managing } from '../../domain/memberships/memberships.actions.js';
import type { Member } from '../../domain/memberships/memberships.data.js';
import type { Ctx } from '../section.js';

/** What the domain needs to know of a member at work. */
export const managing = ({ db, scope, actor, now }: Ctx<Member>): Managing => ({
  db,
  member: scope,
  actor,
  now,
});
