import { position } from '../../db/paging.js';
import { applyImport, previewImport } from '../../domain/imports/imports.actions.js';
import { getImport, listImports, listLines } from '../../domain/imports/imports.data.js';
import { KINDS } from '../../domain/imports/layouts.js';
import { readTable } from '../../domain/imports/table.js';
import { peoplePolicy } from '../../domain/people/people.policy.js';
import { Invalid } from '../../lib/errors.js';
import { whole } from '../../lib/text.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { atWork, unlessLate } from './at-work.js';
import { section, staff, type Ctx } from '../section.js';
import { IMPORT_FILE, importForm } from './import.forms.js';
import {
  importRow,
  KIND_OPTIONS,
  lineRow,
  newBuildings,
  rowsInWords,
  tabs,
  verdictOf,
} from './import.view.js';

const PATH = '/staff/import';
const LINES = 50;

/** Organisations, contracts and premises from a table: looked at first, then applied in one go. */
export const importSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Импорт', menu: 'staff', order: 45, minor: true },
});

const crumbs = [{ label: 'Импорт', href: PATH }];

importSection.form('/', peoplePolicy.administer, {
  schema: importForm,
  upload: IMPORT_FILE,
  async show({ db, form, query }) {
    const imports = await listImports(db, position(query));
    const link = pageLink(PATH, []);
    return view('staff/import/index', {
      title: 'Импорт',
      form,
      kinds: KIND_OPTIONS,
      rows: imports.rows.map(importRow),
      back: link(imports.previous),
      next: link(imports.next),
    });
  },
  async save(ctx, { kind }) {
    const [file] = ctx.files;
    if (!file) throw new Invalid({ file: 'Выберите файл' });
    const cells = await readTable(file.path);
    const id = await previewImport(atWork(ctx), { kind, name: file.name, cells });
    return redirect(`${PATH}/${id}`);
  },
});

importSection.page('/:import', peoplePolicy.administer, (ctx) => comparison(ctx));

/** What the table would do, line by line; `late` tells that the register has changed since it was looked at. */
async function comparison(
  { db, params, query }: Pick<Ctx<Account>, 'db' | 'params' | 'query'>,
  late: string | null = null,
): Promise<Answer> {
  const row = await getImport(db, params.import!);
  const verdict = verdictOf(query, row);
  const after = Number(/^\d{1,9}$/.exec(query.get('after') ?? '')?.[0] ?? 0);
  const lines = await listLines(db, row.id, verdict, after, LINES + 1);
  const last = lines[LINES - 1];
  const here = `${PATH}/${row.id}?verdict=${verdict}`;
  const useful = row.counts.added + row.counts.changed;
  const locals = {
    title: `${KINDS[row.kind]}: ${row.file_name}`,
    crumbs,
    late,
    action: `${PATH}/${row.id}/application`,
    appliedAt: row.applied_at,
    canApply: !row.applied_at && useful > 0,
    useful: rowsInWords(useful),
    refused: row.counts.refused,
    buildings: newBuildings(row),
    invites: lines.some(({ cells }) => 'responsible_email' in cells),
    tabs: tabs(row, verdict),
    lines: lines.slice(0, LINES).map((line) => lineRow(line, row.kind)),
    back: after > 0 ? here : null,
    next: lines.length > LINES && last ? `${here}&after=${last.line}` : null,
  };
  return view('staff/import/show', locals, late ? 409 : undefined);
}

importSection.form('/:import/application', peoplePolicy.administer, {
  schema: buttonOnly,
  show: (ctx) => comparison(ctx),
  save: (ctx) =>
    unlessLate(
      async () => {
        const { added, changed } = await applyImport(atWork(ctx), ctx.params.import!);
        const done = `Импорт применён. Добавлено: ${whole(added)}, изменено: ${whole(changed)}.`;
        return redirect(`${PATH}/${ctx.params.import}`, done);
      },
      (late) => comparison(ctx, late),
    ),
});
