import { invoicePolicy } from '../../domain/invoices/invoices.policy.js';
import { returnAdvance } from '../../domain/payments/advances.actions.js';
import { getAdvance, listAdvances } from '../../domain/payments/advances.data.js';
import { textPosition } from '../../db/paging.js';
import { day, dayOf } from '../../lib/dates.js';
import { Conflict, Invalid } from '../../lib/errors.js';
import { money, rubles } from '../../lib/text.js';
import { pageLink, redirect, view, type Answer } from '../../web/answer.js';
import type { Account } from '../../web/visit.js';
import { section, staff, type Ctx } from '../section.js';
import { atWork, unlessLate } from './at-work.js';
import { BOOKS } from './invoices.view.js';
import { returnForm } from './statements.forms.js';

const PATH = '/staff/advances';

/** What payers have paid ahead, and what of it goes back to them. */
export const advancesSection = section({ path: PATH, area: 'staff', load: staff });

const { keep } = invoicePolicy;
const crumbs = [{ label: 'Счета', href: BOOKS }];

advancesSection.page('/', keep, (ctx) => page(ctx));

async function page({ db, query }: Ctx<Account>, late: string | null = null): Promise<Answer> {
  const found = await listAdvances(db, textPosition(query));
  const link = pageLink(PATH, []);
  const locals = {
    title: 'Авансы плательщиков',
    crumbs,
    late,
    rows: found.rows.map((row) => ({
      payer: row.payer,
      inn: row.inn,
      advance: row.advance,
      invoices: `${BOOKS}?${new URLSearchParams({ show: 'unpaid', search: row.inn })}`,
      back: `${PATH}/${row.id}/return`,
    })),
    back: link(found.previous),
    next: link(found.next),
  };
  return view('staff/advances/index', locals, late ? 409 : undefined);
}

advancesSection.form('/:payer/return', keep, {
  schema: returnForm,
  async show({ db, params, fill, now }) {
    const advance = await getAdvance(db, params.payer!);
    if (advance.advance === 0) throw new Conflict('Аванса у плательщика сейчас нет.');
    return view('staff/advances/return', {
      title: 'Вернуть аванс',
      crumbs: [...crumbs, { label: 'Авансы плательщиков', href: PATH }],
      payer: advance.payer,
      advance,
      form: fill({ amount: rubles(advance.advance), paid_on: day(dayOf(now)) }),
      list: PATH,
    });
  },
  save: (ctx, transfer) =>
    unlessLate(
      async () => {
        if (transfer.paid_on > dayOf(ctx.now)) throw new Invalid({ paid_on: 'Этот день ещё не наступил' });
        await returnAdvance(atWork(ctx), ctx.params.payer!, transfer);
        return redirect(PATH, `Возврат записан: ${money(transfer.amount)}.`);
      },
      (late) => page(ctx, late),
    ),
});
