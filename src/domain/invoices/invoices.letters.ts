import type { Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import { day, dayOf } from '../../lib/dates.js';
import { money } from '../../lib/text.js';
import { byChoice, greet, type Composer, type Letter, type Letters } from '../outbox/letter.js';
import { post } from '../outbox/outbox.data.js';
import { membersWith } from '../memberships/memberships.data.js';
import { personsOfInn } from '../people/accounts.data.js';
import { leftOf } from './invoice.js';
import type { Invoice } from './invoices.data.js';
import { ACCOUNTING } from './invoices.policy.js';

interface Facts {
  name: string;
  patronymic: string | null;
  invoice: string;
  number: string;
  dated_on: string;
  due_on: string;
  organisation: string | null;
  organisation_name: string | null;
  total: number;
  left: number;
  amount: number;
  /** What of the amount the invoice did not need. */
  advance?: number;
  reason: string | null;
  /** Its last day was over when this happened. */
  late?: boolean;
}

/** Where a payer sees an invoice. */
export const invoicePath = ({ organisation, invoice }: Pick<Facts, 'organisation' | 'invoice'>) =>
  organisation ? `/profiles/${organisation}/invoices/${invoice}` : `/desktop/invoices/${invoice}`;

const about =
  (words: (facts: Facts) => Pick<Letter, 'subject' | 'paragraphs'>): Composer =>
  ({ publicUrl }, data) => {
    const facts = data as unknown as Facts;
    return Promise.resolve({
      ...words(facts),
      greeting: greet(facts),
      link: { label: 'Открыть счёт', href: publicUrl + invoicePath(facts) },
      ...byChoice(publicUrl),
    });
  };

const named = ({ number, dated_on, organisation_name }: Facts) =>
  `Счёт № ${number} от ${day(dated_on)}${organisation_name ? ` (${organisation_name})` : ''}`;

/** What is covered asks for nothing, and nobody is asked to pay by a day that is over. */
function whenToPay({ left, late, due_on }: Facts): string {
  if (left === 0) return 'Он полностью оплачен из аванса, платить ничего не нужно.';
  if (late) return `Срок оплаты, ${day(due_on)}, уже прошёл: оплатите его как можно скорее.`;
  return `Оплатите его до ${day(due_on)} включительно.`;
}

function afterPaying({ left, reason, advance, amount }: Facts): string {
  if (left > 0) return `Осталось оплатить ${money(left)}.`;
  if (reason) return 'Счёт тем временем отменён.';
  return advance === amount ? 'Счёт уже был оплачен.' : 'Счёт оплачен полностью.';
}

const aheadWords = (advance: number) => `${money(advance)} остались авансом: ими оплатятся следующие счета.`;

export const invoiceLetters: Letters = {
  'invoice.issued': about((facts) => ({
    subject: `Новый счёт № ${facts.number} на ${money(facts.total)}`,
    paragraphs: [
      `${named(facts)} на сумму ${money(facts.total)} выставлен. ${whenToPay(facts)}`,
      ...(facts.left > 0 && facts.left < facts.total
        ? [`Часть суммы зачтена из аванса, осталось оплатить ${money(facts.left)}.`]
        : []),
    ],
  })),
  'invoice.soon': about((facts) => ({
    subject: `Скоро срок оплаты: счёт № ${facts.number}`,
    paragraphs: [
      `${named(facts)}: осталось оплатить ${money(facts.left)} до ${day(facts.due_on)} включительно.`,
    ],
  })),
  'invoice.overdue': about((facts) => ({
    subject: `Просрочен счёт № ${facts.number}`,
    paragraphs: [
      `${named(facts)}: срок оплаты был ${day(facts.due_on)}, осталось оплатить ${money(facts.left)}.`,
      'Если вы уже заплатили, ничего делать не нужно: деньги скоро поступят.',
    ],
  })),
  'invoice.cancelled': about((facts) => ({
    subject: `Отменён счёт № ${facts.number}`,
    paragraphs: [
      `${named(facts)} отменён, платить по нему не нужно.`,
      ...(facts.reason ? [`Причина: ${facts.reason}`] : []),
      ...(facts.advance ? [aheadWords(facts.advance)] : []),
    ],
  })),
  'invoice.paid': about((facts) => ({
    subject: `Получена оплата: счёт № ${facts.number}`,
    paragraphs: [
      `${named(facts)}: получено ${money(facts.amount)}. ${afterPaying(facts)}`,
      ...(facts.advance ? [aheadWords(facts.advance)] : []),
    ],
  })),
  'invoice.from-advance': about((facts) => ({
    subject: `Зачтён аванс: счёт № ${facts.number}`,
    paragraphs: [
      `${named(facts)}: из аванса зачтено ${money(facts.amount)}. ${facts.left > 0 ? `Осталось оплатить ${money(facts.left)}.` : 'Счёт оплачен полностью.'}`,
    ],
  })),
  'invoice.refunded': about((facts) => ({
    subject: `Возврат по счёту № ${facts.number}`,
    paragraphs: [`${named(facts)}: вам возвращено ${money(facts.amount)}.`],
  })),
};

export type InvoiceLetter =
  `invoice.${'issued' | 'soon' | 'overdue' | 'cancelled' | 'paid' | 'from-advance' | 'refunded'}`;

type Told = Omit<Invoice, 'lines'>;

/** To everybody who keeps the organisation's money, or to the private person, if they want such letters. */
export async function tellPayer(
  trx: Transaction,
  now: Date,
  letter: InvoiceLetter,
  invoice: Told,
  amount = 0,
  advance = 0,
): Promise<void> {
  const facts = factsOf(invoice, now, amount, advance);
  const people = await peopleOf(trx, invoice);
  await post(
    trx,
    now,
    people.map(({ email, ...person }) => ({ letter, recipient: email, data: { ...facts, ...person } })),
  );
}

/** The same of many invoices: a payer's people are asked for once. */
export async function tellPayers(
  trx: Transaction,
  now: Date,
  letter: InvoiceLetter,
  invoices: Told[],
): Promise<void> {
  const people = new Map<string, Awaited<ReturnType<typeof peopleOf>>>();
  for (const invoice of new Map(invoices.map((one) => [one.payer_id, one])).values())
    people.set(invoice.payer_id, await peopleOf(trx, invoice));
  const messages = invoices.flatMap((invoice) => {
    const facts = factsOf(invoice, now);
    return people
      .get(invoice.payer_id)!
      .map(({ email, ...person }) => ({ letter, recipient: email, data: { ...facts, ...person } }));
  });
  await inParts(messages, (part) => post(trx, now, part));
}

export const peopleOf = (trx: Transaction, { organisation_id, inn }: Told) =>
  organisation_id
    ? membersWith(trx, organisation_id, ACCOUNTING, 'invoices')
    : personsOfInn(trx, inn, 'invoices');

function factsOf(invoice: Told, now: Date, amount = 0, advance = 0): Omit<Facts, 'name' | 'patronymic'> {
  return {
    invoice: invoice.id,
    number: invoice.number,
    dated_on: invoice.dated_on,
    due_on: invoice.due_on,
    organisation: invoice.organisation_id,
    organisation_name: invoice.organisation,
    total: invoice.total,
    left: leftOf(invoice),
    reason: invoice.cancel_reason,
    amount,
    advance,
    late: invoice.due_on < dayOf(now),
  };
}
