import { position } from '../../db/paging.js';
import { applyImport, previewImport } from '../../domain/imports/imports.actions.js';
import { countPastDue, getImport, listImports, listLines } from '../../domain/imports/imports.data.js';
import { importPolicy, kindsFor } from '../../domain/imports/imports.policy.js';
import { KINDS } from '../../domain/imports/layouts.js';
import { readTable } from '../../domain/imports/table.js';
import { Forbidden, Invalid } from '../../lib/errors.js';
import { whole } from '../../lib/text.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type Typed } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { atWork, unlessLate } from './at-work.js';
import { section, staff, type Ctx } from '../section.js';
import { applyForm, IMPORT_FILE, importForm } from './import.forms.js';
import {
  BOOKS_DONE,
  importRow,
  kindOptions,
  lineRow,
  newBuildings,
  pastDueInWords,
  skippedInWords,
  thingsInWords,
  tabs,
  verdictOf,
} from './import.view.js';

const PATH = '/staff/import';
const LINES = 50;

/** The register and the books from a file: looked at first, then applied in one go. Each sees what he may import. */
export const importSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Импорт', menu: 'staff', order: 45, minor: true },
});

const crumbs = [{ label: 'Импорт', href: PATH }];

importSection.form('/', importPolicy.open, {
  schema: importForm,
  upload: IMPORT_FILE,
  async show({ db, form, query, scope }) {
    const kinds = kindsFor(scope);
    const imports = await listImports(db, kinds, position(query));
    const link = pageLink(PATH, []);
    return view('staff/import/index', {
      title: 'Импорт',
      form: kinds.length === 1 ? { ...form, values: { kind: kinds[0]!, ...form.values } } : form,
      kinds: kindOptions(kinds),
      rows: imports.rows.map(importRow),
      back: link(imports.previous),
      next: link(imports.next),
    });
  },
  async save(ctx, { kind }) {
    if (!importPolicy.of(kind)(ctx.scope)) throw new Forbidden();
    const [file] = ctx.files;
    if (!file) throw new Invalid({ file: 'Выберите файл' });
    const table = await readTable(file.path, kind);
    const id = await previewImport(atWork(ctx), { kind, name: file.name, ...table });
    return redirect(`${PATH}/${id}`);
  },
});

importSection.page('/:import', importPolicy.open, (ctx) => comparison(ctx));

/** What the table would do, line by line; `late` tells that the register has changed since it was looked at. */
async function comparison(
  { db, params, query, scope }: Pick<Ctx<Account>, 'db' | 'params' | 'query' | 'scope'>,
  late: { text: string; typed: Typed } | null = null,
): Promise<Answer> {
  const row = await getImport(db, params.import!, kindsFor(scope));
  const verdict = verdictOf(query, row);
  const after = Number(/^\d{1,9}$/.exec(query.get('after') ?? '')?.[0] ?? 0);
  const lines = await listLines(db, row.id, verdict, after, LINES + 1);
  const last = lines[LINES - 1];
  const here = `${PATH}/${row.id}?verdict=${verdict}`;
  const useful = row.counts.added + row.counts.changed;
  const locals = {
    title: `${KINDS[row.kind]}: ${row.file_name}`,
    crumbs,
    late: late?.text ?? null,
    action: `${PATH}/${row.id}/application`,
    appliedAt: row.applied_at,
    canApply: !row.applied_at && useful > 0,
    useful: thingsInWords(row, useful),
    form: { ...emptyForm, values: late ? late.typed : { issue: 'on' } },
    books: row.kind === 'invoices',
    refused: row.counts.refused,
    buildings: newBuildings(row),
    pastDue: row.applied_at ? null : pastDueInWords(await countPastDue(db, row.id)),
    skipped: skippedInWords(row),
    invites: lines.some(({ cells }) => 'responsible_email' in cells),
    tabs: tabs(row, verdict),
    lines: lines.slice(0, LINES).map((line) => lineRow(line, row.kind)),
    back: after > 0 ? here : null,
    next: lines.length > LINES && last ? `${here}&after=${last.line}` : null,
  };
  return view('staff/import/show', locals, late ? 409 : undefined);
}

importSection.form('/:import/application', importPolicy.open, {
  schema: applyForm,
  show: (ctx) => comparison(ctx),
  async save(ctx, { issue }) {
    const { kind, id } = await getImport(ctx.db, ctx.params.import!, kindsFor(ctx.scope));
    return unlessLate(
      async () => {
        const { added, changed } = await applyImport(atWork(ctx), id, { issue });
        const done = `Импорт применён. Добавлено: ${whole(added)}, изменено: ${whole(changed)}.`;
        return redirect(`${PATH}/${id}`, kind === 'invoices' ? `${done} ${BOOKS_DONE[String(issue)]}` : done);
      },
      (late) => comparison(ctx, { text: late, typed: ctx.typed }),
    );
  },
});
