import { position } from '../../db/paging.js';
import { lastWho } from '../../domain/audit/journal.data.js';
import { listMembershipsOf } from '../../domain/memberships/profiles.data.js';
import { registerPerson } from '../../domain/organisations/outside.actions.js';
import {
  addColleague,
  blockAccount,
  changeStaffRoles,
  confirmInn,
  endAllSessions,
  repeatLink,
  rolesInWords,
  unblockAccount,
} from '../../domain/people/administration.actions.js';
import { countSessions, getPerson, lacksPassword, listPeople } from '../../domain/people/people.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { searchOf } from '../../web/list-query.js';
import { buttonOnly, emptyForm, type FormState } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { fullName } from '../access-words.js';
import { atWork, unlessLate } from './at-work.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { colleagueForm, innForm, outsideForm, reasonForm, rolesForm } from './people.forms.js';
import { OUTSIDE_DONE } from './outside.view.js';
import {
  allowed,
  facts,
  FILTER_OPTIONS,
  filterOf,
  listRow,
  membershipRow,
  orphanedBy,
  PATH,
  ROLE_OPTIONS,
} from './people.view.js';

/** Everybody who has an account: found, let in or not, and what the company's own people do. */
export const peopleSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Люди', menu: 'staff', order: 50 },
});

const crumbs = [{ label: 'Люди', href: PATH }];

peopleSection.page('/', peoplePolicy.administer, async ({ db, query }) => {
  const [search, show] = [searchOf(query), filterOf(query)];
  const page = await listPeople(db, { search, filter: show }, position(query));
  const kept = Object.entries({ search, show: show ?? '' }).filter(([, value]) => value !== '');
  const link = pageLink(PATH, kept);
  return view('staff/people/index', {
    title: 'Люди',
    form: { values: { search, show: show ?? '' }, errors: {} },
    filters: FILTER_OPTIONS,
    filtered: kept.length > 0,
    rows: page.rows.map(listRow),
    add: `${PATH}/new`,
    back: link(page.previous),
    next: link(page.next),
  });
});

peopleSection.form('/new', peoplePolicy.administer, {
  schema: colleagueForm,
  show: ({ form }) =>
    view('staff/people/new', { title: 'Новый сотрудник', crumbs, form, roles: ROLE_OPTIONS, path: PATH }),
  async save(ctx, input) {
    const id = await addColleague({ ...atWork(ctx), tokens: ctx.parts.tokens }, input);
    return redirect(`${PATH}/${id}`, `Сотрудник добавлен. Ссылка для пароля отправлена на ${input.email}.`);
  },
});

type Desk = Pick<Ctx<Account>, 'db' | 'params' | 'scope' | 'now'> & { form: FormState };

/** The person with all that can be done; `late` tells who came too late what has happened. */
async function desk({ db, params, scope, now, form }: Desk, late: string | null = null): Promise<Answer> {
  const person = await getPerson(db, params.account!);
  const [sessions, memberships, blocker, fresh] = await Promise.all([
    countSessions(db, person.id, now),
    listMembershipsOf(db, person.id),
    person.blocked_at ? lastWho(db, person.id, 'account.blocked') : null,
    lacksPassword(db, person.id),
  ]);
  const current = { roles: person.staff_roles, seen: person.staff_roles.join(' ') };
  const touched = Object.keys(form.errors).length > 0 || form.restored;
  const locals = {
    title: fullName(person),
    crumbs,
    late,
    form: touched ? form : { ...form, values: current },
    path: `${PATH}/${person.id}`,
    blocked: person.blocked_at !== null,
    facts: facts(person, sessions, blocker),
    inn: person.inn && { seen: person.inn, confirmed: person.inn_confirmed_at !== null },
    outside: person.outside_requests,
    orphaned: person.blocked_at ? orphanedBy(memberships) : [],
    memberships: memberships.map(membershipRow),
    sessions,
    roles: ROLE_OPTIONS,
    present: rolesInWords(person.staff_roles),
    can: allowed(person, scope, fresh),
  };
  return view('staff/people/show', locals, late ? 409 : undefined);
}

peopleSection.page('/:account', peoplePolicy.administer, (ctx) => desk({ ...ctx, form: emptyForm }));

/** Does it, or shows the person as he is by now to who came too late. */
const attempt = (ctx: FormCtx<Account>, work: () => Promise<void>, done: string): Promise<Answer> =>
  unlessLate(
    async () => {
      await work();
      return redirect(`${PATH}/${ctx.params.account}`, done);
    },
    (late) => desk({ ...ctx, form: emptyForm }, late),
  );

peopleSection.form('/:account/inn', peoplePolicy.administer, {
  schema: innForm,
  show: desk,
  save: (ctx, { inn, confirmed }) =>
    attempt(
      ctx,
      () => confirmInn(atWork(ctx), ctx.params.account!, inn, confirmed === 'yes'),
      confirmed === 'yes' ? 'ИНН подтверждён.' : 'Подтверждение ИНН снято.',
    ),
});

peopleSection.form('/:account/outside', peoplePolicy.administer, {
  schema: outsideForm,
  show: desk,
  save: (ctx, { registered }) =>
    attempt(
      ctx,
      () => registerPerson(atWork(ctx), ctx.params.account!, registered === 'yes'),
      OUTSIDE_DONE[registered],
    ),
});

peopleSection.form('/:account/roles', peoplePolicy.administer, {
  schema: rolesForm,
  show: desk,
  save: (ctx, { roles, seen, reason }) =>
    attempt(
      ctx,
      () => changeStaffRoles(atWork(ctx), ctx.params.account!, seen, roles, reason),
      'Роли сохранены.',
    ),
});

peopleSection.form('/:account/link', peoplePolicy.administer, {
  schema: buttonOnly,
  show: desk,
  save: (ctx) =>
    attempt(
      ctx,
      () => repeatLink({ ...atWork(ctx), tokens: ctx.parts.tokens }, ctx.params.account!),
      'Ссылка для пароля отправлена ещё раз. Она действует час.',
    ),
});

peopleSection.form('/:account/sign-out', peoplePolicy.administer, {
  schema: buttonOnly,
  show: desk,
  save: (ctx) =>
    attempt(ctx, () => endAllSessions(atWork(ctx), ctx.params.account!), 'Все сеансы завершены.'),
});

peopleSection.form('/:account/blocking', peoplePolicy.administer, {
  schema: reasonForm,
  show: (ctx) => question(ctx, 'block'),
  save: (ctx, { reason }) =>
    attempt(
      ctx,
      () => blockAccount(atWork(ctx), ctx.params.account!, reason),
      'Аккаунт заблокирован, все сеансы завершены.',
    ),
});

peopleSection.form('/:account/unblocking', peoplePolicy.administer, {
  schema: reasonForm,
  show: (ctx) => question(ctx, 'unblock'),
  save: (ctx, { reason }) =>
    attempt(ctx, () => unblockAccount(atWork(ctx), ctx.params.account!, reason), 'Аккаунт разблокирован.'),
});

const QUESTIONS = {
  block: {
    title: 'Заблокировать аккаунт?',
    lead: 'Человек сразу выйдет из кабинета на всех устройствах и не сможет войти. Мы сообщим ему об этом письмом, без причины.',
    label: 'Заблокировать',
  },
  unblock: {
    title: 'Разблокировать аккаунт?',
    lead: 'Человек снова сможет войти со своим паролем и получит обратно прежние роли. Мы сообщим ему об этом письмом.',
    label: 'Разблокировать',
  },
};

async function question({ db, params, scope, form }: FormCtx<Account>, act: 'block' | 'unblock') {
  const person = await getPerson(db, params.account!);
  const href = `${PATH}/${person.id}`;
  if (!allowed(person, scope)[act]) return redirect(href);
  return view('staff/people/question', {
    ...QUESTIONS[act],
    crumbs: [...crumbs, { label: fullName(person), href }],
    form,
    danger: act === 'block',
    orphaned: act === 'block' ? orphanedBy(await listMembershipsOf(db, person.id)) : [],
    rows: facts(person, 0, null).slice(0, 1),
    who: fullName(person),
    cancel: href,
  });
}
