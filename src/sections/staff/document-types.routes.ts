import { saveDocumentType, type Editing } from '../../domain/documents/document-types.actions.js';
import { getType, listTypes } from '../../domain/documents/document-types.data.js';
import { documentPolicy } from '../../domain/documents/documents.policy.js';
import { redirect, view } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx } from '../section.js';
import { typeForm } from './documents.forms.js';

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
      path: PATH,
    }),
  async save(ctx, input) {
    await saveDocumentType(editing(ctx), null, input);
    return redirect(PATH, `Тип «${input.name}» добавлен.`);
  },
});

documentTypesSection.form('/:type', documentPolicy.editTypes, {
  schema: typeForm,
  async show({ db, params, fill, form }) {
    const type = await getType(db, params.type!);
    const kept = {
      name: type.name,
      term_months: String(type.term_months ?? ''),
      reasons: type.reasons.join('\n'),
      position: String(type.position),
      // A box that was unticked is not sent: where something was typed, that decides alone.
      ...(Object.keys(form.errors).length === 0 &&
        !form.restored && {
          required: type.required ? 'on' : '',
          hidden: type.hidden_at ? 'on' : '',
        }),
    };
    return view('staff/document-types/edit', {
      title: 'Тип документа',
      crumbs,
      form: fill(kept),
      path: PATH,
    });
  },
  async save(ctx, input) {
    await saveDocumentType(editing(ctx), ctx.params.type!, input);
    return redirect(PATH, `Тип «${input.name}» сохранён.`);
  },
});

const editing = ({ db, scope, actor, now, once }: Ctx<Account>): Editing => ({
  db,
  actor: { ...actor, account_id: scope.id },
  now,
  form: once,
});
