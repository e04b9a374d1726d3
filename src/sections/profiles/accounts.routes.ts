import { position } from '../../db/paging.js';
import { soleAdministrator } from '../../domain/memberships/administrators.data.js';
import { findHandover } from '../../domain/memberships/handovers.data.js';
import { listOpenRequests } from '../../domain/memberships/access-requests.data.js';
import {
  addPerson,
  repeatInvitation,
  withdrawInvitation,
} from '../../domain/memberships/invitations.actions.js';
import { listInvitations } from '../../domain/memberships/invitations.data.js';
import { changeRights, endMembership } from '../../domain/memberships/memberships.actions.js';
import {
  getMember,
  LAST_ADMINISTRATOR,
  listMembers,
  type ListedMember,
  type Member,
} from '../../domain/memberships/memberships.data.js';
import { membershipPolicy } from '../../domain/memberships/memberships.policy.js';
import { offerHandover, withdrawHandover } from '../../domain/memberships/handovers.actions.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly, type FormState } from '../../web/form.js';
import { profile, section, type Ctx, type FormCtx } from '../section.js';
import { unlessLate } from '../unless-late.js';
import { managing } from './managing.js';
import { personForm, rightsForm } from './access.forms.js';
import { fullName, repeatedInWords, ROLE_OPTIONS } from '../access-words.js';
import { invitationRow, memberRow, rightsKey, rightsOfKey } from './accounts.view.js';

const TITLE = 'Связанные аккаунты';

/** Who belongs to the organisation and what each may do, manual 4.2.9. */
export const accountsSection = section({
  path: '/profiles/:organisation/accounts',
  area: 'profile',
  load: profile,
  nav: {
    label: TITLE,
    menu: 'profile',
    order: 90,
    counter: { name: 'access', words: ['ждёт решения', 'ждут решения', 'ждут решения'] },
  },
});

const pathOf = ({ scope }: Pick<Ctx<Member>, 'scope'>) => `/profiles/${scope.organisation.id}/accounts`;
const crumbsOf = (ctx: Pick<Ctx<Member>, 'scope'>) => [{ label: TITLE, href: pathOf(ctx) }];

accountsSection.page('/', membershipPolicy.manage, (ctx) => list(ctx));

/** The members and all that waits for them; `late` tells who came too late what has happened. */
async function list({ db, scope, query, now }: Ctx<Member>, late: string | null = null): Promise<Answer> {
  const path = pathOf({ scope });
  const [page, requests, invitations, handover, last] = await Promise.all([
    listMembers(db, scope, position(query)),
    listOpenRequests(db, scope),
    listInvitations(db, scope),
    findHandover(db, scope.organisation.id),
    soleAdministrator(db, scope.organisation.id),
  ]);
  const link = pageLink(path, []);
  const locals = {
    title: TITLE,
    late,
    path,
    rows: page.rows.map((row) => memberRow(row, path, scope.account_id, last)),
    requests: requests.map((row) => ({
      href: `${path}/requests/${row.id}`,
      name: fullName(row),
      email: row.email,
      at: row.created_at,
    })),
    invitations: invitations.map((row) => invitationRow(row, path, now)),
    handover: handover?.stands ? handover : null,
    back: link(page.previous),
    next: link(page.next),
  };
  return view('profiles/accounts/index', locals, late ? 409 : undefined);
}

accountsSection.form('/new', membershipPolicy.manage, {
  schema: personForm,
  limit: {
    name: 'member-add',
    points: 20,
    seconds: 3600,
    by: 'account',
    words: 'За час можно добавить и пригласить не больше 20 человек.',
  },
  show: (ctx) =>
    view('profiles/accounts/new', {
      title: 'Добавить участника',
      crumbs: crumbsOf(ctx),
      form: ctx.form,
      path: pathOf(ctx),
      roles: ROLE_OPTIONS,
    }),
  async save(ctx, { email, ...rights }) {
    const how = await addPerson(managing(ctx), email, rights);
    return redirect(
      pathOf(ctx),
      how === 'added'
        ? `${email} добавлен в профиль организации.`
        : `На ${email} отправлено приглашение. Оно ждёт регистрации 14 дней.`,
    );
  },
});

/** What a member may do, to be changed. */
const rightsPage = (ctx: FormCtx<Member>, member: ListedMember, form: FormState) =>
  view('profiles/accounts/show', {
    title: fullName(member),
    crumbs: crumbsOf(ctx),
    form,
    path: pathOf(ctx),
    href: `${pathOf(ctx)}/${member.id}`,
    email: member.email,
    roles: ROLE_OPTIONS,
  });
const present = (member: ListedMember) => ({
  roles: member.roles,
  sees_all: member.sees_all ? 'on' : '',
  seen: rightsKey(member),
});

accountsSection.form('/:membership', membershipPolicy.manage, {
  schema: rightsForm,
  async show(ctx) {
    const member = await getMember(ctx.db, ctx.scope, ctx.params.membership!);
    const touched = Object.keys(ctx.form.errors).length > 0 || ctx.form.restored;
    // Boxes that were unticked are not sent: where something was typed, that decides alone.
    return rightsPage(ctx, member, touched ? ctx.form : { ...ctx.form, values: present(member) });
  },
  async save(ctx, { seen, ...rights }) {
    await changeRights(managing(ctx), ctx.params.membership!, rightsOfKey(seen), rights);
    return redirect(pathOf(ctx), 'Права изменены.');
  },
});

accountsSection.form('/:membership/removal', membershipPolicy.manage, {
  schema: buttonOnly,
  async show(ctx) {
    const member = await getMember(ctx.db, ctx.scope, ctx.params.membership!);
    // The last administrator's does not end: his rights are shown, and what has to be done first.
    if ((await soleAdministrator(ctx.db, ctx.scope.organisation.id)) === member.id) {
      const errors = { roles: LAST_ADMINISTRATOR };
      return rightsPage(ctx, member, { values: present(member), errors, restored: false });
    }
    return view('shared/question', {
      title: 'Прекратить доступ?',
      crumbs: crumbsOf(ctx),
      text: 'Профиль организации закроется для этого человека сразу. Загруженное им останется.',
      rows: [
        { label: 'Участник', value: fullName(member) },
        { label: 'Адрес E-mail', value: member.email },
      ],
      action: `${pathOf(ctx)}/${member.id}/removal`,
      label: 'Прекратить доступ',
      cancel: { label: 'Оставить', href: pathOf(ctx) },
    });
  },
  async save(ctx) {
    const member = await endMembership(managing(ctx), ctx.params.membership!);
    const own = member.account_id === ctx.scope.account_id;
    return redirect(own ? '/profiles' : pathOf(ctx), `Доступ прекращён: ${fullName(member)}.`);
  },
});

accountsSection.form('/:membership/handover', membershipPolicy.manage, {
  schema: buttonOnly,
  async show(ctx) {
    const member = await getMember(ctx.db, ctx.scope, ctx.params.membership!);
    return view('shared/question', {
      title: 'Передать управление?',
      crumbs: crumbsOf(ctx),
      text: 'Участник получит письмо и сможет согласиться. Тогда администратором станет он, а у вас останутся другие ваши роли или роль «Наблюдатель».',
      rows: [
        { label: 'Кому', value: fullName(member) },
        { label: 'Адрес E-mail', value: member.email },
      ],
      action: `${pathOf(ctx)}/${member.id}/handover`,
      label: 'Предложить управление',
      cancel: { label: 'Не передавать', href: pathOf(ctx) },
    });
  },
  save: (ctx) =>
    unlessLate(
      async () => {
        await offerHandover(managing(ctx), ctx.params.membership!);
        const done = 'Управление предложено. Всё останется как есть, пока участник не согласится.';
        return redirect(pathOf(ctx), done);
      },
      (late) => list(ctx, late),
    ),
});

accountsSection.action('/handover/withdrawal', membershipPolicy.manage, async (ctx) => {
  await withdrawHandover(managing(ctx));
  return redirect(pathOf(ctx), 'Предложение управления отменено.');
});

accountsSection.action('/invitations/:invitation/repetition', membershipPolicy.manage, async (ctx) => {
  const repeated = await repeatInvitation(managing(ctx), ctx.params.invitation!);
  return redirect(pathOf(ctx), repeatedInWords(repeated));
});

accountsSection.action('/invitations/:invitation/withdrawal', membershipPolicy.manage, async (ctx) => {
  const email = await withdrawInvitation(managing(ctx), ctx.params.invitation!);
  return redirect(pathOf(ctx), `Приглашение для ${email} отозвано.`);
});
