import { holds, type HasRoles, type Role } from '../memberships/memberships.policy.js';
import { serves, type HasStaffRoles, type StaffRole } from '../people/people.policy.js';

interface Sees extends HasRoles {
  sees_all: boolean;
}

/** Whose roles open an organisation's requests and messages. */
export const CONVERSATION_READERS: Role[] = ['administrator', 'requests', 'observer'];

/** Who of the staff may have one given to him. */
export const SERVING: StaffRole[] = ['operator', 'administrator'];

/** Whose roles let them write in its name. */
export const CONVERSATION_WRITERS: Role[] = ['administrator', 'requests'];

export const conversationPolicy = {
  /** Reads requests and messages of the organisation: his own, or all (`seesAll`). */
  read: (member: HasRoles) => holds(member, 'requests', 'observer'),
  /** Sends and answers them on the organisation's behalf. */
  write: (member: HasRoles) => holds(member, 'requests'),
  /** «видит все»: colleagues' too. */
  seesAll: (member: Sees) => member.sees_all || holds(member),
  /** Every person has requests of his own. */
  own: (_person: { id: string }) => true,
  /** Answers them, for the management company. */
  serve: (person: HasStaffRoles) => serves(person, 'operator'),
  /** Says which kinds and ready-made answers there are. */
  arrange: (person: HasStaffRoles) => serves(person),
};
