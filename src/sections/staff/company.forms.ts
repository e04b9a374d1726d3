import { z } from 'zod';
import type { Company, Contact } from '../../domain/organisations/company.js';
import { isAccount, isBik, isCorrespondent, isOgrn } from '../../lib/bank.js';
import { isInn } from '../../lib/inn.js';
import { optional, required } from '../../web/form.js';
import { email } from '../person-fields.js';

/** So many contacts can be given. */
export const ROWS = 6;

/** Digits in any spacing; null when left empty. */
const digits = (fits: (typed: string) => boolean, message: string) =>
  optional(40).transform((typed, ctx) => {
    const code = typed?.replace(/\s/g, '') ?? null;
    if (code !== null && !fits(code)) ctx.addIssue({ code: 'custom', message });
    return code;
  });

const PHONE = /^\+?[\d\s()-]+$/;
const phone = optional(40).refine(
  (typed) => typed === null || (PHONE.test(typed) && typed.replace(/\D/g, '').length >= 5),
  'Укажите номер цифрами, например +7 495 626 53 16',
);
const address = optional(254).refine(
  (typed) => typed === null || email.safeParse(typed).success,
  'Проверьте адрес E-mail: он должен быть вида name@company.ru',
);

const contactFields = Object.fromEntries(
  Array.from({ length: ROWS }, (_, at) => [
    [`contact_label_${at + 1}`, optional(100)],
    [`contact_phone_${at + 1}`, phone],
    [`contact_email_${at + 1}`, address],
  ]).flat(),
) as Record<string, z.ZodType<string | null>>;

/** What the company says of itself, as it is typed; what comes out is what is stored. */
export const companyForm = z
  .object({
    company_name: required('Укажите краткое название', 60),
    legal_name: required('Укажите полное название'),
    inn: digits(isInn, 'Проверьте ИНН: 10 цифр, контрольная цифра не сходится'),
    kpp: digits((code) => /^\d{4}[\dA-Z]{2}\d{3}$/.test(code), 'КПП — 9 знаков, например 770401001'),
    ogrn: digits(isOgrn, 'Проверьте ОГРН: 13 цифр, контрольная цифра не сходится'),
    bank: optional(),
    bik: digits(isBik, 'БИК — 9 цифр, например 044525225'),
    account: digits((code) => /^\d{20}$/.test(code), 'Расчётный счёт — 20 цифр'),
    correspondent: digits((code) => /^\d{20}$/.test(code), 'Корреспондентский счёт — 20 цифр'),
    ...contactFields,
    addresses: optional(2000),
    hours: optional(500),
    /** The revision that the administrator saw. */
    revision: z.coerce
      .number('Откройте страницу заново')
      .int('Откройте страницу заново')
      .min(0, 'Откройте страницу заново')
      .max(2_000_000_000, 'Откройте страницу заново')
      .default(0),
  })
  .superRefine(whole)
  .transform(({ revision, ...typed }) => ({ revision, company: companyOf(typed as Fields) }));

/** What is stored as it is typed. */
const PLAIN = ['inn', 'kpp', 'ogrn', 'account', 'bank', 'bik', 'correspondent', 'hours'] as const;

type Fields = Record<string, string | null>;

/** What only shows when fields are looked at together. */
function whole(typed: Record<string, unknown>, ctx: z.RefinementCtx): void {
  const fields = typed as Fields;
  const say = (field: string, message: string) => ctx.addIssue({ code: 'custom', path: [field], message });
  const { account, bank, bik, correspondent } = fields;
  if (account || bank || bik || correspondent) {
    if (!bank) say('bank', 'Укажите банк');
    if (!bik) say('bik', 'Укажите БИК');
    if (!account) say('account', 'Укажите расчётный счёт');
    if (bik && account && !isAccount(account, bik))
      say('account', 'Проверьте счёт и БИК: контрольная цифра счёта не сходится');
    if (bik && correspondent && !isCorrespondent(correspondent, bik))
      say('correspondent', 'Проверьте счёт и БИК: контрольная цифра счёта не сходится');
  }
  const rows = rowsOf(fields);
  if (rows.every(({ label, phone, email }) => !label && !phone && !email))
    say('contact_label_1', 'Укажите хотя бы один контакт');
  rows.forEach(({ label, phone, email }, at) => {
    if (!label && (phone || email)) say(`contact_label_${at + 1}`, 'Назовите контакт');
    if (label && !phone && !email) say(`contact_phone_${at + 1}`, 'Укажите телефон или адрес E-mail');
  });
}

const rowsOf = (fields: Fields) =>
  Array.from({ length: ROWS }, (_, at) => ({
    label: fields[`contact_label_${at + 1}`] ?? null,
    phone: fields[`contact_phone_${at + 1}`] ?? null,
    email: fields[`contact_email_${at + 1}`] ?? null,
  }));

const linesOf = (text: string | null) =>
  (text ?? '')
    .split('\n')
    .map((one) => one.trim())
    .filter(Boolean);

function companyOf(fields: Fields): Company {
  const { company_name, legal_name, addresses } = fields;
  const plain = PLAIN.map((field) => [field, fields[field] ?? null]);
  return {
    ...(Object.fromEntries(plain) as Pick<Company, (typeof PLAIN)[number]>),
    name: company_name!,
    legalName: legal_name!,
    contacts: rowsOf(fields).filter((row): row is Contact => row.label !== null),
    addresses: linesOf(addresses ?? null),
  };
}

/** The form's first values. */
export function typedOf(company: Company, revision: number): Record<string, string> {
  const { name, legalName, contacts, addresses } = company;
  const rows = contacts.flatMap(({ label, phone, email }, at) => [
    [`contact_label_${at + 1}`, label],
    [`contact_phone_${at + 1}`, phone ?? ''],
    [`contact_email_${at + 1}`, email ?? ''],
  ]);
  return {
    company_name: name,
    legal_name: legalName,
    ...Object.fromEntries(PLAIN.map((field) => [field, company[field] ?? ''])),
    ...(Object.fromEntries(rows) as Record<string, string>),
    addresses: addresses.join('\n'),
    revision: String(revision),
  };
}
