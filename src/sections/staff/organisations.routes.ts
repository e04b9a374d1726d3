import { position, textPosition } from '../../db/paging.js';
import { listOpenRequests } from '../../domain/memberships/access-requests.data.js';
import { listInvitations } from '../../domain/memberships/invitations.data.js';
import { hasAdministrator } from '../../domain/memberships/administrators.data.js';
import { listMembers } from '../../domain/memberships/memberships.data.js';
import { buildingNames } from '../../domain/organisations/buildings.data.js';
import {
  findCaretaker,
  getOrganisation,
  listContracts,
} from '../../domain/organisations/organisations.data.js';
import { registerOrganisation } from '../../domain/organisations/outside.actions.js';
import { findLookup, lookUpParty } from '../../domain/organisations/party-lookups.actions.js';
import {
  addOrganisation,
  changeRequisites,
  requisitesOf,
} from '../../domain/organisations/register.actions.js';
import { listRegister } from '../../domain/organisations/register.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { dayOf } from '../../lib/dates.js';
import { fingerprint } from '../../lib/seen.js';
import { isUuid } from '../../lib/uuid.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { fullName } from '../access-words.js';
import { saveLinks } from '../saved-table.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { exportRegister } from './organisations.export.js';
import { lookupForm, organisationForm, requisitesForm } from './organisations.forms.js';
import { OUTSIDE_DONE, outsideFact } from './outside.view.js';
import { outsideForm } from './people.forms.js';
import { orLate } from './registering.js';
import { atWork, unlessLate } from './at-work.js';
import {
  contractPart,
  invitationPart,
  memberPart,
  offers,
  ORGANISATIONS as PATH,
  registerFilter,
  registerRow,
  requestPart,
  STATE_OPTIONS,
} from './organisations.view.js';

/** The register of tenants. */
export const registerOfOrganisations = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Организации', menu: 'staff', order: 15 },
});

const crumbs = [{ label: 'Организации', href: PATH }];

registerOfOrganisations.page('/', peoplePolicy.administer, async ({ db, query, now }) => {
  const today = dayOf(now);
  const buildings = await buildingNames(db);
  const filter = registerFilter(query, buildings);
  const page = await listRegister(db, filter, textPosition(query), today);
  const kept = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const link = pageLink(PATH, kept);
  return view('staff/organisations/index', {
    title: 'Организации',
    wide: true,
    form: { values: Object.fromEntries(kept), errors: {} },
    filtered: kept.length > 0,
    states: STATE_OPTIONS,
    buildings: buildings.map((name) => ({ value: name, label: name })),
    rows: page.rows.map((row) => registerRow(row, today)),
    exports: saveLinks(`${PATH}/export`, kept),
    back: link(page.previous),
    next: link(page.next),
  });
});

registerOfOrganisations.file('/export', peoplePolicy.administer, async (ctx) =>
  exportRegister(ctx, registerFilter(ctx.query, await buildingNames(ctx.db))),
);

/** The form of a new organisation, with what was looked up for it, if anything was. */
async function blank({ db, scope, query, now, parts, fill }: FormCtx<Account>): Promise<Answer> {
  const id = query.get('lookup') ?? '';
  const lookup = isUuid(id) ? await findLookup(db, scope, id, now) : null;
  const offered = offers(lookup, query.get('kpp'), PATH);
  return view('staff/organisations/new', {
    title: 'Новая организация',
    crumbs,
    form: fill(offered.values),
    offers: offered.choice,
    warning: offered.warning,
    fillable: parts.parties !== null,
    back: PATH,
  });
}

registerOfOrganisations.form('/new', peoplePolicy.administer, {
  schema: organisationForm,
  show: blank,
  async save(ctx, requisites) {
    const id = await addOrganisation(atWork(ctx), requisites);
    return redirect(`${PATH}/${id}`, 'Организация добавлена. Внесите договор и назначьте администратора.');
  },
});

registerOfOrganisations.form('/new/lookup', peoplePolicy.administer, {
  schema: lookupForm,
  limit: { name: 'party-lookup', points: 120, seconds: 3600, by: 'account' },
  show: blank,
  async save(ctx, typed) {
    const id = await lookUpParty(atWork(ctx), ctx.parts.parties, typed);
    return redirect(`${PATH}/new?lookup=${id}`);
  },
});

registerOfOrganisations.page('/:tenant', peoplePolicy.administer, (ctx) => card(ctx));

/** The organisation with all that belongs to it; `late` tells who came too late what has happened. */
async function card({ db, params, query, now }: Ctx<Account>, late: string | null = null): Promise<Answer> {
  const organisation = await getOrganisation(db, params.tenant!);
  const { id } = organisation;
  const scope = { organisation };
  const [contracts, members, requests, invitations, caretaker, managed] = await Promise.all([
    listContracts(db, scope),
    listMembers(db, scope, position(query)),
    listOpenRequests(db, scope),
    listInvitations(db, scope),
    findCaretaker(db, scope),
    hasAdministrator(db, id),
  ]);
  const today = dayOf(now);
  const path = `${PATH}/${id}`;
  const link = pageLink(path, []);
  const locals = {
    title: organisation.name,
    wide: true,
    crumbs,
    late,
    path,
    outside: organisation.outside_requests,
    requisites: [
      { label: 'ИНН', value: organisation.inn },
      { label: 'КПП', value: organisation.kpp ?? 'нет — индивидуальный предприниматель' },
      { label: 'Адрес', value: organisation.address ?? 'не указан' },
      { label: 'Код в других системах', value: organisation.external_id ?? 'не указан' },
      outsideFact(organisation),
    ],
    responsible: organisation.responsible_email,
    caretaker: caretaker && fullName(caretaker),
    contracts: contracts.map((contract) => contractPart(contract, id, today)),
    members: members.rows.map((row) => memberPart(row, id)),
    managed,
    requests: requests.map((row) => requestPart(row, managed)),
    invitations: invitations.map((row) => invitationPart(row, now)),
    back: link(members.previous),
    next: link(members.next),
  };
  return view('staff/organisations/show', locals, late ? 409 : undefined);
}

registerOfOrganisations.form('/:tenant/outside', peoplePolicy.administer, {
  schema: outsideForm,
  show: (ctx) => card(ctx),
  save: (ctx, { registered }) =>
    unlessLate(
      async () => {
        await registerOrganisation(atWork(ctx), ctx.params.tenant!, registered === 'yes');
        return redirect(`${PATH}/${ctx.params.tenant}`, OUTSIDE_DONE[registered]);
      },
      (late) => card(ctx, late),
    ),
});

registerOfOrganisations.form('/:tenant/edit', peoplePolicy.administer, {
  schema: requisitesForm,
  show: editor,
  save: (ctx, { seen, ...requisites }) =>
    orLate(
      ctx,
      async () => {
        await changeRequisites(atWork(ctx), ctx.params.tenant!, seen, requisites);
        return redirect(`${PATH}/${ctx.params.tenant}`, 'Реквизиты изменены.');
      },
      editor,
    ),
});

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const organisation = await getOrganisation(ctx.db, ctx.params.tenant!);
  const present = requisitesOf(organisation);
  const href = `${PATH}/${organisation.id}`;
  const kept = Object.fromEntries(Object.entries(present).map(([name, value]) => [name, value ?? '']));
  return view('staff/organisations/edit', {
    title: 'Реквизиты организации',
    crumbs: [...crumbs, { label: organisation.name, href }],
    form: ctx.fill({ ...kept, seen: fingerprint(present) }),
    late: late && { text: late, href },
    back: href,
  });
}
