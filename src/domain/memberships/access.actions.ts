import { randomUUID } from 'node:crypto';
import { transaction, type Database, type Transaction } from '../../db/knex.js';
import type { OrganisationRow } from '../../db/rows.js';
import { Conflict, Invalid, NotFound, TooMany } from '../../lib/errors.js';
import { record, type Actor } from '../audit/audit.data.js';
import { askUs, type Company } from '../organisations/company.js';
import { post } from '../outbox/outbox.data.js';
import { findAccount, getAccount, lockAccount } from '../people/accounts.data.js';
import { peoplePolicy } from '../people/people.policy.js';
import { asStaff, type StaffWork } from '../people/staff-work.js';
import {
  getAnyRequest,
  getOwnRequest,
  insertRequest,
  updateRequest,
  type AccessRequest,
} from './access-requests.data.js';
import { getLookup, insertLookup, lookupsSince, organisationsOf, placesIn } from './lookups.data.js';
import { admit, log, manage, named, tell, type Managing, type Rights } from './memberships.actions.js';
import { hasAdministrator } from './administrators.data.js';
import { findMembership, lockOrganisation, membersWith } from './memberships.data.js';

const HOUR = 3_600_000;
const LOOKUPS_AN_HOUR = 20;
/** How long a look-up can be gone on with. */
const LOOKUP_TIME = 24 * HOUR;

/** A person who asks for access. */
export interface Asking {
  db: Database;
  own: { id: string };
  actor: Actor;
  now: Date;
}

/**
 * «Проверить ИНН» (manual 4.2.1): looks the ИНН up among the tenants, and writes down that it was looked up, since the
 * answer tells who rents here. Answers the look-up's id.
 *
 * @param inn with right control digits
 * @throws Invalid when no tenant has it, or he belongs to all that have it, or waits for them; TooMany after 20 in an hour
 */
export async function lookUp(
  { db, own, actor, now }: Asking,
  inn: string,
  company: Company,
): Promise<string> {
  const id = randomUUID();
  const found = await transaction(db, async (trx) => {
    // One after another, or twenty at once would all be the first.
    await lockAccount(trx, own.id);
    const lately = await lookupsSince(trx, own.id, new Date(now.getTime() - HOUR));
    if (lately.length >= LOOKUPS_AN_HOUR) {
      const wait = lately[lately.length - LOOKUPS_AN_HOUR]!.getTime() + HOUR - now.getTime();
      throw new TooMany(Math.ceil(wait / 1000), 'За час можно проверить не больше 20 ИНН.', 'inn');
    }
    const organisations = await organisationsOf(trx, inn);
    await insertLookup(trx, { id, account_id: own.id, inn, at: now });
    const details = { inn, found: organisations.length };
    await record(trx, actor, now, { action: 'organisation.looked-up', subject: own.id, details });
    return { organisations, ...(await placesIn(trx, own.id, organisations)) };
  });
  const { organisations, joined, asked } = found;
  if (organisations.length === 0)
    throw new Invalid({
      inn: `Организации с таким ИНН нет среди арендаторов. Проверьте ИНН или ${askUs(company)}`,
    });
  if (organisations.every((one) => joined.has(one.id) || asked.has(one.id)))
    throw new Invalid({ inn: asked.size > 0 ? HAS_ASKED : HAS_ACCESS });
  return id;
}

const HAS_ACCESS = 'У вас уже есть доступ к профилю этой организации';
const HAS_ASKED = 'Вы уже отправили запрос этой организации. Дождитесь ответа';

/**
 * The person's own look-up with all that it found, and with those that he can ask. @throws NotFound when it is another's or
 * older than a day
 */
export async function openLookup({ db, own, now }: Asking, id: string) {
  const lookup = await getLookup(db, own.id, id, new Date(now.getTime() - LOOKUP_TIME));
  const { joined, asked } = await placesIn(db, own.id, lookup.organisations);
  const open = lookup.organisations.filter((one) => !joined.has(one.id) && !asked.has(one.id));
  return { ...lookup, open };
}

/**
 * «Запросить доступ»: one open request a person and organisation. The organisation's administrators hear of it, or its
 * responsible address, or else it waits in the company's own queue.
 *
 * @throws Invalid at `kpp` when the organisation is not one of the look-up's, or he belongs to it or has asked already
 */
export async function requestAccess(asking: Asking, lookup: string, organisation: string): Promise<void> {
  const { db, own, actor, now } = asking;
  const { organisations } = await openLookup(asking, lookup);
  if (!organisations.some(({ id }) => id === organisation))
    throw new Invalid({ kpp: 'Выберите КПП из списка' });
  await transaction(db, async (trx) => {
    const about = await lockOrganisation(trx, organisation);
    const account = await getAccount(trx, own.id);
    if (await findMembership(trx, organisation, own.id)) throw new Invalid({ kpp: HAS_ACCESS });
    const id = randomUUID();
    const undecided = { decided_at: null, decided_by: null, reason: null };
    const row = { id, organisation_id: organisation, account_id: own.id, created_at: now, ...undecided };
    if (!(await insertRequest(trx, { ...row, state: 'open' }))) throw new Invalid({ kpp: HAS_ASKED });
    await log(trx, { actor, now }, 'access.requested', row, { by: named(account) });
    await announce(trx, about, { request: id, who: named(account) }, now);
  });
}

/** Whoever can decide gets a letter; the link grants nothing by itself. */
async function announce(
  trx: Transaction,
  organisation: OrganisationRow,
  facts: { request: string; who: string },
  now: Date,
): Promise<void> {
  const about = { organisation: organisation.id, organisation_name: organisation.name, ...facts };
  const administrators = (await hasAdministrator(trx, organisation.id))
    ? await membersWith(trx, organisation.id, ['administrator'], null)
    : [];
  const letters = administrators.map(({ email, ...person }) => ({
    letter: 'access.requested',
    recipient: email,
    data: { ...person, ...about },
  }));
  if (letters.length === 0 && organisation.responsible_email)
    letters.push({
      letter: 'access.responsible',
      recipient: organisation.responsible_email,
      data: { ...about, name: '', patronymic: null },
    });
  await post(trx, now, letters);
}

/**
 * The requester takes his open request back. Whoever decides about it at the same instant locks the same organisation
 * first: one of the two is heard.
 *
 * @throws Conflict when it is decided or taken back already, NotFound when it is another's
 */
export function withdrawRequest({ db, own, actor, now }: Asking, id: string): Promise<void> {
  return transaction(db, async (trx) => {
    const { organisation_id } = await getOwnRequest(trx, own.id, id);
    await lockOrganisation(trx, organisation_id);
    const row = await getOwnRequest(trx, own.id, id);
    if (row.state !== 'open') throw new Conflict(presentRequest(row));
    await updateRequest(trx, id, { state: 'withdrawn', decided_at: now, decided_by: own.id });
    await log(trx, { actor, now }, 'access.withdrawn', row, {});
  });
}

/** What was decided: with which rights, or why not. */
export type AccessDecision = { rights: Rights } | { refusal: string };

/** An administrator decides about his own organisation. @throws NotFound elsewhere, Conflict when it is decided */
export function decideAccess(managing: Managing, id: string, decision: AccessDecision): Promise<void> {
  return manage(managing, (trx, organisation) =>
    decide(trx, organisation, id, decision, { ...managing, by: managing.member.account_id }),
  );
}

/**
 * The company's administrator decides where the organisation has nobody who can, or appoints whoever asks as its
 * administrator.
 *
 * @throws NotFound, Conflict when it is decided, or the organisation has an administrator by now
 */
export function decideAccessForStaff(
  working: StaffWork,
  id: string,
  decision: AccessDecision,
): Promise<void> {
  return asStaff(working, peoplePolicy.administer, async (trx) => {
    const { organisation_id } = await getAnyRequest(trx, id);
    const organisation = await lockOrganisation(trx, organisation_id);
    if (await isManaged(trx, await getAnyRequest(trx, id))) throw new Conflict(MANAGED);
    await decide(trx, organisation, id, decision, { ...working, by: working.staff.id });
  });
}

/** Whether an open request is not the company's to decide: its organisation has somebody who can. */
export const isManaged = async (db: Database, { state, organisation_id }: AccessRequest): Promise<boolean> =>
  state === 'open' && (await hasAdministrator(db, organisation_id));

export const MANAGED = 'У профиля уже есть администратор: запрос рассмотрит он.';

async function decide(
  trx: Transaction,
  organisation: OrganisationRow,
  id: string,
  decision: AccessDecision,
  { by, actor, now }: { by: string; actor: Actor; now: Date },
): Promise<void> {
  // Decisions about one organisation come one after another, so this state stands.
  const request = await getAnyRequest(trx, id);
  if (request.organisation_id !== organisation.id) throw new NotFound();
  if (request.state !== 'open') throw new Conflict(presentRequest(request));
  const granted = 'rights' in decision;
  const account = (await findAccount(trx, request.account_id))!;
  if (granted && account.blocked_at) throw new Conflict('Аккаунт того, кто просит доступ, заблокирован.');
  const reason = granted ? null : decision.refusal;
  const state = granted ? 'granted' : 'refused';
  await updateRequest(trx, id, { state, decided_at: now, decided_by: by, reason });
  await log(trx, { actor, now }, `access.${state}`, request, { who: named(account), reason });
  if (granted) await admit(trx, organisation, account, decision.rights, { by, actor, now });
  else await tell(trx, now, 'access.refused', account, organisation, { reason });
}

/** Where a request stands, in words for the one who came too late. */
export function presentRequest({ state, reason }: Pick<AccessRequest, 'state' | 'reason'>): string {
  return {
    open: 'Запрос ждёт решения.',
    granted: 'Доступ по этому запросу уже предоставлен.',
    refused: `Запрос уже отклонён: ${reason}.`,
    withdrawn: 'Запрос отозван тем, кто его отправил.',
  }[state];
}
