import { randomUUID } from 'node:crypto';
import { typeOf } from '../../src/domain/documents/document-types.actions.js';
import { fingerprint } from '../../src/lib/seen.js';
import { allSections } from '../../src/sections.js';
import { address, methods, type Route, type Section } from '../../src/web/section.js';
import type { Cast, Paper, Status } from './cast.js';
import { addImport, TABLE } from './tables-to-import.js';
import { addNotice } from './notices.js';
import type { Client, Fields, Reply, SentFile } from './client.js';
import { addInvitation, addLookup, addRequest, offerTo } from './access.js';
import { OFFER_FIELDS, offerSubject, PICTURE, type OfferSubject } from './offers.js';
import { SCHEME_FIELDS, schemeSubject, type SchemeSubject } from './schemes.js';
import { REGISTER_FIELDS, registerSubject, type RegisterSubject } from './register.js';
import { CALLS, PAYMENT_FIELDS, paymentSubject } from './payments.js';
import { addAccount, addOrganisation, addType, join, PASSWORD } from './people.js';
import { BILL_FIELDS, billSubject, type BillSubject } from './bills.js';
import { statementFile } from './statement-file.js';
import { TALK_FIELDS, talkSubject, type TalkSubject } from './talks.js';

/** A line of the route table: a method and an address. */
export interface Line {
  /** `POST /profiles/:organisation/documents/new` */
  key: string;
  method: 'GET' | 'POST';
  pattern: string;
  section: Section;
  route: Route;
}

/** The route table of the application, one line per method and address. */
export function lines(production = false): Line[] {
  return (allSections(production) as unknown as Section[]).flatMap((section) =>
    section.routes.flatMap((route) =>
      methods(route as Route<never, never>).map((method) => {
        const pattern = address(section, route);
        return { key: `${method} ${pattern}`, method, pattern, section, route };
      }),
    ),
  );
}

/** Whose and which: what stands in the address. */
export interface Subject extends BillSubject, RegisterSubject, TalkSubject, OfferSubject, SchemeSubject {
  organisation: string;
  document: string;
  type: string;
  typeSeen: string;
  notification: string;
  membership: string;
  request: string;
  invitation: string;
  lookup: string;
  import: string;
  account: string;
  payment: string;
  charge: string;
  paper: Paper;
}

/** A well-formed request, all but the token. */
export interface Asked {
  path: string;
  fields: Fields;
  file: SentFile | null;
}

/** The status that a document must have for the request to be granted. */
function statusFor(pattern: string): Status {
  if (/version|withdrawal/.test(pattern)) return 'accepted';
  return pattern.endsWith('removal') ? 'rejected' : 'sent';
}

const person = (name: string) => ({
  email: `${name}-${randomUUID()}@cast.test`,
  surname: 'Новая',
  name: 'Анна',
});
const passwords = { password: PASSWORD, password_again: PASSWORD };
const seen = ({ version, sha256 }: Paper) => ({ version, sha256 });
const notice = () => ({
  audience: 'everyone',
  kind: 'info',
  title: 'Мытьё окон',
  text: 'Держите окна закрытыми.',
  goes_at: '30.11.2098',
  appears_at: '30.10.2098',
  revision: '1',
});
const kind = () => ({ name: `Тип ${randomUUID()}`, term_months: '6', reasons: 'Нет подписи', position: '5' });

const OWN_INN = '773474855420';

/** What a permitted person would send, by the line; a new POST route needs one here. */
const FIELDS: Record<string, (cast: Cast, subject: Subject) => Fields> = {
  ...REGISTER_FIELDS,
  ...SCHEME_FIELDS,
  ...TALK_FIELDS,
  ...BILL_FIELDS,
  ...OFFER_FIELDS,
  ...PAYMENT_FIELDS,
  'POST /auth/register': () => ({ ...person('new'), ...passwords, consent: 'on' }),
  'POST /auth/confirm': () => ({}),
  'POST /auth/confirm/refusal': () => ({}),
  'POST /auth/login': ({ accounts }) => ({ email: accounts.private.email, password: PASSWORD }),
  'POST /auth/login/confirmation': () => ({}),
  'POST /auth/logout': () => ({}),
  'POST /auth/recovery': () => ({ contact: 'somebody@cast.test', surname: 'Иванов' }),
  // Nobody has been sent this code: the handler is reached and refuses.
  'POST /auth/recovery/code': () => ({ phone: '+79030000000', code: '123456', ...passwords }),
  'POST /auth/email': () => ({}),
  'POST /desktop/email': () => ({ email: `other-${randomUUID()}@cast.test`, password: PASSWORD }),
  'POST /desktop/phone': () => ({ code: '123456' }),
  'POST /desktop/phone/code': () => ({}),
  'POST /auth/password': () => passwords,
  'POST /desktop/personal': () => ({ surname: 'Новая', name: 'Анна', inn: '773474855420' }),
  // The people of the tests keep their passwords: the handler is reached and refuses.
  'POST /desktop/password': () => ({ ...passwords, old_password: PASSWORD, password_again: 'Иначе' }),
  'POST /profiles/:organisation/documents/new': ({ type }) => ({ type_id: type.id, comment: 'Новый полис' }),
  'POST /profiles/:organisation/documents/:document/edit': ({ type }, { paper }) => ({
    version: paper.version,
    type_id: type.id,
    comment: 'Поправили',
  }),
  'POST /profiles/:organisation/documents/:document/version': () => ({ comment: 'Новая версия' }),
  'POST /profiles/:organisation/documents/:document/removal': () => ({}),
  'POST /staff/documents/:document/approval': (_, { paper }) => ({
    ...seen(paper),
    valid_until: '30.11.2098',
  }),
  'POST /staff/documents/:document/rejection': (_, { paper }) => ({ ...seen(paper), words: 'Нет печати' }),
  'POST /staff/documents/:document/withdrawal': (_, { paper }) => ({
    version: paper.version,
    reason: 'Ошиблись',
  }),
  'POST /desktop/letters': () => ({ topics: ['info'] }),
  'POST /desktop/notifications/reading': () => ({}),
  'POST /desktop/notifications/:notification/reading': () => ({}),
  'POST /profiles/:organisation/notifications/reading': () => ({}),
  'POST /profiles/:organisation/notifications/:notification/reading': () => ({}),
  'POST /staff/notifications/new': notice,
  'POST /staff/notifications/:notification/edit': notice,
  'POST /staff/notifications/:notification/publication': () => ({ revision: '1' }),
  'POST /staff/notifications/:notification/withdrawal': () => ({}),
  'POST /staff/notifications/:notification/removal': () => ({}),
  // The organisation of the look-up: a tenant of whom nobody here is a member.
  'POST /profiles/access': ({ target }) => ({ inn: target.inn }),
  'POST /profiles/access/:lookup': ({ target }) => ({ kpp: target.id }),
  'POST /profiles/requests/:request/withdrawal': () => ({}),
  'POST /profiles/invitations/:invitation/acceptance': () => ({}),
  'POST /profiles/invitations/:invitation/refusal': () => ({}),
  'POST /profiles/:organisation/accounts/new': () => ({
    email: `invited-${randomUUID()}@cast.test`,
    roles: ['documents'],
  }),
  'POST /profiles/:organisation/accounts/:membership': () => ({
    roles: ['documents', 'passes'],
    seen: 'observer ',
  }),
  'POST /profiles/:organisation/accounts/:membership/removal': () => ({}),
  'POST /profiles/:organisation/accounts/:membership/handover': () => ({}),
  'POST /profiles/:organisation/accounts/handover/withdrawal': () => ({}),
  'POST /profiles/:organisation/accounts/invitations/:invitation/repetition': () => ({}),
  'POST /profiles/:organisation/accounts/invitations/:invitation/withdrawal': () => ({}),
  'POST /profiles/:organisation/accounts/requests/:request/approval': () => ({ roles: ['documents'] }),
  'POST /profiles/:organisation/accounts/requests/:request/refusal': () => ({ reason: 'Не работает у нас' }),
  'POST /staff/import': () => ({ kind: 'organisations' }),
  'POST /staff/import/:import/application': () => ({}),
  'POST /staff/access-requests/:request/approval': () => ({ roles: ['administrator'] }),
  'POST /staff/access-requests/:request/refusal': () => ({ reason: 'Не работает у нас' }),
  'POST /staff/company': () => ({
    company_name: 'Спектр',
    legal_name: 'ООО «Спектр»',
    contact_label_1: 'Служба сервиса',
    contact_phone_1: '+7 495 626 53 16',
  }),
  'POST /staff/people/new': () => ({ ...person('colleague'), roles: ['editor'] }),
  'POST /staff/people/:account/inn': () => ({ inn: OWN_INN, confirmed: 'yes' }),
  'POST /staff/people/:account/outside': () => ({ registered: 'yes' }),
  'POST /staff/people/:account/roles': () => ({ roles: ['editor'] }),
  'POST /staff/people/:account/link': () => ({}),
  'POST /staff/people/:account/sign-out': () => ({}),
  'POST /staff/people/:account/blocking': () => ({ reason: 'Уволился' }),
  'POST /staff/people/:account/unblocking': () => ({ reason: 'Вернулся' }),
  'POST /profiles/:organisation/handover/acceptance': () => ({}),
  'POST /profiles/:organisation/handover/refusal': () => ({}),
  'POST /staff/document-types/new': kind,
  'POST /staff/document-types/:type': (_, { typeSeen }) => ({ ...kind(), seen: typeSeen }),
};

/** The member of the own organisation who may send what this line of a profile is about. */
export function memberFor({ pattern }: Pick<Line, 'pattern'>): 'head' | 'requests' | 'passes' | 'documents' {
  if (/\/(accounts|handover|invoices)/.test(pattern)) return 'head';
  if (/\/(service|services|messages)(\/|$)/.test(pattern)) return 'requests';
  return pattern.includes('/passes') ? 'passes' : 'documents';
}

/** The address and the body of a well-formed request. */
export function asked(cast: Cast, { key, pattern, method, route }: Line, subject: Subject): Asked {
  const params: Record<string, string> = { ...subject, paper: '', token: 'QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ' };
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => params[name]!);
  if (method === 'GET') return { path, fields: {}, file: null };
  const fields = FIELDS[key];
  if (!fields) throw new Error(`Say in test/support/requests.ts what a permitted person sends: ${key}`);
  const paper = { bytes: cast.pdf, name: 'Полис 2026.pdf', field: route.upload?.field };
  const others: Record<string, SentFile> = {
    '/staff/import': TABLE,
    '/staff/statements': statementFile([{}]),
  };
  const file = route.upload
    ? (others[pattern] ?? (route.upload.field === 'picture' ? PICTURE : paper))
    : null;
  return { path, fields: fields(cast, subject), file };
}

/** A subject of one's own organisation (or of another) that the line's request would be granted for. */
export async function subjectOf(
  cast: Cast,
  { pattern }: Line,
  of: { organisation?: { id: string }; decider?: keyof Cast['actors'] } = {},
): Promise<Subject> {
  const organisation = of.organisation ?? cast.own;
  const paper = pattern.includes(':document')
    ? await cast.paper(organisation, statusFor(pattern), of.decider)
    : { id: randomUUID(), version: randomUUID(), sha256: '0'.repeat(64), file: randomUUID() };
  const type = pattern.includes(':type') ? await addType(cast.house) : null;
  const notice = pattern.includes(':notification')
    ? await addNotice(cast.house, { ...noticeFor(pattern, organisation), created_by: cast.accounts.chief.id })
    : { id: randomUUID() };
  const ids = {
    organisation: organisation.id,
    document: paper.id,
    type: type?.id ?? randomUUID(),
    typeSeen: type ? fingerprint(typeOf(type)) : '',
    notification: notice.id,
  };
  // Whoever saves it has seen what there is: nothing.
  if (pattern === '/staff/company') await cast.house.parts.db('company').delete();
  if (pattern.endsWith('/service/outside')) await knowOutside(cast, organisation);
  const account = pattern.includes(':account') ? (await accountFor(cast, pattern)).id : randomUUID();
  const registered = await registerSubject(cast.house, pattern);
  const asked = await accessSubject(cast, pattern, organisation, of.decider);
  const talk = await talkSubject(cast, pattern, organisation, of.decider);
  const offer = await offerSubject(cast.house, pattern, cast.accounts.head);
  const bill = await billSubject(cast, pattern, organisation, of.decider);
  const scheme = await schemeSubject(cast.house, pattern);
  const paid = await paymentSubject(cast, pattern, organisation, bill.invoice);
  const invoicing = { ...bill, ...paid };
  return { ...invoicing, ...scheme, ...ids, ...asked, ...registered, ...talk, ...offer, account, paper };
}

/** Everybody and the organisation are registered in the outside system of requests. */
async function knowOutside({ house, accounts }: Cast, organisation: { id: string }): Promise<void> {
  const { db } = house.parts;
  const ids = Object.values(accounts).map(({ id }) => id);
  await db('accounts').whereIn('id', ids).update({ outside_requests: true });
  await db('organisations').where({ id: organisation.id }).update({ outside_requests: true });
}

/** A fresh account that the company's administrator can do this to. */
function accountFor({ house }: Cast, pattern: string) {
  const blocked = pattern.endsWith('unblocking') && {
    blocked_at: house.clock.now(),
    blocked_reason: 'Уволился',
  };
  const fresh = pattern.endsWith('/link') && { password_hash: null, staff: ['editor' as const] };
  return addAccount(house, { inn: OWN_INN, ...blocked, ...fresh });
}

let disturbed = false;

/** What the lines about access are about: a fresh member, request, invitation or look-up, or an offer to whoever asks. */
async function accessSubject(
  cast: Cast,
  pattern: string,
  organisation: { id: string },
  actor: keyof Cast['actors'] | undefined,
) {
  const { house, accounts, memberships } = cast;
  // Whoever took the management before has it no longer.
  if (disturbed) await cast.restore();
  disturbed = pattern.includes('handover');
  const own = organisation.id === cast.own.id;
  const person = accounts[actor && actor !== 'nobody' ? actor : 'private'];
  const member = async () => join(house, await addAccount(house), organisation, ['observer']);
  const made = { membership: '', request: '', invitation: '', lookup: '', import: '' };
  if (/:membership|accounts\/handover/.test(pattern)) made.membership = await member();
  if (pattern.includes('handover')) {
    const asks = own && actor !== undefined && actor in memberships;
    const mine = memberships[actor as keyof typeof memberships];
    const to = asks && !pattern.includes('accounts') ? mine : await member();
    await offerTo(house, organisation, to);
    // A new offer needs the place of the old one.
    if (pattern.includes(':membership'))
      await house.parts
        .db('handovers')
        .where({ to_id: to })
        .update({ state: 'withdrawn', ended_at: new Date() });
  }
  const ours = pattern.includes(':organisation');
  const staffs = pattern.startsWith('/staff');
  if (pattern.includes(':request'))
    made.request = await addRequest(
      house,
      ours ? organisation : await addOrganisation(house),
      ours || staffs ? undefined : person,
    );
  if (pattern.includes(':invitation')) {
    const email = ours ? `${randomUUID()}@cast.test` : person.email;
    const to = ours ? organisation : await addOrganisation(house);
    made.invitation = await addInvitation(house, to, email, accounts.head);
  }
  if (pattern.includes(':import')) made.import = await addImport(house);
  if (pattern.includes(':lookup')) made.lookup = await addLookup(house, person, cast.target.inn);
  if (pattern.includes('/profiles/access'))
    await house.parts.db('access_requests').where({ organisation_id: cast.target.id }).delete();
  return Object.fromEntries(
    Object.entries(made).map(([name, id]) => [name, id || randomUUID()]),
  ) as typeof made;
}

/** The notification that the request would be granted for: the organisation's, everybody's, or a draft. */
function noticeFor(pattern: string, organisation: { id: string }) {
  if (pattern.includes(':organisation'))
    return { audience: 'organisations' as const, organisations: [organisation] };
  return /edit|publication|removal/.test(pattern) ? { published_at: null, appears_at: null } : {};
}

/** Makes the request as somebody who has the form open: with his own token. */
export async function ask(cast: Cast, line: Line, client: Client, subject: Subject): Promise<Reply> {
  const { path, fields, file } = asked(cast, line, subject);
  if (line.method === 'GET') return client.get(path);
  if (line.route.kind === 'callback') return call(client, line, path, fields);
  return sendForm(client, line, path, { _csrf: await client.csrf(), _once: randomUUID(), ...fields }, file);
}

/** Calls as another system does. */
export function call(
  client: Client,
  { key }: Pick<Line, 'key'>,
  path: string,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const bytes = JSON.stringify(CALLS[key]!(fields));
  // From the stand-in's own address, however the others of the cast are reached.
  const from = { 'x-forwarded-for': '127.0.0.1', ...headers };
  return client.send('POST', path, { headers: from, body: { type: 'application/json', bytes } });
}

/** Sends a form as its page would: multipart where it brings a file. */
export function sendForm(
  client: Client,
  { route }: Pick<Line, 'route'>,
  path: string,
  fields: Fields,
  file: SentFile | null,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return route.upload ? client.upload(path, fields, file, headers) : client.post(path, fields, headers);
}
