import {
  buildingOf,
  removeBuilding,
  whyKept,
  writeBuilding,
} from '../../domain/organisations/buildings.actions.js';
import { getBuilding, listBuildingsWithTenants } from '../../domain/organisations/buildings.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { dayOf } from '../../lib/dates.js';
import { fingerprint } from '../../lib/seen.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type FormCtx } from '../section.js';
import { buildingForm, seenForm } from './organisations.forms.js';
import { ORGANISATIONS } from './organisations.view.js';
import { orLate } from './registering.js';
import { atWork } from './at-work.js';

const PATH = '/staff/buildings';

/** The business centres that the company runs. */
export const buildingsSection = section({ path: PATH, area: 'staff', load: staff });

const above = [{ label: 'Организации', href: ORGANISATIONS }];
const crumbs = [...above, { label: 'Здания', href: PATH }];

buildingsSection.page('/', peoplePolicy.administer, async ({ db, now }) => {
  const buildings = await listBuildingsWithTenants(db, dayOf(now));
  return view('staff/buildings/index', {
    title: 'Здания',
    crumbs: above,
    add: `${PATH}/new`,
    rows: buildings.map(({ id, name, address, tenants }) => ({
      href: `${PATH}/${id}`,
      name,
      address,
      tenants,
      list: `${ORGANISATIONS}?${new URLSearchParams({ building: name })}`,
    })),
  });
});

buildingsSection.form('/new', peoplePolicy.administer, {
  schema: buildingForm,
  show: ({ form }) =>
    view('staff/buildings/edit', {
      title: 'Новое здание',
      crumbs,
      form,
      late: null,
      kept: null,
      removal: null,
      back: PATH,
    }),
  async save(ctx, { seen: _none, ...fields }) {
    await writeBuilding(atWork(ctx), null, fields);
    return redirect(PATH, `Здание «${fields.name}» добавлено.`);
  },
});

buildingsSection.form('/:building', peoplePolicy.administer, {
  schema: buildingForm,
  show: (ctx) => editor(ctx),
  save: (ctx, { seen = '', ...fields }) =>
    orLate(
      ctx,
      async () => {
        await writeBuilding(atWork(ctx), { id: ctx.params.building!, seen }, fields);
        return redirect(PATH, `Здание «${fields.name}» изменено.`);
      },
      editor,
    ),
});

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const row = await getBuilding(ctx.db, ctx.params.building!);
  const present = buildingOf(row);
  const kept = await whyKept(ctx.db, row);
  return view('staff/buildings/edit', {
    title: 'Здание',
    kept,
    removal: kept ? null : `${PATH}/${row.id}/removal`,
    crumbs,
    form: ctx.fill({ ...present, address: present.address ?? '', seen: fingerprint(present) }),
    late: late && { text: late, href: PATH },
    back: PATH,
  });
}

buildingsSection.form('/:building/removal', peoplePolicy.administer, {
  schema: seenForm,
  show: (ctx) => question(ctx),
  save: (ctx, { seen }) =>
    orLate(
      ctx,
      async () => {
        await removeBuilding(atWork(ctx), { id: ctx.params.building!, seen });
        return redirect(PATH, 'Здание удалено.');
      },
      question,
    ),
});

async function question(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const row = await getBuilding(ctx.db, ctx.params.building!);
  const present = buildingOf(row);
  return view('staff/organisations/question', {
    title: 'Удалить здание?',
    crumbs: [...crumbs, { label: row.name, href: `${PATH}/${row.id}` }],
    text: 'Его больше нельзя будет выбрать в договорах и уведомлениях.',
    late,
    rows: [
      { label: 'Здание', value: row.name },
      { label: 'Адрес', value: row.address ?? 'не указан' },
    ],
    action: ctx.path,
    fields: { seen: fingerprint(present) },
    label: 'Удалить',
    cancel: { label: 'Оставить', href: `${PATH}/${row.id}` },
  });
}
