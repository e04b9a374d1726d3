import {
  appointAdministrator,
  endMembershipForStaff,
} from '../../domain/memberships/appointments.actions.js';
import {
  repeatInvitationForStaff,
  withdrawInvitationForStaff,
} from '../../domain/memberships/invitations.actions.js';
import { setResponsible } from '../../domain/memberships/responsible.actions.js';
import { hasAdministrator, soleAdministrator } from '../../domain/memberships/administrators.data.js';
import { getMember, hasLeft } from '../../domain/memberships/memberships.data.js';
import { getOrganisation, listCaretakers } from '../../domain/organisations/organisations.data.js';
import { setCaretaker } from '../../domain/organisations/register.actions.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { fingerprint } from '../../lib/seen.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { fullName, repeatedInWords } from '../access-words.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { appointmentForm, caretakerForm, dismissalForm, responsibleForm } from './organisations.forms.js';
import { ORGANISATIONS } from './organisations.view.js';
import { orLate } from './registering.js';
import { atWork } from './at-work.js';

/** Who answers for an organisation, on either side. */
export const organisationPeopleSection = section({
  path: `${ORGANISATIONS}/:tenant`,
  area: 'staff',
  load: staff,
});

const hrefOf = ({ params }: Pick<Ctx<Account>, 'params'>) => `${ORGANISATIONS}/${params.tenant}`;

/** A form's page below the organisation's. */
const page = (
  ctx: FormCtx<Account>,
  organisation: { name: string },
  template: string,
  locals: { title: string } & Record<string, unknown>,
  late: string | null = null,
) =>
  view(`staff/organisations/${template}`, {
    crumbs: [
      { label: 'Организации', href: ORGANISATIONS },
      { label: organisation.name, href: hrefOf(ctx) },
    ],
    form: ctx.form,
    late: late && { text: late, href: hrefOf(ctx) },
    back: hrefOf(ctx),
    ...locals,
  });

async function caretakerPage(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const organisation = await getOrganisation(ctx.db, ctx.params.tenant!);
  const { caretaker_id } = organisation;
  const people = await listCaretakers(ctx.db);
  const locals = {
    title: 'Менеджер организации',
    form: ctx.fill({ caretaker: caretaker_id ?? '', seen: fingerprint({ caretaker_id }) }),
    people: people.map((one) => ({ value: one.id, label: fullName(one) })),
  };
  return page(ctx, organisation, 'caretaker', locals, late);
}

organisationPeopleSection.form('/caretaker', peoplePolicy.administer, {
  schema: caretakerForm,
  show: (ctx) => caretakerPage(ctx),
  save: (ctx, { caretaker, seen }) =>
    orLate(
      ctx,
      async () => {
        await setCaretaker(atWork(ctx), ctx.params.tenant!, seen, caretaker);
        return redirect(hrefOf(ctx), caretaker ? 'Менеджер назначен.' : 'Менеджера больше нет.');
      },
      caretakerPage,
    ),
});

async function responsiblePage(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const organisation = await getOrganisation(ctx.db, ctx.params.tenant!);
  const { responsible_email } = organisation;
  const managed = await hasAdministrator(ctx.db, organisation.id);
  const locals = {
    title: 'Ответственный от организации',
    form: ctx.fill({ email: responsible_email ?? '', seen: fingerprint({ responsible_email }) }),
    lead: managed
      ? 'Администратор у профиля есть. На этот адрес будут приходить запросы доступа, если его не станет.'
      : 'Администратора у профиля нет. На этот адрес уйдёт приглашение с ролью «Администратор профиля», и будут приходить запросы доступа.',
  };
  return page(ctx, organisation, 'responsible', locals, late);
}

organisationPeopleSection.form('/responsible', peoplePolicy.administer, {
  schema: responsibleForm,
  show: (ctx) => responsiblePage(ctx),
  save: (ctx, { email, seen }) =>
    orLate(
      ctx,
      async () => {
        const invited = await setResponsible(atWork(ctx), ctx.params.tenant!, seen, email);
        const done = email ? 'Адрес сохранён.' : 'Адрес убран.';
        return redirect(hrefOf(ctx), invited ? `На ${email} отправлено приглашение администратора.` : done);
      },
      responsiblePage,
    ),
});

organisationPeopleSection.form('/administrator', peoplePolicy.administer, {
  schema: appointmentForm,
  async show(ctx) {
    const organisation = await getOrganisation(ctx.db, ctx.params.tenant!);
    return page(ctx, organisation, 'administrator', { title: 'Назначить администратора' });
  },
  async save(ctx, { account, reason }) {
    await appointAdministrator(atWork(ctx), ctx.params.tenant!, account, reason);
    return redirect(hrefOf(ctx), `${account} — администратор профиля.`);
  },
});

async function dismissalPage(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const organisation = await getOrganisation(ctx.db, ctx.params.tenant!);
  const { membership = '' } = ctx.params;
  if (await hasLeft(ctx.db, { organisation }, membership))
    return redirect(hrefOf(ctx), 'Этот участник уже не связан с профилем.');
  const member = await getMember(ctx.db, { organisation }, membership);
  const locals = {
    title: 'Прекратить доступ?',
    last: (await soleAdministrator(ctx.db, organisation.id)) === member.id,
    rows: [
      { label: 'Участник', value: fullName(member) },
      { label: 'Адрес E-mail', value: member.email },
    ],
  };
  return page(ctx, organisation, 'dismissal', locals, late);
}

organisationPeopleSection.form('/members/:membership/removal', peoplePolicy.administer, {
  schema: dismissalForm,
  show: (ctx) => dismissalPage(ctx),
  save: (ctx, said) =>
    orLate(
      ctx,
      async () => {
        const { tenant, membership } = ctx.params;
        const who = await endMembershipForStaff(atWork(ctx), tenant!, membership!, said);
        return redirect(hrefOf(ctx), `Доступ прекращён: ${who}.`);
      },
      dismissalPage,
    ),
});

organisationPeopleSection.action(
  '/invitations/:invitation/repetition',
  peoplePolicy.administer,
  async (ctx) => {
    const { tenant, invitation } = ctx.params;
    const repeated = await repeatInvitationForStaff(atWork(ctx), tenant!, invitation!);
    return redirect(hrefOf(ctx), repeatedInWords(repeated));
  },
);

organisationPeopleSection.action(
  '/invitations/:invitation/withdrawal',
  peoplePolicy.administer,
  async (ctx) => {
    const { tenant, invitation } = ctx.params;
    const email = await withdrawInvitationForStaff(atWork(ctx), tenant!, invitation!);
    return redirect(hrefOf(ctx), `Приглашение для ${email} отозвано.`);
  },
);
