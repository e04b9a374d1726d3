import {
  getConversation,
  listEntries,
  type Conversation,
  type Reader,
} from '../domain/conversations/conversations.data.js';
import { listPeople, type Participant } from '../domain/conversations/participants.data.js';
import { listConversations, type ListFilter } from '../domain/conversations/lists.data.js';
import { isSettled, returnableUntil, stepsFor, WORDS, type Face } from '../domain/conversations/faces.js';
import type { Writing } from '../domain/conversations/tenant.change.js';
import { listOpenKinds } from '../domain/conversations/kinds.data.js';
import { position } from '../db/paging.js';
import { pageLink, view, type Answer, type Crumb } from '../web/answer.js';
import type { Policy, SectionBuilder } from '../web/section.js';
import { searchOf } from '../web/list-query.js';
import { conversationEntries, conversationLine, stateTag } from './conversation-words.js';
import { saveLinks } from './saved-table.js';
import type { Ctx, FormCtx, Parts } from './section.js';

/** What differs between the places where tenants find their requests and messages. */
export interface Place<Scope> {
  section: SectionBuilder<Scope, Parts>;
  face: Face;
  read: Policy<Scope>;
  /** May begin a new one. */
  write: Policy<Scope>;
  /** May write to this one. */
  writes: (ctx: Ctx<Scope>, conversation: Conversation) => Promise<boolean>;
  /** Who may be said to be the applicant, besides the fixed ones: on one's own pages. */
  applicants: (ctx: Ctx<Scope>) => Promise<{ value: string; label: string }[]>;
  reader: (scope: Scope) => Reader;
  /** The address of the list. */
  path: (scope: Scope) => string;
  crumbs: (scope: Scope) => Crumb[];
  title: string;
  /** What may be done here by whoever may begin a new one, or may not. */
  lead: (writes: boolean) => string;
  /** The button that begins a new one, and the page that it opens. */
  create: string;
  /** The button that leads to the outside system of requests, for whoever is known there. */
  outside: (ctx: Ctx<Scope>) => Crumb | null;
  /** Shows organisations in the list: it holds those of several. */
  mixed: boolean;
}

const SHOW = { open: 'В работе', over: 'Завершённые', unread: 'С новым ответом' };
const SHOWN = Object.entries(SHOW).map(([value, label]) => ({ value, label }));

/** What a list's address asks for; what it does not know it shows all of. */
export function listFilter(query: URLSearchParams): ListFilter {
  const show = query.get('show') ?? '';
  const search = searchOf(query);
  return { search, show: show in SHOW ? (show as ListFilter['show']) : null };
}

/** One page of a place's list. */
export async function conversationList<Scope>(place: Place<Scope>, ctx: Ctx<Scope>): Promise<Answer> {
  const { db, scope, query } = ctx;
  const filter = listFilter(query);
  const reader = place.reader(scope);
  const page = await listConversations(db, reader, place.face, filter, position(query));
  const path = place.path(scope);
  const kept = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const link = pageLink(path, kept);
  return view('conversations/index', {
    title: place.title,
    lead: place.lead(place.write(scope)),
    crumbs: place.crumbs(scope),
    action: place.write(scope) ? { label: place.create, href: `${path}/new` } : null,
    outside: place.outside(ctx),
    form: { values: Object.fromEntries(kept), errors: {} },
    filtered: kept.length > 0,
    face: place.face,
    mixed: place.mixed,
    path,
    shown: SHOWN,
    rows: page.rows.map((row) => conversationLine(row, place.face, path, reader.account)),
    exports: saveLinks(`${path}/export`, kept),
    back: link(page.previous),
    next: link(page.next),
  });
}

/** The conversation of the address. @throws NotFound */
export const found = <Scope>(place: Place<Scope>, { db, scope, params }: Ctx<Scope>): Promise<Conversation> =>
  getConversation(db, place.reader(scope), place.face, params.conversation!);

/** The breadcrumbs of a conversation's pages. */
export const crumbsOf = <Scope>(place: Place<Scope>, scope: Scope, conversation?: Conversation): Crumb[] => [
  ...place.crumbs(scope),
  { label: place.title, href: place.path(scope) },
  ...(conversation ? [{ label: conversation.number, href: `${place.path(scope)}/${conversation.id}` }] : []),
];

/** A conversation as its tenant sees it: what is known of it, the timeline, and what he may do. */
export async function conversationPage<Scope>(
  place: Place<Scope>,
  ctx: Ctx<Scope> & Pick<FormCtx<Scope>, 'form'>,
  late: string | null = null,
): Promise<Answer> {
  const { db, scope, form } = ctx;
  const conversation = await found(place, ctx);
  const reader = place.reader(scope);
  const [entries, people, writes] = await Promise.all([
    listEntries(db, conversation.id, { notes: false }),
    listPeople(db, conversation.id),
    place.writes(ctx, conversation),
  ]);
  const { face, state } = conversation;
  const base = `${place.path(scope)}/${conversation.id}`;
  const settled = isSettled(conversation, ctx.now);
  const steps = writes
    ? stepsFor(face, state, 'tenant').filter(({ step }) => step !== 'return' || !settled)
    : [];
  const locals = {
    title: conversation.subject,
    late,
    another: place.write(scope) ? { label: place.create, href: `${place.path(scope)}/new` } : null,
    crumbs: crumbsOf(place, scope),
    conversation,
    one: WORDS[face].one,
    tag: stateTag(face, state),
    base,
    form,
    steps: steps.map(({ step, label }) => ({ label: label!, href: `${base}/${ADDRESS[step]!}` })),
    rateable: writes && state === 'closed' && conversation.rating === null,
    // To what is done nothing is answered: it is returned, or rated.
    open: writes && !conversation.closed_at && state !== 'done',
    until: writes && state === 'done' && !settled ? returnableUntil(conversation) : null,
    invites: writes && !conversation.closed_at && conversation.organisation_id !== null,
    leaves: mayLeave(conversation, people, reader.account),
    unread: people.some((one) => one.account_id === reader.account && one.unread_at),
    people: people.map((one) => ({ ...one, name: one.account_id === reader.account ? 'Вы' : one.name })),
    entries: conversationEntries(conversation, entries, base, { account: reader.account, staff: false }),
  };
  return view('conversations/show', locals, late ? 409 : undefined);
}

/** Whoever takes part may end that, but for the author: it is his. */
export const mayLeave = (
  { author_id }: Pick<Conversation, 'author_id'>,
  people: Participant[],
  account: string,
): boolean => author_id !== account && people.some(({ account_id }) => account_id === account);

/** Where a tenant's step is asked for. */
const ADDRESS: Partial<Record<string, string>> = { withdraw: 'withdrawal', return: 'return', rate: 'rating' };

export const writing = <Scope>(place: Place<Scope>, ctx: Ctx<Scope>): Writing => ({
  db: ctx.db,
  reader: place.reader(ctx.scope),
  face: place.face,
  actor: ctx.actor,
  now: ctx.now,
  form: ctx.once,
});

/** What the form of a new one says above it, beside its title. */
interface Introduction {
  title: string;
  lead: string | null;
}

const answeredByAccounts = ({ name, department }: { name: string; department: string | null }) =>
  /бухгалт/i.test(`${name} ${department ?? ''}`);

/** The form of a new request or message. */
export async function openingPage<Scope>(
  place: Place<Scope>,
  ctx: Ctx<Scope> & Pick<FormCtx<Scope>, 'form'>,
  { title, lead }: Introduction,
): Promise<Answer> {
  const { db, scope } = ctx;
  const { face } = place;
  const [applicants, kinds] = await Promise.all([
    place.applicants(ctx),
    face === 'message' ? listOpenKinds(db, face) : [],
  ]);
  // Staff name the kinds themselves: what is about money is known by who answers it.
  const asked = ctx.query.get('about') === 'invoice' ? kinds.find(answeredByAccounts) : undefined;
  const form = asked ? { ...ctx.form, values: { kind_id: asked.id, ...ctx.form.values } } : ctx.form;
  return view('conversations/new', {
    title,
    lead,
    crumbs: title === place.title ? place.crumbs(scope) : crumbsOf(place, scope),
    outside: title === place.title ? place.outside(ctx) : null,
    face,
    form,
    applicants,
    kinds: kinds.map(({ id, name, department }) => ({
      value: id,
      label: department && department !== name ? `${name} (${department})` : name,
    })),
    path: place.path(scope),
    list: place.title,
  });
}
