import { changeCompany } from '../../domain/organisations/company.actions.js';
import { readCompany } from '../../domain/organisations/company.data.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type FormState } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { atWork, unlessLate } from './at-work.js';
import { section, staff, type FormCtx } from '../section.js';
import { companyForm, ROWS, typedOf } from './company.forms.js';

const PATH = '/staff/company';

/** What the company says of itself in the contacts, in letters, on every page. */
export const companySection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Компания', menu: 'staff', order: 60, minor: true },
});

companySection.form('/', peoplePolicy.administer, {
  schema: companyForm,
  show: (ctx) => editor(ctx),
  save: (ctx, { revision, company }) =>
    unlessLate(
      async () => {
        await changeCompany(atWork(ctx), revision, company);
        await ctx.parts.company.refresh();
        return redirect(PATH, 'Сведения о компании сохранены.');
      },
      (late) => editor(ctx, late),
    ),
});

/** The form. Whoever came too late (`late` says why) keeps what he typed: sent again, it replaces what is there. */
async function editor(ctx: FormCtx<Account>, late: string | null = null): Promise<Answer> {
  const saved = await readCompany(ctx.db);
  const first = typedOf(saved.company, saved.revision);
  const touched = Object.keys(ctx.form.errors).length > 0 || ctx.form.restored;
  const came = { ...emptyForm, values: { ...ctx.typed, revision: first.revision! } };
  const form = late ? came : touched ? ctx.form : { ...ctx.form, values: first };
  const locals = { title: 'Компания', form, late, rows: shownRows(form), path: PATH };
  return view('staff/company/index', locals, late ? 409 : undefined);
}

/** The rows of contacts that hold something, and one to go on with. */
function shownRows({ values, errors }: FormState): number[] {
  const used = Array.from({ length: ROWS }, (_, at) => at + 1).filter((row) =>
    ['label', 'phone', 'email'].some((part) => {
      const name = `contact_${part}_${row}`;
      return Boolean(values[name]?.length) || name in errors;
    }),
  );
  const last = Math.min(ROWS, Math.max(2, (used.at(-1) ?? 0) + 1));
  return Array.from({ length: last }, (_, at) => at + 1);
}
