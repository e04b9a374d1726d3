import type { InvoiceRow, Kopecks } from '../../db/rows.js';
import type { Day } from '../../lib/dates.js';

/** What is shown of an invoice's state: how much is paid is computed from the sums, what is late from the date. */
export type InvoiceState = 'draft' | 'issued' | 'partly' | 'paid' | 'cancelled';

export const INVOICE_STATES: Record<InvoiceState, string> = {
  draft: 'Черновик',
  issued: 'Выставлен',
  partly: 'Частично оплачен',
  paid: 'Оплачен',
  cancelled: 'Отменён',
};

/** The sums and dates that an invoice's state is computed from. */
export type Owed = Pick<InvoiceRow, 'state' | 'total' | 'allocated' | 'due_on'>;

export function shownState({ state, total, allocated }: Owed): InvoiceState {
  if (state !== 'issued') return state;
  if (allocated >= total) return 'paid';
  return allocated > 0 ? 'partly' : 'issued';
}

/** What is left to pay; nothing of what is not issued. */
export const leftOf = ({ state, total, allocated }: Owed): Kopecks =>
  state === 'issued' ? total - allocated : 0;

/** «Просрочен»: its day is over and something is left. */
export const isOverdue = (invoice: Owed, today: Day): boolean =>
  leftOf(invoice) > 0 && invoice.due_on < today;
