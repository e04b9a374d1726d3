import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import {
  choicesFor,
  chosenByNumber,
  decideLine,
  reverseLine,
  type Decision,
} from '../../domain/payments/postings.actions.js';
import { getLine, type Candidate } from '../../domain/payments/statements.data.js';
import { day } from '../../lib/dates.js';
import { Conflict } from '../../lib/errors.js';
import { money } from '../../lib/text.js';
import { redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import type { FormCtx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { decisionForm, reversalForm } from './statements.forms.js';
import { crumbs, page, PATH, statementsSection } from './statements.routes.js';

// One payment of a statement: what somebody decides of it, and takes back.

const { keep } = invoicePolicy;
type Line = FormCtx<Account>;
type Payment = Awaited<ReturnType<typeof getLine>>;

const found = ({ db, params }: Line): Promise<Payment> => getLine(db, params.statement!, params.line!);

function linePage(ctx: Line, line: Payment, template: string, title: string, more = {}): Answer {
  const statement = `${PATH}/${line.statement_id}`;
  return view(`staff/statements/${template}`, {
    title,
    crumbs: [...crumbs, { label: 'Выписка', href: statement }],
    line,
    action: `${statement}/lines/${line.id}`,
    back: statement,
    form: ctx.form,
    ...more,
  });
}

/** An invoice to choose: what is left of it, and whose it is where that is not who paid. */
const choice = (invoice: Candidate, { payer_inn }: Payment) => ({
  value: invoice.id,
  label: `№ ${invoice.number} от ${day(invoice.dated_on)} — ${invoice.left > 0 ? `осталось ${money(invoice.left)}` : 'оплачен'}`,
  hint: `${invoice.payer}, ИНН ${invoice.inn}${invoice.inn === payer_inn ? '' : ' — не тот, кто платил'}`,
});

statementsSection.form('/:statement/lines/:line', keep, {
  schema: decisionForm,
  async show(ctx) {
    const line = await found(ctx);
    if (line.state === 'done' || line.state === 'ignored')
      throw new Conflict('Решение по этому платежу уже принято.');
    const typed = String(ctx.form.values.number ?? '').trim() || null;
    const choices = await choicesFor(ctx.db, line, typed);
    return linePage(ctx, line, 'line', 'Решение по платежу', {
      form: ctx.fill({ invoice: line.invoice_id ?? '' }),
      choices: choices.map((one) => choice(one, line)),
    });
  },
  save: (ctx, typed) =>
    unlessLate(
      async () => {
        const line = await found(ctx);
        await decideLine(atWork(ctx), line.id, await decisionOf(ctx, line, typed));
        return redirect(`${PATH}/${line.statement_id}?show=waiting`, 'Решение записано.');
      },
      (late) => page(ctx, late),
    ),
});

/** A typed number counts before the proposal that is ticked beside it, unless that is an invoice of this very number. */
async function decisionOf(
  { db }: Line,
  line: Payment,
  { decision, invoice, number, why }: ReturnType<typeof decisionForm.parse>,
): Promise<Decision> {
  if (decision === 'advance') return { advance: true };
  if (decision === 'ignore') return { ignore: why! };
  if (!number) return { invoice: invoice! };
  const ticked = (await choicesFor(db, line, number)).find(({ id }) => id === invoice);
  return { invoice: ticked?.number === number ? ticked.id : await chosenByNumber(db, line, number) };
}

statementsSection.form('/:statement/lines/:line/reversal', keep, {
  schema: reversalForm,
  async show(ctx) {
    const line = await found(ctx);
    if (line.state !== 'done') throw new Conflict('Этот платёж не проведён.');
    return linePage(ctx, line, 'reversal', 'Отменить проведение?');
  },
  save: (ctx, { reason }) =>
    unlessLate(
      async () => {
        const line = await found(ctx);
        await reverseLine(atWork(ctx), line.id, reason);
        return redirect(
          `${PATH}/${line.statement_id}?show=waiting`,
          'Проведение отменено, платёж снова ждёт решения.',
        );
      },
      (late) => page(ctx, late),
    ),
});
