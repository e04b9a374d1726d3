import { day, type Day } from '../../lib/dates.js';
import { grouped } from '../../lib/groups.js';
import { money, quantity } from '../../lib/text.js';
import type { BooksInvoice, BooksPayer } from '../invoices/imported.data.js';
import { VAT, type LineInput } from '../invoices/lines.js';
import type { InvoiceFields } from '../invoices/invoices.actions.js';
import type { Payer } from '../payments/payers.data.js';
import { DUE_DAYS, readInvoice, type ReadInvoice } from './invoice-reading.js';
import { LAYOUTS, type Line } from './layouts.js';
import { compared, refused, repetitions, SAME_CODE, type Planned } from './plan.js';

/** What an import writes of an invoice, and the same as it is told. */
export interface InvoiceValues extends InvoiceFields {
  said: Record<string, string>;
  /** Of what is there: which writing of it. */
  revision: number;
}

/** What the invoices of a file may be about. */
export interface Books {
  /** Organisations of their ИНН, with their contracts. */
  payers: BooksPayer[];
  /** Invoices of the same codes, or of the same numbers. */
  present: BooksInvoice[];
}

/** Says of each invoice what it would do, by its code in the books. */
export function planInvoices(
  lines: Line[],
  { payers, present }: Books,
  today: Day,
): Planned<InvoiceValues>[] {
  const live = present.filter(({ state }) => state !== 'cancelled');
  const byCode = new Map(live.map((row) => [row.external_id, row]));
  const cancelled = new Map(
    present.filter(({ state }) => state === 'cancelled').map((row) => [row.external_id, row]),
  );
  const place = ({ number, dated_on }: { number: string; dated_on: string }) => `${dated_on}/${number}`;
  const byNumber = new Map(live.map((row) => [place(row), row]));
  const byInn = grouped(payers, ({ inn }) => inn);
  const [sameCode, sameNumber] = [repetitions(SAME_CODE), repetitions('Счёт с таким номером и датой')];
  return lines.map((line) => {
    const read = readInvoice(line);
    if ('problem' in read) return refused(line, read.problem);
    const twin = sameCode(read.external_id, line.line) ?? sameNumber(place(read), line.line);
    if (twin !== null) return refused(line, twin);
    const payer = payerOf(read, byInn.get(read.inn) ?? []);
    if ('problem' in payer) return refused(line, payer.problem);
    const known = byCode.get(read.external_id) ?? null;
    const taken = byNumber.get(place(read));
    if (taken && taken.id !== known?.id) return refused(line, 'Счёт с таким номером и датой уже есть');
    const before = known ?? cancelled.get(read.external_id) ?? null;
    const values = valuesOf(read, payer, before);
    const plan = { ...told(line, values, before), reason: dueNotice(read, before) };
    if (before?.state === 'cancelled') return pastDue(afterCancelled(line, plan), today);
    if (known?.state === 'issued' && plan.verdict === 'changed') return refused(line, late(plan.changes));
    return pastDue(plan, today);
  });
}

interface FoundPayer {
  payer: Payer;
  words: string;
  contract: { id: string; number: string } | null;
}

/** Whom the ИНН and the КПП name; of several the one that has the contract. */
function payerOf(
  { inn, kpp, contract: number }: ReadInvoice,
  known: BooksPayer[],
): FoundPayer | { problem: string } {
  const own = known.filter((one) => kpp === null || one.kpp === kpp);
  const contractOf = (one: BooksPayer) => one.contracts.find((contract) => contract.number === number);
  const fitting = own.length > 1 && number ? own.filter(contractOf) : own;
  const [only, another] = fitting.length > 0 ? fitting : own;
  if (another) return { problem: 'Организаций с этим ИНН несколько: укажите КПП' };
  const words = `ИНН ${inn}${kpp ? `, КПП ${kpp}` : ''}`;
  // A private person: he sees it once the company has confirmed that this ИНН is his.
  if (!only && inn.length === 10) return { problem: `Организации с ${words} среди арендаторов нет` };
  const contract = only && number ? contractOf(only) : null;
  if (number && !contract) return { problem: `У плательщика нет договора № ${number}` };
  return {
    payer: only ? { organisation: only.id } : { inn },
    words: payerWords(only?.name ?? null, inn, only?.kpp ?? null),
    contract: contract ?? null,
  };
}

const payerWords = (name: string | null, inn: string, kpp: string | null) =>
  `${name ?? 'Частное лицо'}, ИНН ${inn}${kpp ? `, КПП ${kpp}` : ''}`;

/** What is to be written; of what the file does not speak, that stays which is there. */
function valuesOf(read: ReadInvoice, found: FoundPayer, before: BooksInvoice | null): InvoiceValues {
  const { external_id, number, dated_on, lines, total } = read;
  const contract =
    read.contract === undefined && before?.contract_id
      ? { id: before.contract_id, number: before.contract ?? '' }
      : found.contract;
  const period = read.period === undefined ? (before?.period ?? null) : read.period;
  const due_on = read.due_on ?? before?.due_on ?? read.default_due;
  const said = {
    payer: found.words,
    ...terms({ number, dated_on, period, due_on, contract: contract?.number ?? null, total }),
    ...linesSaid(lines),
  };
  const fields = { external_id, contract_id: contract?.id ?? null, number, dated_on, period, due_on };
  return { ...fields, purpose: before?.purpose ?? null, payer: found.payer, lines, said, revision: 0 };
}

type Terms = Pick<BooksInvoice, 'number' | 'dated_on' | 'period' | 'due_on' | 'contract' | 'total'>;

const terms = ({ number, dated_on, period, due_on, contract, total }: Terms) => ({
  number,
  dated_on: day(dated_on),
  contract: contract ?? '',
  period: period ? `${period.slice(5)}.${period.slice(0, 4)}` : '',
  due_on: day(due_on),
  total: money(total),
});

/** `Аренда: 184,6 м² × 1 500,00 ₽ = 276 900,00 ₽, 22 %` */
export const lineSaid = (line: Required<LineInput>) =>
  `${line.name}: ${quantity(line.quantity)}${line.unit ? ` ${line.unit}` : ''} × ${money(line.price)} = ${money(line.total)}, ${VAT[line.vat_code]?.label ?? ''}`;

const linesSaid = (lines: Required<LineInput>[]) =>
  Object.fromEntries(lines.map((line, at) => [`line_${at + 1}`, lineSaid(line)]));

/** Compares by what is told: to whoever decides, what reads the same is the same. */
function told(line: Line, values: InvoiceValues, before: BooksInvoice | null): Planned<InvoiceValues> {
  if (!before) return compared<InvoiceValues>(line, values, null);
  const present = {
    payer: payerWords(before.organisation, before.inn, before.kpp),
    ...terms(before),
    ...linesSaid(before.lines),
  };
  const none = Object.fromEntries(Object.keys(present).map((name) => [name, '']));
  const shown = compared(line, { ...none, ...values.said }, { ...present, id: before.id });
  const { external_id, contract_id, number, dated_on, period, due_on, purpose, revision } = before;
  const payer = before.organisation_id ? { organisation: before.organisation_id } : { inn: before.inn };
  const fields = { external_id, contract_id, number, dated_on, period, due_on, purpose };
  return { ...shown, values, present: { ...fields, payer, lines: before.lines, said: present, revision } };
}

/** The file's own due day, the draft's, or the usual one, of which is told. */
const dueNotice = (read: ReadInvoice, before: BooksInvoice | null) =>
  read.due_on || before
    ? null
    : `Срок оплаты не указан: ${DUE_DAYS} дней от даты счёта, до ${day(read.default_due)}`;

/** Of what would be written: the day that it is to be paid until is over already. It is taken all the same. */
function pastDue(plan: Planned<InvoiceValues>, today: Day): Planned<InvoiceValues> {
  if (plan.verdict === 'unchanged' || plan.values!.due_on >= today) return plan;
  return { ...plan, reason: [plan.reason, PAST_DUE].filter(Boolean).join('. ') };
}

export const PAST_DUE = 'Срок оплаты уже прошёл';
export const isPastDue = ({ reason }: { reason: string | null }) => reason?.endsWith(PAST_DUE) ?? false;

/** The same again stays cancelled; another takes its place. */
function afterCancelled(line: Line, plan: Planned<InvoiceValues>): Planned<InvoiceValues> {
  if (plan.verdict === 'unchanged') return { ...plan, reason: 'Счёт отменён и снова не выставляется' };
  return { ...compared<InvoiceValues>(line, plan.values!, null), reason: 'Взамен отменённого счёта' };
}

function late(changes: Planned<object>['changes']): string {
  const what = Object.keys(changes).map((name) => factWords(name).toLowerCase());
  return `Счёт уже выставлен, отмените его и загрузите файл ещё раз. Отличается: ${what.join(', ')}`;
}

/** What a fact of an invoice is called. */
export function factWords(name: string): string {
  const [, number] = /^line_(\d+)$/.exec(name) ?? [];
  if (number) return `Строка счёта ${number}`;
  const others: Record<string, string> = { payer: 'Плательщик', total: 'Сумма счёта' };
  return others[name] ?? LAYOUTS.invoices.find((column) => column.name === name)?.head ?? name;
}
