import { saveDocumentType, typeOf, type Editing } from '../../domain/documents/document-types.actions.js';
import { getType, listTypes } from '../../domain/documents/document-types.data.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { fingerprint } from '../../lib/seen.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx, type FormCtx } from '../section.js';
import { typeForm } from './documents.forms.js';
import { otherwise } from './otherwise.js';
import { orLate } from './registering.js';

const PATH = '/staff/document-types';

/** Which documents the company wants, for how long, and what is usually wrong with them. */
export const documentTypesSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Типы документов', menu: 'staff', order: 20, minor: true },
});

const crumbs = [{ label: 'Типы документов', href: PATH }];

documentTypesSection.page('/', documentPolicy.editTypes, async ({ db }) =>
  view('staff/document-types/index', {
    title: 'Типы документов',
    types: await listTypes(db),
    add: `${PATH}/new`,
  }),
);

documentTypesSection.form('/new', documentPolicy.editTypes, {
  schema: typeForm,
  show: ({ fill }) =>
    view('staff/document-types/edit', {
      title: 'Новый тип документа',
      crumbs,
      form: fill({ term_months: '12', position: '100' }),
      late: null,
      path: PATH,
    }),
  async save(ctx, { seen: _none, ...fields }) {
    await saveDocumentType(editing(ctx), null, fields);
    return redirect(PATH, `Тип «${fields.name}» добавлен.`);
  },
});

documentTypesSection.form('/:type', documentPolicy.editTypes, {
  schema: typeForm,
  show: (ctx) => editor(ctx),
  save: (ctx, { seen = '', ...fields }) =>
    orLate(
      ctx,
      async () => {
        await saveDocumentType(editing(ctx), { id: ctx.params.type!, seen }, fields);
        return redirect(PATH, `Тип «${fields.name}» сохранён.`);
      },
      editor,
    ),
});

const LABELS = {
  name: 'Название',
  required: 'Обязательный',
  term_months: 'Срок, месяцев',
  reasons: 'Готовые причины отказа',
  position: 'Порядок в списке',
  hidden: 'Скрыть',
};

async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const { form } = ctx;
  const present = typeOf(await getType(ctx.db, ctx.params.type!));
  const { name, required, term_months, reasons, position, hidden } = present;
  const kept = {
    name,
    term_months: String(term_months ?? ''),
    reasons: reasons.join('\n'),
    position: String(position),
    seen: fingerprint(present),
  };
  const boxes = { required: required ? 'on' : '', hidden: hidden ? 'on' : '' };
  const untouched = !late && Object.keys(form.errors).length === 0 && !form.restored;
  const words = {
    required: required ? 'да' : 'нет',
    reasons: reasons.join('; '),
    hidden: hidden ? 'да' : 'нет',
  };
  return view('staff/document-types/edit', {
    title: 'Тип документа',
    crumbs,
    // A box that was unticked is not sent: where something was typed, that decides alone.
    form: ctx.fill({ ...kept, ...(untouched && boxes) }),
    late: late && { text: late, rows: otherwise(LABELS, { ...kept, ...boxes }, form.values, words) },
    path: PATH,
  });
}

const editing = ({ db, scope, actor, now, once }: Ctx<Account>): Editing => ({
  db,
  actor: { ...actor, account_id: scope.id },
  now,
  form: once,
});
