import type { AccountRow, OrganisationRow } from '../db/rows.js';

/** The person behind the session. */
export type Account = Pick<
  AccountRow,
  'id' | 'email' | 'surname' | 'name' | 'patronymic' | 'phone' | 'inn' | 'staff_roles' | 'outside_requests'
> & {
  /** The company has confirmed that the ИНН is his. */
  inn_confirmed: boolean;
};

/** What this person is in the organisation of the address. */
export interface Member {
  id: string;
  account_id: string;
  roles: string[];
  sees_all: boolean;
  organisation: Pick<OrganisationRow, 'id' | 'name' | 'inn' | 'kpp' | 'outside_requests'>;
}

/** Who makes this request, read anew at every request: what was taken away is gone at the next click. */
export interface Visit {
  account: Account | null;
  member: Member | null;
  /** Numbers for the menu, by the name that a section's `nav.counter` gives. */
  counters: Record<string, number>;
  /** Something typed when a sign-in had run out is waiting to be shown again. */
  drafts: boolean;
  /** The session ran out: whose it was, and what its forms were signed with. */
  expired: { account_id: string; csrfSecret: string } | null;
}

export const nobody: Visit = { account: null, member: null, counters: {}, drafts: false, expired: null };

/** What a page needs to know of the visitor, taken from its address before anything is read. */
export interface Need {
  organisation: string | null;
  staff: boolean;
}

/** A session's row with what belongs to it; `app.ts` hands the function over that reads it in one statement. */
export interface VisitRow {
  sess: Record<string, unknown>;
  expire: Date;
  /** When the person was last written down as being here. */
  seenAt: Date | null;
  visit: Omit<Visit, 'expired'>;
}
export type FindVisit = (sid: string, need: Need, now: Date) => Promise<VisitRow | null>;
