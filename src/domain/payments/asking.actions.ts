import type { Kopecks } from '../../db/rows.js';
import { clockwork } from '../audit/audit.data.js';
import { Conflict, NotFound, Unavailable } from '../../lib/errors.js';
import { isUuid } from '../../lib/uuid.js';
import { Refused, Unclear, type Charge } from './acquirer.js';
import { ask } from './payments.actions.js';
import { findAttempt, findRefund, takeDueAttempts, takeDueRefunds } from './payments.data.js';
import { askRefund, settleRefund } from './refunds.actions.js';
import { settle } from './settling.actions.js';
import type { Asking, Till } from './till.js';

/** So many are taken at once. */
const BATCH = 10;

/**
 * Asks the acquirer about every payment and refund that is open for a while: its notice may have got lost, and so may a
 * process of ours between the charge and its row. Any number of processes ask about each once. Answers how many.
 */
export async function askAgain(till: Till, now: () => Date): Promise<number> {
  const name = till.acquirer.name;
  const asking = () => ({ actor: clockwork('payments'), now: now() });
  const payments = await round(till, {
    take: () => takeDueAttempts(till.db, name, now(), BATCH),
    each: (payment) => ask(till, asking(), payment),
  });
  const refunds = await round(till, {
    take: () => takeDueRefunds(till.db, name, now(), BATCH),
    each: (refund) => askRefund(till, asking(), refund),
  });
  return payments + refunds;
}

async function round<Row extends { id: string }>(
  till: Till,
  work: { take: () => Promise<Row[]>; each: (row: Row) => Promise<unknown> },
): Promise<number> {
  for (let asked = 0; ;) {
    const due = await work.take();
    if (due.length === 0) return asked;
    for (const row of due) {
      // One that cannot be written down does not keep the others from being asked about.
      await work.each(row).catch((error: unknown) => {
        till.report({ id: row.id, err: error }, 'an open payment or refund was not settled');
      });
    }
    asked += due.length;
  }
}

/** What a notice is about, and what it says of it: compared with what the acquirer says itself, and never believed. */
export interface Notice {
  about: 'payment' | 'refund';
  /** The acquirer's id. */
  id: string;
  said: {
    /** Null: a state on the way to these, which may be over by now. */
    state: 'succeeded' | 'canceled' | null;
    amount: { value: Kopecks; currency: string } | null;
  };
}

/**
 * Something has happened, somebody says: the acquirer itself is asked what. One that is not ours leaves no trace, nor does
 * one that the acquirer contradicts: the log tells of it. What is told again, or late, is true all the same.
 *
 * @throws NotFound when there is no such thing, or it is not ours; Conflict when it is not as the notice says; Unavailable
 *   when the acquirer does not answer
 */
export async function hear(till: Till, asking: Asking, notice: Notice): Promise<void> {
  if (notice.about === 'refund') return hearOfRefund(till, asking, notice);
  const known = await findAttempt(till.db, { external_id: notice.id });
  // What the acquirer has said of it is written down already, and does not change.
  if (known?.state === 'succeeded') return confirm(till, notice, { ...known, state: 'succeeded' });
  const charge = await answered(till.acquirer.find(notice.id));
  // One that we have not come to write down is found by what we told them of it.
  const payment = known ?? (await named(charge.payment, (ours) => findAttempt(till.db, { id: ours })));
  confirm(till, notice, charge);
  await settle(till, asking, payment, charge);
}

async function hearOfRefund(till: Till, asking: Asking, notice: Notice): Promise<void> {
  const known = await findRefund(till.db, { external_id: notice.id });
  if (known?.state === 'succeeded')
    return confirm(till, notice, { state: 'succeeded', amount: known.amount, currency: 'RUB' });
  const back = await answered(till.acquirer.findRefund(notice.id));
  const refund = known ?? (await named(back.refund, (ours) => findRefund(till.db, { id: ours })));
  confirm(till, notice, back);
  await settleRefund(till, asking, refund, back);
}

/** @throws Conflict when a notice says otherwise than the acquirer: whoever sent it, it was made up */
function confirm(
  till: Till,
  { about, id, said }: Notice,
  truth: Pick<Charge, 'state' | 'amount' | 'currency'>,
): void {
  const { amount, state } = said;
  const wrongSum = amount && (amount.value !== truth.amount || amount.currency !== truth.currency);
  if (!wrongSum && (state === null || state === truth.state)) return;
  const facts = {
    about,
    charge: id,
    said: state,
    told: amount?.value,
    is: truth.state,
    amount: truth.amount,
  };
  till.report(facts, 'a notice contradicts the acquirer');
  throw new Conflict('Платёжный сервис говорит об этом платеже другое.');
}

async function answered<T>(question: Promise<T | null>): Promise<T> {
  try {
    const answer = await question;
    if (answer) return answer;
  } catch (error) {
    if (error instanceof Refused || error instanceof Unclear) throw new Unavailable(error.message);
    throw error;
  }
  throw new NotFound();
}

async function named<T>(id: string | null, find: (id: string) => Promise<T | null>): Promise<T> {
  const row = id !== null && isUuid(id) ? await find(id) : null;
  if (!row) throw new NotFound();
  return row;
}
