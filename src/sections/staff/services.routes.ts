import { listOpenKinds } from '../../domain/conversations/kinds.data.js';
import { FIELD_KINDS, PLACES } from '../../domain/services/service.js';
import { moveService, writeService } from '../../domain/services/services.actions.js';
import { getService, listServices } from '../../domain/services/services.data.js';
import { listGroups } from '../../domain/services/groups.data.js';
import { servicePolicy } from '../../domain/services/services.policy.js';
import { NotFound } from '../../lib/errors.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type Typed } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { PICTURE, withPicture } from './picture.js';
import { fieldsOf, serviceForm } from './services.forms.js';
import { differences, groupRows, MOVES, SERVICES, typedOf } from './services.view.js';

/** What the company offers its tenants: groups and services, their order, what an order asks. */
export const servicesEditorSection = section({
  path: SERVICES,
  area: 'staff',
  load: staff,
  nav: { label: 'Услуги', menu: 'staff', order: 35 },
});

const crumbs = [{ label: 'Услуги', href: SERVICES }];

servicesEditorSection.page('/', servicePolicy.edit, async ({ db }) => {
  const [groups, services] = await Promise.all([listGroups(db), listServices(db)]);
  return view('staff/services/index', {
    title: 'Услуги',
    groups: groupRows(groups, services),
    addGroup: `${SERVICES}/groups/new`,
    addService: groups.length > 0 ? `${SERVICES}/new` : null,
  });
});

servicesEditorSection.form('/new', servicePolicy.edit, {
  schema: serviceForm,
  upload: PICTURE,
  show: (ctx) =>
    editor(ctx, { title: 'Новая услуга', form: ctx.fill({ group_id: ctx.query.get('group') ?? '' }) }),
  save: (ctx, input) => save(ctx, null, input),
});

servicesEditorSection.form('/:service', servicePolicy.edit, {
  schema: serviceForm,
  upload: PICTURE,
  show: (ctx) => present(ctx),
  save: (ctx, input) =>
    unlessLate(
      () => save(ctx, { id: ctx.params.service!, revision: input.revision ?? 0 }, input),
      (late) => present({ ...ctx, form: emptyForm }, { late, typed: ctx.typed }),
    ),
});

for (const [path, direction] of MOVES)
  servicesEditorSection.action(`/:service/${path}`, servicePolicy.edit, async (ctx) => {
    await moveService(atWork(ctx), ctx.params.service!, direction);
    return redirect(SERVICES);
  });

servicesEditorSection.file('/:service/picture', servicePolicy.edit, async ({ db, params, parts }) => {
  const { file_id, name } = await getService(db, params.service!);
  if (!file_id) throw new NotFound();
  const stored = await parts.store.open(file_id);
  return { kind: 'file', file: { ...stored, mime: 'image/jpeg', name: `${name}.jpg` }, inline: true };
});

function save(
  ctx: FormCtx<Account>,
  seen: { id: string; revision: number } | null,
  input: Parameters<typeof fieldsOf>[0],
): Promise<Answer> {
  return withPicture(ctx, async (file) => {
    await writeService(atWork(ctx), seen, fieldsOf(input), { file, remove: input.remove_picture });
    return redirect(SERVICES, `Услуга «${input.name}» ${seen ? 'сохранена' : 'добавлена'}.`);
  });
}

/**
 * The form of a service that is there. Whoever came too late (`late` says why) keeps what he typed, and is told what
 * stands otherwise now: sent again, his form replaces that.
 */
async function present(
  ctx: FormCtx<Account>,
  came: { late: string; typed: Typed } | null = null,
): Promise<Answer> {
  const service = await getService(ctx.db, ctx.params.service!);
  const touched = Object.keys(ctx.form.errors).length > 0 || ctx.form.restored;
  // Boxes that were unticked are not sent: where something was typed, that decides alone.
  const values = came ? { ...came.typed, revision: String(service.revision) } : typedOf(service);
  return editor(ctx, {
    title: 'Услуга',
    form: touched ? ctx.form : { ...ctx.form, values },
    picture: service.file_id && `${SERVICES}/${service.id}/picture`,
    late: came && { text: came.late, rows: differences(service, came.typed) },
  });
}

async function editor(
  { db }: Pick<Ctx<Account>, 'db'>,
  shown: {
    title: string;
    form: FormCtx<Account>['form'];
    picture?: string | null;
    late?: { text: string; rows: { label: string; value: string }[] } | null;
  },
): Promise<Answer> {
  const { late = null, picture = null, ...rest } = shown;
  const [groups, kinds] = await Promise.all([listGroups(db), listOpenKinds(db, 'request')]);
  const locals = {
    ...rest,
    late,
    picture,
    crumbs,
    groups: groups.map(({ id, name, hidden_at }) => ({
      value: id,
      label: hidden_at ? `${name} (скрыта)` : name,
    })),
    kinds: kinds.map(({ id, name }) => ({ value: id, label: name })),
    fieldKinds: Object.entries(FIELD_KINDS).map(([value, label]) => ({ value, label })),
    rows: PLACES,
    back: SERVICES,
  };
  return view('staff/services/edit', locals, late ? 409 : undefined);
}
