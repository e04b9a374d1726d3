import { listBooks, walkBooks } from '../../domain/invoices/books.data.js';
import { draftPayer, organisationsOf } from '../../domain/invoices/draft-payer.js';
import { presentState, saveDraft, type InvoiceFields } from '../../domain/invoices/invoices.actions.js';
import { getAnyInvoice } from '../../domain/invoices/invoices.data.js';
import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { textPosition } from '../../db/paging.js';
import type { Database } from '../../db/knex.js';
import { addDays, day, dayOf } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import type { Cell } from '../../lib/spreadsheet.js';
import type { z } from 'zod';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import { emptyForm, type FormState } from '../../web/form.js';
import type { Account } from '../../web/visit.js';
import { savedTable, saveLinks } from '../saved-table.js';
import { section, staff, type FormCtx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { invoiceForm } from './invoices.forms.js';
import {
  BOOKS,
  BOOKS_HEADS,
  booksCells,
  booksFilter,
  booksLine,
  branchOption,
  draftFields,
  places,
  SHOW_OPTIONS,
  VAT_OPTIONS,
} from './invoices.view.js';

/** The accountant's invoices. */
export const booksSection = section({
  path: BOOKS,
  area: 'staff',
  load: staff,
  nav: { label: 'Счета', menu: 'staff', order: 12 },
});

const { keep } = invoicePolicy;
/** The way back to the list. */
export const crumbs = [{ label: 'Счета', href: BOOKS }];

booksSection.page('/', keep, async ({ db, query, now }) => {
  const today = dayOf(now);
  const filter = booksFilter(query);
  const page = await listBooks(db, filter, textPosition(query), today);
  const kept = Object.entries(filter).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const link = pageLink(BOOKS, kept);
  return view('staff/invoices/index', {
    title: 'Счета',
    wide: true,
    form: { values: Object.fromEntries(kept), errors: {} },
    filtered: kept.length > 0,
    shown: SHOW_OPTIONS,
    rows: page.rows.map((row) => booksLine(row, today)),
    exports: saveLinks(`${BOOKS}/export`, kept),
    back: link(page.previous),
    next: link(page.next),
  });
});

booksSection.file('/export', keep, async ({ db, query, now }) => {
  const today = dayOf(now);
  const rows: Cell[][] = [];
  for await (const part of walkBooks(db, booksFilter(query), today))
    rows.push(...part.map((row) => booksCells(row, today)));
  return savedTable({ heads: BOOKS_HEADS, rows }, `Счета ${day(today)}`, query.get('format'));
});

/** The form of a draft, new or not. */
async function draftForm(
  ctx: FormCtx<Account>,
  title: string,
  form: FormState,
  late: string | null = null,
): Promise<Answer> {
  const inn = String(form.values.inn ?? '').replace(/\s/g, '');
  const branches = inn ? await organisationsOf(ctx.db, inn) : [];
  const locals = {
    title,
    crumbs,
    late,
    wide: true,
    form,
    branches: branches.length > 1 ? branches.map(branchOption) : [],
    places: places(form.values),
    rates: VAT_OPTIONS,
    path: ctx.path,
    list: BOOKS,
  };
  return view('staff/invoices/edit', locals, late ? 409 : undefined);
}

booksSection.form('/new', keep, {
  schema: invoiceForm,
  show: (ctx) => {
    const today = dayOf(ctx.now);
    const first = { dated_on: day(today), due_on: day(addDays(today, 10)) };
    return draftForm(ctx, 'Новый счёт', ctx.fill(first));
  },
  async save(ctx, input) {
    const id = await saveDraft(atWork(ctx), null, await fieldsOf(ctx.db, input));
    return redirect(`${BOOKS}/${id}`, 'Черновик сохранён. Проверьте его и выставьте.');
  },
});

booksSection.form('/:invoice/edit', keep, {
  schema: invoiceForm,
  async show(ctx) {
    const invoice = await getAnyInvoice(ctx.db, ctx.params.invoice!);
    if (invoice.state !== 'draft') throw new Conflict(presentState(invoice));
    return draftForm(ctx, `Черновик счёта № ${invoice.number}`, ctx.fill(draftFields(invoice)));
  },
  async save(ctx, { revision, ...input }) {
    const id = ctx.params.invoice!;
    const fields = await fieldsOf(ctx.db, input);
    return unlessLate(
      async () => {
        await saveDraft(atWork(ctx), { id, revision: revision ?? 0 }, fields);
        return redirect(`${BOOKS}/${id}`, 'Черновик сохранён.');
      },
      async (late) => {
        const { revision: present } = await getAnyInvoice(ctx.db, id);
        const values = { ...ctx.typed, revision: String(present) };
        return draftForm(ctx, 'Черновик счёта', { ...emptyForm, values }, late);
      },
    );
  },
});

type Input = Omit<z.infer<typeof invoiceForm>, 'revision'>;

/** @throws Invalid at the field that names nobody, or not enough */
async function fieldsOf(
  db: Database,
  { inn, organisation, contract, ...input }: Input,
): Promise<InvoiceFields> {
  const whose = await draftPayer(db, { inn, organisation, contract });
  return { ...input, external_id: null, ...whose };
}
