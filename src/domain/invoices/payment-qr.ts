import type { InvoiceRow, Kopecks } from '../../db/rows.js';
import { day } from '../../lib/dates.js';
import type { Company } from '../organisations/company.js';
import { leftOf } from './invoice.js';
import type { Invoice } from './invoices.data.js';
import { shareOf, vatOf } from './lines.js';

/** What one pays with a code: so much of an invoice, of which so much is tax (null: without VAT). */
export interface Payable extends Pick<InvoiceRow, 'number' | 'dated_on'> {
  left: Kopecks;
  vat: Kopecks | null;
}

/** Who is paid, as the code says it. */
export type Payee = Pick<Company, 'legalName' | 'inn' | 'kpp' | 'account' | 'bank' | 'bik' | 'correspondent'>;

/** The code's bytes, as the standard wants them in the symbol; or which of the payee's requisites are missing. */
export type PaymentCode =
  | { ok: true; bytes: Uint8Array; encoding: 'utf-8' | 'windows-1251'; purpose: string }
  | { ok: false; missing: string[] };

type Field = [key: string, value: string];

/** The required block, without what stands before it: at most so many bytes (ГОСТ Р 56042-2014, 5.2). */
const REQUIRED_BYTES = 300;
const NAME = 160;
const BANK_NAME = 45;
const PURPOSE = 210;

/** Every sign is one byte in either encoding and none is in a key; the first that no value holds separates. */
const SEPARATORS = [...'|~^#$&*@;%!_?+/'];

/** What of an invoice is left to pay; in a part of its sum is the same part of its tax. */
export function payableOf(invoice: Invoice): Payable {
  const left = leftOf(invoice);
  const vat = vatOf(invoice.lines);
  const { number, dated_on, total } = invoice;
  return { number, dated_on, left, vat: vat && shareOf(vat, left, total) };
}

/**
 * The payment code by ГОСТ Р 56042-2014. UTF-8 (`ST00012`) where the required block fits into its 300 bytes; else
 * windows-1251 (`ST00011`), in which the longest values that the standard allows make 299. Where one of the letters is not
 * in windows-1251, the name is cut: a bank finds the payee by account, БИК and ИНН, which are never cut.
 *
 * @param payable `left` in whole kopecks, more than nothing
 * @throws RangeError when there is nothing to pay
 */
export function paymentCode(company: Payee, payable: Payable): PaymentCode {
  if (!Number.isSafeInteger(payable.left) || payable.left <= 0)
    throw new RangeError('There is nothing to pay');
  const missing = missingOf(company);
  if (missing.length > 0) return { ok: false, missing };
  const purpose = purposeOf(payable);
  const required = (name: string): Field[] => [
    ['Name', name],
    ['PersonalAcc', company.account!],
    ['BankName', shortened(clean(company.bank!), BANK_NAME)],
    ['BIC', company.bik!],
    ['CorrespAcc', company.correspondent!],
  ];
  // КПП is left out where there is none: a sole trader has no such number, and the standard does not ask for it.
  const further: Field[] = [
    ['Sum', String(payable.left)],
    ['Purpose', purpose],
    ['PayeeINN', company.inn!],
    ...(company.kpp ? [['KPP', company.kpp] satisfies Field] : []),
  ];
  const name = shortened(clean(company.legalName), NAME);
  const fits = (block: Field[]) => Buffer.byteLength(joined(block, '|')) <= REQUIRED_BYTES;
  const whole = [...required(name), ...further];
  const narrow = fits(required(name)) ? null : windows1251(message('1', whole));
  if (narrow) return { ok: true, bytes: narrow, encoding: 'windows-1251', purpose };
  let length = [...name].length;
  while (!fits(required(cut(name, length)))) length -= 1;
  const fields = [...required(cut(name, length)), ...further];
  return { ok: true, bytes: new TextEncoder().encode(message('2', fields)), encoding: 'utf-8', purpose };
}

/** `Оплата счёта № 17 от 30.11.2027. В т.ч. НДС 1234.56 руб.`, in signs that windows-1251 has. */
function purposeOf({ number, dated_on, vat }: Payable): string {
  const tax = vat === null ? 'Без НДС' : `В т.ч. НДС ${(vat / 100).toFixed(2)} руб.`;
  const [before, after] = ['Оплата счёта № ', ` от ${day(dated_on)}. ${tax}`];
  return before + cut(clean(number), PURPOSE - before.length - after.length) + after;
}

/** What has no code without: of the required block everything, and the ИНН, which every bank asks for. */
function missingOf({ legalName, inn, account, bank, bik, correspondent }: Payee): string[] {
  const known: [string, boolean][] = [
    ['название', clean(legalName) !== ''],
    ['ИНН', /^(\d{10}|\d{12})$/.test(inn ?? '')],
    ['расчётный счёт', /^\d{20}$/.test(account ?? '')],
    ['банк', clean(bank ?? '') !== ''],
    ['БИК', /^\d{9}$/.test(bik ?? '')],
    ['корреспондентский счёт', /^\d{20}$/.test(correspondent ?? '')],
  ];
  return known.filter(([, there]) => !there).map(([label]) => label);
}

/** `ST00012|Name=…|…`, with another separator where a value has one in it; all of them in values: `|` gives way to a space. */
function message(encoding: '1' | '2', fields: Field[]): string {
  const texts = fields.map(([, value]) => value).join('');
  const separator = SEPARATORS.find((sign) => !texts.includes(sign));
  if (separator) return `ST0001${encoding}${separator}${joined(fields, separator)}`;
  const plain = fields.map(([key, value]): Field => [key, value.replaceAll('|', ' ')]);
  return `ST0001${encoding}|${joined(plain, '|')}`;
}

const joined = (fields: Field[], separator: string) =>
  fields.map(([key, value]) => `${key}=${value}`).join(separator);

/** One line of text: no control signs, no marks of direction, every space a plain one. */
const clean = (text: string) =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

const cut = (text: string, length: number) => [...text].slice(0, length).join('').trimEnd();

/** Forms of ownership as payment orders abbreviate them; the longest first. */
const FORMS: [RegExp, string][] = [
  [/общество с ограниченной ответственностью/i, 'ООО'],
  [/непубличное акционерное общество/i, 'АО'],
  [/публичное акционерное общество/i, 'ПАО'],
  [/закрытое акционерное общество/i, 'ЗАО'],
  [/открытое акционерное общество/i, 'ОАО'],
  [/акционерное общество/i, 'АО'],
  [/акционерный коммерческий банк/i, 'АКБ'],
  [/управляющая компания/i, 'УК'],
  [/индивидуальный предприниматель/i, 'ИП'],
];

/** What is too long has its form of ownership abbreviated first, then its end cut off. */
function shortened(text: string, length: number): string {
  if ([...text].length <= length) return text;
  return cut(
    FORMS.reduce((name, [form, short]) => name.replace(form, short), text),
    length,
  );
}

let signs: Map<string, number> | undefined;

/** The text in windows-1251; null when it holds a sign that is not in it. */
function windows1251(text: string): Uint8Array | null {
  signs ??= new Map(
    [...new TextDecoder('windows-1251').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))].map(
      (sign, byte) => [sign, byte],
    ),
  );
  const bytes = Array.from(text, (sign) => signs!.get(sign));
  return bytes.includes(undefined) ? null : Uint8Array.from(bytes as number[]);
}
