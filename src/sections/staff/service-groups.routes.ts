import { moveGroup, writeGroup } from '../../domain/services/groups.actions.js';
import { getGroup } from '../../domain/services/groups.data.js';
import { servicePolicy } from '../../domain/services/services.policy.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type Typed } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { groupForm } from './services.forms.js';
import { MOVES, SERVICES } from './services.view.js';

/** The headings of «Услуги». */
export const serviceGroupsSection = section({ path: `${SERVICES}/groups`, area: 'staff', load: staff });

const crumbs = [{ label: 'Услуги', href: SERVICES }];

serviceGroupsSection.form('/new', servicePolicy.edit, {
  schema: groupForm,
  show: ({ form }) =>
    view('staff/services/group', { title: 'Новая группа услуг', crumbs, form, late: null, back: SERVICES }),
  async save(ctx, { name, hidden }) {
    await writeGroup(atWork(ctx), null, null, { name, hidden });
    return redirect(SERVICES, `Группа «${name}» добавлена.`);
  },
});

serviceGroupsSection.form('/:group', servicePolicy.edit, {
  schema: groupForm,
  show: (ctx) => present(ctx),
  save: (ctx, { name, hidden, revision = 0 }) =>
    unlessLate(
      async () => {
        await writeGroup(atWork(ctx), ctx.params.group!, revision, { name, hidden });
        return redirect(SERVICES, `Группа «${name}» сохранена.`);
      },
      (late) => present({ ...ctx, form: emptyForm }, { late, typed: ctx.typed }),
    ),
});

for (const [path, direction] of MOVES)
  serviceGroupsSection.action(`/:group/${path}`, servicePolicy.edit, async (ctx) => {
    await moveGroup(atWork(ctx), ctx.params.group!, direction);
    return redirect(SERVICES);
  });

/** The form of a group that is there; whoever came too late keeps what he typed and is told what stands there now. */
async function present(
  ctx: FormCtx<Account>,
  came: { late: string; typed: Typed } | null = null,
): Promise<Answer> {
  const { name, hidden_at, revision } = await getGroup(ctx.db, ctx.params.group!);
  const touched = Object.keys(ctx.form.errors).length > 0 || ctx.form.restored;
  const fresh = { revision: String(revision) };
  const values = came ? { ...came.typed, ...fresh } : { name, hidden: hidden_at ? 'on' : '', ...fresh };
  const locals = {
    title: 'Группа услуг',
    crumbs,
    form: touched ? ctx.form : { ...ctx.form, values },
    late: came && `${came.late} Сейчас группа называется «${name}»${hidden_at ? ' и скрыта' : ''}.`,
    back: SERVICES,
  };
  return view('staff/services/group', locals, came ? 409 : undefined);
}
