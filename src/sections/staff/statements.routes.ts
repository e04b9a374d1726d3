import { readFile } from 'node:fs/promises';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { readStatement } from '../../domain/payments/statement.js';
import { applyMatched } from '../../domain/payments/postings.actions.js';
import { expectOwn, loadStatement } from '../../domain/payments/statements.actions.js';
import {
  countLines,
  getStatement,
  listStatementLines,
  listStatements,
  type ListedLine,
  type ListedStatement,
} from '../../domain/payments/statements.data.js';
import { position } from '../../db/paging.js';
import { day, dayOf } from '../../lib/dates.js';
import { Invalid } from '../../lib/errors.js';
import { counted, whole } from '../../lib/text.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { buttonOnly } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { statementForm, STATEMENT_FILE } from './statements.forms.js';
import { BOOKS } from './invoices.view.js';

export const PATH = '/staff/statements';
const LINES = 50;

/** What came by the bank: a statement is loaded, what is certain is written down, the rest is decided by hand. */
export const statementsSection = section({
  path: PATH,
  area: 'staff',
  load: staff,
  nav: { label: 'Выписки', menu: 'staff', order: 13 },
});

const { keep } = invoicePolicy;
/** The way back to the list. */
export const crumbs = [{ label: 'Выписки', href: PATH }];

statementsSection.form('/', keep, {
  schema: statementForm,
  upload: STATEMENT_FILE,
  async show({ db, form, query }) {
    const page = await listStatements(db, position(query));
    const link = pageLink(PATH, []);
    return view('staff/statements/index', {
      title: 'Выписки банка',
      form,
      rows: page.rows.map(statementRow),
      back: link(page.previous),
      next: link(page.next),
    });
  },
  async save(ctx, { own }) {
    const [file] = ctx.files;
    if (!file) throw new Invalid({ file: 'Выберите файл' });
    const statement = readStatement(await readFile(file.path), dayOf(ctx.now));
    if (!own) expectOwn(statement, ctx.parts.company.current());
    const { id, added } = await loadStatement(atWork(ctx), file.name, statement);
    const known = statement.lines.length - added;
    const told = known > 0 ? ` Уже были загружены раньше: ${whole(known)}.` : '';
    if (id === null) return redirect(PATH, `Новых поступлений в файле нет.${told}`);
    return redirect(`${PATH}/${id}`, `Новых поступлений: ${whole(added)}.${told}`);
  },
});

const statementRow = (row: ListedStatement) => ({
  href: `${PATH}/${row.id}`,
  name: row.file_name,
  days: daysOf(row),
  at: row.loaded_at,
  lines: counted(row.lines, 'платёж', 'платежа', 'платежей'),
  tag:
    row.open > 0
      ? { state: 'soon', label: `Осталось решить: ${row.open}` }
      : { state: 'ok', label: 'Всё проведено' },
});

function daysOf({ from_day, to_day }: Pick<ListedStatement, 'from_day' | 'to_day'>): string {
  if (!from_day || !to_day) return '—';
  return from_day === to_day ? day(from_day) : `${day(from_day)} – ${day(to_day)}`;
}

const STATES = {
  matched: { state: 'sent', label: 'Совпал' },
  waiting: { state: 'soon', label: 'Нужно решение' },
  done: { state: 'ok', label: 'Проведён' },
  ignored: { state: 'old', label: 'Не наш' },
};

/** What can be done to a payment. */
const DEEDS: Record<ListedLine['state'], string | null> = {
  matched: 'Решить',
  waiting: 'Решить',
  done: 'Отменить проведение',
  ignored: null,
};

const lineRow = (line: ListedLine) => ({
  ...line,
  tag: STATES[line.state],
  deed: DEEDS[line.state],
  href: `${PATH}/${line.statement_id}/lines/${line.id}${line.state === 'done' ? '/reversal' : ''}`,
  invoice: line.invoice_id && { number: line.invoice_number, href: `${BOOKS}/${line.invoice_id}` },
});

statementsSection.page('/:statement', keep, (ctx) => page(ctx));

/** The lines of a statement; `late` tells who came too late what has happened. */
export async function page({ db, params, query }: Ctx<Account>, late: string | null = null): Promise<Answer> {
  const statement = await getStatement(db, params.statement!);
  const after = Number(/^\d{1,9}$/.exec(query.get('after') ?? '')?.[0] ?? 0);
  const waiting = query.get('show') === 'waiting';
  const [counts, lines] = await Promise.all([
    countLines(db, statement.id),
    listStatementLines(db, statement.id, { after, waiting }, LINES + 1),
  ]);
  const base = `${PATH}/${statement.id}`;
  const here = waiting ? `${base}?show=waiting` : base;
  const last = lines[LINES - 1];
  const locals = {
    title: `Выписка ${daysOf(statement)}`,
    wide: true,
    crumbs,
    late,
    statement,
    counts,
    base,
    waiting,
    matched: counted(counts.matched, 'платёж', 'платежа', 'платежей'),
    lines: lines.slice(0, LINES).map(lineRow),
    back: after > 0 ? here : null,
    next: lines.length > LINES && last ? `${here}${waiting ? '&' : '?'}after=${last.position}` : null,
  };
  return view('staff/statements/show', locals, late ? 409 : undefined);
}

statementsSection.form('/:statement/application', keep, {
  schema: buttonOnly,
  show: (ctx) => page(ctx),
  save: (ctx) =>
    unlessLate(
      async () => {
        const { id } = await getStatement(ctx.db, ctx.params.statement!);
        const done = await applyMatched(atWork(ctx), id);
        return redirect(`${PATH}/${id}`, `Проведено: ${counted(done, 'платёж', 'платежа', 'платежей')}.`);
      },
      (late) => page(ctx, late),
    ),
});
