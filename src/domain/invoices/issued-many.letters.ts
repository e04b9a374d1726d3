import type { Transaction } from '../../db/knex.js';
import { inParts } from '../../db/parts.js';
import { day, dayOf } from '../../lib/dates.js';
import { grouped } from '../../lib/groups.js';
import { counted, money, whole } from '../../lib/text.js';
import { byChoice, greet, type Letters } from '../outbox/letter.js';
import { post } from '../outbox/outbox.data.js';
import { leftOf } from './invoice.js';
import type { Invoice } from './invoices.data.js';
import { peopleOf, tellPayers } from './invoices.letters.js';

type Told = Omit<Invoice, 'lines'>;

/** So many stand in a letter: the rest is said in a number, all are in the cabinet. */
const LISTED = 20;

interface Facts {
  name: string;
  patronymic: string | null;
  organisation: string | null;
  organisation_name: string | null;
  count: number;
  total: number;
  left: number;
  invoices: { number: string; dated_on: string; due_on: string; total: number; left: number }[];
}

export const issuedManyLetters: Letters = {
  'invoices.issued': ({ publicUrl, now }, data) => {
    const facts = data as unknown as Facts;
    const { count, total, left, organisation, organisation_name: name } = facts;
    const more = count - facts.invoices.length;
    return Promise.resolve({
      subject: `Новые счета (${whole(count)}) на ${money(total)}`,
      greeting: greet(facts),
      paragraphs: [
        `Выставлены счета${name ? ` (${name})` : ''}: ${whole(count)} на сумму ${money(total)}.${left < total ? ` Часть суммы зачтена из аванса, осталось оплатить ${money(left)}.` : ''}`,
        ...facts.invoices.map((one) => line(one, dayOf(now))),
        ...(more > 0 ? [`И ещё ${counted(more, 'счёт', 'счета', 'счетов')}.`] : []),
      ],
      link: {
        label: 'Открыть счета',
        href: `${publicUrl}${organisation ? `/profiles/${organisation}` : '/desktop'}/invoices`,
      },
      ...byChoice(publicUrl),
    });
  },
};

function line({ number, dated_on, due_on, total, left }: Facts['invoices'][number], today: string): string {
  const sum = `№ ${number} от ${day(dated_on)} на ${money(total)}`;
  if (left === 0) return `${sum}: оплачен из аванса.`;
  const rest = left < total ? `осталось ${money(left)}, ` : '';
  return `${sum}: ${rest}${due_on < today ? `срок оплаты был ${day(due_on)}` : `оплатить до ${day(due_on)}`}.`;
}

/**
 * Tells payers of what has been issued to them at once: of one invoice as always, of several in one letter that lists
 * them, what is due first before the rest.
 */
export async function tellIssued(trx: Transaction, now: Date, issued: Told[]): Promise<void> {
  const groups = [...grouped(issued, ({ payer_id }) => payer_id).values()];
  await tellPayers(trx, now, 'invoice.issued', groups.filter(({ length }) => length === 1).flat());
  for (const group of groups.filter(({ length }) => length > 1)) {
    const facts = factsOf(group);
    const people = await peopleOf(trx, group[0]!);
    const messages = people.map(({ email, ...person }) => ({
      letter: 'invoices.issued',
      recipient: email,
      data: { ...facts, ...person },
    }));
    await inParts(messages, (part) => post(trx, now, part));
  }
}

function factsOf(group: Told[]): Omit<Facts, 'name' | 'patronymic'> {
  const sum = (of: (invoice: Told) => number) => group.reduce((all, one) => all + of(one), 0);
  // What an advance has paid asks for nothing.
  const open = (one: Told) => (leftOf(one) > 0 ? 0 : 1);
  const first = [...group].sort(
    (a, b) => open(a) - open(b) || (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0),
  );
  return {
    organisation: group[0]!.organisation_id,
    organisation_name: group[0]!.organisation,
    count: group.length,
    total: sum(({ total }) => total),
    left: sum(leftOf),
    invoices: first.slice(0, LISTED).map((one) => ({
      number: one.number,
      dated_on: one.dated_on,
      due_on: one.due_on,
      total: one.total,
      left: leftOf(one),
    })),
  };
}
