import type { Inspector } from '../domain/files/inspect.js';
import type { FileStore } from '../domain/files/store.js';
import type { Scan } from '../domain/files/files.actions.js';
import type { CompanyBook } from '../domain/organisations/company-book.js';
import type { PeopleParts } from '../domain/people/registration.actions.js';
import type { PartyRegister } from '../domain/organisations/party.js';
import type { Till } from '../domain/payments/till.js';
import type { Member } from '../domain/memberships/memberships.data.js';
import { peoplePolicy } from '../domain/people/people.policy.js';
import type { Context, FormContext } from '../web/context.js';
import { SectionBuilder, type SectionOptions } from '../web/section.js';
import type { Account, Visit } from '../web/visit.js';

/** What the handlers of this application work with, besides the database and the clock. */
export interface Parts extends Pick<PeopleParts, 'passwords' | 'tokens'> {
  store: FileStore;
  inspector: Inspector;
  scan: Scan | null;
  company: CompanyBook;
  /** Who knows the requisites of an ИНН; null where nobody is configured. */
  parties: PartyRegister | null;
  /** Where cards are taken; null where nobody takes them. */
  till: Till | null;
  /** The JSON that the anti-bot's widget fetches. */
  challenge: (now: Date) => Promise<unknown>;
}

/** A section of this application. */
export const section = <Scope>(options: SectionOptions<Scope>) => new SectionBuilder<Scope, Parts>(options);

export type Ctx<Scope> = Context<Scope, Parts>;
export type FormCtx<Scope> = Ctx<Scope> & FormContext;

/** What the domain's actions on people need. */
export const people = ({ db, parts }: { db: PeopleParts['db']; parts: Parts }): PeopleParts => ({
  db,
  ...parts,
});

/** Everybody, signed in or not. */
export const visitor = (visit: Visit): Visit => visit;
/** One's own pages. */
export const own = (visit: Visit): Account | null => visit.account;
/** The profile of the organisation in the address, for its members. */
export const profile = (visit: Visit): Member | null => visit.member;
/** The management company's side; for everybody else it does not exist. */
export const staff = (visit: Visit): Account | null =>
  visit.account && peoplePolicy.isStaff(visit.account) ? visit.account : null;
